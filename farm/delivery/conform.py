"""Makes a clip of another frame rate, by the way that was asked for, and counts its frames."""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from farm.delivery.ffmpeg import EXACT, Ffmpeg, argument
from farm.delivery.steps import Step
from farm.domain import timecode
from farm.errors import Refused
from pipeline.clips.encode import opened

WAYS = ("repeat", "blend", "motion", "speed")
"""How frames come about: the nearest one shown again; two mixed; drawn between two by their motion; none,
each is shown once and the clip plays faster or slower."""
BT709: tuple[str, ...] = (
    "-color_primaries", "bt709", "-color_trc", "bt709", "-colorspace", "bt709", "-color_range", "tv",
)  # fmt: skip
KEEP_TAGS: tuple[str, ...] = (
    "-map_metadata", "0", "-movflags", "+faststart+use_metadata_tags",
    # Of the old container; as keys of their own they would contradict the new one.
    "-metadata", "major_brand=", "-metadata", "minor_version=", "-metadata", "compatible_brands=",
)  # fmt: skip
"""What a clip says of itself stays with it, its recipe too."""
_H264: tuple[str, ...] = ("-c:v", "libx264", "-pix_fmt", "yuv420p", "-preset", "medium")
_FINE = ("-crf", "10")
_LOSSLESS = ("-qp", "0")
_TAIL = 4
"""Frames that the last one is held for: interpolation ends before the last frame that it is given."""


@dataclass(frozen=True)
class Conform:
    """Makes a clip of `fps` of one of another rate, by one of `WAYS`."""

    ffmpeg: Ffmpeg
    fps: Fraction
    way: str
    passed_on: bool = False
    """Another step encodes what comes of it: nothing is to be lost here."""

    @property
    def wanted(self) -> Step:
        options = {"fps": timecode.written(self.fps), "way": self.way, "lossless": self.passed_on}
        return Step("conform", self.ffmpeg.name, options)

    def __call__(self, source: Path, to: Path) -> Step:
        frames, fps = counted(source)
        expected = self.expected(frames, fps)
        self.ffmpeg.run([
            # Read at another rate, every frame is there once; filters and `-r` behind would drop some.
            *(["-r", _as_text(self.fps)] if self.way == "speed" else []),
            "-threads", "1", "-i", argument(source), "-map", "0:v:0", "-an",
            "-filter_threads", "1", "-vf", self._filter(), "-frames:v", str(expected),
            # One thread: more of them would make other bytes on another machine.
            *_H264, *(_LOSSLESS if self.passed_on else _FINE), "-threads", "1",
            *BT709, *KEEP_TAGS, *EXACT, "-f", "mp4", argument(to),
        ])  # fmt: skip
        found = counted(to)
        if found != (expected, self.fps):
            raise Refused(
                f"conforming by {self.way} made {found[0]} frames at {timecode.written(found[1])} fps, not "
                f"{expected} at {timecode.written(self.fps)}: nothing is delivered of it"
            )
        return Step("conform", self.ffmpeg.name, {
            **self.wanted.options, "from_fps": timecode.written(fps),
            "from_frames": frames, "frames": expected,
        })  # fmt: skip

    def expected(self, frames: int, fps: Fraction) -> int:
        """The frames that come of a clip."""
        return frames if self.way == "speed" else timecode.conformed(frames, fps, self.fps)

    def _filter(self) -> str:
        to, held = _as_text(self.fps), f"tpad=stop_mode=clone:stop={_TAIL}"
        if self.way == "speed":
            return "null"
        if self.way == "repeat":
            return f"{held},fps={to}:round=near"
        if self.way == "blend":
            return f"{held},framerate=fps={to}:interp_start=0:interp_end=255:scene=100"
        return f"{held},minterpolate=fps={to}:mi_mode=mci:mc_mode=aobmc:me_mode=bidir:vsbmc=1"


def counted(place: Path) -> tuple[int, Fraction]:
    """The frames of a film and their rate, as its container has them."""
    with opened(place) as container:
        stream = container.streams.video[0]
        rate = stream.average_rate or Fraction(0)
        return stream.frames, Fraction(rate)


def _as_text(rate: Fraction) -> str:
    return f"{rate.numerator}/{rate.denominator}"
