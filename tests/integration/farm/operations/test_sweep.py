"""A sweep tells what is wrong, and repairs each thing before it tells it where that is asked."""

from farm.config import Settings
from farm.domain.lifecycle import ShotState
from farm.operations.sweep import sweep
from farm.operations.workspace import media_of
from farm.scheduler.finds import Code
from farm.store import Store
from farm.store.shots import in_review
from tests.integration.farm.store.conftest import claim, make, submit


def test_what_is_found_is_told_and_repaired_when_asked(settings: Settings, farm: Store) -> None:
    submit(farm, "sh010")
    make(farm, claim(farm))
    media = media_of(settings)

    [found] = sweep(farm, media, who="anna")
    assert (found.code, found.fixable, found.fixed) == (Code.MISSING, True, False)
    [fixed] = sweep(farm, media, who="anna", fix=True)
    assert (fixed.code, fixed.fixed) == (Code.MISSING, True)
    [shot] = in_review.find(farm, "demo")
    assert shot.state is ShotState.NEEDS_REVIEW
