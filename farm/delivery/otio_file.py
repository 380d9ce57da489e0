"""Writes the timeline as OpenTimelineIO: with prompt, seed, match and what people said, and other takes.

The one door to opentimelineio. An alternate is named as a reference to media that is not delivered.
"""

from collections.abc import Sequence
from fractions import Fraction
from importlib import import_module
from typing import TYPE_CHECKING, Any

from farm.delivery.timeline import START
from farm.domain import timecode
from farm.domain.hand_off import Event, Marker, file_url
from farm.extras import needed

if TYPE_CHECKING:
    import opentimelineio as otio

OURS = "shotfarm"
"""The key of our metadata."""


def check() -> None:
    """Raises `MissingExtra` where opentimelineio is not installed."""
    with needed():
        import_module("opentimelineio")


def written(title: str, events: Sequence[Event], root: str | None) -> bytes:
    """The timeline as a file. Clips lie below `root` on the editor's machine, or beside the file."""
    import opentimelineio as otio

    rate = next((each.fps for each in events), Fraction(24))
    track = otio.schema.Track("V1", kind=otio.schema.TrackKind.Video)
    track.extend(_clip(each, root) if each.file else _gap(each) for each in events)
    result = otio.schema.Timeline(
        title, global_start_time=_time(START * timecode.timebase(rate), rate),
        metadata={OURS: {"rate": timecode.written(rate)}},
    )  # fmt: skip
    result.tracks.append(track)
    # Keys in one order: the same timeline is the same file.
    return f"{result.to_json_string(indent=2)}\n".encode()


def _clip(event: Event, root: str | None) -> "otio.schema.Clip":
    import opentimelineio as otio

    assert event.file
    key = otio.schema.Clip.DEFAULT_MEDIA_KEY
    media: dict[str, Any] = {
        key: otio.schema.ExternalReference(
            target_url=event.file if root is None else file_url(root, event.file),
            available_range=_range(0, event.frames, event.fps),
            metadata={OURS: {"width": event.width, "height": event.height}},
        )
    }
    media[key].name = event.file
    for each in event.alternates:
        named = f"take_{each.take:02d}"
        media[named] = otio.schema.MissingReference(
            name=named,
            available_range=_range(0, each.frames, Fraction(each.fps)),
            metadata={OURS: {"take": each.take, "sha256": each.sha256, **each.about}},
        )
    clip = otio.schema.Clip(
        event.shot,
        source_range=_range(event.source_in, event.length, event.fps),
        markers=[_marker(each, event.fps) for each in event.markers],
        metadata={OURS: dict(event.about), "cmx_3600": {"reel": event.reel}},
    )
    clip.set_media_references(media, key)
    return clip


def _gap(event: Event) -> "otio.schema.Gap":
    import opentimelineio as otio

    return otio.schema.Gap(
        event.shot,
        source_range=_range(0, event.length, event.fps),
        markers=[_marker(each, event.fps) for each in event.markers],
        metadata={OURS: {"why": event.why}},
    )


def _marker(said: Marker, fps: Fraction) -> "otio.schema.Marker":
    import opentimelineio as otio

    colours = otio.schema.MarkerColor
    return otio.schema.Marker(
        name=said.text.splitlines()[0][:80],
        marked_range=_range(said.frame, 1, fps),
        color=colours.GREEN if said.resolved else colours.RED,
        comment=said.text,
        metadata={
            OURS: {
                "who": said.who,
                "at": said.at,
                "resolved": said.resolved,
                "frame": said.of_frame,
            }
        },
    )


def _time(frame: int, rate: Fraction) -> "otio.opentime.RationalTime":
    import opentimelineio as otio

    return otio.opentime.RationalTime(frame, float(rate))


def _range(start: int, length: int, rate: Fraction) -> "otio.opentime.TimeRange":
    import opentimelineio as otio

    return otio.opentime.TimeRange(_time(start, rate), _time(length, rate))
