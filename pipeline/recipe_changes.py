"""Changes a recipe as a person wishes, to another still or seed; and tells what differs. Pure."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from itertools import accumulate
from typing import Any

from pipeline.prompts.division import divided
from pipeline.prompts.simplify import Level, simplify
from pipeline.recipe import Recipe, Segment, whole

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
    lengths: Sequence[int] | None = None,
    must_keep: Sequence[str] = (),
) -> Recipe:
    """The latest recipe with a person's wishes; without any, the same with the next seed.

    `negative` is the whole of it, with what the profile says; `lengths` are the frames of each segment.

    Raises `ValueError` with a sentence for guidance over the cap.
    """
    recipe = latest
    if prompt is not None:
        recipe = with_prompt(recipe, prompt)
    if simplify_to is not None:
        recipe = with_prompt(recipe, simplify(recipe.prompt, simplify_to, must_keep).text)
    if cfg_high is not None:
        recipe = replace(recipe, cfg_high=float(cfg_high))
    if seed is not None:
        recipe = with_seed(recipe, seed)
    if still is not None:
        recipe = with_still(recipe, still)
    if negative is not None:
        recipe = replace(recipe, negative=negative)
    if lengths is not None:
        recipe = in_segments(recipe, lengths)
    wished = (prompt, simplify_to, cfg_high, seed, still, negative, lengths)
    return recipe if any(wish is not None for wish in wished) else next_seed(latest)


def differences(before: Recipe, after: Recipe) -> Difference:
    """The fields in which two recipes differ, each with both values; segments follow from others."""
    pairs = {
        each.name: (getattr(before, each.name), getattr(after, each.name))
        for each in fields(before)
        if each.name != "segments"
    }
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def with_still(recipe: Recipe, still: Alternate) -> Recipe:
    return replace(recipe, still=still.still, width=still.width, height=still.height)


def with_prompt(recipe: Recipe, prompt: str) -> Recipe:
    return _changed(recipe, prompt=prompt)


def with_seed(recipe: Recipe, seed: int) -> Recipe:
    return _changed(recipe, seed=seed)


def next_seed(recipe: Recipe) -> Recipe:
    return with_seed(recipe, (recipe.seed + 1) % 2**63)


def in_segments(recipe: Recipe, lengths: Sequence[int]) -> Recipe:
    """The recipe for a clip of segments with so many frames each (`Profile.lengths_for`).

    A prompt that tells stages gives each segment those that fall into its seconds; any other goes to
    each as it is. The first segment has the take's seed, each later one a seed that follows from it.
    """
    whole_clip = replace(recipe, frames=whole(lengths), segments=())
    if len(lengths) == 1:
        return whole_clip
    ends = [after / recipe.fps for after in accumulate(each - 1 for each in lengths)]
    parts = zip(lengths, divided(recipe.prompt, ends), strict=True)
    segments = tuple(
        Segment(frames=frames, seed=_seed_of(recipe.seed, number), prompt=prompt)
        for number, (frames, prompt) in enumerate(parts)
    )
    return replace(whole_clip, segments=segments)


def each_segment(recipe: Recipe) -> tuple[Recipe, ...]:
    """What is rendered, one after the other: recipes of one segment each.

    The still of each later one is the last frame of the one before, which has no name.
    """
    if not recipe.segments:
        return (recipe,)
    return tuple(
        replace(
            recipe,
            still="" if number else recipe.still,
            prompt=each.prompt,
            seed=each.seed,
            frames=each.frames,
            segments=(),
        )
        for number, each in enumerate(recipe.segments)
    )


def _changed(recipe: Recipe, **values: Any) -> Recipe:
    """With other values, and with segments of the same lengths that follow from them."""
    return in_segments(replace(recipe, segments=(), **values), recipe.lengths)


def _seed_of(seed: int, number: int) -> int:
    """The same noise in two segments would tie the later one's motion to that of the first."""
    if not number:
        return seed
    digest = hashlib.sha256(f"{seed} segment {number + 1}".encode()).digest()
    return int.from_bytes(digest[:8], "big") >> 1
