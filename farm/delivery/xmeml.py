"""Writes Final Cut Pro 7 XML (xmeml 5), which Premiere and Resolve read: with the size and the rate of all.

Adapters that leave out the sequence's format make files of which Resolve imports nothing, without a word.
"""

import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Sequence
from fractions import Fraction

from farm.delivery.timeline import START, only_rate
from farm.domain.hand_off import Event, file_url
from farm.domain.timecode import is_ntsc, timebase, timecode


def written(title: str, events: Sequence[Event], root: str) -> bytes:
    """The sequence as a file; the clips lie below `root` on the editor's machine.

    A gap is time that no clip item takes. Raises `Refused` for a rate without timecode.
    """
    rate = only_rate(events, "FCP7 XML")
    size = Counter((each.width, each.height) for each in events if each.file)
    document = ET.Element("xmeml", version="5")
    sequence = ET.SubElement(document, "sequence", id="sequence-1")
    _text(sequence, "name", title)
    _text(sequence, "duration", sum(each.length for each in events))
    _rate(sequence, rate)
    start = START * timebase(rate)
    _timecode(sequence, rate, start)
    media = ET.SubElement(sequence, "media")
    video = ET.SubElement(media, "video")
    wide, high = size.most_common(1)[0][0] if size else (1920, 1080)
    _samples(ET.SubElement(video, "format"), rate, wide, high)
    track = ET.SubElement(video, "track")
    for number, each in enumerate((each for each in events if each.file), start=1):
        _clip(track, number, each, rate, root)
    ET.indent(document)
    body = ET.tostring(document, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE xmeml>\n{body}\n'.encode()


def _clip(track: ET.Element, number: int, event: Event, rate: Fraction, root: str) -> None:
    assert event.file
    item = ET.SubElement(track, "clipitem", id=f"clipitem-{number}")
    _text(item, "masterclipid", f"masterclip-{number}")
    _text(item, "name", event.file)
    _text(item, "enabled", "TRUE")
    _text(item, "duration", event.frames)
    _rate(item, rate)
    for name, frame in (
        ("start", event.record),
        ("end", event.record + event.length),
        ("in", event.source_in),
        ("out", event.source_out),
    ):
        _text(item, name, frame)
    file = ET.SubElement(item, "file", id=f"file-{number}")
    _text(file, "name", event.file)
    _text(file, "pathurl", file_url(root, event.file, localhost=True))
    _rate(file, rate)
    _text(file, "duration", event.frames)
    _timecode(file, rate, 0, reel=event.reel)
    video = ET.SubElement(ET.SubElement(file, "media"), "video")
    _samples(video, rate, event.width, event.height)
    _text(ET.SubElement(item, "logginginfo"), "description", event.shot)


def _samples(parent: ET.Element, rate: Fraction, width: int, height: int) -> None:
    samples = ET.SubElement(parent, "samplecharacteristics")
    _rate(samples, rate)
    _text(samples, "width", width)
    _text(samples, "height", height)
    _text(samples, "anamorphic", "FALSE")
    _text(samples, "pixelaspectratio", "square")
    _text(samples, "fielddominance", "none")


def _timecode(parent: ET.Element, rate: Fraction, frame: int, reel: str = "") -> None:
    code = ET.SubElement(parent, "timecode")
    _rate(code, rate)
    _text(code, "string", timecode(frame, rate))
    _text(code, "frame", frame)
    _text(code, "displayformat", "NDF")
    if reel:
        _text(ET.SubElement(code, "reel"), "name", reel)


def _rate(parent: ET.Element, rate: Fraction) -> None:
    element = ET.SubElement(parent, "rate")
    _text(element, "timebase", timebase(rate))
    _text(element, "ntsc", "TRUE" if is_ntsc(rate) else "FALSE")


def _text(parent: ET.Element, name: str, value: object) -> None:
    ET.SubElement(parent, name).text = str(value)
