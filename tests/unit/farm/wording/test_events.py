"""A shot's history in words: every kind of event that a shot can have says what happened and why."""

from datetime import UTC, datetime

from farm.domain.events import Event, EventKind
from farm.wording import chinese_events
from farm.wording import events as event_text

OF_THE_FARM = {
    EventKind.WEIGHT_SET,
    EventKind.WORKER_SICK,
    EventKind.WORKER_BACK,
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
