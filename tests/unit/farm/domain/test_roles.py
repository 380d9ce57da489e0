"""Who may do what: role by role, link by link, and what people may be called."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farm.domain.roles import (
    LEAST,
    Action,
    Opening,
    Role,
    Visitor,
    actions_of,
    may,
    why_no_name,
)

GUEST = {Action.LOOK, Action.COMMENT}
PRODUCER = GUEST | {Action.DELIVER}
REVIEWER = PRODUCER | {Action.APPROVE, Action.REJECT, Action.RETAKE}

CHOSEN = Visitor(
    name="Nike (link 1)",
    opening=Opening(
        production="ads", takes=frozenset({("sh010", 2), ("sh020", 1)}), may_comment=True
    ),
)
"""By a link with chosen takes."""
WHOLE = Visitor(name="Nike (link 2)", opening=Opening(production="ads"))


@pytest.mark.parametrize(
    ("role", "allowed"),
    [(Role.PRODUCER, PRODUCER), (Role.REVIEWER, REVIEWER), (Role.OPERATOR, set(Action))],
)
def test_each_role_may_do_this_and_nothing_else(role: Role, allowed: set[Action]) -> None:
    assert {action for action in Action if may(role, action)} == allowed
    assert set(actions_of(role)) == allowed


@pytest.mark.parametrize("role", Role)
def test_a_person_may_what_their_role_may_in_every_production(role: Role) -> None:
    anna = Visitor(name="anna", role=role)
    assert {action for action in Action if anna.may(action, "film", "sh990", 7)} == set(
        actions_of(role)
    )
    assert not any(Visitor(name="nobody").may(action, "ads") for action in Action)


def test_every_action_has_its_least_role() -> None:
    assert set(LEAST) == set(Action)


def test_a_link_opens_its_production_and_no_other() -> None:
    assert WHOLE.may(Action.LOOK, "ads", "sh990", 7)
    assert not WHOLE.may(Action.LOOK, "film")
    assert not WHOLE.may(Action.LOOK), "what is of no production is not a client's"


def test_a_link_with_chosen_takes_opens_those() -> None:
    assert CHOSEN.may(Action.LOOK, "ads")
    assert CHOSEN.may(Action.LOOK, "ads", "sh010")
    assert CHOSEN.may(Action.COMMENT, "ads", "sh010", 2)
    assert not CHOSEN.may(Action.LOOK, "ads", "sh010", 1)
    assert not CHOSEN.may(Action.LOOK, "ads", "sh030")
    assert not CHOSEN.may(Action.LOOK, "film", "sh010", 2)


@given(st.sampled_from([each for each in Action if each not in GUEST]))
def test_no_link_lets_anybody_decide(action: Action) -> None:
    assert not CHOSEN.may(action, "ads", "sh010", 2)
    assert not WHOLE.may(action, "ads", "sh010", 2)


def test_a_guest_comments_only_where_the_link_says_so() -> None:
    assert not WHOLE.may(Action.COMMENT, "ads", "sh010", 1)


@pytest.mark.parametrize("name", ["anna", "李静", "Zoë O'Neil-Smith", "a.b@studio.example", "_1"])
def test_people_are_called_as_they_are_called(name: str) -> None:
    assert why_no_name(name) is None


@pytest.mark.parametrize(
    "name",
    [
        "",
        " anna",
        "anna ",
        "a  b",
        "a\nb",
        "a" * 65,
        "anna (link 4)",
        "<b>",
        "farm",
        "Farm",
        "a\u202eb",
    ],
)
def test_what_is_no_name_is_told_in_a_sentence(name: str) -> None:
    assert repr(name) in (why_no_name(name) or "")
