"""Which faults, in which order: drawn by weight from a seed, each kind at least a few times."""

from collections.abc import Sequence
from random import Random

from tests.chaos.faults import Kind


def draw(kinds: Sequence[Kind], faults: int, chance: Random) -> list[Kind]:
    """`faults` kinds in a random order; fewer of `least` where there is no place for all."""
    needed = [kind for kind in kinds for _ in range(kind.least)]
    chance.shuffle(needed)
    plan = needed[:faults]
    plan += chance.choices(kinds, [kind.weight for kind in kinds], k=faults - len(plan))
    chance.shuffle(plan)
    return plan
