"""What pre-checks, remedies and the shot's own prompt as the yardstick are worth, by ground truth.

`toy_world/protocol.md`, "What it is worth", says how each figure comes about.
`python -m tests.benchmarks.worth --part 0.1` is a quick look; whole, about half an hour on two cores.
"""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from tests.benchmarks.toy_world import figures, retakes, studio
from tests.benchmarks.toy_world.retakes import ARTICLE, BY_DIAGNOSIS, Course

SHOWS_PROGRESS = True
KEPT = Path("build/worth.json")
"""The figures, and what they were counted from, for the pictures of the page about the claim."""
TENTHS = 10


def run(part: float = 1.0) -> dict[str, Any]:
    """Every figure with its interval; also in `build/`."""
    cast = retakes.cast(part)
    with studio.opened() as opened:
        courses = [*opened.each("every way", retakes.follow, cast)]
    by_way = {way: [each[way] for each in courses] for way in retakes.WAYS}
    found = {
        "ways": {way: _worth(each) for way, each in by_way.items()},
        "bar": _bar(by_way[BY_DIAGNOSIS], by_way[ARTICLE]),
        "match against success": _curves(by_way),
        "remedies": _remedies(by_way[BY_DIAGNOSIS]),
        "beforehand": _beforehand(by_way["no ladder"]),
    }
    KEPT.parent.mkdir(exist_ok=True)
    KEPT.write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n")
    return found


def _worth(courses: Sequence[Course]) -> dict[str, str]:
    kinds = dict.fromkeys(course.shot.kind for course in courses)
    truly = [course.truly for course in courses]
    renders = [course.renders for course in courses]
    passed = [each.accepted or each.partly for each in courses]
    return {
        "truly accepted": str(figures.share(truly)),
        "truly accepted per render": str(figures.ratio(truly, renders)),
        "false accepts": str(figures.share([each.accepted and not each.right for each in courses])),
        "false accepts, were partly accepted": str(
            figures.share([p and not c.right for p, c in zip(passed, courses, strict=True)])
        ),
        "partly": str(figures.share([each.partly for each in courses])),
        "renders per shot": str(figures.mean(renders, digits=2)),
        "seconds per shot": str(figures.mean([each.seconds for each in courses], digits=2)),
        **{
            f"truly accepted, {kind}": str(
                figures.share([each.truly for each in courses if each.shot.kind == kind])
            )
            for kind in kinds
        },
        **{
            f"false accepts, {kind}": str(
                figures.share([e.accepted and not e.right for e in courses if e.shot.kind == kind])
            )
            for kind in kinds
        },
    }


def _bar(ours: Sequence[Course], article: Sequence[Course]) -> dict[str, str]:
    """The bar of the protocol, figure by figure."""

    def rate(courses: Sequence[Course]) -> float:
        return sum(each.truly for each in courses) / sum(each.renders for each in courses)

    count = len(ours)
    false = sum(each.accepted and not each.right for each in ours) / count
    truly = sum(each.truly for each in ours) / count
    renders = sum(each.renders for each in ours) / count
    return {
        "false accepts, at most 0.05": f"{false:.3f}",
        "truly accepted, at least 0.50": f"{truly:.3f}",
        "renders per shot, at most 2.0": f"{renders:.2f}",
        "truly accepted per render over the article's, at least 2": f"{rate(ours) / rate(article):.2f}",
    }


def _curves(by_way: Mapping[str, Sequence[Course]]) -> dict[str, dict[str, str]]:
    """Shares of success by tenths of match, each take once: of all, and by kind of shot."""
    takes = {
        (each.shot.kind, each.shot.seed, take.recipe): (each.shot.kind, take)
        for courses in by_way.values()
        for each in courses
        for take in each.takes
        if take.score is not None
    }
    kinds = dict.fromkeys(kind for kind, _ in takes.values())
    return {
        kind: {
            f"{tenth / TENTHS:.1f} to {(tenth + 1) / TENTHS:.1f}": str(figures.share(right))
            for tenth in range(TENTHS)
            if (
                right := [
                    take.right
                    for own, take in takes.values()
                    if kind in ("all", own) and _tenth(take.score) == tenth
                ]
            )
        }
        for kind in ("all", *kinds)
    }


def _tenth(score: float | None) -> int:
    assert score is not None
    return min(int(score * TENTHS), TENTHS - 1)


def _remedies(courses: Sequence[Course]) -> dict[str, str]:
    """How often a take that was made against a miss is a success, where the one before was none."""
    pairs = [
        (after.met, after.changed, after.right)
        for course in courses
        for before, after in pairwise(course.takes)
        if not before.right
    ]
    kinds = dict.fromkeys((met, changed) for met, changed, _ in sorted(pairs))
    return {
        f"{met}: {changed}": str(
            figures.share([right for *kind, right in pairs if kind == [met, changed]])
        )
        for met, changed in kinds
    }


def _beforehand(courses: Sequence[Course]) -> Mapping[str, str]:
    """What can be told before the first render, against how that render came out."""
    good = [each for each in courses if each.first]
    bad = [each for each in courses if not each.first]
    remarked = [each for each in courses if retakes.findings(each.shot)]
    clean = [each for each in courses if not retakes.findings(each.shot)]
    return {
        "first takes that come out right": str(figures.share([each.first for each in courses])),
        "match of still and prompt, AUC": str(
            figures.auc([each.match for each in good], [each.match for each in bad])
        ),
        "fewer lint findings, AUC": str(
            figures.auc(
                [-retakes.findings(each.shot) for each in good],
                [-retakes.findings(each.shot) for each in bad],
            )
        ),
        "right, where the lint has findings": str(figures.share([each.first for each in remarked])),
        "right, where it has none": str(figures.share([each.first for each in clean])),
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.worth", description=__doc__)
    parser.add_argument("--part", type=float, default=1.0, help="of the protocol's numbers")
    sys.stdout.write(json.dumps(run(parser.parse_args().part), indent=2) + "\n")
