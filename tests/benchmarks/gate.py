"""How well the gate tells right from wrong: on the usual set, on held-out motions and wordings, calibrated.

`toy_world/protocol.md`, "The gate", says how each figure comes about.
`python -m tests.benchmarks.gate --part 0.1` is a quick look; whole, about half an hour on two cores.
"""

import argparse
import json
import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.scoring import accuracy, calibration
from pipeline.scoring.calibration import Label
from pipeline.toy import captions, world
from pipeline.toy.world import Scene
from tests.benchmarks.toy_world import figures, shots, studio, table
from tests.benchmarks.toy_world.studio import Order, Outcome

SHOWS_PROGRESS = True
OF = "gate/"
"""Of the names of its rows: their scenes are no other benchmark's."""
LABELS = 200
"""Of a calibration."""
DRAWS = 40
WORDINGS = Path(__file__).parent / "toy_world" / "wordings.json"
MORE_WORDINGS = WORDINGS.with_name("wordings_second.json")
"""By another writer, who had not seen what the scorer is taught by."""
SCENES_EACH = 2
"""Clips of one wording."""

Held = Sequence[tuple[bool, float]]
"""Truth and verdict."""


def run(part: float = 1.0, films: Path | None = None, of: str = OF) -> dict[str, Any]:
    """Every figure with its interval; `of` other than usual are scenes and seeds that no run has seen."""
    with studio.opened(films) as opened:
        rows = table.film(opened, part, of)
        usual = [(each.success, each.verdict) for each in chain.from_iterable(rows.values())]
        motions = _held(opened.film("held-out motions", [*_motions(part, of)]), plain=True)
        filmed = opened.film("held-out wordings", [*_wordings(WORDINGS, f"{of}wordings", part)])
        row = "more held-out wordings"
        second = opened.film(row, [*_wordings(MORE_WORDINGS, f"{of}more wordings", part)])
    return {
        "verdict against truth, usual set, AUROC": _auroc(usual),
        "the same on held-out pairs and another motion": _auroc(motions),
        "the same on held-out wordings": _auroc(_held(filmed)),
        "the same on more held-out wordings": _auroc(_held(second)),
        "held-out wordings, the clip follows": str(figures.share([e.follows for e in filmed])),
        "more held-out wordings, the clip follows": str(figures.share([e.follows for e in second])),
        f"expected calibration error after {LABELS} labels": _calibrated(usual, of),
        f"the same, mean and spread of {DRAWS} draws of labels": _calibrated_often(usual, of),
    }


def _motions(part: float, of: str) -> Iterator[Order]:
    scenes = shots.dealt(of + "motions", table.some(84, part), world.HELD_OUT)
    rng = shots.chance(of + "motions/others")
    for seed, scene in enumerate(scenes):
        motion = _another(scene, rng)
        wish = captions.short(_moving(scene, motion))
        yield Order(scene, captions.short(scene), seed, against=(motion, wish))


def _wordings(file: Path, row: str, part: float) -> Iterator[Order]:
    """Each wording on its scenes, each clip also held against a wording of another motion."""
    kept = json.loads(file.read_text(encoding="utf-8"))
    rng = shots.chance(row)
    for seed, each in enumerate(kept[: table.some(len(kept), part)] * SCENES_EACH):
        (scene,) = shots.dealt(f"{row}/{seed}", 1)
        scene = _moving(scene, each["motion"])
        alike = [
            other
            for other in kept
            if other["language"] == each["language"] and other["motion"] != each["motion"]
        ]
        other = rng.choice(alike)
        against = (other["motion"], _worded(other, scene))
        yield Order(scene, _worded(each, scene), seed, against=against)


def _worded(each: dict[str, str], scene: Scene) -> str:
    if each["language"] == "zh":
        named = captions.CHINESE_COLOURS[scene.colour] + captions.CHINESE_SHAPES[scene.shape][0]
    else:
        named = f"the {scene.colour} {scene.shape}"
    text = each["wording"].format(named)
    return text[0].upper() + text[1:]


def _another(scene: Scene, rng: random.Random) -> str:
    return rng.choice([motion for motion in world.MOTIONS if (motion,) != scene.moves])


def _moving(scene: Scene, motion: str) -> Scene:
    return replace(scene, moves=(motion,))


def _held(outcomes: Sequence[Outcome], *, plain: bool = False) -> Held:
    """Each clip against its own wish and against the other one."""
    own = [(each.success, each.verdict if plain else each.score) for each in outcomes]
    return [*own, *((each.other_success, each.other) for each in outcomes)]


def _auroc(held: Held) -> str:
    good = [score for right, score in held if right]
    return str(figures.auc(good, [score for right, score in held if not right]))


def _calibrated(held: Held, of: str) -> str:
    """Of all but the labels that the curve was fitted to."""
    told = _accuracy(held, shots.chance(of + "labels"))
    if told is None:
        return "all alike"
    rest = len(held) - min(LABELS, len(held) // 2)
    return f"{told.ece.value:.3f} ({told.ece.low:.3f} to {told.ece.high:.3f}), n = {rest}"


def _calibrated_often(held: Held, of: str) -> str:
    """How much of one draw's figure is by chance."""
    rng = shots.chance(of + "labels, often")
    drawn = [told.ece.value for _ in range(DRAWS) if (told := _accuracy(held, rng))]
    if not drawn:
        return "all alike"
    return f"{np.mean(drawn):.3f} ({min(drawn):.3f} to {max(drawn):.3f})"


def _accuracy(held: Held, rng: random.Random) -> accuracy.Accuracy | None:
    mixed = [*enumerate(held)]
    rng.shuffle(mixed)
    count = min(LABELS, len(mixed) // 2)
    curve = calibration.fit([Label(score, right, str(n)) for n, (right, score) in mixed[:count]])
    rest = mixed[count:]
    scores = np.asarray([score for _, (_, score) in rest])
    right = [right for _, (right, _) in rest]
    return accuracy.measure(scores, curve.chances(scores), right, [str(n) for n, _ in rest])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.gate", description=__doc__)
    parser.add_argument("--part", type=float, default=1.0, help="of the protocol's numbers")
    parser.add_argument(
        "--films",
        type=Path,
        metavar="FOLDER",
        help="keep the clips, and film none again that lies there",
    )
    parser.add_argument(
        "--of", default=OF, metavar="NAME/", help="scenes and seeds of another name (%(default)s)"
    )
    options = parser.parse_args()
    sys.stdout.write(json.dumps(run(options.part, options.films, options.of), indent=2) + "\n")
