"""Faults that everyone sees, in clips of photographs: how many are named, how many good clips accused.

Thresholds were set on the photographs of `shots.TUNING`; what is measured here is made of the others, in
other sizes and lengths.
"""

import os
import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from PIL import Image
from rich.progress import track

from pipeline.clips import lint as clip_lint
from pipeline.profiles import profile
from pipeline.storage.files import Frames
from tests.benchmarks.real_clips import faults, shots
from tests.benchmarks.real_clips.shots import View

SHOWS_PROGRESS = True
SECTION = profile.load("wan2.2-i2v-a14b").clip
VIEWS = (
    View("china", 416, 240, 81),
    View("rocket", 352, 192, 49),
    View("retina", 320, 208, 33),
    View("stereo_motorcycle", 256, 256, 17),
    View("moon", 240, 240, 33),
    View("brick", 304, 176, 41),
    View("clock", 208, 272, 25),
)
PALE = ("moon", "brick", "clock")
"""Without colour: none of it can be lost or gained."""
COMPLAINTS = (
    "one white frame",
    "one black frame",
    "darker from frame 2",
    "a little darker from frame 2",
    "brighter from frame 2",
    "greyer from frame 2",
    "late fade to white",
    "freezes after a few frames",
    "freezes between, goes on",
    "freezes between, jumps on",
    "every second frame doubled",
    "every third frame doubled",
)
"""What users complain of most."""
CALM = ("pan", "zoom in", "slow pan", "dawn")
MOVES = ("pan", "slow zoom", "held in the hand", "slow pan", "tilt", "thing that passes", "turning")
TREATED: tuple[Callable[[Frames], Frames], ...] = (lambda frames: frames, shots.soft)
"""As it is, and as a VAE leaves it."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One clip that was looked at, and the kinds of misses that were found in it."""

    what: str
    faulty: bool
    found: tuple[str, ...]

    @property
    def right(self) -> bool:
        return bool(self.found) == self.faulty


def run() -> dict[str, Any]:
    """Shares by fault and by kind of good clip, held-out photographs alone, and milliseconds for a clip."""
    complaints = [*_listed(_complaints(), "complaints")]
    wide = [*_listed(_wide(), "everything")]
    return {
        "complaints": {
            "named": _share([each for each in complaints if each.faulty]),
            "good clips accused": _accused(complaints),
        },
        "everything": {
            "named": _share([each for each in wide if each.faulty]),
            "good clips accused": _accused(wide),
        },
        **{what: _told(wide, what) for what in dict.fromkeys(each.what for each in wide)},
        "ms_for_81_frames_of_832x480": _cost(),
    }


def _complaints() -> Iterator[tuple[str, bool, Callable[[], tuple[Frames, Frames, str]]]]:
    for place, view in enumerate(VIEWS[:4]):
        for name in COMPLAINTS:
            yield name, True, _planted(view, MOVES[place], name, place % 2)
        for name in CALM:
            yield name, False, _good(view, name, place % 2)


def _wide() -> Iterator[tuple[str, bool, Callable[[], tuple[Frames, Frames, str]]]]:
    for place, view in enumerate(VIEWS):
        for number, name in enumerate(faults.FAULTS):
            if (
                not (view.photo in PALE and ("grey" in name or "colour" in name))
                or "frame grey" in name
            ):
                yield name, True, _planted(view, MOVES[(place + number) % 7], name, place // 2 % 2)
        for name in faults.FIRST:
            if not (view.photo in PALE and name == "greyer"):
                yield f"still {name}", True, _unlike(view, name)
        for number, name in enumerate(shots.GOOD):
            yield name, False, _good(view, name, (place + number) % 2)


def _planted(
    view: View, move: str, fault: str, treated: int
) -> Callable[[], tuple[Frames, Frames, str]]:
    def made() -> tuple[Frames, Frames, str]:
        frames = shots.GOOD[move][0](view)
        chance = np.random.default_rng(zlib.crc32(f"{fault} {view.photo}".encode()))
        return TREATED[treated](faults.FAULTS[fault](frames, chance)), frames[0], ""

    return made


def _unlike(view: View, how: str) -> Callable[[], tuple[Frames, Frames, str]]:
    def made() -> tuple[Frames, Frames, str]:
        frames = shots.slow_zoom(replace(view, count=9))
        other = shots.filmed(replace(view, photo="flower", count=1))[0]
        return shots.soft(frames), faults.other_first(how, frames, other), ""

    return made


def _good(view: View, name: str, treated: int) -> Callable[[], tuple[Frames, Frames, str]]:
    def made() -> tuple[Frames, Frames, str]:
        film, prompt = shots.GOOD[name]
        frames = film(view)
        return TREATED[treated](frames), frames[0], prompt

    return made


def _listed(
    trials: Iterator[tuple[str, bool, Callable[[], tuple[Frames, Frames, str]]]], what: str
) -> Iterator[Trial]:
    for name, faulty, made in track([*trials], description=f"clip_lint, {what}"):
        frames, still, prompt = made()
        found = clip_lint.lint(frames, SECTION, prompt, Image.fromarray(still))
        trial = Trial(name, faulty, tuple(miss.kind.value for miss in found))
        if not trial.right and os.environ.get("FARM_BENCH_WRONG"):
            print(trial, frames.shape)  # noqa: T201
        yield trial


def _share(trials: list[Trial]) -> str:
    return f"{sum(trial.right for trial in trials)} of {len(trials)}"


def _accused(trials: list[Trial]) -> str:
    good = [trial for trial in trials if not trial.faulty]
    return f"{sum(not trial.right for trial in good)} of {len(good)}"


def _told(trials: list[Trial], what: str) -> str:
    mine = [trial for trial in trials if trial.what == what]
    found = [kind for trial in mine for kind in trial.found]
    kinds = ", ".join(f"{kind} {found.count(kind)}" for kind in dict.fromkeys(found))
    if mine[0].faulty:
        return f"named {_share(mine)}" + (f": {kinds}" if kinds else "")
    return f"accused {_accused(mine)}" + (f": {kinds}" if kinds else "")


def _cost() -> int:
    frames = shots.pan(View("coffee", 832, 480, 81))
    times = []
    for _ in range(3):
        start = time.process_time()
        clip_lint.lint(frames, SECTION, "A cup steams", Image.fromarray(frames[0]))
        times.append(time.process_time() - start)
    return round(1000 * min(times))
