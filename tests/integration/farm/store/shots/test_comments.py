"""What people say of shots is kept with the place that is meant, or refused with the reason."""

from typing import Any

import pytest

from farm.domain.comment import Comment
from farm.domain.events import EventKind
from farm.errors import Refused, UnknownName
from farm.store import Store, schema
from farm.store.queries import comments as reading
from farm.store.queries import shot_story
from farm.store.shots import archive, comments
from farm.store.shots.comments import Said
from tests.audit import Auditor
from tests.integration.farm.store.conftest import claim, dump, log, make, miss, say, submit, value

MARK = (((0.25, 0.5), (0.3, 0.55)), ((1.0, 0.0),))


def written(
    store: Store, code: str = "sh010", who: str = "anna", text: str = "too dark", **place: Any
) -> Comment:
    return comments.write(store, "demo", code, Said(text=text, **place), who)[0]


def rendered(store: Store) -> None:
    """`sh010` with a clip of take 1 (17 frames), and take 2 that waits."""
    submit(store, "sh010")
    miss(store, claim(store))


def test_a_comment_is_read_as_it_was_written(store: Store) -> None:
    rendered(store)

    first = written(store, take=1, frame=16, mark=MARK)
    second = written(store, who="ben", text="看 this")

    assert (first.take, first.frame, first.mark, first.who) == (1, 16, MARK, "anna")
    assert (second.take, second.frame, second.mark, second.text) == (None, None, None, "看 this")
    assert reading.comments(store, "demo", "sh010") == (first, second)
    assert shot_story.tell(store, "demo", "sh010").comments == (first, second)
    assert Auditor(store.engine).audit() == []


def test_its_event_is_written_with_it_at_the_same_time(store: Store) -> None:
    rendered(store)
    before = len(log(store))

    comment, events = comments.write(
        store, "demo", "sh010", Said(text="too dark", take=1, frame=3), "anna"
    )

    assert events == log(store)[before:]
    (event,) = events
    assert (event.kind, event.take, event.who, event.at) == (
        EventKind.COMMENT_WRITTEN, 1, "anna", comment.at,
    )  # fmt: skip
    assert event.data == {"comment": comment.id, "frame": 3, "text": "too dark"}


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"take": 3}, "demo/sh010 has no take 3; takes with a clip: 1"),
        ({"take": 0}, "demo/sh010 has no take 0; takes with a clip: 1"),
        ({"take": 2**70}, f"demo/sh010 has no take {2**70}; takes with a clip: 1"),
        ({"take": 2}, "demo/sh010 take 2 has no clip; takes with one: 1"),
        (
            {"take": 1, "frame": 17},
            "demo/sh010 take 1 has no frame 17: the frames of its clip are 0 to 16",
        ),
        (
            {"take": 1, "frame": -1},
            "demo/sh010 take 1 has no frame -1: the frames of its clip are 0 to 16",
        ),
        ({"frame": 3}, "demo/sh010: frame 3 of which take? name one with --take"),
    ],
)
def test_what_is_not_there_cannot_be_spoken_of(
    store: Store, said: dict[str, Any], sentence: str
) -> None:
    rendered(store)
    before = dump(store)

    with pytest.raises(Refused) as refusal:
        written(store, **said)

    assert str(refusal.value) == sentence
    assert dump(store) == before


def test_a_clip_that_was_purged_cannot_be_spoken_of(store: Store) -> None:
    rendered(store)
    say(store, "UPDATE clips SET purged_at = '2026-01-01 00:00:00.000000'")

    with pytest.raises(Refused) as refusal:
        written(store, take=1)

    assert str(refusal.value) == (
        "demo/sh010 take 1 has a clip that was purged; takes with one: none"
    )


def test_unknown_names_are_answered_with_those_there_are(store: Store) -> None:
    submit(store, "sh010")

    with pytest.raises(UnknownName, match=r"^there is no production 'dmo'; there are: demo$"):
        comments.write(store, "dmo", "sh010", Said(text="?"), "anna")
    with pytest.raises(UnknownName, match=r"^demo has no shot sh011; `farm shots demo`"):
        written(store, "sh011")
    with pytest.raises(UnknownName, match=r"^demo has no shot 'sh011'; `farm shots demo`"):
        reading.comments(store, "demo", "sh011")


def test_a_comment_is_resolved_once_and_says_by_whom(store: Store) -> None:
    rendered(store)
    comment = written(store, take=1, frame=3)

    resolved, events = comments.resolve(store, "demo", comment.id, "ben")

    assert (resolved.resolved_by, resolved.resolved_at) == ("ben", events[0].at)
    assert reading.comments(store, "demo", "sh010") == (resolved,)
    assert events == log(store)[-1:]
    assert (events[0].kind, events[0].take, events[0].who) == (
        EventKind.COMMENT_RESOLVED, 1, "ben",
    )  # fmt: skip
    assert events[0].data == {"comment": comment.id, "frame": 3, "text": "too dark"}
    with pytest.raises(Refused, match=r"^comment 1 of demo/sh010 was resolved by ben on \d\d \w"):
        comments.resolve(store, "demo", comment.id, "anna")
    assert Auditor(store.engine).audit() == []


@pytest.mark.parametrize("number", [0, -1, 7, 2**63, 2**80])
def test_a_comment_that_is_not_there_is_not_resolved(store: Store, number: int) -> None:
    rendered(store)
    submit(store, "sh010", production="film")
    comments.write(store, "film", "sh010", Said(text="another production's"), "anna")

    with pytest.raises(UnknownName) as refusal:
        comments.resolve(store, "demo", number, "anna")

    assert str(refusal.value) == (
        f"demo has no comment {number}; `farm show demo SHOT` tells those of a shot"
    )
    with pytest.raises(UnknownName, match=r"^demo has no comment 1;"):
        comments.resolve(store, "demo", 1, "anna")


def test_a_comment_changes_nothing_of_its_shot(store: Store) -> None:
    submit(store, "sh010")
    lease = claim(store)

    written(store)
    assert make(store, lease)

    told = shot_story.tell(store, "demo", "sh010")
    assert (told.review, told.selected, told.comments[0].text) == ("accepted", 1, "too dark")


def test_of_an_archived_production_nothing_more_is_said(store: Store) -> None:
    rendered(store)
    comment = written(store)
    archive.archive(store, "demo", "anna")

    with pytest.raises(Refused, match=r"^demo is archived since"):
        written(store)
    with pytest.raises(Refused, match=r"^demo is archived since"):
        comments.resolve(store, "demo", comment.id, "anna")
    assert reading.comments(store, "demo", "sh010") == (comment,)


def test_a_farm_of_before_loses_them_with_their_events_and_keeps_the_rest(
    store: Store, database: str
) -> None:
    rendered(store)
    comments.resolve(store, "demo", written(store, take=1).id, "ben")
    kept = [event for event in log(store) if "comment" not in event.kind]

    schema.downgrade(database, "0009")
    assert value(store, "SELECT count(*) FROM events") == len(kept)
    schema.upgrade(database)

    assert log(store) == kept
    assert written(store, take=1).text == "too dark"
