"""What the live display of a run tells of the gate's decisions."""

import pytest

from farm.cli.display.live import LiveDisplay
from farm.domain.decision import Decision
from farm.domain.lifecycle import ReviewStatus
from farm.store import Store
from farm.store.queue import settle
from pipeline.result import Verdict
from tests.conftest import a_result
from tests.integration.farm.store.conftest import claim, submit
from tests.played_cluster import PlayedCluster


@pytest.mark.parametrize("verdict", [Verdict.ACCEPTED, Verdict.PARTLY])
def test_whatever_the_gate_accepts_is_told_and_why(
    store: Store, capsys: pytest.CaptureFixture[str], verdict: Verdict
) -> None:
    """With `partial = "accept"` in the profile it accepts what is `partly`."""
    submit(store, "sh010")
    lease = claim(store)
    accepted = Decision(review=ReviewStatus.ACCEPTED, why="take 1 matches 0.91", selected=1)
    _, events = settle.made(store, lease, a_result(lease.clip, verdict=verdict), lambda _: accepted)

    with LiveDisplay(store, PlayedCluster("w1")) as display:
        for event in events:
            display(event)

    told = capsys.readouterr().err
    assert told.count("✓ demo/sh010: take 1 matches 0.91") == 1
