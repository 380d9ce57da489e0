"""Declines a take before it is rendered: its still cannot serve its prompt, however that is simplified."""

from typing import TYPE_CHECKING

from pipeline.misses import Miss, MissKind
from pipeline.profiles.profile import Profile
from pipeline.profiles.remedies import DECLINED_FOR
from pipeline.prompts.simplify import simplify
from pipeline.recipe import TakeOrder
from pipeline.scoring import matching
from pipeline.scoring.protocol import Scorer
from pipeline.stills import lint as still_lint

if TYPE_CHECKING:
    from PIL.Image import Image


def hopeless(
    order: TakeOrder, picture: "Image", scorer: Scorer, profile: Profile
) -> tuple[Miss, ...]:
    """Why nothing that is rendered from this still can be right, the gravest first.

    Only the core of the prompt is held against the still: a retake may drop everything else. Empty
    where there is hope, where a person insists, where the profile declines nothing, and where the
    scorer cannot judge.
    """
    if order.insisted or not profile.retakes.decline:
        return ()
    prompt = order.recipe.prompt
    core = simplify(prompt, "L3").text or prompt
    return (*_not_there(scorer, picture, core, profile), *_no_room(picture, core, profile))


def _not_there(scorer: Scorer, picture: "Image", core: str, profile: Profile) -> tuple[Miss, ...]:
    match = matching.judge_still(scorer, picture, core)
    misses = matching.misses_before(match, profile.match, below=profile.retakes.decline_below)
    return tuple(miss for miss in misses if miss.kind in DECLINED_FOR)


def _no_room(picture: "Image", core: str, profile: Profile) -> tuple[Miss, ...]:
    if not profile.retakes.decline_without_room:
        return ()
    free = still_lint.free_margin(picture, core, profile.still)
    if free is None or free.value >= free.threshold:
        return ()
    impossible = MissKind.ACTION_IMPOSSIBLE
    return (
        Miss(kind=impossible, value=free.value, threshold=free.threshold, message=free.sentence),
    )
