"""Drafts and their finals: which approved draft a full take may follow, and its recipe. Pure.

A draft is a take like any other, made with a cheaper profile; the shot goes through the same states. What
is a draft stands at the take, so that a shot whose approved take is one waits for its final: it is neither
delivered nor counted as done.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from farm.domain.lifecycle import ReviewStatus, TakeStatus
from pipeline.profiles.profile import Profile
from pipeline.recipe import Recipe

JUDGES = (
    "a draft tells whether still and words can work; the final moves otherwise, whatever its seed"
)
"""What an approval of a draft says, and what not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tie:
    """Whether a take is a draft, and which draft it goes back to."""

    draft_for: str | None = None
    """Of a draft the profile that its final is to be made with."""
    final_of: int | None = None
    """Of a final, and of what the ladder or a person makes of it, the number of the approved draft."""


_UNDER_WAY = (TakeStatus.WAITING, TakeStatus.RUNNING)
FULL = Tie()
"""A take that no draft went before."""


def is_final(rung: int, final_of: int | None) -> bool:
    """Whether a take is the final itself, which a person ordered; what the ladder makes of one is not."""
    return rung == 0 and final_of is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tied:
    """A take of a shot, as far as it matters to drafts."""

    number: int
    status: TakeStatus
    tie: Tie
    by_list: bool
    """Nobody's hand and no rung made it: what is older than it was wished otherwise."""


def draft_name(profile: str, chosen: str = "") -> str:
    """The profile that drafts of `profile` are made with: the one that is chosen, else the one called as
    it is, with `-draft`."""
    return chosen or f"{profile}-draft"


def approved_draft(
    review: ReviewStatus, selected: int | None, takes: Sequence[Tied], named: int | None = None
) -> Tied | str:
    """The draft of a shot whose final may be ordered; or why none may, in words that follow its name.

    `takes` are all of the shot, in their order; `named` is the take that the person means. A draft that is
    made again, or was since, is none that was approved, unless it is named and shows what is wished now.
    """
    last = takes[-1]
    if selected is None and last.tie.draft_for is not None:
        return f"has no approved draft: its newest, take {last.number}, is {last.status}"
    draft = next((take for take in takes if take.number == selected), None)
    if draft is None or draft.tie.draft_for is None:
        if why := _has_final(takes, selected, named):
            return why
        return "has no draft to make a final of" if named is None else f"has no draft {named}"
    if named is not None and named != draft.number:
        return (
            f"has take {draft.number} standing for it, not take {named}; approve the one you mean"
        )
    if review is not ReviewStatus.APPROVED:
        said = review.replace("_", " ")
        return f"is {said}: nobody has approved its draft, take {draft.number}; look at it first"
    since = [take for take in takes if take.number > draft.number]
    return _overtaken(draft, since, named) or draft


def _has_final(takes: Sequence[Tied], selected: int | None, named: int | None) -> str:
    """That somebody has ordered the final already, which made no draft stand; empty where nobody has.

    Of a final that was made again the take that stands for the shot is named, else the newest.
    """
    back = [take for take in reversed(takes) if take.tie.final_of is not None]
    back.sort(key=lambda take: (take.status not in _UNDER_WAY, take.number != selected))
    for take in back:
        draft = take.tie.final_of
        if named not in (None, draft):
            continue
        if take.status in _UNDER_WAY:
            what = f"is the final of take {draft}"
            if not take.by_list:
                what = f"makes the final of take {draft} again"
            return f"has take {take.number} under way, which {what}"
        if take.status is TakeStatus.SUCCEEDED:
            return f"has the final of take {draft} already: take {take.number}"
    return ""


def _overtaken(draft: Tied, since: Sequence[Tied], named: int | None) -> str:
    """Why a draft is not what a final may follow any more; empty where it is."""
    for take in since:
        own = take.tie.final_of == draft.number
        if take.status in _UNDER_WAY:
            what = "which makes it again: let it end, or cancel it"
            if own:
                what = "which is its final" if take.by_list else "which makes its final again"
            return f"had take {draft.number} approved, and take {take.number} is under way, {what}"
        if take.by_list and not own:
            return (
                f"had take {draft.number} approved, and take {take.number} was ordered since with "
                "another wish; approve a draft of that"
            )
        if take.status is not TakeStatus.SUCCEEDED:
            continue
        if own:
            return f"has the final of take {draft.number} already: take {take.number}"
        if named is None:
            return (
                f"had take {draft.number} approved, and take {take.number} was made since; approve the "
                f"one you mean, or name it: --take {draft.number}"
            )
    return ""


def misfit(draft: Profile, full: Profile) -> str:
    """Why clips of `draft` are none for `full`, in words that follow its name; empty where they are."""
    if draft.name == full.name:
        return "is the profile of the finals itself"
    for what, one, other in (
        ("frames per second", draft.frame.fps, full.frame.fps),
        ("pixels of a frame", _area(draft), _area(full)),
        ("grid of sides", draft.frame.grid, full.frame.grid),
        ("frames made in one go", draft.frame.max_frames, full.frame.max_frames),
    ):
        if one != other:
            return f"makes other clips than {full.name}: {what} {one}, not {other}"
    if draft.longest < full.longest:
        return f"makes clips of {draft.longest:.2f} s at most, {full.name} of {full.longest:.2f} s"
    return ""


def _area(profile: Profile) -> int:
    return profile.frame.areas[profile.frame.area]


def final_recipe(draft: Recipe, made_with: Profile, full: Profile) -> Recipe:
    """What the approved draft showed, still and words and length, as `full` makes it.

    The seed goes along, though the two make other clips of it. Raises `ValueError` with a sentence where
    the profiles do not fit each other any more.
    """
    if why := misfit(made_with, full):
        raise ValueError(f"{made_with.name} {why}")
    if draft.frames > full.frame.longest:
        raise ValueError(
            f"its draft has {draft.frames} frames, and {full.name} makes {full.frame.longest} at most: "
            "order a shorter draft"
        )
    return other_profile(draft, made_with, full)


def other_profile(recipe: Recipe, before: Profile, after: Profile) -> Recipe:
    """A recipe of one profile as the other makes it: what the profile says becomes that of the other.

    Its segments stay, since both make the same number of frames in one go.
    """
    of_profile, own = before.sampler.negative, recipe.negative
    if of_profile and f"{own}, ".startswith(f"{of_profile}, "):  # whole words of it
        own = own[len(of_profile) :].removeprefix(", ")
    return replace(
        recipe,
        negative=", ".join(filter(None, (after.sampler.negative, own))),
        steps=after.sampler.steps,
        cfg_high=after.sampler.cfg_high,
        cfg_low=after.sampler.cfg_low,
        profile=after.name,
        revision=after.revision,
    )
