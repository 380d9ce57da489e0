"""The figures of a production: counted once each, of this production alone."""

import time

import pytest

from farm.domain.decision import Decision, History
from farm.domain.lifecycle import FailureClass, ReviewStatus, ShotState
from farm.errors import UnknownName
from farm.store import Store
from farm.store.queries import production_report
from farm.store.queries.production_report import Rung
from farm.store.shots import intake, review
from pipeline.result import Verdict
from tests.conftest import a_new_shot, a_recipe
from tests.integration.farm.store.conftest import a_step, claim, fail, make, miss, say, submit


def needs_review(_: History) -> Decision:
    return Decision(review=ReviewStatus.NEEDS_REVIEW, why="it is broken", selected=1)


def test_a_report_counts_shots_takes_verdicts_and_rungs(store: Store) -> None:
    submit(store, "other", production="autumn")
    make(store, claim(store))
    submit(store, "first", "rescued", "failed", "waiting")
    make(store, claim(store))
    miss(store, claim(store))
    fail(store)
    rescue = claim(store)
    assert (rescue.shot.code, rescue.rung) == ("waiting", 0)
    make(store, rescue, needs_review, verdict=Verdict.BAD_CLIP, score=None)
    review.retake(store, "demo", "waiting", lambda _: a_step(seed=9), "anna")
    make(store, claim(store))
    review.review(store, "demo", "first", ReviewStatus.APPROVED, "anna")

    told = production_report.tally(store, "demo")

    states = {state: count for state, count in told.states.items() if count}
    assert states == {
        ShotState.APPROVED: 1,
        ShotState.ACCEPTED: 1,
        ShotState.FAILED: 1,
        ShotState.WAITING: 1,
    }
    assert (told.production, told.shots, told.passed, told.takes) == ("demo", 4, 2, 6)
    assert told.takes_per_shot == {1: 2, 2: 2}
    assert (told.renders, told.renders_per_passed) == (4, 2.0)
    assert told.verdicts == {
        Verdict.ACCEPTED: 2,
        Verdict.PARTLY: 0,
        Verdict.LOW_MATCH: 1,
        Verdict.BAD_CLIP: 1,
        Verdict.UNSCORED: 0,
    }
    assert told.rungs == (
        Rung(rung=0, made=3, accepted=1, partly=0, delivered=1),
        Rung(rung=1, made=1, accepted=1, partly=0, delivered=1),
    )
    assert told.failures == {FailureClass.SHOT: 1}
    assert told.profiles == ("toy",)


def test_seconds_are_told_by_stage_and_those_on_a_gpu_apart(store: Store) -> None:
    submit(store, "sh010", "sh020", "sh030")
    make(store, claim(store))
    make(store, claim(store), device="cuda")
    fail(store)

    told = production_report.tally(store, "demo")

    assert told.stages == {
        "prepare": 0.5, "precheck": 0, "text": 0, "denoise": 3.0, "decode": 0, "check": 0,
        "score": 0, "encode": 1.0,
    }  # fmt: skip
    assert told.gpu_seconds == 2.25
    assert told.attempts == 3
    assert told.worker_seconds >= 0


def test_a_report_of_a_production_that_only_waits_has_no_rates(store: Store) -> None:
    submit(store, "sh010")

    told = production_report.tally(store, "demo")

    assert (told.renders, told.renders_per_passed, told.attempts, told.rungs) == (0, None, 0, ())
    assert (told.worker_seconds, told.gpu_seconds) == (0, 0)


def test_an_unknown_production_is_answered_with_those_there_are(store: Store) -> None:
    submit(store, "sh010")
    with pytest.raises(UnknownName, match="there are: demo"):
        production_report.tally(store, "dmo")


def test_ten_thousand_shots_are_counted_in_seconds(store: Store) -> None:
    shots = [a_new_shot(f"sh{n:05d}", recipe=a_recipe(seed=n)) for n in range(10_000)]
    intake.submit(store, "demo", shots, who="anna")
    say(
        store,
        "UPDATE takes SET status = 'succeeded', verdict = 'accepted', match = 0.8, result = :result",
        result='{"seconds": {"denoise": 1.5, "encode": 0.5}, "device": "cuda"}',
    )
    start = time.process_time()

    told = production_report.tally(store, "demo")

    assert told.stages["denoise"] == 15_000
    assert told.gpu_seconds == 20_000
    assert time.process_time() - start < 5
