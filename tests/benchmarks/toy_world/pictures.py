"""Draws what `python -m tests.benchmarks --only worth` left in `build/worth.json`.

`python -m tests.benchmarks.toy_world.pictures` writes two SVG files beside `docs/explanation/claim.md`;
it wants the extra `dev`.
"""

import json
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]
FOUND = ROOT / "build" / "worth.json"
PICTURES = ROOT / "docs" / "explanation"
_FIGURE = re.compile(r"([\d.]+) \(([\d.]+) to ([\d.]+)\), n = (\d+)")

Point = tuple[float, float, float, int]
"""A share, its interval, and how many cases it rests on."""


def main(found: Path = FOUND, to: Path = PICTURES) -> list[Path]:
    """Writes both pictures; where they are."""
    import matplotlib as mpl

    mpl.use("svg")
    # Words stay words, and the same figures give the same file.
    mpl.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "shotfarm", "font.size": 9})
    worth = json.loads(found.read_text(encoding="utf-8"))
    return [
        _curves(worth["match against success"], to / "claim_match.svg"),
        _remedies(worth["remedies"], to / "claim_remedies.svg"),
    ]


def _point(text: str) -> Point:
    found = _FIGURE.fullmatch(text)
    if not found:
        raise ValueError(f"“{text}” is no share with its interval")
    share, low, high, cases = found.groups()
    return float(share), float(low), float(high), int(cases)


def _curves(curves: Mapping[str, Mapping[str, str]], place: Path) -> Path:
    """Success by tenths of match: of all takes, and by kind of shot."""
    from matplotlib import pyplot

    columns = 4
    rows = -(-len(curves) // columns)
    figure, axes = pyplot.subplots(
        rows, columns, figsize=(10, 2.6 * rows), sharex=True, sharey=True, layout="constrained"
    )
    places: Sequence[Any] = [*axes.flat]
    for axis, (kind, tenths) in zip(places, curves.items(), strict=False):
        middles = [float(tenth.split(" ")[0]) + 0.05 for tenth in tenths]
        points = [_point(text) for text in tenths.values()]
        _with_intervals(axis, middles, points)
        for middle, (share, _, _, cases) in zip(middles, points, strict=True):
            axis.annotate(str(cases), (middle, share), fontsize=6, color="0.45", xytext=(3, 3),
                          textcoords="offset points")  # fmt: skip
        axis.set(title=kind, xlim=(0, 1), ylim=(-0.05, 1.05))
        axis.grid(alpha=0.2)
    for axis in places[len(curves) :]:
        axis.set_visible(False)
    figure.supxlabel("match of the take")
    figure.supylabel("share that shows the wish")
    return _saved(figure, place)


def _with_intervals(axis: Any, middles: Sequence[float], points: Sequence[Point]) -> None:
    shares = [share for share, *_ in points]
    below = [max(share - low, 0) for share, low, _, _ in points]
    above = [max(high - share, 0) for share, _, high, _ in points]
    axis.errorbar(middles, shares, yerr=[below, above], marker="o", markersize=3, linewidth=1,
                  capsize=2, color="#2f6fab")  # fmt: skip


def _remedies(remedies: Mapping[str, str], place: Path) -> Path:
    """How often each remedy makes a success of a miss."""
    from matplotlib import pyplot

    named = [*reversed([*remedies])]
    points = [_point(remedies[name]) for name in named]
    figure, axis = pyplot.subplots(figsize=(8, 0.34 * len(named) + 1.1), layout="constrained")
    shares = [share for share, *_ in points]
    below = [max(share - low, 0) for share, low, _, _ in points]
    above = [max(high - share, 0) for share, _, high, _ in points]
    labels = [
        f"{name.replace('_', ' ')}  (n = {cases})"
        for name, (*_, cases) in zip(named, points, strict=True)
    ]
    axis.barh(labels, shares, xerr=[below, above], color="#9cc3e6", ecolor="#2f6fab", capsize=2)
    axis.set(xlim=(0, 1), xlabel="share of retakes that show the wish")
    axis.grid(axis="x", alpha=0.2)
    return _saved(figure, place)


def _saved(figure: Any, place: Path) -> Path:
    figure.savefig(place, metadata={"Date": None})
    return place


if __name__ == "__main__":
    for made in main():
        sys.stdout.write(f"{made}\n")
