"""The timeline of a delivery: each shot's clip in the list's order, and a named gap where there is none."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from fractions import Fraction
from math import floor
from typing import Any, Self

from farm.domain import timecode
from farm.domain.hand_off import Alternate, Event, Marker, reels, timeline
from farm.errors import Refused

RECIPE = ("prompt", "seed")
"""What alternates tell of their recipes."""
SAID = ("text", "who", "at")
"""The texts of a comment."""
START = 3600
"""Seconds of timecode before the first frame: a programme begins at 01:00:00:00."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CutShot:
    """A shot as the timeline takes it, whether its clip comes or not. Manifests keep it as it is."""

    shot: str
    frames: int
    """Of its clip, or as many as one would have."""
    fps: int
    why: str = ""
    """Why no clip of it comes, where that is known before."""
    about: Mapping[str, Any] = field(default_factory=dict)
    """What is told of its take: prompt, seed, match and the like."""
    comments: tuple[Mapping[str, Any], ...] = ()
    """Each with `frame` (of the published clip; None for the shot), `text`, `who`, `at` and `resolved`."""
    alternates: tuple[Mapping[str, Any], ...] = ()
    """Each with `take`, `frames`, `fps`, `sha256` and what else is known of it."""

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Self:
        """Out of `as_dict`."""
        lists = {name: tuple(values.get(name, ())) for name in ("comments", "alternates")}
        return cls(**{**values, **lists})

    def checked(self) -> Self:
        """The same. Raises `ValueError` or `KeyError` for what no delivery wrote."""
        texts = [self.shot, self.why, *(each[name] for each in self.comments for name in SAID)]
        numbers = [self.frames, self.fps]
        for each in self.alternates:
            numbers += [each["take"], each["frames"], each["fps"]]
            texts.append(each["sha256"])
        frames = [each["frame"] for each in self.comments if each["frame"] is not None]
        if any(type(each) is not int or each < 1 for each in numbers):
            raise ValueError(f"{self.shot!r} has numbers in the timeline that no clip has")
        if any(type(each) is not int or each < 0 for each in frames):
            raise ValueError(f"{self.shot!r} has a comment on a frame that no clip has")
        if not all(isinstance(each, str) for each in texts) or not isinstance(self.about, Mapping):
            raise ValueError("the timeline has no text where one should be")
        if not all(type(each["resolved"]) is bool and each["text"] for each in self.comments):
            raise ValueError(f"{self.shot!r} has a comment that nobody wrote")
        return self

    def without_recipe(self) -> Self:
        """The same without what its takes were made of: their prompts, seeds and models."""
        return replace(
            self,
            about={name: each for name, each in self.about.items() if name == "production"},
            alternates=tuple(
                {name: value for name, value in each.items() if name not in RECIPE}
                for each in self.alternates
            ),
        )

    def as_dict(self) -> dict[str, Any]:
        values = asdict(self)
        return {**values, "comments": [*self.comments], "alternates": [*self.alternates]}


@dataclass(frozen=True, slots=True, kw_only=True)
class Film:
    """A file of a shot, as it was delivered."""

    take: int
    file: str
    frames: int
    fps: Fraction
    width: int
    height: int
    about: Mapping[str, Any] = field(default_factory=dict)
    """What was done to it, and its hash."""


def lay(
    cut: Sequence[CutShot],
    films: Mapping[str, Film],
    *,
    way: str | None,
    rate: Fraction | None,
    handles: int,
) -> tuple[Event, ...]:
    """The events of a timeline. `way` is how clips were conformed to `rate`, None where they were not.

    Raises `Refused` where handles would leave nothing of a clip.
    """
    named = reels((shot, film.take) for shot, film in films.items())
    events = [_event(each, films.get(each.shot), named, way, rate) for each in cut]
    return timeline(events, handles, rate)


def only_rate(events: Sequence[Event], what: str) -> Fraction:
    """The one rate of a timeline, for formats that count in timecode.

    Raises `Refused` for rates that have none, or that differ.
    """
    rates = sorted({each.fps for each in events})
    if len(rates) == 1 and timecode.has_timecode(rates[0]):
        return rates[0]
    said = " and ".join(timecode.written(each) for each in rates) or "no"
    raise Refused(
        f"{what} counts in SMPTE timecode, and there is none for {said} fps: conform with "
        f"`--fps {'|'.join(timecode.RATES)} --conform repeat|blend|motion|speed`, or ask for `--otio` "
        "alone"
    )


def _event(
    shot: CutShot,
    film: Film | None,
    named: Mapping[tuple[str, int], str],
    way: str | None,
    rate: Fraction | None,
) -> Event:
    if film is None:
        frames = shot.frames if way == "speed" else _conformed(shot.frames, shot.fps, rate)
        return Event(
            shot=shot.shot, file=None, reel="BL", handle=0, record=0,
            # A gap at the timeline's own rate.
            frames=frames, fps=rate or Fraction(shot.fps), why=shot.why or "there is no clip of it",
            markers=tuple(_marker(each, shot, frames, way, rate) for each in shot.comments),
        )  # fmt: skip
    return Event(
        shot=shot.shot,
        file=film.file,
        reel=named[shot.shot, film.take],
        frames=film.frames,
        handle=0,
        record=0,
        fps=film.fps,
        width=film.width,
        height=film.height,
        about={**shot.about, **film.about},
        markers=tuple(_marker(each, shot, film.frames, way, rate) for each in shot.comments),
        alternates=tuple(
            Alternate(
                take=each["take"],
                frames=each["frames"],
                fps=str(each["fps"]),
                sha256=each["sha256"],
                about={
                    k: v for k, v in each.items() if k not in ("take", "frames", "fps", "sha256")
                },
            )
            for each in shot.alternates
        ),
    )


def _conformed(frames: int, fps: int, rate: Fraction | None) -> int:
    return timecode.conformed(frames, Fraction(fps), rate) if rate else frames


def _marker(
    said: Mapping[str, Any], shot: CutShot, frames: int, way: str | None, rate: Fraction | None
) -> Marker:
    """A comment at the frame of the delivered file that shows what it is about."""
    frame = said["frame"] or 0
    if rate and way not in (None, "speed"):
        # As ffmpeg's `fps=round=near` has it.
        frame = floor(frame * rate / shot.fps + Fraction(1, 2))
    return Marker(
        frame=min(frame, frames - 1),
        text=said["text"],
        who=said["who"],
        at=said["at"],
        resolved=said["resolved"],
        of_frame=said["frame"],
    )


def without_clips(cut: Sequence[CutShot], why: Mapping[str, str]) -> list[CutShot]:
    """The same shots, some with why their clips did not come."""
    return [replace(each, why=why.get(each.shot, each.why)) for each in cut]
