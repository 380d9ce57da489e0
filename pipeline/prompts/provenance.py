"""Tells which rules made a simpler prompt and what they cut, and moves negations to the negative prompt."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from pipeline.prompts.simplify import Removal, Simplified, each_level
from pipeline.recipe import Recipe

_COMMA = re.compile(r"\s*[,，]\s*")


def trace(earlier: Iterable[str], prompt: str, must_keep: Sequence[str]) -> Simplified | None:
    """How the rules made `prompt` of the first of the earlier prompts that it comes from.

    None where it is one of them, or where somebody wrote it.
    """
    earlier = list(earlier)
    if prompt in earlier:
        earlier = earlier[: earlier.index(prompt)]
    for before in earlier:
        for level, simplified in each_level(before, must_keep):
            if level != "L0" and simplified.text == prompt:
                return simplified
    return None


def removed(earlier: Iterable[str], prompt: str, must_keep: Sequence[str]) -> tuple[Removal, ...]:
    """What the rules cut out of one of the earlier prompts to make `prompt`; nothing where somebody
    wrote it."""
    simplified = trace(earlier, prompt, must_keep)
    return simplified.removals if simplified else ()


def with_negations_moved(
    recipe: Recipe, earlier: Iterable[str], must_keep: Sequence[str]
) -> Recipe:
    """The recipe with what its simplified prompt no longer forbids in its negative prompt, once."""
    simplified = trace(earlier, recipe.prompt, must_keep)
    if simplified is None or not simplified.negative:
        return recipe
    said = {part.casefold() for part in _COMMA.split(recipe.negative)}
    new = [part for part in _COMMA.split(simplified.negative) if part.casefold() not in said]
    return replace(recipe, negative=", ".join(filter(None, [recipe.negative, *new])))
