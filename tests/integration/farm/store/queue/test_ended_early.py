"""A take that was ended early is a miss like any other: settled once, climbed on, and counted."""

from typing import Any

from farm.domain import gate
from farm.domain.decision import Decision, History
from farm.domain.events import EventKind
from farm.domain.lifecycle import FailureClass, ReviewStatus, ShotState, TakeStatus
from farm.domain.spending import Use
from farm.listeners.metrics.series import FarmMetrics
from farm.store import Store
from farm.store.queries import early_looks, production_report, selection, shot_story
from farm.store.queue import leases, settle
from pipeline.early_look import EarlyLook
from pipeline.misses import Miss, MissKind
from pipeline.profiles import profile
from pipeline.result import EndedEarly, Match, Verdict
from tests.integration.farm.store.conftest import (
    OVER,
    claim,
    kinds,
    log,
    make,
    nothing_to_claim,
    order,
    submit,
)

MISS = Miss(kind=MissKind.ACTION_ABSENT, value=0.1, threshold=0.5, message="it does not move")


def an_end(**look: Any) -> EndedEarly:
    seen = EarlyLook(
        **{"step": 5, "steps": 8, "score": 0.1, "threshold": 0.3, "ended": True, **look}
    )
    return EndedEarly(
        match=Match(scorer="toy-clip", still_prompt=0.7, clip_prompt=0.1, clip_still=0.9),
        misses=(MISS,),
        look=seen,
        seconds={"prepare": 0.1, "denoise": 5.0},
        device="cpu",
    )


def nothing_left(_: History) -> Decision:
    return Decision(review=ReviewStatus.NEEDS_REVIEW, why="the ladder is at its end")


def test_the_next_take_is_ordered_and_the_ended_one_stays_as_it_ended(store: Store) -> None:
    submit(store, "sh010")
    settled, _ = settle.ended_early(store, claim(store), an_end(), order())
    assert settled
    story = shot_story.tell(store, "demo", "sh010")
    first, second = story.takes
    assert (first.status, first.failure_class, first.verdict, first.clip) == (
        TakeStatus.FAILED, FailureClass.CONTENT, None, None,
    )  # fmt: skip
    assert first.early == an_end().look
    assert first.reason == "ended at step 5 of 8: its match was 0.10 by then, below 0.30"
    assert (second.status, story.state) == (TakeStatus.WAITING, ShotState.WAITING)
    assert first.attempts[0]["outcome"] == "failed"


def test_the_toys_own_gate_answers_it_by_its_miss(store: Store) -> None:
    submit(store, "sh010")
    toy = profile.load("toy")
    shown: list[History] = []

    def decide(history: History) -> Decision:
        shown.append(history)
        return gate.decide(history, toy)

    settle.ended_early(store, claim(store), an_end(), decide)
    (take,) = shown[-1].takes
    assert (take.verdict, take.misses) == (None, (MISS,))
    assert take.ended.startswith("ended at step 5")
    again = shot_story.tell(store, "demo", "sh010").takes[1]
    assert again.why.startswith("take 1 was ended at step 5 of 8: its match was 0.10")
    assert again.changes.keys() == {"cfg_high", "seed"}


def test_the_gate_is_shown_an_earlier_end_as_the_database_holds_it(store: Store) -> None:
    submit(store, "sh010")
    settle.ended_early(store, claim(store), an_end(), order())
    shown: list[History] = []

    def decide(history: History) -> Decision:
        shown.append(history)
        return nothing_left(history)

    make(store, claim(store), decide, verdict=Verdict.LOW_MATCH, score=0.2)
    assert [take.ended[:5] for take in shown[-1].takes] == ["ended", ""]


def test_an_end_after_its_lease_was_lost_changes_nothing(store: Store) -> None:
    submit(store, "sh010")
    lease = claim(store, lease_seconds=OVER)
    leases.take_back(store)
    settled, events = settle.ended_early(store, lease, an_end(), order())
    assert (settled, events) == (False, [])
    assert EventKind.TAKE_FAILED not in kinds(store)
    assert not nothing_to_claim(store)


def test_told_twice_it_is_settled_once(store: Store) -> None:
    submit(store, "sh010")
    lease = claim(store)
    assert settle.ended_early(store, lease, an_end(), order())[0]
    assert not settle.ended_early(store, lease, an_end(), order())[0]
    assert len(shot_story.tell(store, "demo", "sh010").takes) == 2


def test_a_shot_whose_takes_were_ended_is_a_persons_and_named_so(store: Store) -> None:
    submit(store, "sh010")
    settle.ended_early(store, claim(store), an_end(), nothing_left)
    assert shot_story.tell(store, "demo", "sh010").state is ShotState.NEEDS_REVIEW
    (shown,) = selection.declined(store, "demo")
    assert (shown.ended, shown.reason[:5]) == (True, "ended")
    assert selection.selected_takes(store, "demo", drafts=True) == []


def test_report_and_metrics_say_what_was_spared(store: Store) -> None:
    submit(store, "sh010", "sh020")
    settle.ended_early(store, claim(store), an_end(), nothing_left)
    make(store, claim(store), early=EarlyLook(step=5, steps=8, score=0.8, threshold=0.3))
    tally = production_report.tally(store, "demo")
    assert (tally.early.looked, tally.early.ended, tally.early.steps_spared) == (2, 1, 3)
    assert tally.early.seconds_spared == 3.0
    (spent,) = tally.spent
    assert spent.uses[Use.ENDED] > 0
    assert spent.uses[Use.DECLINED] == spent.uses[Use.LOST] == 0

    metrics = FarmMetrics()
    for event in log(store):
        metrics(event)
    text = metrics.text()
    assert 'farm_takes_ended_early_total{production="demo",profile="toy"} 1.0' in text
    assert 'farm_steps_spared_total{production="demo",profile="toy"} 3.0' in text


def test_takes_that_were_looked_at_are_found_by_profile_and_production(store: Store) -> None:
    submit(store, "sh010", production="ads")
    submit(store, "sh020", production="demo")
    submit(store, "sh030", production="demo")
    look = EarlyLook(step=5, steps=8, score=0.8)
    make(store, claim(store), early=look)
    make(store, claim(store), early=look)
    make(store, claim(store))
    every = early_looks.looked_at(store, "toy")
    assert [take.production for take in every] == ["ads", "demo"]
    assert early_looks.looked_at(store, "toy", ["ads"]) == every[:1]
    assert early_looks.looked_at(store, "wan") == []
    assert every[0].done.verdict is Verdict.ACCEPTED
