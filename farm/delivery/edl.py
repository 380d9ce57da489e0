"""Writes a CMX3600 edit decision list: own reels, record from 01:00:00:00, no drop frame, no retimes."""

from collections.abc import Sequence

from farm.delivery.timeline import START, only_rate
from farm.domain.hand_off import Event
from farm.domain.timecode import timebase, timecode
from farm.errors import Refused

MOST = 999
"""Events of a list: their numbers have three digits."""


def written(title: str, events: Sequence[Event]) -> bytes:
    """The list as a file. A gap is time that no event takes, named in a comment.

    Raises `Refused` for a rate without timecode, and for more events than a list can number.
    """
    rate = only_rate(events, "an EDL")
    clips = [each for each in events if each.file]
    if len(clips) > MOST:
        raise Refused(f"an EDL numbers at most {MOST} events, and these are {len(clips)}")
    start = START * timebase(rate)
    # Always this line: without it a list at 29.97 is read as drop frame by some, and as none by others.
    lines = [f"TITLE: {_plain(title)}", "FCM: NON-DROP FRAME", ""]
    number = 0
    for each in events:
        if not each.file:
            at = timecode(start + each.record, rate)
            lines += [f"* GAP {at} {each.length} FRAMES: {_plain(each.shot)}", ""]
            continue
        number += 1
        cut = (
            each.source_in,
            each.source_out,
            start + each.record,
            start + each.record + each.length,
        )
        codes = " ".join(timecode(frame, rate) for frame in cut)
        lines += [
            f"{number:03}  {each.reel:<8} V     C        {codes}",
            f"* FROM CLIP NAME: {each.file}",
            *([] if each.shot.isascii() else [f"* SHOT: {_plain(each.shot)}"]),
            "",
        ]
    return "\r\n".join(lines).encode()


def _plain(text: str) -> str:
    return " ".join(text.split())
