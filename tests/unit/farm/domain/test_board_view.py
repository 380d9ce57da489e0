"""A view is what its address says, and shows what it asks for in its order."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farm.domain.board_view import ATTENTION, GUESTS_ORDERS, BoardLine, BoardView, Order
from farm.domain.lifecycle import ReviewStatus, ShotState
from pipeline.misses import MissKind

VIEWS = st.builds(
    BoardView,
    states=st.frozensets(st.sampled_from(ShotState)),
    text=st.text().map(str.strip),
    miss=st.sampled_from(["", *MissKind]),
    person=st.text().map(str.strip),
    order=st.sampled_from(Order),
)


def line(key: int, code: str, **changes: object) -> BoardLine:
    usual = {
        "state": ShotState.ACCEPTED,
        "review": ReviewStatus.ACCEPTED,
        "takes": 1,
        "selected": 1,
        "latest": key,
        "match": 0.5,
        "prompt": "a circle moves",
    }
    return BoardLine(id=key, code=code, **{**usual, **changes})


LINES = [
    line(1, "sh030", latest=9, match=None, state=ShotState.NEEDS_REVIEW, prompt="EINE Straße"),
    line(2, "sh010", takes=3, match=0.2),
    line(3, "sh020", takes=3, match=0.0, state=ShotState.APPROVED),
]


@given(VIEWS)
def test_an_address_leads_back_to_its_view(view: BoardView) -> None:
    assert BoardView.from_query(view.as_query()) == view


@given(st.dictionaries(st.sampled_from(["state", "text", "miss", "person", "sort"]), st.text()))
def test_any_address_is_a_view(query: dict[str, str]) -> None:
    view = BoardView.from_query(query)
    assert BoardView.from_query(view.as_query()) == view
    assert view.miss in {"", *MissKind}


def test_what_is_usual_does_not_stand_in_the_address() -> None:
    assert BoardView().as_query() == {}
    assert (
        BoardView.from_query({"sort": "list", "state": "nothing", "miss": "value"}) == BoardView()
    )


def test_states_stand_in_the_address_in_one_order() -> None:
    view = BoardView(states=frozenset({ShotState.REJECTED, ShotState.WAITING}))
    assert view.as_query() == {"state": "waiting,rejected"}


@pytest.mark.parametrize(
    ("order", "codes"),
    [
        (Order.LIST, ["sh030", "sh010", "sh020"]),
        (Order.CODE, ["sh010", "sh020", "sh030"]),
        (Order.NEWEST, ["sh030", "sh020", "sh010"]),
        (Order.MATCH, ["sh020", "sh010", "sh030"]),
        (Order.TAKES, ["sh010", "sh020", "sh030"]),
        (Order.ATTENTION, ["sh030", "sh010", "sh020"]),
    ],
)
def test_each_order(order: Order, codes: list[str]) -> None:
    found = BoardView(order=order).pick(reversed(LINES), None)
    assert [each.code for each in found] == codes


@pytest.mark.parametrize(
    ("view", "among", "codes"),
    [
        (BoardView(states=frozenset({ShotState.APPROVED})), None, ["sh020"]),
        (BoardView(text="SH01"), None, ["sh010"]),
        (BoardView(text="strasse"), None, ["sh030"]),
        (BoardView(text="circle", states=frozenset({ShotState.NEEDS_REVIEW})), None, []),
        (BoardView(), frozenset({1, 3}), ["sh030", "sh020"]),
        (BoardView(), frozenset(), []),
    ],
)
def test_what_is_in_a_view(view: BoardView, among: frozenset[int] | None, codes: list[str]) -> None:
    assert [each.code for each in view.pick(LINES, among)] == codes


def test_every_state_has_its_place_in_what_waits_for_people() -> None:
    assert sorted(ATTENTION) == sorted(ShotState)


@given(VIEWS)
def test_a_guests_view_asks_for_nothing_that_is_not_shown_to_them(view: BoardView) -> None:
    seen = view.of_guest()
    assert (seen.miss, seen.person) == ("", "")
    assert seen.order in GUESTS_ORDERS
    assert (seen.states, seen.text) == (view.states, view.text)
