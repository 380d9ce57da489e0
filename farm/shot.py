"""A shot as production wants it: what a shot list's row becomes and the store takes in."""

from dataclasses import dataclass

from pipeline.recipe import Finding, Recipe


@dataclass(frozen=True, slots=True, kw_only=True)
class AlternateStill:
    """Another start picture that the last rung of the ladder may try."""

    image: str
    """The file it was prepared from."""
    still: str
    """SHA-256 of the prepared still."""
    width: int
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NewShot:
    """One checked shot with its still prepared and the recipe of its first take."""

    code: str
    image: str
    """The file that the still was prepared from."""
    recipe: Recipe
    """Of take 1; holds prompt, negative, seed, size and frames."""
    priority: int = 0
    """Higher goes first."""
    aspect: str | None = None
    """`16:9`; None keeps the picture's own ratio."""
    alternates: tuple[AlternateStill, ...] = ()
    must_keep: tuple[str, ...] = ()
    """Words that no simplifying may remove."""
    notes: str = ""
    findings: tuple[Finding, ...] = ()
    """What the still's preparation remarked."""


def ratio(aspect: str | None) -> float | None:
    """Width over height of an aspect as people write it (`16:9`); None stays None."""
    if aspect is None:
        return None
    width, height = aspect.split(":")
    return float(width) / float(height)
