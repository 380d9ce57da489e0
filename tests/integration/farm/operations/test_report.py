"""A report counts what a production came to, and says how far its scores can be trusted."""

import pytest

from farm.config import Settings
from farm.operations.report import report
from farm.store import Store
from tests.integration.farm.operations.conftest import judged


def test_figures_and_the_labels_they_rest_on(settings: Settings, farm: Store) -> None:
    judged(farm, good=8, bad=4, unseen=3)

    found = report(settings, farm, "ads")

    assert (found.tally.shots, found.tally.renders) == (15, 15)
    assert found.tally.renders_per_passed == pytest.approx(15 / 11)
    [trust] = found.trust
    assert (trust.profile, trust.scorer) == ("toy", "toy-clip")
    assert (trust.labels, trust.approved, trust.here) == (12, 8, 12)
    assert trust.accuracy is not None
    assert trust.accuracy.labels == 12
    for figure in (trust.accuracy.brier, trust.accuracy.ece, trust.accuracy.auroc):
        assert 0 <= figure.low <= figure.value <= figure.high <= 1


def test_labels_of_one_kind_give_no_figures(settings: Settings, farm: Store) -> None:
    judged(farm, good=5, bad=0)
    [trust] = report(settings, farm, "ads").trust
    assert (trust.labels, trust.accuracy) == (5, None)


def test_nobody_trusts_what_nobody_judged(settings: Settings, farm: Store) -> None:
    judged(farm, good=0, bad=0, unseen=2)
    assert report(settings, farm, "ads").trust == []
