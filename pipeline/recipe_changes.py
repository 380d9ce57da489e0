"""Changes a recipe as a person wishes, to another still or seed; and tells what differs. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from pipeline.prompts.simplify import Level, simplify
from pipeline.recipe import Recipe

Difference = dict[str, tuple[Any, Any]]
"""Field of the recipe → (before, after)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternate:
    """Another prepared still of the same shot."""

    still: str
    width: int
    height: int


def by_hand(
    latest: Recipe,
    *,
    prompt: str | None = None,
    simplify_to: Level | None = None,
    cfg_high: float | None = None,
    seed: int | None = None,
    still: Alternate | None = None,
    negative: str | None = None,
    frames: int | None = None,
    must_keep: Sequence[str] = (),
) -> Recipe:
    """The latest recipe with a person's wishes; without any, the same with the next seed.

    `negative` is the whole of it, with what the profile says.

    Raises `ValueError` with a sentence for guidance over the cap.
    """
    recipe = latest
    if prompt is not None:
        recipe = replace(recipe, prompt=prompt)
    if simplify_to is not None:
        recipe = replace(recipe, prompt=simplify(recipe.prompt, simplify_to, must_keep).text)
    if cfg_high is not None:
        recipe = replace(recipe, cfg_high=float(cfg_high))
    if seed is not None:
        recipe = replace(recipe, seed=seed)
    if still is not None:
        recipe = with_still(recipe, still)
    if negative is not None:
        recipe = replace(recipe, negative=negative)
    if frames is not None:
        recipe = replace(recipe, frames=frames)
    wished = (prompt, simplify_to, cfg_high, seed, still, negative, frames)
    return recipe if any(wish is not None for wish in wished) else next_seed(latest)


def differences(before: Recipe, after: Recipe) -> Difference:
    """The fields in which two recipes differ, each with both values."""
    pairs = {
        each.name: (getattr(before, each.name), getattr(after, each.name))
        for each in fields(before)
    }
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def with_still(recipe: Recipe, still: Alternate) -> Recipe:
    return replace(recipe, still=still.still, width=still.width, height=still.height)


def next_seed(recipe: Recipe) -> Recipe:
    return replace(recipe, seed=(recipe.seed + 1) % 2**63)
