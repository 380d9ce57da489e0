"""What a production came to, and how far its scores can be trusted."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from farm.errors import SettingsError
from farm.operations.calibrate import by_scorer
from farm.operations.gated import Gated, gated

if TYPE_CHECKING:
    from farm.config import Settings
    from farm.store import Store
    from farm.store.queries.production_report import Tally
    from pipeline.scoring.accuracy import Accuracy


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """How well one scorer's match agrees with people, by all they judged of a profile."""

    profile: str
    scorer: str
    labels: int
    """Takes that people judged, in any production."""
    approved: int
    here: int
    """Those of them that are of this production."""
    accuracy: "Accuracy | None"
    """Of chances that each label had no part in; None where the labels cannot tell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One production at its end, or so far."""

    tally: "Tally"
    trust: Sequence[Trust]
    """By each scorer of its profiles; none before people judged anything."""
    gated: Sequence[Gated]
    """Of each profile of its takes that is not exact: whether it was held against one."""


def report(settings: "Settings", store: "Store", production: str) -> Report:
    """What a production came to: shots, takes, verdicts, seconds, trust. Raises `UnknownName`."""
    from farm.store.queries import production_report

    tally = production_report.tally(store, production)
    revisions = production_report.revisions(store, production)
    found = [gated_in(settings, *each) for each in revisions]
    return Report(tally=tally, trust=trust_in(store, tally), gated=[each for each in found if each])


def gated_in(settings: "Settings", profile: str, revision: str) -> Gated | None:
    """Whether the profile of some takes was gated; None where it is exact, or no more."""
    try:
        return gated(settings, profile, revision)
    except SettingsError:
        return None


def trust_in(store: "Store", tally: "Tally") -> list[Trust]:
    """How far each scorer of a production's profiles can be trusted, by what people judged."""
    from farm.store.queries import labels
    from pipeline.scoring import calibration

    judged = [take for take in labels.judged(store) if take.profile in tally.profiles]
    found: list[Trust] = []
    for (profile, scorer), words in by_scorer(judged).items():
        here = [
            take
            for take in judged
            if (take.profile, take.scorer) == (profile, scorer)
            and take.production == tally.production
        ]
        found.append(
            Trust(
                profile=profile,
                scorer=scorer,
                labels=len(words),
                approved=sum(label.good for label in words),
                here=len(here),
                accuracy=calibration.figures(words),
            )
        )
    return found
