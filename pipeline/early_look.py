"""What a look at an unfinished clip said, and which takes are rendered on whatever it says. Pure."""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlyLook:
    """One look at what a clip was becoming, before its steps were done."""

    step: int
    """After which it was looked at, counted from 1; 0 where nobody looked."""
    steps: int
    """That the whole take has."""
    below: int = 0
    """How many of the steps so far were below the boundary."""
    score: float | None
    """The match of the unfinished clip, 0..1; None where nobody could say."""
    scorer: str = ""
    """Scores of different scorers are not compared, nor those of different steps and decoders."""
    decoder: str = ""
    """The fingerprint of the tiny decoder that the scorer saw the clip through."""
    threshold: float | None = None
    """Below it the take ends; None in shadow, where none does."""
    audit: bool = False
    """It was to be rendered on whatever the score: that keeps the threshold's bound honest."""
    ended: bool = False
    note: str = ""
    """Why nobody looked, or could not say."""

    @property
    def spared(self) -> int:
        """Steps that were not rendered."""
        return self.steps - self.step if self.ended else 0

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        return cls(**values)

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def is_audit(recipe_hash: str, share: float) -> bool:
    """Whether a take is among the `share` (0..1) of takes that are rendered on: the same for every attempt
    of one recipe, and as if by chance among recipes."""
    drawn = int(hashlib.sha256(f"early end/{recipe_hash}".encode()).hexdigest()[:12], 16)
    return drawn < share * 16**12
