"""What each way to a cheaper take does on the toy: passes through experts, seconds, and other frames.

The same shots with the same seeds as the exact profile; seconds as ratios within one run, in which both
take turns. The toy is small: on a card it is the passes and the bytes that count.
"""

import random
import time
from collections.abc import Mapping
from statistics import median
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pipeline.clips import fidelity
from pipeline.engines import wan
from pipeline.engines.wan_experts import EXPERTS
from pipeline.models import weights
from pipeline.models.device import CPU, has_bfloat16
from pipeline.profiles import profile
from pipeline.profiles.profile import Profile
from pipeline.recipe import Recipe
from pipeline.toy import captions, choosing, drawing, measuring
from pipeline.toy.world import Scene

SHOTS = 16
SEED = 20_261_129
TOY = profile.load("toy")
WAYS: Mapping[str, Mapping[str, Any]] = {
    "guidance above the boundary": {"speed": {"guidance": "above_boundary"}},
    "step cache": {
        "speed": {"cache": {"threshold": 0.15, "first_blocks": 1, "warm_up": 1, "in_a_row": 2}}
    },
    "int8": {"speed": {"quantisation": {"high": "int8", "low": "int8"}}},
    "float8": {"speed": {"quantisation": {"high": "float8", "low": "float8"}}},
    "decoded in half precision": {"speed": {"decode": "bfloat16"}},
    "experts exchanged": {"worker": {"experts": "exchanged"}},
    "4 steps without guidance": {
        "sampler": {
            "steps": 4,
            "cfg_high": 1.0,
            "cfg_low": 1.0,
            "solver_order": 1,
            "corrector": False,
        }
    },
}
"""What is set otherwise than in the toy's own profile."""

Film = NDArray[np.uint8]


class _Filmed:
    """An engine whose passes are counted."""

    def __init__(self, run_as: Profile) -> None:
        self.profile = run_as
        self.passes = 0
        self._engine = wan.load(run_as, weights.folder(run_as.model.weights, None), CPU)
        for model in {self._expert(part) for part in EXPERTS}:
            model.blocks[-1].register_forward_pre_hook(self._count)

    def film(self, scene: Scene, seed: int) -> tuple[Film, float]:
        """The clip of a scene, and its seconds."""
        sampler, frame = self.profile.sampler, self.profile.frame
        width, height = self.profile.size_for(1, 1)
        recipe = Recipe(
            still="",
            prompt=captions.short(scene),
            negative=sampler.negative,
            seed=seed,
            steps=sampler.steps,
            cfg_high=sampler.cfg_high,
            cfg_low=sampler.cfg_low,
            width=width,
            height=height,
            frames=frame.default_frames,
            fps=frame.fps,
            profile=self.profile.name,
            revision=self.profile.revision,
        )
        still = Image.fromarray(drawing.frames(scene)[0])
        begun = time.perf_counter()
        text = self._engine.encode_text(recipe.prompt, recipe.negative)
        latents = self._engine.denoise(still, text, recipe, lambda step, steps: None)
        return self._engine.decode(latents), time.perf_counter() - begun

    def _expert(self, part: str) -> Any:
        side = getattr(self._engine._model, part)
        return side._exchange.model if hasattr(side, "_exchange") else side

    def _count(self, *_: object) -> None:
        self.passes += 1


def run() -> dict[str, Any]:
    """For each way: passes and seconds over the exact profile's, PSNR, and how many takes are right."""
    rng = random.Random(SEED)
    scenes = [choosing.choose(rng) for _ in range(SHOTS)]
    exact = _Filmed(TOY)
    found: dict[str, Any] = {"shots": SHOTS}
    for name, changes in WAYS.items():
        if name == "decoded in half precision" and not has_bfloat16(CPU):
            found[name] = "not measured: this CPU only imitates bfloat16"
            continue
        found[name] = _compare(exact, _Filmed(_changed(changes)), scenes)
    return found


def _compare(exact: _Filmed, other: _Filmed, scenes: list[Scene]) -> dict[str, Any]:
    before = exact.passes
    films = [
        (exact.film(scene, seed), other.film(scene, seed)) for seed, scene in enumerate(scenes)
    ]
    likeness = [fidelity.psnr(one, two) for (one, _), (two, _) in films]
    apart = [each for each in likeness if each is not None]
    right = [
        sum(
            measuring.measure(made[side][0], scene).succeeded(scene)
            for made, scene in zip(films, scenes, strict=True)
        )
        for side in (0, 1)
    ]
    return {
        "passes": round(other.passes / (exact.passes - before), 2),
        "seconds": round(median(slow / fast for (_, fast), (_, slow) in films), 2),
        "psnr_db": round(median(apart), 1) if apart else "the same bit by bit",
        "right": f"{right[1]} of {len(scenes)}, by the exact one {right[0]}",
    }


def _changed(changes: Mapping[str, Any]) -> Profile:
    values = TOY.model_dump(mode="json", exclude_unset=True)
    for table, keys in changes.items():
        values[table] = values.get(table, {}) | keys
    return Profile.model_validate(values)
