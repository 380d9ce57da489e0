"""The scenes and prompts of the protocol, row by row, the same on every machine."""

import random
from collections.abc import Callable, Sequence

from pipeline.prompts.simplify import Level, simplify
from pipeline.toy import captions, choosing, world
from pipeline.toy.world import Pair, Scene
from tests.benchmarks.toy_world.studio import Captioned, Order

Phrase = Callable[[Scene, random.Random], str]


def chance(row: str) -> random.Random:
    """The row's own numbers."""
    return random.Random(f"toy benchmark/{row}")


def dealt(row: str, count: int, pairs: Sequence[Pair] = world.SEEN) -> list[Scene]:
    """Scenes with room for every motion, the motions in turn."""
    rng = chance(row)
    motions = [world.MOTIONS[number % len(world.MOTIONS)] for number in range(count)]
    return [choosing.choose(rng, pairs, (motion,)) for motion in motions]


def staged(row: str, count: int) -> list[Scene]:
    """Scenes of two motions that stay in the frame."""
    rng = chance(row)
    return [
        choosing.choose(rng, moves=choosing.choose_stages(rng), free=False) for _ in range(count)
    ]


def cramped(row: str, count: int) -> list[Scene]:
    """Scenes whose subject is asked to move where there is no room."""
    rng, ways = chance(row), [*world.DIRECTIONS]
    return [choosing.choose_cramped(rng, ways[number % len(ways)]) for number in range(count)]


def orders(scenes: Sequence[Scene], prompts: Sequence[str]) -> list[Order]:
    """One clip per scene; its seed is the scene's number."""
    return [
        Order(scene, prompt, seed)
        for seed, (scene, prompt) in enumerate(zip(scenes, prompts, strict=True))
    ]


def plain(scenes: Sequence[Scene]) -> list[str]:
    return [captions.short(scene) for scene in scenes]


def phrased(row: str, scenes: Sequence[Scene], phrase: Phrase) -> list[str]:
    """As one of many might write it."""
    rng = chance(f"{row}/phrases")
    return [phrase(scene, rng) for scene in scenes]


def misfits(row: str, scenes: Sequence[Scene]) -> list[str]:
    """The same motion wished of another subject than the still's."""
    rng = chance(f"{row}/subjects")
    return [captions.short(choosing.wrong(scene, "subject", rng)) for scene in scenes]


def cluttered(row: str, scenes: Sequence[Scene]) -> list[str]:
    rng = chance(f"{row}/clutter")
    return [captions.cluttered(scene, rng) for scene in scenes]


def simpler(prompts: Sequence[str], level: Level) -> list[str]:
    """As the farm's ladder cuts them."""
    return [simplify(prompt, level).text for prompt in prompts]


def captioned(row: str, count: int, wrong: choosing.Kind | None = None) -> list[Captioned]:
    """Drawn scenes with a right caption, or with one that is wrong about one thing."""
    rng = chance(f"scorer/{wrong or 'right'}")
    return [
        Captioned(scene, _said(choosing.wrong(scene, wrong, rng) if wrong else scene, rng))
        for scene in dealt(row, count)
    ]


def _said(scene: Scene, rng: random.Random) -> str:
    phrase = captions.english if rng.random() < 0.6 else captions.chinese
    return phrase(scene, rng)
