"""A shot's history in words: every kind of event that a shot can have says what happened and why."""

from datetime import UTC, datetime
from typing import Any

import pytest

from farm.domain.events import Event, EventKind
from farm.wording import chinese_events
from farm.wording import events as event_text

OF_THE_FARM = {
    EventKind.WEIGHT_SET,
    EventKind.WORKER_SICK,
    EventKind.WORKER_BACK,
    EventKind.WORKER_CHANGED,
    EventKind.NODE_DRAINED,
    EventKind.NODE_BACK,
    EventKind.PRODUCTION_ARCHIVED,
    EventKind.PRODUCTION_RESTORED,
    EventKind.PRODUCTION_DELIVERED,
}


def test_every_kind_of_event_of_a_shot_has_its_words() -> None:
    assert set(event_text._WORDS) == set(EventKind) - OF_THE_FARM
    assert set(chinese_events._WORDS) == set(event_text._WORDS)


def test_an_event_of_the_farm_is_named_plainly() -> None:
    event = Event(kind=EventKind.NODE_BACK, at=datetime.now(UTC), data={"node": "node7"})

    assert event_text.sentence(event) == "node back"


def test_a_late_result_names_its_attempt_and_the_clip_that_was_kept_aside() -> None:
    event = Event(
        kind=EventKind.LATE_RESULT,
        at=datetime.now(UTC),
        production="ads",
        shot="sh010",
        take=2,
        attempt=3,
        data={"outcome": "accepted", "clip": "clips/a.mp4"},
    )

    assert event_text.sentence(event) == (
        "take 2 (attempt 3) reported after its lease was lost; kept aside: clips/a.mp4"
    )


@pytest.mark.parametrize("why", ["submitted", "take 2 failed", "approved by anna"])
def test_what_a_person_wrote_stays_in_chinese_as_it_was_written(why: str) -> None:
    assert _in_chinese(EventKind.PRIORITY_SET, before=0, after=5, why=why) == f"优先级 0 → 5：{why}"
    purged = _in_chinese(EventKind.TAKE_PURGED, clip="a.mp4", files=["a.mp4"], size=1, why=why)
    assert purged.endswith(f"：{why}")


def test_what_the_farm_says_of_a_priority_that_was_taken_back_is_told_in_chinese() -> None:
    why = "undone by anna: it was given priority 5"
    told = _in_chinese(EventKind.PRIORITY_SET, before=5, after=0, why=why, undoes=7)
    assert told == "优先级 5 → 0：anna 撤销（原为优先级 5）"
    assert _in_chinese(EventKind.PRIORITY_SET, before=5, after=0, why="") == "优先级 5 → 0"


def _in_chinese(kind: EventKind, **data: Any) -> str:
    return chinese_events.sentence(Event(kind=kind, at=datetime.now(UTC), data=data))
