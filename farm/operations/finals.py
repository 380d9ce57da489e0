"""Drafts and their finals: which profile drafts are made with, and the full takes of approved ones."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from farm.domain.drafts import draft_name, final_recipe, misfit
from farm.domain.events import EventKind
from farm.domain.lifecycle import ReviewStatus
from farm.errors import Refused, SettingsError
from farm.operations.per_shot import PerShot, per_shot
from farm.operations.workspace import profile_of

if TYPE_CHECKING:
    from farm.config import Settings
    from farm.store import Store
    from pipeline.profiles.profile import Profile
    from pipeline.recipe import Recipe


@dataclass(frozen=True, slots=True, kw_only=True)
class Ordered:
    """A final that was ordered."""

    shot: str
    take: int
    final_of: int
    """The draft that was approved."""
    profile: str


def draft_profile(settings: "Settings", full: "Profile") -> "Profile":
    """The profile that drafts for `full` are made with. Raises `SettingsError` where there is none that
    fits."""
    name = draft_name(full.name, settings.drafts.profile)
    remedy = "set profile in [drafts] of farm.toml"
    try:
        draft = profile_of(settings, name)
    except SettingsError as error:
        raise SettingsError([f"drafts for {full.name}: {error}; {remedy}"]) from error
    if why := misfit(draft, full):
        raise SettingsError([f"drafts for {full.name}: {draft.name} {why}; {remedy}"])
    return draft


def approved_drafts(store: "Store", production: str) -> list[str]:
    """The codes of the shots that wait for their finals to be ordered: their approved take is a draft."""
    from farm.store.shots import finals as ordering

    return ordering.with_approved_drafts(store, production)


def finals(
    settings: "Settings",
    store: "Store",
    production: str,
    shots: Sequence[str] = (),
    *,
    take: int | None = None,
    newest: int | None = None,
    known: ReviewStatus | None = None,
    who: str,
    why: str = "",
) -> PerShot[Ordered]:
    """Orders the full takes of approved drafts: of the shots that are named, or of all that have one.

    `take` is the draft that the person means; `newest` and `known` are as in `farm.operations.review`. A
    draft that is made again, or was since, is refused. Raises `UnknownName`, and `Refused` where none is
    named and no draft is approved.
    """
    from farm.store.queries.names import production_keys
    from farm.store.shots import finals as ordering

    production_keys(store, [production])
    codes = [*shots] or approved_drafts(store, production)
    if not codes:
        raise Refused(
            f"{production} has no approved draft: approve drafts first, on the desk or with `farm approve`"
        )

    def plan(draft: "Recipe", name: str) -> "Recipe":
        try:
            return final_recipe(
                draft, profile_of(settings, draft.profile), profile_of(settings, name)
            )
        except ValueError as error:
            raise Refused(str(error)) from error

    def act(code: str) -> Ordered:
        events = ordering.order(
            store, production, code, plan, who, why, take=take, newest=newest, known=known
        )
        ordered = next(each for each in events if each.kind is EventKind.TAKE_ORDERED)
        assert ordered.take is not None
        return Ordered(
            shot=code,
            take=ordered.take,
            final_of=ordered.data["final_of"],
            profile=ordered.profile,
        )

    return per_shot(codes, act)
