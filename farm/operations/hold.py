"""What stops shots for now or for good, and lets them go on: hold, omit, release."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from farm.domain.lifecycle import ReviewStatus, ShotState
from farm.errors import Refused
from farm.operations.per_shot import PerShot, per_shot
from farm.operations.workspace import profile_of

if TYPE_CHECKING:
    from farm.config import Settings
    from farm.domain.decision import Decision, History
    from farm.store import Store

OPEN = (ShotState.WAITING, ShotState.RENDERING)


def hold(
    store: "Store",
    production: str,
    shots: Sequence[str] = (),
    *,
    newest: int | None = None,
    known: ReviewStatus | None = None,
    who: str,
    why: str = "",
) -> PerShot[str]:
    """Keeps shots from being rendered until they are released; without names, all that wait or render.

    `newest` is the newest take that the person knew, `known` the review that the person saw: a shot that
    is not so any more is refused as `Stale`. Returns the codes of those that are on hold now. Raises
    `Refused` where there is none to hold.
    """
    from farm.store.shots import holds

    def act(code: str) -> str:
        holds.hold(store, production, code, who, why, newest=newest, known=known)
        return code

    return per_shot(shots or _open(store, production), act)


def release(
    settings: "Settings",
    store: "Store",
    production: str,
    shots: Sequence[str] = (),
    *,
    newest: int | None = None,
    known: ReviewStatus | None = None,
    who: str,
    why: str = "",
) -> PerShot[str]:
    """Lets held or omitted shots go on where they were; without names, all that are on hold.

    `newest` and `known` are as in `hold`. The gate speaks on what came meanwhile. Returns the codes of
    those that go on. Raises `Refused` where there is none on hold.
    """
    from farm.store.shots import holds

    def decide(history: "History") -> "Decision":
        return _decide(settings, history)

    def act(code: str) -> str:
        holds.release(store, production, code, decide, who, why, newest=newest, known=known)
        return code

    return per_shot(shots or _held(store, production), act)


def omit(
    store: "Store",
    production: str,
    shots: Sequence[str],
    *,
    newest: int | None = None,
    known: ReviewStatus | None = None,
    who: str,
    why: str = "",
) -> PerShot[str]:
    """Drops shots from their production: what waits or renders is cancelled, nothing is delivered.

    `newest` and `known` are as in `hold`. Returns the codes of those that are omitted now.
    """
    from farm.store.shots import holds

    def act(code: str) -> str:
        holds.omit(store, production, code, who, why, newest=newest, known=known)
        return code

    return per_shot(shots, act)


def _open(store: "Store", production: str) -> list[str]:
    from farm.store.shots import in_review

    found = [
        each.name.code
        for each in in_review.find(store, production)
        if each.state in OPEN and each.review is ReviewStatus.PENDING
    ]
    if not found:
        raise Refused(f"{production} has no shot that waits or renders: nothing to hold")
    return found


def _held(store: "Store", production: str) -> list[str]:
    from farm.store.shots import in_review

    held = in_review.find(store, production, state=ShotState.ON_HOLD)
    if not held:
        raise Refused(f"{production} has no shot on hold: nothing to release")
    return [each.name.code for each in held]


def _decide(settings: "Settings", history: "History") -> "Decision":
    """The gate's word, by the profile that the latest take was made with."""
    from farm.domain import gate

    return gate.decide(history, profile_of(settings, history.takes[-1].recipe.profile))
