"""A person's last decision is taken back whole: by that person, for a minute, while nothing followed it."""

import re
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from farm.domain.decision import Decision, History
from farm.domain.events import EventKind
from farm.domain.lifecycle import ReviewStatus
from farm.errors import Refused, UnknownName
from farm.store import Store
from farm.store.column_types import utcnow
from farm.store.queries import labels, shot_story
from farm.store.shots import archive, comments, holds, priorities, review, undo, wishes
from farm.store.shots.comments import Said
from farm.store.tables import LoggedEvent
from tests.audit import Auditor
from tests.integration.farm.store.conftest import (
    a_step,
    accept,
    claim,
    dump,
    log,
    make,
    miss,
    nothing_to_claim,
    submit,
    value,
)

APPROVED, REJECTED = ReviewStatus.APPROVED, ReviewStatus.REJECTED
Decide = Callable[[Store], Any]
Begin = Callable[[Store], None]


def take_back(store: Store, who: str = "anna", within: float = 60.0) -> Any:
    return undo.undo(store, "demo", "sh010", who, within)


def decided(store: Store, then: ReviewStatus, take: int | None = None, who: str = "anna") -> None:
    review.review(store, "demo", "sh010", then, who, take)


def shots(store: Store) -> list[tuple[Any, ...]]:
    return dump(store)["shots"]


def takes(store: Store) -> list[tuple[Any, ...]]:
    return dump(store)["takes"]


def accepted(store: Store) -> None:
    """By the gate, with takes 1 and 2, of which the second stands for the shot."""
    submit(store, "sh010")
    miss(store, claim(store))
    make(store, claim(store))


def needs_review(store: Store) -> None:
    def decide(_: History) -> Decision:
        return Decision(review=ReviewStatus.NEEDS_REVIEW, why="a person must look")

    submit(store, "sh010")
    make(store, claim(store), decide)


def said_by_ben(then: ReviewStatus, take: int | None = None) -> Begin:
    def begin(store: Store) -> None:
        accepted(store)
        decided(store, then, take, "ben")

    return begin


def waiting(store: Store) -> None:
    submit(store, "sh010", priority=3)


def approve(take: int | None = None) -> Decide:
    return lambda store: decided(store, APPROVED, take)


def reject(store: Store) -> None:
    decided(store, REJECTED)


def hold(store: Store) -> None:
    holds.hold(store, "demo", "sh010", "anna")


def omit(store: Store) -> None:
    holds.omit(store, "demo", "sh010", "anna")


def put_first(store: Store) -> None:
    priorities.set_priority(store, "demo", "sh010", 9, "anna")


@pytest.mark.parametrize(
    ("begin", "decide"),
    [
        (accepted, approve()),
        (accepted, approve(1)),
        (accepted, reject),
        (accepted, omit),
        (accepted, put_first),
        (needs_review, approve(1)),
        (needs_review, reject),
        (needs_review, omit),
        (said_by_ben(APPROVED), approve(1)),
        (said_by_ben(APPROVED), reject),
        (said_by_ben(APPROVED), omit),
        (said_by_ben(REJECTED), approve(1)),
        (said_by_ben(REJECTED), omit),
        (waiting, reject),
        (waiting, hold),
        (waiting, put_first),
    ],
)
def test_a_shot_is_as_it_was_before_the_decision(
    store: Store, begin: Begin, decide: Decide
) -> None:
    begin(store)
    rows = shots(store), takes(store)
    decide(store)
    assert (shots(store), takes(store)) != rows
    before = len(log(store))

    back, events = take_back(store)

    assert (shots(store), takes(store)) == rows
    assert events == log(store)[before:]
    (event,) = events
    assert (event.who, event.data["why"]) == ("anna", f"undone by anna: it was {back.decided}")
    assert Auditor(store.engine).audit() == []


@pytest.mark.parametrize("claimed", [False, True])
def test_what_an_omission_cancelled_is_ordered_again_as_it_was(store: Store, claimed: bool) -> None:
    submit(store, "sh010", priority=3)
    miss(store, claim(store), cfg_high=5.0)
    if claimed:
        claim(store)
    before = shot_story.tell(store, "demo", "sh010").takes[-1]
    omit(store)

    _, events = take_back(store)

    told = shot_story.tell(store, "demo", "sh010")
    again = told.takes[-1]
    assert [take.status for take in told.takes] == ["succeeded", "cancelled", "waiting"]
    assert (again.recipe, again.rung, again.changes) == (before.recipe, before.rung, before.changes)
    assert again.why == f"take 2 again, undone by anna: it was omitted: {before.why}"
    assert [event.kind for event in events] == [EventKind.REVIEW_MOVED, EventKind.TAKE_ORDERED]
    assert (told.review, told.selected) == ("pending", None)
    assert value(store, "SELECT rank FROM takes WHERE number = 3") == -3
    assert not value(store, "SELECT by_hand FROM takes WHERE number = 3")
    with pytest.raises(Refused, match="nothing to undo: the last decision was taken back"):
        take_back(store)
    assert make(store, claim(store))
    assert Auditor(store.engine).audit() == []


def test_an_omission_on_top_of_a_hold_is_taken_back_to_the_hold(store: Store) -> None:
    waiting(store)
    holds.hold(store, "demo", "sh010", "ben")
    omit(store)

    take_back(store)

    assert shot_story.tell(store, "demo", "sh010").state == "on_hold"
    assert nothing_to_claim(store)
    holds.release(store, "demo", "sh010", accept, "ben")
    assert claim(store).number == 2
    assert Auditor(store.engine).audit() == []


def test_a_hold_that_is_taken_back_lets_the_take_be_claimed(store: Store) -> None:
    waiting(store)
    hold(store)

    take_back(store)

    assert claim(store).shot.code == "sh010"


def test_nobody_undoes_what_another_decided(store: Store) -> None:
    accepted(store)
    reject(store)
    before = dump(store)

    with pytest.raises(Refused) as refusal:
        take_back(store, who="ben")

    assert re.fullmatch(
        r"demo/sh010 was rejected by anna on \d\d \w+ at [\d:]{8}; nobody else can undo that",
        str(refusal.value),
    )
    assert dump(store) == before


def test_a_decision_is_taken_back_for_a_while_by_the_clock_of_the_database(store: Store) -> None:
    accepted(store)
    reject(store)
    with store.write() as connection:
        connection.execute(sa.update(LoggedEvent).values(at=utcnow(-61.0)))

    with pytest.raises(Refused, match=r"^demo/sh010 was rejected 6\d s ago; .* undone for 60 s$"):
        take_back(store)
    assert take_back(store, within=120.0)


def test_what_the_farm_did_since_keeps_the_decision(store: Store) -> None:
    submit(store, "sh010")
    lease = claim(store)
    hold(store)
    make(store, lease)

    with pytest.raises(
        Refused, match=r"was held by anna on .*, and since then: take 1 succeeded by"
    ):
        take_back(store)


def test_a_comment_keeps_nothing(store: Store) -> None:
    accepted(store)
    reject(store)
    comments.write(store, "demo", "sh010", Said(text="sorry"), "ben")

    take_back(store)

    assert shot_story.tell(store, "demo", "sh010").review == "accepted"


def test_a_retake_is_cancelled_and_not_undone(store: Store) -> None:
    accepted(store)
    review.retake(store, "demo", "sh010", lambda _: a_step(seed=9), "anna")

    with pytest.raises(Refused, match="has take 3 ordered by anna: a retake is cancelled, not und"):
        take_back(store)


def test_unknown_and_archived_shots_are_refused(store: Store) -> None:
    waiting(store)
    with pytest.raises(UnknownName, match="demo has no shot sh011;"):
        undo.undo(store, "demo", "sh011", "anna", 60.0)
    put_first(store)
    archive.archive(store, "demo", "anna")

    with pytest.raises(Refused, match=r"demo is archived since"):
        take_back(store)


def test_what_was_undone_is_no_label_of_the_take(store: Store) -> None:
    accepted(store)
    decided(store, APPROVED, None, "ben")
    reject(store)
    assert [each.approved for each in labels.judged(store)] == [False]

    take_back(store)

    assert [each.approved for each in labels.judged(store)] == [True]


def test_an_approval_that_was_undone_is_no_label(store: Store) -> None:
    accepted(store)
    decided(store, APPROVED)
    take_back(store)

    assert labels.judged(store) == []


@pytest.mark.parametrize("before", [False, True])
def test_a_priority_that_was_undone_is_by_hand_only_where_it_was_before(
    store: Store, before: bool
) -> None:
    waiting(store)
    if before:
        priorities.set_priority(store, "demo", "sh010", 5, "ben")
    put_first(store)
    take_back(store)

    with store.read() as connection:
        (known,) = wishes.by_key(connection, [1]).values()
    assert (known.standing.wish.priority, known.standing.by_hand) == (
        (5, {"priority"}) if before else (3, set())
    )
