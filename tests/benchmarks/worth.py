"""What pre-checks, lint and diagnosing are worth on the toy world, by ground truth.

`toy_world/protocol.md`, "What it is worth", says how each figure comes about.
`python -m tests.benchmarks.worth --part 0.1` is a quick look; whole, it takes some minutes on two cores.
"""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from tests.benchmarks.toy_world import figures, retakes, studio
from tests.benchmarks.toy_world.retakes import Course

SHOWS_PROGRESS = True


def run(part: float = 1.0) -> dict[str, Any]:
    """Every figure with its interval."""
    cast = retakes.cast(part)
    with studio.opened() as opened:
        courses = [*opened.each("every way", retakes.follow, cast)]
    by_way = {way: [each[way] for each in courses] for way in retakes.WAYS}
    return {
        "ways": {way: _worth(each) for way, each in by_way.items()},
        "beforehand": _beforehand(by_way["no ladder"]),
    }


def _worth(courses: Sequence[Course]) -> dict[str, str]:
    kinds = dict.fromkeys(course.shot.kind for course in courses)
    truly = [course.truly for course in courses]
    renders = [course.renders for course in courses]
    return {
        "truly accepted": str(figures.share(truly)),
        "truly accepted per render": str(figures.ratio(truly, renders)),
        "false accepts": str(figures.share([each.accepted and not each.truly for each in courses])),
        "renders per shot": str(figures.mean(renders, digits=2)),
        "seconds per shot": str(figures.mean([each.seconds for each in courses], digits=2)),
        **{
            f"truly accepted, {kind}": str(
                figures.share([each.truly for each in courses if each.shot.kind == kind])
            )
            for kind in kinds
        },
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
