"""Makes a delivered file of a clip, step after step, and moves it to its place only when it is whole."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any, Protocol

from av.error import FFmpegError
from av.video.stream import VideoStream

from farm.errors import Refused
from pipeline.clips.encode import decoded, opened
from pipeline.storage.checksums import sha256_at, sha256_of
from pipeline.storage.files import draft_of, sync_file, sync_folder

ORDER: tuple[str, ...] = ("conform", "label", "mezzanine", "strip", "graph", "mark", "sign")
"""The names of steps in their order. Nothing may follow a signature: it would break it."""
SHOTFARM = "shotfarm"
"""Of makers of our own, the tool; its version follows."""
COLOURS = {1: "bt709", 2: "unspecified", 5: "bt470bg", 6: "smpte170m", 9: "bt2020"}
"""Numbers of ISO/IEC 23091-2 for primaries and matrix."""
RANGES = {0: "unspecified", 1: "tv", 2: "pc"}


@dataclass(frozen=True, slots=True)
class Step:
    """What is done to a clip, for the manifest."""

    name: str
    """One of `ORDER`."""
    tool: str
    """A program or a library with its version."""
    options: Mapping[str, Any] = field(default_factory=dict)
    """As JSON has it; never a secret."""

    def __post_init__(self) -> None:
        if self.name not in ORDER:
            raise ValueError(f"there is no step {self.name!r}")

    def as_dict(self) -> dict[str, Any]:
        return {"name": self.name, "tool": self.tool, "options": dict(self.options)}


class Maker(Protocol):
    """Makes one file of another one."""

    @property
    def wanted(self) -> Step:
        """What it will do, as far as that is known before: two makers that want the same of one source
        make the same, and what an earlier delivery made so is not made again."""
        ...

    def __call__(self, source: Path, to: Path) -> Step:
        """Makes `to` of `source`, which it never touches; what was done.

        There is nothing at `to`, and its name says nothing of its format: name the format. Raises
        `Refused` with a sentence where it cannot be done, and `OSError` for what a disk refuses.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What a film is, as PyAV reads it."""

    frames: int
    fps: Fraction
    width: int
    height: int
    codec: str
    pixels: str
    """Their format, as ffmpeg names it."""
    colour: Mapping[str, str]
    """Its tags: `primaries`, `transfer`, `matrix` and `range`."""

    @property
    def duration(self) -> Fraction:
        """Seconds."""
        return self.frames / self.fps


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A file that was made of a clip."""

    steps: tuple[Step, ...]
    sha256: str
    size: int
    """Bytes."""
    film: Measured


def make(
    source: Path,
    to: Path,
    makers: Sequence[Maker],
    before: Callable[[Made], None] = lambda made: None,
) -> Made:
    """Makes `to` of `source` by all makers in turn, through drafts beside `to`.

    The last one takes the place of what lies at `to` once it is decoded, hashed and synced, and `before`
    has heard of it. What fails leaves `to` as it was, and no draft. With no makers `source` is copied.
    Raises what makers raise, and `Refused` where what came of it cannot be read.
    """
    drafts: list[Path] = []
    steps: list[Step] = []
    try:
        now = source
        for maker in makers:
            drafts.append(draft_of(to))
            steps.append(maker(now, drafts[-1]))
            for old in drafts[:-1]:
                old.unlink(missing_ok=True)  # no disk has to hold all of them at once
            now = drafts[-1]
        if not makers:
            drafts.append(now := draft_of(to))
            _copy(source, now)
        _check_order(steps)
        made = Made(
            steps=tuple(steps),
            sha256=sha256_at(now),
            size=now.stat().st_size,
            film=measured(now),
        )
        sync_file(now)
        before(made)
        now.replace(to)
        sync_folder(to.parent)
        return made
    finally:
        for draft in drafts:
            with suppress(OSError):
                draft.unlink(missing_ok=True)


def measured(place: Path) -> Measured:
    """Decodes a film to its end. Raises `Refused` where it cannot be."""
    try:
        with opened(place) as container:
            count = sum(1 for _ in decoded(container))
            stream = container.streams.video[0]
            if stream.frames and count != stream.frames:
                raise ValueError(f"{count} frames of {stream.frames}")
            return Measured(
                frames=count,
                fps=Fraction(stream.average_rate or 0),
                width=stream.width,
                height=stream.height,
                codec=stream.codec_context.name,
                pixels=stream.codec_context.pix_fmt or "",
                colour=_colour(stream),
            )
    except (FFmpegError, ValueError, IndexError) as error:
        raise Refused(f"what was made of it does not decode: {error}") from error


def header_colour(place: Path) -> dict[str, str]:
    """The colour tags of a film, without decoding it."""
    with opened(place) as container:
        return _colour(container.streams.video[0])


def _colour(stream: VideoStream) -> dict[str, str]:
    context = stream.codec_context
    return {
        "primaries": _named(context.color_primaries),
        "transfer": _named(context.color_trc),
        "matrix": _named(context.colorspace),
        "range": RANGES.get(context.color_range, str(context.color_range)),
    }


def _copy(source: Path, to: Path) -> None:
    with source.open("rb") as reading, to.open("xb") as writing:
        sha256_of(reading, copy=writing)


def _check_order(steps: Sequence[Step]) -> None:
    names = [step.name for step in steps]
    if sorted(names, key=ORDER.index) != names:
        raise ValueError(f"steps in a wrong order: {', '.join(names)}")


def _named(number: int) -> str:
    return COLOURS.get(number, str(number))
