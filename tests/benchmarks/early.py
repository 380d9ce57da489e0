"""Takes ended early on the toy: steps for the same truly accepted shots, and good takes lost.

What is held, and how it was fixed beforehand: `early_end/protocol.md`.
`python -m tests.benchmarks.early --part 0.1` is a quick look.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from itertools import chain
from typing import Any

from pipeline.scoring import early_record
from pipeline.scoring.calibration import NotEnough
from pipeline.scoring.early_record import EarlyRecord, Kind, Seen
from tests.benchmarks.early_end import courses
from tests.benchmarks.early_end.courses import ABOVE, BELOW, Chosen, Course, Taken, Ways
from tests.benchmarks.toy_world import figures, retakes, studio

SHOWS_PROGRESS = True
SIZES = {"tuning": 1.0, "held out": 0.5}
"""Of the cast, for each set."""
LOST = (0.0, 0.02, 0.05, 0.1, 0.2)
"""Shares of good takes that the frontier gives away."""
KIND = Kind(profile="toy", revision="", scorer="", step=0, decoder="")


def run(part: float = 1.0) -> dict[str, Any]:
    """Chooses on one set, and holds the other one to it."""
    with studio.opened() as opened:
        tuning = _followed(opened, "tuning", part, None)
        records = {step: _record(_takes(tuning), step) for step in BELOW}
        found = {step: each for step, each in records.items() if isinstance(each, EarlyRecord)}
        told = {f"{step} below the boundary": _told(each) for step, each in records.items()}
        step = max(found, key=lambda each: found[each].share_spared, default=None)
        chosen = Chosen(step, found[step].threshold) if step else None
        held = _followed(opened, "held out", part, chosen)
    if step is None or chosen is None:
        frontier = {f"{each} below the boundary": _frontier(_takes(held), each) for each in BELOW}
        return {"tuning": told, "chosen": "none: no line keeps the bound", **_off(held), **frontier}
    return {
        "tuning": told,
        "chosen": f"{step} below the boundary (step {ABOVE + step} of 8), threshold {chosen.threshold:.3f}",
        **_held(held, chosen),
    }


def _followed(
    opened: studio.Studio, name: str, part: float, chosen: Chosen | None
) -> Sequence[Ways]:
    shots = retakes.cast(SIZES[name] * part, f"early/{name}")
    jobs = [(shot, chosen) for shot in shots]
    return [*opened.each(f"early, {name}", courses.follow, jobs)]


def _takes(ways: Sequence[Ways]) -> list[Taken]:
    """The takes that were rendered with `off`."""
    every = chain.from_iterable(each.off.takes for each in ways)
    return [take for take in every if take.scores]


def _record(takes: Sequence[Taken], step: int) -> EarlyRecord | str:
    try:
        return early_record.find(KIND, [_seen(take, step) for take in takes])
    except NotEnough as reason:
        return str(reason)


def _seen(take: Taken, step: int) -> Seen:
    return Seen(
        score=take.scores[step], good=take.good, step=ABOVE + step, steps=take.steps
    )  # fmt: skip


def _told(record: EarlyRecord | str) -> str:
    if isinstance(record, str):
        return record
    return (
        f"threshold {record.threshold:.3f}, {record.good_ended} of {record.good} good ones below (at most "
        f"{record.bound:.1%}), {record.ended} of {record.takes} takes ended, {record.share_spared:.1%} of "
        "their steps spared"
    )


def _held(ways: Sequence[Ways], chosen: Chosen) -> dict[str, Any]:
    off, live = [each.off for each in ways], [each.live for each in ways if each.live]
    takes = _takes(ways)
    truly_good = [take for take in takes if take.good and take.right]
    lost = [take.scores[chosen.step] < chosen.threshold for take in truly_good]
    ended = [take for course in live for take in course.takes if take.ended]
    audits = [take for course in live for take in course.takes if take.audit]
    fewer = 1 - _per_truly(live) / _per_truly(off)
    return {
        "steps per truly accepted shot, off": f"{_per_truly(off):.2f}",
        "steps per truly accepted shot, live": f"{_per_truly(live):.2f}",
        "fewer steps per truly accepted shot (bar: 25 %)": f"{fewer:.1%} ({_drawn(off, live)})",
        "good ones ended (bar: at most 5 %)": str(figures.share(lost)),
        "truly accepted": f"{_truly(off)} off, {_truly(live)} live, of {len(ways)} shots; "
        f"{sum(a.truly != b.truly for a, b in zip(off, live, strict=True))} differ",
        "takes": f"{_count(off)} off, {_count(live)} live, {len(ended)} of them ended",
        "audits that would have been ended": f"{len(audits)}, {sum(a.good for a in audits)} of them good",
        "steps": f"{_steps(off)} off, {_steps(live)} live",
        **_off(ways),
        **{f"{step} below the boundary": _frontier(takes, step) for step in BELOW},
    }


def _off(ways: Sequence[Ways]) -> dict[str, str]:
    """What there is to be saved."""
    off = [each.off for each in ways]
    wasted = sum(take.steps for take in _takes(ways) if not take.good)
    return {
        "truly accepted, off": f"{_truly(off)} of {len(off)} shots, {_per_truly(off):.2f} steps each",
        "share of steps in takes that were not good, off": f"{wasted / _steps(off):.1%}",
    }


def _frontier(takes: Sequence[Taken], step: int) -> dict[str, str]:
    good = sorted(take.scores[step] for take in takes if take.good)
    if not good:  # of a small part
        return {}
    bad = [take.scores[step] for take in takes if not take.good]
    found = {"AUC of the early score": str(figures.auc(good, bad))}
    whole = sum(take.steps for take in takes)
    for share in LOST:
        line = good[min(int(share * len(good)), len(good) - 1)]
        spared = sum(
            take.steps - ABOVE - step for take in takes if take.scores[step] < line
        )  # fmt: skip
        found[f"steps spared at {share:.0%} of good ones ended"] = f"{spared / whole:.1%}"
    return found


def _drawn(off: Sequence[Course], live: Sequence[Course]) -> str:
    """An interval of 95 %, by drawing shots again."""
    import numpy as np

    rng = np.random.default_rng(1)
    values = []
    for _ in range(figures.SAMPLES):
        drawn = rng.integers(0, len(off), len(off))
        here, there = [off[each] for each in drawn], [live[each] for each in drawn]
        if _truly(here) and _truly(there):
            values.append(1 - _per_truly(there) / _per_truly(here))
    low, high = np.quantile(values, (0.025, 0.975))
    return f"{low:.1%} to {high:.1%}"


def _per_truly(ways: Sequence[Course]) -> float:
    return _steps(ways) / max(_truly(ways), 1)


def _steps(ways: Sequence[Course]) -> int:
    return sum(each.steps for each in ways)


def _truly(ways: Sequence[Course]) -> int:
    return sum(each.truly for each in ways)


def _count(ways: Sequence[Course]) -> int:
    """Takes of which anything was rendered."""
    return sum(take.steps > 0 for each in ways for take in each.takes)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.early", description=__doc__)
    parser.add_argument("--part", type=float, default=1.0, help="of the protocol's numbers")
    sys.stdout.write(json.dumps(run(parser.parse_args().part), indent=2) + "\n")
