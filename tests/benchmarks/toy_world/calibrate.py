"""Where the toy's scorer draws its lines: `python -m tests.benchmarks.toy_world.calibrate [FILMS]`.

It holds clips of scenes that no other row uses, rendered by the plain caption, beside right and wrong
captions and stills, and prints the cosines that `[match]` of the profile `toy` should count as 0 and as 1:
0.5 then lies where right and wrong are told apart best.
"""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.progress import track

from pipeline.engines import wan
from pipeline.models import weights
from pipeline.profiles import profile
from pipeline.scoring import two_tower
from pipeline.toy import captions, choosing
from tests.benchmarks.toy_world import shots, studio

SCENES = 56
WHOLE = (-1.0, 1.0)
"""Every cosine, so that a match of this range is a cosine laid on 0..1."""


def main(films: Path | None) -> None:
    """Prints both ranges. Clips are kept in the folder `films`, or found there."""
    prompts, stills = _cosines(films)
    for name, (right, wrong) in {"prompt_cosine": prompts, "still_cosine": stills}.items():
        middle = _best_cut(right, wrong)
        reach = max(float(np.mean(right)) - middle, middle - float(np.mean(wrong)))
        lost, passed = np.mean(right < middle), np.mean(wrong >= middle)
        sys.stdout.write(
            f"{name} = [{middle - reach:.2f}, {middle + reach:.2f}]  # {lost:.1%} of the right lie below "
            f"the middle, {passed:.1%} of the wrong above\n"
        )


Two = tuple[NDArray[Any], NDArray[Any]]
"""Cosines of right ones and of wrong ones."""


def _cosines(films: Path | None) -> tuple[Two, Two]:
    """Right and wrong: of clip and caption, and of clip and still."""
    import torch

    torch.set_num_threads(1)
    toy = profile.load("toy")
    cosines = {"prompt_cosine": WHOLE, "still_cosine": WHOLE, "order_margin": None}
    section = toy.match.model_copy(update=cosines)
    scorer = two_tower.load(section, weights.folder(section.weights, None), "cpu")
    engine = wan.load(toy, weights.folder(toy.model.weights, None), "cpu")
    models = studio.Models(toy, engine, scorer, films)
    rng = shots.chance("calibration")
    scenes = shots.dealt("calibration", SCENES)
    seen: list[list[float]] = [[], [], [], []]
    for order in track(shots.orders(scenes, shots.plain(scenes)), description="calibration"):
        still = studio.still_of(order.scene)
        frames, _ = studio.filmed(models, order, still)
        said, kept = scorer.clip(frames, still, captions.english(order.scene, rng))
        seen[0].append(said)
        seen[2].append(kept)
        for kind in ("colour", "shape", "motion"):
            other = choosing.wrong(order.scene, kind, rng)
            seen[1].append(scorer.clip(frames, still, captions.english(other, rng))[0])
        for kind in ("colour", "shape"):
            another = studio.still_of(choosing.wrong(order.scene, kind, rng))
            seen[3].append(scorer.clip(frames, another, order.prompt)[1])
    right_said, wrong_said, right_kept, wrong_kept = (np.asarray(each) * 2 - 1 for each in seen)
    return (right_said, wrong_said), (right_kept, wrong_kept)


def _best_cut(right: NDArray[Any], wrong: NDArray[Any]) -> float:
    """Where the fewest lie on the wrong side, as shares of their own; the middle of the best places."""
    places: Sequence[float] = [*np.linspace(-0.5, 1, 601)]
    errors = np.asarray([np.mean(right < place) + np.mean(wrong >= place) for place in places])
    best = np.flatnonzero(errors == errors.min())
    return float(places[best[len(best) // 2]])


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
