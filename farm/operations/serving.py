"""Which profiles a run serves: those that are named, else the settings' own with its drafts'."""

from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from farm.errors import SettingsError
from farm.operations.workspace import profile_of

if TYPE_CHECKING:
    from farm.config import Settings
    from farm.store import Store
    from pipeline.profiles.profile import Profile


def served_profiles(
    settings: "Settings", store: "Store", named: Sequence[str], among: Sequence[int] | None
) -> "list[Profile]":
    """The profiles that a run serves: those that are named; else those of `usual_profiles`, and of named
    productions (their keys are `among`) also what their takes wait for, where it may be served beside.

    Raises `SettingsError` for what is named and unknown, or cannot be served together.
    """
    from farm.store.queries.queued import queue

    if named:
        return together(settings, named)
    served = usual_profiles(settings)
    for name in queue(store, among).waiting if among else ():
        with suppress(SettingsError):
            served = together(settings, [*(each.name for each in served), name])
    return served


def usual_profiles(settings: "Settings") -> "list[Profile]":
    """The settings' own profile, and what its drafts are made with, where one run may serve both."""
    from farm.operations.finals import draft_profile

    own = profile_of(settings)
    check_ranks(settings, own)
    with suppress(SettingsError):
        return together(settings, [own.name, draft_profile(settings, own).name])
    return [own]


def usual_names(settings: "Settings") -> list[str]:
    """The names of `usual_profiles`, the settings' own first; it alone where no run can serve it."""
    try:
        return [each.name for each in usual_profiles(settings)]
    except SettingsError:
        return [settings.profile]


def check_ranks(settings: "Settings", profile: "Profile") -> None:
    """Raises `SettingsError` where takes of the profile want ranks that cannot be had."""
    from pipeline.engines.rank_rules import why_no_group

    if profile.worker.ranks > 1 and settings.cluster == "inline":
        raise SettingsError(
            [f"{profile.name} sets worker.ranks {profile.worker.ranks}, and an inline run starts no ranks: "
             "use --cluster ray, or set it to 1"]
        )  # fmt: skip
    if why := why_no_group(profile):
        raise SettingsError([why])


def together(settings: "Settings", names: Sequence[str]) -> "list[Profile]":
    """The profiles of these names, each once. Raises `SettingsError` where no run can serve them all."""
    from farm.domain.serving import why_not_together

    chosen = [profile_of(settings, name) for name in dict.fromkeys(names)]
    for each in chosen:
        check_ranks(settings, each)
    tags = {name: limit.tags for name, limit in settings.limits.items()}
    if why := why_not_together(chosen, tags):
        raise SettingsError([why])
    return chosen
