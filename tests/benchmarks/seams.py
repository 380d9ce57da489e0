"""Chains of two segments: how their seams measure, how many are called so wrongly, which faults are named.

What is held, and how it was fixed beforehand: `tests/benchmarks/seam_clips/protocol.md`.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from rich.progress import track

from pipeline.clips import lint as clip_lint
from pipeline.clips import seams
from pipeline.clips.seams import Measured
from pipeline.clips.small_clip import SmallClip
from pipeline.profiles import profile
from pipeline.profiles.clip_section import ClipSection
from pipeline.storage.files import Frames
from tests.benchmarks.seam_clips import chains, planted
from tests.benchmarks.seam_clips.chains import COUNTS, EACH, MOVES, Chain

SHOWS_PROGRESS = True
TOY, WAN = profile.load("toy").clip, profile.load("wan2.2-i2v-a14b").clip
SAYS_SO = {"seam", "scene_jump", "tone_jump", "stalled"}
SEEN = 0.5
"""Levels of change below which nobody sees a motion, nor what becomes of it."""


def run() -> dict[str, Any]:
    """The held-out sets."""
    return figures("held out")


def figures(name: str) -> dict[str, Any]:
    """What the clips of a set come to."""
    toy = [*track(chains.of_toy(name), "seams, toy", COUNTS[name])]
    count = len(MOVES) * EACH
    photographs = [*track(chains.of_photographs(name), "seams, photographs", count)]
    decoded = [*track(chains.of_photographs_through_vae(name), "seams, through the VAE", count)]
    return {
        "toy": _found(toy, TOY),
        "photographs": _found(photographs, WAN),
        "colours matched, toy": _matched(toy),
        "colours matched, photographs": _matched(decoded),
    }


def _found(made: Sequence[Chain], section: ClipSection) -> dict[str, Any]:
    clean = [_kinds(each, each.frames, section) for each in made]
    measured = [_measured(each, each.frames) for each in made]
    going = [each for each in made if each.goes_on]
    faults = {
        **{what: _named(_moving(going), fault, section) for what, fault in planted.MOTION.items()},
        **{what: _named(made, fault, section) for what, fault in planted.LIGHT.items()},
    }
    halves = [half for each in made for half in (each.first, each.second)]
    return {
        "clean chains": len(made),
        "called seam": sum("seam" in kinds for kinds in clean),
        "called anything": _counted(clean),
        "their halves, called anything": _counted(
            [[miss.kind.value for miss in clip_lint.lint(half, section)] for half in halves]
        ),
        "change, times": _spread([each.change for each in measured]),
        "speed, of those that go on": _spread(
            [_measured(each, each.frames).speed for each in going]
        ),
        "shift, levels": _spread([each.shift for each in measured]),
        **{f"{what} named": told for what, told in faults.items()},
    }


def _moving(made: Iterable[Chain]) -> list[Chain]:
    found = []
    for each in made:
        around = SmallClip(each.frames).steps[each.seam.frame - 4 : each.seam.frame + 4]
        if np.median(around) >= SEEN:
            found.append(each)
    return found


def _named(made: Sequence[Chain], fault: planted.Fault, section: ClipSection) -> str:
    told = [_kinds(each, fault(each), section) for each in made]
    right = sum(bool(SAYS_SO & {*kinds}) for kinds in told)
    kinds = Counter(kind for each in told for kind in each if kind in SAYS_SO)
    return f"{right} of {len(made)}: {', '.join(f'{kind} {n}' for kind, n in kinds.items())}"


def _kinds(chain: Chain, frames: Frames, section: ClipSection) -> list[str]:
    found = clip_lint.lint(frames, section, chain.prompt, where=[chain.seam])
    return [miss.kind.value for miss in found]


def _measured(chain: Chain, frames: Frames) -> Measured:
    return seams.measure(SmallClip(frames), chain.seam)


def _counted(found: Sequence[Sequence[str]]) -> str:
    kinds = Counter(kind for each in found for kind in each)
    told = ", ".join(f"{kind} {number}" for kind, number in sorted(kinds.items()))
    return f"{sum(bool(each) for each in found)} of {len(found)}" + (f": {told}" if told else "")


def _spread(values: Sequence[float]) -> str:
    return f"median {np.median(values):.2f}, largest {max(values):.2f}"


def _matched(made: Sequence[Chain]) -> dict[str, Any]:
    """With and without, in pairs; the sign test is two-sided."""
    before = [_measured(each, each.frames) for each in made]
    after = [_measured(each, planted.matched(each)) for each in made]
    pairs = {
        "shift": ([each.shift for each in before], [each.shift for each in after]),
        "change": ([each.change for each in before], [each.change for each in after]),
    }
    if all(each.whole is not None for each in made):
        pairs["error"] = (
            [_error(each, each.frames) for each in made],
            [_error(each, planted.matched(each)) for each in made],
        )
    return {what: _paired(*values) for what, values in pairs.items()}


def _error(chain: Chain, frames: Frames) -> float:
    """Of the eight frames after the seam, against the film without one."""
    assert chain.whole is not None
    first = chain.seam.frame + 1
    there = slice(first, first + planted.FADE)
    return float(np.abs(frames[there].astype(float) - chain.whole[there]).mean())


def _paired(before: Sequence[float], after: Sequence[float]) -> str:
    lower = sum(b > a for b, a in zip(before, after, strict=True))
    higher = sum(b < a for b, a in zip(before, after, strict=True))
    return (
        f"median {np.median(before):.2f} -> {np.median(after):.2f}, lower in {lower}, higher in {higher}, "
        f"p {_sign_test(lower, higher):.3f}"
    )


def _sign_test(lower: int, higher: int) -> float:
    """The chance of so uneven a split, or a more uneven one, of a fair coin."""
    from math import comb

    count = lower + higher
    if not count:
        return 1.0
    tail = sum(comb(count, number) for number in range(min(lower, higher) + 1)) / 2**count
    return min(1.0, 2 * tail)
