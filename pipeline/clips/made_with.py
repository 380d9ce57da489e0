"""What a clip was made with: device, libraries, encoder. Facts of its making, no part of its recipe.

They are kept in the clip, so that whoever renders its recipe again can say why frames are others. Its
frames have a checksum of their own, taken before they are encoded: x264 writes the same frames otherwise on
a machine with more cores.
"""

import hashlib
import json
import os
import platform
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from functools import cache
from importlib import metadata
from typing import Any, Self

import numpy as np

from pipeline import terminal
from pipeline.models import device as devices
from pipeline.storage.files import Frames

KEY = "made_with"
"""Of the clip's metadata; its value is JSON."""
LIBRARIES = ("shotfarm", "torch", "diffusers", "transformers", "cache-dit")
"""Distributions whose versions may change frames."""
UNKNOWN = "unknown"
_NAMED = re.compile(r"ffmpeg version (\S+)")
_PATIENCE = 20.0
"""Seconds that an ffmpeg may take to say its version."""

Differing = tuple[str, str, str]
"""What differs, as it was and as it is; empty where there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeWith:
    """All that beside the recipe may change the frames of a clip."""

    device: str
    """`cpu`, or the card as its maker calls it."""
    builds: Mapping[str, str] = field(default_factory=dict[str, str])
    """What else computes, by name: the machine's kind, CUDA, a CPU's instructions."""
    versions: Mapping[str, str] = field(default_factory=dict[str, str])
    """Of `LIBRARIES`, those that are there."""
    encoder: str = UNKNOWN
    """The ffmpeg, by its version."""
    encoder_threads: int = 0
    """Cores that it saw; x264 writes by their number."""
    frames: str = ""
    """SHA-256 of the frames before they were encoded: uint8 RGB, frame by frame."""

    @classmethod
    def of(cls, frames: Frames, device: str, ffmpeg: str | None = None) -> Self:
        """What frames were made with on the engine's `device` in this process, and are encoded with now.

        Nothing here fails a take: what cannot be told is left out.
        """
        return cls(
            device=device,
            builds={"machine": platform.machine(), **devices.builds(device)},
            versions=dict(_versions()),
            encoder=encoder_version(ffmpeg),
            encoder_threads=_cores(),
            frames=checksum(frames),
        )

    @classmethod
    def from_metadata(cls, tags: Mapping[str, str]) -> Self | None:
        """What a clip's metadata say of it; None for a clip of before it was kept, and for what is none."""
        try:
            told = json.loads(tags[KEY])
            return cls(
                device=str(told["device"]),
                builds=_words(told["builds"]),
                versions=_words(told["versions"]),
                encoder=str(told["encoder"]),
                encoder_threads=int(told["encoder_threads"]),
                frames=str(told["frames"]),
            )
        except (KeyError, TypeError, ValueError, AttributeError):
            return None

    def as_json(self) -> str:
        return json.dumps(asdict(self), sort_keys=True)

    def differences(self, now: "MadeWith") -> Iterator[Differing]:
        """What differs of what frames are computed with, and last of what they are encoded with."""
        yield from _pair("device", self.device, now.device)
        for before, after in ((self.versions, now.versions), (self.builds, now.builds)):
            for name in dict.fromkeys([*before, *after]):
                yield from _pair(name, before.get(name, ""), after.get(name, ""))
        yield from _pair("ffmpeg", self.encoder, now.encoder)
        threads = (str(each.encoder_threads) for each in (self, now))
        yield from _pair("encoder threads", *threads)


def checksum(frames: Frames) -> str:
    """SHA-256 of frames (frames, height, width, 3), uint8 RGB, as 64 hex digits."""
    return hashlib.sha256(np.ascontiguousarray(frames).data).hexdigest()


def encoder_version(ffmpeg: str | None) -> str:
    """What the ffmpeg that is named, or the one that comes with `imageio-ffmpeg`, says it is."""
    try:
        return _said(ffmpeg)
    except (OSError, RuntimeError, subprocess.SubprocessError):
        return UNKNOWN


@cache
def _said(ffmpeg: str | None) -> str:
    with terminal.kept_from_children():
        if ffmpeg is None:
            import imageio_ffmpeg

            ffmpeg = imageio_ffmpeg.get_ffmpeg_exe()
        told = subprocess.run(  # noqa: S603 - the program that encodes the clip
            [ffmpeg, "-version"], capture_output=True, timeout=_PATIENCE, check=False
        )
    found = _NAMED.search(told.stdout.decode(errors="replace"))
    return found[1] if found else UNKNOWN


def _cores() -> int:
    """Those that this process may use; of systems that do not tell, all there are."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _versions() -> Iterator[tuple[str, str]]:
    for name in LIBRARIES:
        # torch itself names the CUDA it was built for; its distribution does not always.
        loaded = sys.modules.get("torch") if name == "torch" else None
        try:
            yield name, str(getattr(loaded, "__version__", "")) or metadata.version(name)
        except metadata.PackageNotFoundError:
            continue


def _pair(name: str, before: str, after: str) -> Iterator[Differing]:
    if before != after:
        yield name, before, after


def _words(values: Mapping[str, Any]) -> dict[str, str]:
    return {str(name): str(value) for name, value in values.items()}
