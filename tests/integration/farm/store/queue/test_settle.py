"""What becomes of an attempt that ended: published once, tried again, climbed, or given to a person."""

import functools
from dataclasses import asdict

import pytest

from farm.domain import gate
from farm.domain.decision import Decision, History
from farm.domain.events import EventKind
from farm.domain.lifecycle import ReviewStatus, ShotState, TakeStatus
from farm.domain.shot import AlternateStill
from farm.store import Store
from farm.store.queries import overview, selection, shot_story
from farm.store.queue import claims, leases, settle
from farm.store.queue.judged_takes import history
from farm.store.shots import review
from pipeline.findings import Finding, Severity
from pipeline.ladder import TakeFacts
from pipeline.misses import Miss, MissKind
from pipeline.profiles import profile
from pipeline.profiles.remedies import RetakeSection
from pipeline.recipe_changes import Alternate
from pipeline.result import Verdict, Zones
from tests.conftest import a_recipe, a_result
from tests.integration.farm.store.conftest import (
    OVER,
    a_step,
    accept,
    claim,
    dump,
    fail,
    log,
    make,
    miss,
    nothing_to_claim,
    order,
    seats,
    submit,
    value,
)


def needs_review(history: History) -> Decision:
    """The ladder is at its end: the first take is the best."""
    return Decision(review=ReviewStatus.NEEDS_REVIEW, why="the ladder is at its end", selected=1)


def test_the_gate_is_shown_of_a_first_take_what_the_database_holds_of_it(store: Store) -> None:
    submit(store, "sh010", must_keep=("teapot",))
    lease = claim(store)
    missed = Miss(kind=MissKind.FLICKER, value=9.0, threshold=3.0, message="it flickers")
    zones = Zones(accept=0.6, retake=0.4)
    result = a_result(lease.clip, Verdict.LOW_MATCH, 0.5, misses=(missed,), zones=zones)
    shown: list[History] = []

    def look(history: History) -> Decision:
        shown.append(history)
        return needs_review(history)

    settle.made(store, lease, result, look)

    assert shown == [history(store, lease.shot)]
    assert shown[0].takes[0].misses == (missed,)


def test_a_finished_take_is_published_with_everything_that_is_known_of_it(store: Store) -> None:
    submit(store, "sh010")
    lease = claim(store)
    finding = Finding("clip.flicker", Severity.WARNING, "it flickers")
    missed = Miss(kind=MissKind.FLICKER, value=9.0, threshold=3.0, message="it flickers")
    lines = Zones(accept=0.6, retake=0.4)
    result = a_result(
        lease.clip,
        score=0.75,
        findings=(finding,),
        misses=(missed,),
        device="NVIDIA H200",
        zones=lines,
    )

    published, events = settle.made(store, lease, result, accept)

    assert published
    told = shot_story.tell(store, "demo", "sh010")
    (take,) = told.takes
    assert (take.status, take.verdict, take.match) == ("succeeded", "accepted", 0.75)
    assert take.clip == lease.clip
    assert take.result == {
        "match": {**asdict(result.match), "answers": []},
        "findings": [asdict(finding)],
        "misses": [asdict(missed)],
        "seconds": dict(result.seconds),
        "device": "NVIDIA H200",
        "zones": {"accept": 0.6, "retake": 0.4},
        "despite": "",
    }
    assert [each["outcome"] for each in take.attempts] == ["succeeded"]
    assert value(store, "SELECT token FROM clips") == lease.token
    succeeded, moved = events
    assert succeeded.kind is EventKind.TAKE_SUCCEEDED
    assert succeeded.data == {
        "verdict": "accepted",
        "rung": 0,
        "match": 0.75,
        "coverage": None,
        "clip": lease.clip,
        "stages": dict(result.seconds),
        "seconds": pytest.approx(0, abs=60),
        "device": "NVIDIA H200",
    }
    assert moved.data == {
        "before": "pending",
        "after": "accepted",
        "why": "it matches",
        "selected_take": 1,
    }


def test_takes_that_are_settled_together_end_as_they_would_one_by_one(store: Store) -> None:
    submit(store, "sh010", "sh020", "sh030")
    first, second, third = claims.claim(store, "farm-a", "toy", seats("w1", "w2", "w3"), 60.0)[0]
    review.review(store, "demo", "sh030", ReviewStatus.REJECTED, "anna")
    answers = [
        (first, a_result(first.clip)),
        (second, a_result(second.clip, Verdict.LOW_MATCH, 0.2)),
        (third, a_result(third.clip)),
    ]

    def gate(history: History) -> Decision:
        accepted = history.takes[-1].verdict is Verdict.ACCEPTED
        return accept(history) if accepted else order()(history)

    published, events = settle.made_all(store, answers, gate)

    assert published == [True, True, True]
    assert [(event.kind, event.shot) for event in events] == [
        (EventKind.TAKE_SUCCEEDED, "sh010"),
        (EventKind.TAKE_SUCCEEDED, "sh020"),
        (EventKind.TAKE_SUCCEEDED, "sh030"),
        (EventKind.REVIEW_MOVED, "sh010"),
        (EventKind.TAKE_ORDERED, "sh020"),
    ]
    assert log(store)[-5:] == events
    assert [(shot.state, shot.takes) for shot in overview.shots(store, "demo")] == [
        (ShotState.ACCEPTED, 1),
        (ShotState.WAITING, 2),
        (ShotState.REJECTED, 1),
    ]
    assert value(store, "SELECT count(*) FROM clips") == 3


def test_a_late_result_among_others_is_kept_aside_and_holds_nobody_back(store: Store) -> None:
    submit(store, "sh010", "sh020")
    late = claim(store, lease_seconds=OVER)
    leases.take_back(store)
    (again, good), _ = claims.claim(store, "farm-b", "toy", seats("b/w1", "b/w2"), 60.0)
    assert (again.shot, good.shot.code) == (late.shot, "sh020")

    answers = [(late, a_result(late.clip)), (good, a_result(good.clip))]
    published, events = settle.made_all(store, answers, accept)

    assert published == [False, True]
    assert {event.kind: event.shot for event in events} == {
        EventKind.TAKE_SUCCEEDED: "sh020",
        EventKind.LATE_RESULT: "sh010",
        EventKind.REVIEW_MOVED: "sh020",
    }
    assert value(store, "SELECT count(*) FROM clips") == 1
    assert make(store, again)


def test_a_result_that_is_told_twice_among_others_changes_nothing_the_second_time(
    store: Store,
) -> None:
    submit(store, "sh010", "sh020")
    (first, second), _ = claims.claim(store, "farm-a", "toy", seats("w1", "w2"), 60.0)
    assert make(store, first)

    answers = [(lease, a_result(lease.clip)) for lease in (first, second)]
    published, events = settle.made_all(store, answers, accept)

    assert published == [True, True]
    assert [(event.kind, event.shot) for event in events] == [
        (EventKind.TAKE_SUCCEEDED, "sh020"),
        (EventKind.REVIEW_MOVED, "sh020"),
    ]
    assert value(store, "SELECT count(*) FROM clips") == 2


def test_of_takes_that_are_settled_together_all_are_told_or_none(store: Store) -> None:
    submit(store, "sh010", "sh020")
    both, _ = claims.claim(store, "farm-a", "toy", seats("w1", "w2"), 60.0)
    before = dump(store)

    def gate(history: History) -> Decision:
        raise RuntimeError("the gate broke")

    with pytest.raises(RuntimeError):
        settle.made_all(store, [(lease, a_result(lease.clip)) for lease in both], gate)

    assert dump(store) == before


def test_an_accepted_take_stands_for_its_shot(store: Store) -> None:
    submit(store, "sh010")
    make(store, claim(store))

    (shot,) = overview.shots(store, "demo")
    assert (shot.state, shot.review, shot.selected) == ("accepted", "accepted", 1)
    assert nothing_to_claim(store)


def test_a_miss_orders_the_next_take_with_its_rung_and_its_reason(store: Store) -> None:
    submit(store, "sh010", priority=4)

    miss(store, claim(store), cfg_high=5.0, prompt="a bicycle turns")

    told = shot_story.tell(store, "demo", "sh010")
    assert (told.state, told.review, told.selected) == ("waiting", "pending", None)
    first, second = told.takes
    assert (first.status, first.verdict, first.match) == ("succeeded", "low_match", 0.2)
    assert (second.number, second.status, second.rung) == (2, "waiting", 1)
    assert second.why == "match 0.20 is below 0.50"
    assert second.changes == {
        "cfg_high": [3.5, 5.0],
        "prompt": [a_recipe().prompt, "a bicycle turns"],
    }
    lease = claim(store)
    assert (lease.number, lease.rung) == (2, 1)
    assert lease.recipe == a_recipe(cfg_high=5.0, prompt="a bicycle turns")
    assert value(store, "SELECT rank FROM takes WHERE number = 2") == -4


def test_a_take_records_which_rules_made_its_prompt_and_what_they_cut(store: Store) -> None:
    written = "Pure magic, a bicycle turns, no wheels fall off"
    submit(store, "sh010", recipe=a_recipe(prompt=written))
    article = RetakeSection(by="article")
    toy = profile.load("toy").model_copy(update={"retakes": article})

    for _ in range(2):
        climb = functools.partial(gate.decide, profile=toy)
        assert make(store, claim(store), climb, verdict=Verdict.LOW_MATCH, score=0.2)

    first, second, third = shot_story.tell(store, "demo", "sh010").takes
    assert first.removed == ()
    assert second.recipe["prompt"] == "a bicycle turns, no wheels fall off"
    assert [(each["rule"], each["text"]) for each in second.removed] == [
        ("abstract_clause", "Pure magic, ")
    ]
    assert third.recipe["prompt"] == "a bicycle turns"
    assert [(each["rule"], each["text"]) for each in third.removed] == [
        ("abstract_clause", "Pure magic, "),
        ("limit", ", no wheels fall off"),
    ]
    assert [written[each["start"] : each["end"]] for each in third.removed] == [
        each["text"] for each in third.removed
    ]


def test_a_take_of_which_nothing_was_cut_records_no_rules(store: Store) -> None:
    submit(store, "sh010")

    miss(store, claim(store), prompt="a goose lands")

    assert shot_story.tell(store, "demo", "sh010").takes[1].removed == ()


def test_the_ladder_sees_every_finished_take_and_what_it_may_still_use(store: Store) -> None:
    alternate = AlternateStill(image="b.png", still="b" * 64, width=64, height=48)
    submit(store, "sh010", must_keep=("red",), alternates=(alternate,))
    lines = Zones(accept=0.6, retake=0.4)
    make(store, claim(store), order(), verdict=Verdict.LOW_MATCH, score=0.2, zones=lines)
    fail(store)
    review.retake(store, "demo", "sh010", lambda _: a_step(seed=9), "anna")
    seen: list[History] = []

    def look(history: History) -> Decision:
        seen.append(history)
        return accept(history)

    make(store, claim(store), look, verdict=Verdict.UNSCORED, score=None)

    assert seen == [
        History(
            takes=(
                TakeFacts(
                    number=1,
                    rung=0,
                    recipe=a_recipe(),
                    verdict=Verdict.LOW_MATCH,
                    score=0.2,
                    zones=lines,
                    seconds=2.25,
                ),
                TakeFacts(
                    number=3,
                    rung=1,
                    recipe=a_recipe(seed=9),
                    verdict=Verdict.UNSCORED,
                    score=None,
                    by_hand=True,
                    seconds=2.25,
                ),
            ),
            prompts=(a_recipe().prompt,) * 3,
            must_keep=("red",),
            alternates=(Alternate(still="b" * 64, width=64, height=48),),
        )
    ]


def test_at_the_end_of_the_ladder_the_best_take_goes_to_a_person(store: Store) -> None:
    submit(store, "sh010")
    miss(store, claim(store), cfg_high=5.0)

    make(store, claim(store), needs_review, verdict=Verdict.LOW_MATCH, score=0.1)

    (shot,) = overview.shots(store, "demo")
    assert (shot.state, shot.selected, shot.match) == ("needs_review", 1, 0.2)
    assert nothing_to_claim(store)


def test_a_late_result_never_overwrites_a_newer_attempt(store: Store) -> None:
    submit(store, "sh010")
    late = claim(store, "farm-a", lease_seconds=OVER)
    leases.take_back(store)
    current = claim(store, "farm-b")
    before = dump(store)

    published, (event,) = settle.made(store, late, a_result(late.clip, score=0.99), accept)

    assert not published
    assert event == log(store)[-1]
    assert (event.kind, event.attempt) == (EventKind.LATE_RESULT, late.token)
    assert event.data == {"outcome": "accepted", "clip": late.clip}
    after = dump(store)
    assert after.pop("events")[:-1] == before.pop("events")
    assert after == before

    assert make(store, current, score=0.6)
    (selected,) = selection.selected_takes(store, "demo")
    assert (selected.clip, selected.match) == (current.clip, 0.6)


def test_a_late_result_is_kept_aside_while_the_take_waits_again(store: Store) -> None:
    submit(store, "sh010")
    late = claim(store, lease_seconds=OVER)
    leases.take_back(store)

    assert not make(store, late)

    assert overview.shots(store, "demo")[0].state is ShotState.WAITING
    assert make(store, claim(store))


def test_the_same_result_twice_is_published_once(store: Store) -> None:
    submit(store, "sh010")
    lease = claim(store)

    assert make(store, lease)
    before = dump(store)

    assert make(store, lease), "its answer may have been lost: to be told again is no late result"

    assert dump(store) == before


def test_a_result_after_a_cancel_is_kept_aside(store: Store) -> None:
    submit(store, "sh010")
    lease = claim(store)
    review.cancel(store, "demo", "sh010", "anna")

    assert not make(store, lease)

    assert overview.shots(store, "demo")[0].state is ShotState.CANCELLED
    assert value(store, "SELECT count(*) FROM clips") == 0


@pytest.mark.parametrize("word", [ReviewStatus.APPROVED, ReviewStatus.REJECTED])
def test_a_persons_word_stands_above_the_gate(store: Store, word: ReviewStatus) -> None:
    submit(store, "sh010")
    miss(store, claim(store), cfg_high=5.0)
    lease = claim(store)
    review.review(store, "demo", "sh010", word, "anna", take=1)

    published, events = settle.made(store, lease, a_result(lease.clip), _never_asked)

    assert published
    assert [event.kind for event in events] == [EventKind.TAKE_SUCCEEDED]
    (shot,) = overview.shots(store, "demo")
    assert (shot.review, shot.selected) == (word, 1)


def test_a_decision_that_breaks_undoes_the_whole_settlement(store: Store) -> None:
    submit(store, "sh010")
    lease = claim(store)
    before = dump(store)

    with pytest.raises(RuntimeError, match="a defect"):
        make(store, lease, _broken)

    assert dump(store) == before
    assert make(store, lease)


def test_take_numbers_are_never_used_twice(store: Store) -> None:
    submit(store, "sh010")
    miss(store, claim(store), cfg_high=5.0)
    review.cancel(store, "demo", "sh010", "anna")
    review.retake(store, "demo", "sh010", lambda _: a_step(seed=9), "anna")
    fail(store)
    review.retake(store, "demo", "sh010", lambda _: a_step(seed=10), "anna")

    takes = shot_story.tell(store, "demo", "sh010").takes
    assert [(take.number, take.status) for take in takes] == [
        (1, TakeStatus.SUCCEEDED),
        (2, TakeStatus.CANCELLED),
        (3, TakeStatus.FAILED),
        (4, TakeStatus.WAITING),
    ]


def _never_asked(_: History) -> Decision:
    raise AssertionError("the gate was asked although a person had spoken")


def _broken(_: History) -> Decision:
    raise RuntimeError("a defect")
