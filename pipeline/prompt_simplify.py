"""Makes a prompt simpler, one named rule at a time; it only ever removes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Level = Literal["L0", "L1", "L2", "L3"]


@dataclass(frozen=True, slots=True)
class Removal:
    """One piece a rule cut: `start` and `end` are character positions in the original prompt."""

    rule: str
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Simplified:
    text: str
    removals: tuple[Removal, ...]


def simplify(prompt: str, level: Level, must_keep: Sequence[str] = ()) -> Simplified:
    return Simplified(prompt, ())
