"""What a shot list changes of a shot that is there already, and what comes of it. Pure.

The list is held against what people wished last: what a list said, or a person by hand. What the farm
chose by itself (a seed, a simpler prompt, more guidance, a newer revision of the profile) is no wish.
Where a list leaves a field empty, what a person said by hand stands.
"""

import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from typing import Any

from farm.domain.lifecycle import ReviewStatus, TakeStatus
from farm.domain.shot import AlternateStill, NewShot, Picture, Wish, data_of, ratio, seed_for
from pipeline.recipe import Recipe
from pipeline.recipe_changes import in_segments, with_seed

FIELDS = tuple(each.name for each in fields(Wish))
REMAKES = frozenset({"prompt", "still", "negative", "seconds", "seed", "aspect", "profile"})
"""Fields that go into the recipe: another value means another take."""


@dataclass(frozen=True, slots=True)
class Change:
    """One field that differs; both values as JSON holds them."""

    field: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a person asks for beside the shots that are new."""

    update: bool = False
    """Change the shots that differ."""
    reopen: bool = False
    """Approved ones, too."""
    omit_missing: bool = False
    """Omit the shots that the list no longer has."""
    renames: Mapping[str, str] = field(default_factory=dict[str, str])
    """Codes that shots have → codes that the list has for them."""
    strict: bool = False
    """All that the list wants, or nothing."""


class Follows(StrEnum):
    """What comes of the changes of one shot once they are applied."""

    NOTHING = "nothing"
    """No take is touched."""
    REPLACES = "replaces"
    """Its waiting take is replaced."""
    ENDS = "ends"
    """Its running take ends at the next step, and another follows."""
    ORDERS = "orders"
    """Another take is ordered, and the review reopened."""
    STAYS_APPROVED = "stays_approved"
    """It is approved, and nobody asked to reopen it: only what needs no take is changed."""
    STAYS_OMITTED = "stays_omitted"
    """It is omitted: a release comes first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A shot as it is now."""

    production: str
    codes: frozenset[str]
    """What it is and was called."""
    wish: Wish
    told: bool
    """Whether all of the wish was written down; a shot of an older farm lets some be presumed."""
    by_hand: frozenset[str]
    """Fields that a person said last, by hand and not by a list."""
    review: ReviewStatus
    status: TakeStatus
    """Of its latest take."""
    number: int
    first: Recipe
    """Of its first take."""
    latest: Recipe


def compare(has: Standing, listed: NewShot) -> tuple[Change, ...]:
    """The fields in which the list wants something else than what was wished last."""
    before, after = _presumed(has, listed), listed.wish
    return tuple(
        Change(name, data_of(getattr(before, name)), data_of(getattr(after, name)))
        for name in FIELDS
        if not _alike(name, before, after, has, listed) and not _stands(name, has, listed)
    )


def differences(before: Wish, after: Wish) -> tuple[Change, ...]:
    """The fields in which two wishes differ; a picture that is only cut otherwise is the same one."""
    pairs = ((name, getattr(before, name), getattr(after, name)) for name in FIELDS)
    return tuple(
        Change(name, data_of(one), data_of(other))
        for name, one, other in pairs
        if _pictured(one) != _pictured(other)
    )


def _pictured(value: Any) -> Any:
    """A field's value, of pictures the files alone."""
    if isinstance(value, Picture | AlternateStill):
        return value.image, value.picture
    return tuple(map(_pictured, value)) if isinstance(value, tuple) else value


def follows(has: Standing, listed: NewShot, changes: Sequence[Change], reopen: bool) -> Follows:
    """What comes of it when these changes are applied."""
    if has.review is ReviewStatus.OMITTED:
        return Follows.STAYS_OMITTED
    if not any(change.field in REMAKES for change in changes):
        return Follows.NOTHING
    if recipe_for(has, listed).hash == has.latest.hash:
        return Follows.NOTHING
    if has.review is ReviewStatus.APPROVED and not reopen:
        return Follows.STAYS_APPROVED
    match has.status:
        case TakeStatus.WAITING:
            return Follows.REPLACES
        case TakeStatus.RUNNING:
            return Follows.ENDS
        case _:
            return Follows.ORDERS


def applicable(changes: Sequence[Change], then: Follows) -> tuple[Change, ...]:
    """Those of the changes that can be applied as things are."""
    if then is Follows.STAYS_OMITTED:
        return ()
    if then is Follows.STAYS_APPROVED:
        return tuple(change for change in changes if change.field not in REMAKES)
    return tuple(changes)


def wish_after(has: Standing, listed: NewShot, applied: Sequence[Change]) -> Wish:
    """What is wished of the shot once these changes are applied."""
    names = {change.field for change in applied}
    if names & REMAKES and not _stands("aspect", has, listed):
        names |= {"still", "alternates"}  # both were prepared anew
    before = _presumed(has, listed)
    return replace(before, **{name: getattr(listed.wish, name) for name in names})


def recipe_for(has: Standing, listed: NewShot) -> Recipe:
    """The recipe of the take that the list wants, with what stands beside it."""
    recipe, wish = listed.recipe, has.wish
    if _stands("negative", has, listed):
        parts = (recipe.negative, wish.negative)
        recipe = replace(recipe, negative=", ".join(filter(None, parts)))
    if _stands("seconds", has, listed):
        recipe = in_segments(recipe, has.latest.lengths)
    if _stands("aspect", has, listed):
        size = {"width": has.latest.width, "height": has.latest.height}
        recipe = replace(recipe, still=wish.still.still, **size)
    if listed.seed is None:
        recipe = with_seed(recipe, _seed(has, listed))
    return recipe


def is_renamed(has: Standing, listed: NewShot) -> bool:
    """Whether a new row looks like a shot that is there under another code."""
    before, after = has.wish.still, listed.wish.still
    known = bool(before.picture) and before.picture == after.picture
    if not known and before.image != after.image:
        return False
    return not any(change.field in REMAKES for change in compare(has, listed))


def _seed(has: Standing, listed: NewShot) -> int:
    """The seed where the list names none: a person's, or what the farm chose for the shot."""
    if _stands("seed", has, listed):
        return has.latest.seed if has.wish.seed is None else has.wish.seed
    own = _own_seed(has, listed)
    return listed.recipe.seed if own is None else own


def _own_seed(has: Standing, listed: NewShot) -> int | None:
    """What the farm chose, or would choose, for the shot; None where the list names one instead."""
    if has.first.seed in {seed_for(has.production, code) for code in has.codes}:
        return has.first.seed
    return listed.recipe.seed if listed.seed is None else None


def _stands(name: str, has: Standing, listed: NewShot) -> bool:
    """Whether a person's word on a field stands, since the list says nothing of it."""
    if name not in has.by_hand or getattr(listed.wish, name) not in (None, "", 0, ()):
        return False
    if name == "aspect" and _same_picture(has.wish.still, listed.wish.still) is False:
        return False
    return name == "priority" or has.wish.profile == listed.wish.profile


def _alike(name: str, before: Wish, after: Wish, has: Standing, listed: NewShot) -> bool:
    one, other = getattr(before, name), getattr(after, name)
    match name:
        case "still":
            return _pictures_alike([one], [other], has, listed)
        case "alternates":
            return _pictures_alike(one, other, has, listed)
        case "prompt" | "negative" | "notes":
            return _said(one) == _said(other)
        case "must_keep":
            return set(one) == set(other)
        case "aspect":
            return ratio(one) == ratio(other)
        case "seconds":
            return one == other or _same_length(has, listed)
        case "seed":
            own = _own_seed(has, listed)
            return one == other or (own if one is None else one) == (
                own if other is None else other
            )
        case _:
            return one == other


def _said(text: str) -> str:
    """A text by its words and lines, which spreadsheets end in their own ways.

    Where a line ends a sentence may end: another end is a change.
    """
    lines = unicodedata.normalize("NFC", text).splitlines()
    return "\n".join(filter(None, (" ".join(line.split()) for line in lines)))


def _same_length(has: Standing, listed: NewShot) -> bool:
    if has.wish.profile != listed.wish.profile:
        return False
    recipe = listed.recipe
    return (recipe.frames, recipe.fps) == (has.latest.frames, has.latest.fps)


def _pictures_alike(
    before: Collection[Picture | AlternateStill],
    after: Collection[Picture | AlternateStill],
    has: Standing,
    listed: NewShot,
) -> bool:
    """By the files; where those are not known by the stills, as far as they were made in the same way."""
    if len(before) != len(after):
        return False
    comparable = (
        has.latest.revision == listed.recipe.revision
        and has.wish.profile == listed.wish.profile
        and ratio(has.wish.aspect) == ratio(listed.aspect)
    )
    for one, other in zip(before, after, strict=True):
        same = _same_picture(one, other)
        if same is None:
            same = not comparable and one.image == other.image
        if not same:
            return False
    return True


def _same_picture(one: Picture | AlternateStill, other: Picture | AlternateStill) -> bool | None:
    """None where it cannot be told from the pictures themselves."""
    if one.still == other.still:
        return True
    return one.picture == other.picture if one.picture and other.picture else None


def _presumed(has: Standing, listed: NewShot) -> Wish:
    """The wish; of a shot whose row was not written down, what its first recipe tells of it.

    Where the profile has changed since, what cannot be told apart from that change counts as unchanged.
    """
    if has.told:
        return has.wish
    first, recipe = has.first, listed.recipe
    same = (first.profile, first.revision) == (recipe.profile, recipe.revision)
    negative, seconds = has.wish.negative, has.wish.seconds
    if "negative" not in has.by_hand:
        told = first.negative != recipe.negative and (
            same or not first.negative.endswith(listed.negative)
        )
        negative = first.negative if told else listed.negative
    if "seconds" not in has.by_hand:
        told = (first.frames, first.fps) != (recipe.frames, recipe.fps) and (
            same or listed.seconds is not None
        )
        seconds = round(first.frames / first.fps, 2) if told else listed.seconds
    own = {seed_for(has.production, code) for code in has.codes}
    seed = has.wish.seed
    if "seed" not in has.by_hand:
        seed = None if first.seed in own else first.seed
    return replace(has.wish, negative=negative, seconds=seconds, seed=seed)
