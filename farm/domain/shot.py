"""A shot as production wants it: what a shot list's row becomes and the store takes in."""

import hashlib
from dataclasses import asdict, dataclass
from typing import Any

from pipeline.findings import Finding
from pipeline.recipe import Recipe


@dataclass(frozen=True, slots=True, kw_only=True)
class AlternateStill:
    """Another start picture that the last rung of the ladder may try."""

    image: str
    """The file it was prepared from."""
    still: str
    """SHA-256 of the prepared still."""
    width: int
    height: int
    picture: str = ""
    """SHA-256 of the file it was prepared from; empty where nobody looked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewShot:
    """One checked shot with its still prepared and the recipe of its first take."""

    code: str
    image: str
    """The file that the still was prepared from."""
    recipe: Recipe
    """Of take 1; holds prompt, negative, seed, size and frames."""
    draft_for: str | None = None
    """Where take 1 is a draft, the profile that the shot is to be made with at last."""
    priority: int = 0
    """Higher goes first."""
    aspect: str | None = None
    """`16:9`; None keeps the picture's own ratio."""
    alternates: tuple[AlternateStill, ...] = ()
    must_keep: tuple[str, ...] = ()
    """Words that no simplifying may remove."""
    notes: str = ""
    no_decline: bool = False
    """Where its still cannot serve its prompt it is rendered once all the same, for a person to see."""
    findings: tuple[Finding, ...] = ()
    """What the still's preparation remarked."""
    picture: str = ""
    """SHA-256 of the file that the still was prepared from; empty where nobody looked."""
    negative: str = ""
    """As its row says it, without what the profile adds."""
    seconds: float | None = None
    """As its row says it; None leaves it to the profile."""
    seed: int | None = None
    """As its row says it; None leaves it to the farm."""

    @property
    def wish(self) -> "Wish":
        return Wish(
            prompt=self.recipe.prompt,
            still=Picture(image=self.image, picture=self.picture, still=self.recipe.still),
            negative=self.negative,
            seconds=self.seconds,
            seed=self.seed,
            aspect=self.aspect,
            profile=self.draft_for or self.recipe.profile,
            priority=self.priority,
            must_keep=self.must_keep,
            alternates=self.alternates,
            notes=self.notes,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A start picture by its three names."""

    image: str
    """The file."""
    picture: str
    """SHA-256 of the file; empty where nobody looked."""
    still: str
    """SHA-256 of the still that was prepared from it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What people want of a shot in their own words, field by field as a shot list has them."""

    prompt: str
    still: Picture
    negative: str
    seconds: float | None
    seed: int | None
    aspect: str | None
    profile: str
    priority: int
    must_keep: tuple[str, ...]
    alternates: tuple[AlternateStill, ...]
    notes: str


def data_of(value: Any) -> Any:
    """One field of a wish as JSON holds it."""
    if isinstance(value, Picture | AlternateStill):
        return asdict(value)
    return [data_of(each) for each in value] if isinstance(value, tuple) else value


def seed_for(production: str, code: str) -> int:
    """The seed of a shot that names none: always the same one, below 2**31."""
    digest = hashlib.sha256(f"{production}/{code}".encode()).digest()
    return int.from_bytes(digest[:4]) % 2**31


def ratio(aspect: str | None) -> float | None:
    """Width over height of an aspect as people write it (`16:9`); None stays None."""
    if aspect is None:
        return None
    width, height = aspect.split(":")
    return float(width) / float(height)


@dataclass(frozen=True, slots=True)
class ShotName:
    """A shot by its key and by the names people use."""

    id: int
    production: str
    code: str
