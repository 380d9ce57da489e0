"""What changed since a take was ordered: net, by what a person would see, and with its cost."""

import datetime as dt
from typing import Any

import pytest

from farm.domain.changes import Change
from farm.domain.events import Event, EventKind
from farm.domain.forecast import PastTake, Size, Usual
from farm.domain.stale import (
    Cost,
    Found,
    PictureFile,
    SourcePicture,
    StandingTake,
    changed_after,
    changed_since,
    cost_of,
    found,
)

SIZE = Size("toy", 64 * 64, 17, 8)
PAST = [PastTake("old", shot, SIZE, seconds, 1) for shot, seconds in enumerate((8.0, 10.0, 40.0))]


def a_picture(content: str = "a", image: str = "a.png", still: str = "5") -> dict[str, str]:
    return {"image": image, "picture": content, "still": still}


def test_what_was_changed_and_changed_back_is_no_change() -> None:
    forth = {"prompt": ["a", "b"], "seconds": [None, 3.0]}
    assert changed_since([forth, {"prompt": ["b", "c"]}]) == (
        Change("prompt", "a", "c"),
        Change("seconds", None, 3.0),
    )
    assert changed_since([forth, {"prompt": ["b", "a"], "seconds": [3.0, None]}]) == ()
    assert changed_since([]) == ()


@pytest.mark.parametrize(
    ("field", "before", "after"),
    [
        ("must_keep", ["red", "ball"], ["ball", "red"]),
        ("aspect", "16:9", "32:18"),
        ("still", a_picture(still="5"), a_picture(still="6", image="b.png")),
        ("still", a_picture(""), a_picture("a")),
        ("seed", 7, 9),
        ("priority", 0, 9),
        ("notes", "", "soon"),
    ],
)
def test_what_is_the_same_to_whoever_looks_is_no_change(
    field: str, before: Any, after: Any
) -> None:
    assert changed_since([{field: [before, after]}]) == ()


@pytest.mark.parametrize(
    ("field", "before", "after"),
    [
        ("prompt", "a", "b"),
        ("negative", "", "rain"),
        ("seconds", None, 3.0),
        ("aspect", None, "16:9"),
        ("aspect", "16:9", "9:16"),
        ("must_keep", ["red"], ["red", "ball"]),
        ("still", a_picture("a"), a_picture("b")),
        ("still", a_picture("", "a.png", "5"), a_picture("", "b.png", "6")),
        ("profile", "toy", "wan"),
    ],
)
def test_what_a_take_is_made_for_is_a_change(field: str, before: Any, after: Any) -> None:
    assert changed_since([{field: [before, after]}]) == (Change(field, before, after),)


def event(kind: EventKind, take: int | None = None, **data: Any) -> Event:
    return Event(kind=kind, at=dt.datetime(2026, 11, 29, tzinfo=dt.UTC), take=take, data=data)


def test_a_take_is_held_against_what_was_changed_after_it_was_ordered() -> None:
    told = [
        event(EventKind.SHOT_SUBMITTED),
        event(EventKind.TAKE_ORDERED, 1),
        event(EventKind.SHOT_CHANGED, changes={"prompt": ["a", "b"]}),
        event(EventKind.TAKE_ORDERED, 2),
        event(EventKind.REVIEW_MOVED),
        event(EventKind.SHOT_CHANGED, changes={"negative": ["", "rain"]}),
    ]
    both = (Change("prompt", "a", "b"), Change("negative", "", "rain"))
    assert changed_after(told, 1) == both
    assert changed_after(told, 2) == both[1:]
    assert changed_after(told[:-1], 2) == ()


def standing(**changes: Any) -> StandingTake:
    values: dict[str, Any] = {
        "shot": "sh010",
        "take": 2,
        "stands": True,
        "draft": False,
        "size": SIZE,
        "revision": "one",
        "changes": (),
        "source": SourcePicture(image="a.png", sha256="a" * 64),
        "under_way": None,
    }
    return StandingTake(**(values | changes))


def said(
    take: StandingTake,
    picture: PictureFile = PictureFile.SAME,
    revision: str | None = "one",
    frames: int = 17,
) -> Found:
    return found(take, picture, revision, Usual(PAST), frames)


def test_nothing_is_told_of_a_take_on_which_nothing_changed() -> None:
    for picture in (PictureFile.SAME, PictureFile.UNKNOWN):
        assert not said(standing(), picture).worth_telling


def test_words_and_pictures_make_a_take_stale_and_revisions_do_not() -> None:
    words = said(standing(changes=({"prompt": ["a", "b"]},)), PictureFile.CHANGED)
    assert (words.stale, words.reasons) == (True, ("prompt", "picture"))
    painted_over = said(standing(), PictureFile.CHANGED)
    assert (painted_over.stale, painted_over.reasons) == (True, ("picture",))
    for other in (said(standing(), revision="two"), said(standing(), revision=None)):
        assert (other.stale, other.other_revision, other.worth_telling) == (False, True, True)
    gone = said(standing(), PictureFile.GONE)
    assert (gone.stale, gone.worth_telling) == (False, True)


def test_the_cost_is_by_the_median_and_by_the_length_that_is_wished_now() -> None:
    assert said(standing(), PictureFile.CHANGED).seconds == 10.0
    assert said(standing(), PictureFile.CHANGED, frames=34).seconds == pytest.approx(20.0)
    few = found(standing(), PictureFile.CHANGED, "one", Usual(PAST[:2]), 17)
    assert few.seconds is None


def test_what_is_under_way_costs_nothing_more() -> None:
    stale = [
        said(standing(), PictureFile.CHANGED),
        said(standing(under_way=3), PictureFile.CHANGED),
        found(standing(), PictureFile.CHANGED, "one", Usual([]), 17),
    ]
    assert cost_of(stale) == Cost(takes=2, seconds=10.0, unknown=1)
    assert cost_of([]) == Cost(takes=0, seconds=0, unknown=0)
