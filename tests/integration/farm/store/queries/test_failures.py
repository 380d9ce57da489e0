"""Why an attempt failed is kept with it, without secrets, and found again by production, shot and take."""

import pytest

from farm.domain.evidence import MOST_TRACEBACK, Evidence
from farm.domain.lifecycle import FailureClass
from farm.domain.retry import RetryPolicy
from farm.errors import UnknownName
from farm.store import Store
from farm.store.queries import failures, shot_story
from farm.store.queue import faults, leases
from farm.store.shots import review
from tests.audit import Auditor
from tests.integration.farm.store.conftest import a_step, claim, end_back_offs, make, submit, value

TWO = RetryPolicy(max_faults=2, backoff=0.0)
WHY = Evidence("Traceback …\n  in deep\nKeyError: 'high_noise'\n", ("WARNING a.model: hot",))


def fail(
    store: Store, evidence: Evidence = WHY, failure: FailureClass = FailureClass.MACHINE
) -> None:
    end_back_offs(store)
    faults.fault(store, claim(store), failure, "KeyError: 'high_noise'", TWO, evidence)


def test_every_failed_attempt_keeps_its_evidence(store: Store) -> None:
    submit(store, "sh010")
    fail(store)
    fail(store, Evidence("another\n"))

    first, second = failures.of_shot(store, "demo", "sh010")

    assert (first.attempt, first.outcome, first.evidence) == (1, "returned", WHY)
    assert (second.attempt, second.outcome) == (2, "failed")
    assert second.evidence == Evidence("another\n")
    [take] = shot_story.tell(store, "demo", "sh010").takes
    assert [attempt["has_evidence"] for attempt in take.attempts] == [True, True]
    assert Auditor(store.engine).audit() == []


def test_the_latest_take_that_failed_is_told_and_any_other_by_its_number(store: Store) -> None:
    submit(store, "sh010")
    fail(store)
    fail(store)
    review.retake(store, "demo", "sh010", lambda _: a_step(seed=9), "anna")
    assert {each.take for each in failures.of_shot(store, "demo", "sh010")} == {1}
    fail(store, Evidence("of take two\n"))

    assert [each.take for each in failures.of_shot(store, "demo", "sh010")] == [2]
    assert len(failures.of_shot(store, "demo", "sh010", 1)) == 2
    with pytest.raises(UnknownName, match=r"^demo/sh010 has no take 3; it has 2$"):
        failures.of_shot(store, "demo", "sh010", 3)
    with pytest.raises(UnknownName, match=r"^demo has no shot 'sh011'"):
        failures.of_shot(store, "demo", "sh011")


def test_what_failed_without_a_traceback_or_before_any_was_kept_has_none(store: Store) -> None:
    submit(store, "sh010")
    faults.fault(store, claim(store), FailureClass.SHOT, "still.missing: it is gone", TWO)

    (failure,) = failures.of_shot(store, "demo", "sh010")

    assert (failure.reason, failure.evidence) == ("still.missing: it is gone", None)


def test_a_take_that_was_made_has_no_failures_and_writes_no_evidence(store: Store) -> None:
    submit(store, "sh010")
    make(store, claim(store))

    assert failures.of_shot(store, "demo", "sh010") == []
    assert value(store, "SELECT count(*) FROM evidence") == 0


def test_the_evidence_of_an_attempt_that_lost_its_lease_is_not_kept(store: Store) -> None:
    submit(store, "sh010")
    lease = claim(store)
    leases.lose(store, lease, "its node was taken away")

    assert faults.fault(store, lease, FailureClass.MACHINE, "CUDA error", TWO, WHY) == []
    assert value(store, "SELECT count(*) FROM evidence") == 0


def test_secrets_of_the_run_are_kept_in_no_table(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STUDIO_TOKEN", "open-sesame-9")
    submit(store, "sh010")
    leak = "open-sesame-9 and postgresql://farm:Tr0ub4dor@db/farm and \0"
    faults.fault(
        store, claim(store), FailureClass.MACHINE, leak, TWO, Evidence(leak * 1000, (leak,))
    )

    (failure,) = failures.of_shot(store, "demo", "sh010")

    assert failure.reason == "*** and postgresql://farm:***@db/farm and \\x00"
    assert failure.evidence
    assert failure.evidence.lines == (failure.reason,)
    assert len(failure.evidence.traceback) <= MOST_TRACEBACK
    assert "open-sesame" not in failure.evidence.traceback
