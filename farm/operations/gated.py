"""Whether a profile that makes takes cheaper was held against the exact one, and what that said."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from farm.domain import stand_in
from farm.domain.comparison import Conclusion
from farm.errors import FarmError
from farm.operations.workspace import media_at_hand, profile_of
from pipeline.errors import RenderFault

if TYPE_CHECKING:
    from farm.config import Settings
    from farm.domain.comparison import Comparison
    from farm.domain.paired_difference import Interval
    from pipeline.profiles.profile import Profile

_SAID = {
    Conclusion.MAY_STAND: "may stand",
    Conclusion.MAY_NOT: "may not stand",
    Conclusion.UNDECIDED: "too few to say whether it may stand",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Gated:
    """What is known of a profile that is not exact."""

    profile: str
    revision: str
    exact: str
    """What it was held against, or claims to stand for; empty where it names none."""
    at: str | None = None
    """When it was held against it, as ISO 8601 writes it; None where that is still to be done."""
    pairs: int = 0
    acceptance: "Interval | None" = None
    """Stand-in minus exact, as shares of the takes."""
    conclusion: Conclusion | None = None
    why_not: str = ""
    """A remark where a record is there and cannot be read."""


def gated(settings: "Settings", name: str, revision: str | None = None) -> Gated | None:
    """What is known of a profile as it is now, or of takes of another revision of it; None where it is
    exact. Raises `SettingsError`."""
    profile = profile_of(settings, name)
    if stand_in.is_exact(profile):
        return None
    looked_at = revision or profile.revision
    not_gated = Gated(profile=profile.name, revision=looked_at, exact=profile.stands_for)
    if looked_at != profile.revision:
        not_gated = replace(not_gated, why_not="the profile has changed since")
    try:
        records = _records(settings, profile, looked_at)
        found = max(records, key=lambda each: each.at, default=None)
    except (FarmError, RenderFault, OSError) as error:
        return replace(not_gated, why_not=str(error))
    if found is None:
        return not_gated
    return replace(
        not_gated,
        exact=found.exact.profile,
        at=found.at,
        pairs=len(found.pairs),
        acceptance=found.acceptance,
        conclusion=found.conclusion,
        why_not="",
    )


def in_words(gated: Gated) -> str:
    """What is known of a profile that is not exact, on one line."""
    if gated.at is None or gated.acceptance is None or gated.conclusion is None:
        why = f" ({gated.why_not})" if gated.why_not else ""
        against = gated.exact or "an exact profile"
        option = "" if gated.exact else " --against EXACT"
        return (
            f"{gated.profile}: not gated{why}; `farm gate {gated.profile}{option}` says whether it may "
            f"stand for {against}"
        )
    return (
        f"{gated.profile}: gated on {gated.at[:10]}: {gated.pairs} pairs, accepted "
        f"{gated.acceptance.in_points()}: {_SAID[gated.conclusion]} for {gated.exact}"
    )


def _records(settings: "Settings", profile: "Profile", revision: str) -> "Iterator[Comparison]":
    """The records of a revision that hold for the exact profile and the scorer as they are now."""
    from farm.comparison import records

    scorer = scorer_of(settings, profile)
    for each in records.of(media_at_hand(settings), profile.name, revision):
        if profile.stands_for not in ("", each.exact.profile):
            continue
        try:
            exact = profile_of(settings, each.exact.profile)
        except FarmError:  # it is no more
            continue
        if each.exact.revision != exact.revision or each.scorer != (scorer or each.scorer):
            continue
        if each.rules == stand_in.judged_by(profile) == stand_in.judged_by(exact):
            yield each


def scorer_of(settings: "Settings", profile: "Profile") -> str | None:
    """The scorer's name; None where its weights are not on this machine."""
    from pipeline.models import weights
    from pipeline.scoring.protocol import scorer_name

    try:
        place = weights.at_hand(profile.match.weights, settings.weights)
    except ModuleNotFoundError:  # this install leaves out what renders
        return None
    return scorer_name(profile.match, place) if place else None
