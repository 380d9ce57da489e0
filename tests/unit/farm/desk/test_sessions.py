"""Sessions end when they should, are looked up now and then, and stay few; so do counts of wrong tokens."""

import asyncio

import pytest

from farm.desk import sessions, wrong_tokens
from farm.desk.sessions import LASTS, LOOKED_AT, Sessions
from farm.desk.wrong_tokens import MOST, WITHIN, WrongTokens
from farm.domain.roles import Role, Visitor
from farm.operations import tokens

ANNA = Visitor(name="anna", role=Role.REVIEWER)


class People:
    """Answers who came by a token, counts how often it was asked, and has a clock."""

    def __init__(self) -> None:
        self.now, self.asked = 0.0, 0
        self.known: Visitor | None = ANNA
        self.sessions = Sessions(self.look, lambda: self.now)

    async def look(self, token_sha256: str) -> Visitor | None:
        assert token_sha256 == tokens.digest("token")
        self.asked += 1
        return self.known

    def of(self, key: str) -> Visitor | None:
        return asyncio.run(self.sessions.of(key))


def test_a_session_is_looked_up_every_few_seconds_and_no_more() -> None:
    people = People()
    key = people.sessions.begin("token", ANNA)
    for now in (0.0, LOOKED_AT - 0.1, LOOKED_AT, LOOKED_AT + 0.1, 2 * LOOKED_AT):
        people.now = now
        assert people.of(key) == ANNA
    assert people.asked == 2


def test_a_session_ends_when_its_token_does_and_stays_ended() -> None:
    people = People()
    key = people.sessions.begin("token", ANNA)
    people.known, people.now = None, LOOKED_AT
    assert people.of(key) is None
    people.known = ANNA
    assert people.of(key) is None


def test_a_session_has_the_role_that_its_person_has_now() -> None:
    people = People()
    key = people.sessions.begin("token", ANNA)
    people.known, people.now = Visitor(name="anna", role=Role.PRODUCER), LOOKED_AT
    found = people.of(key)
    assert found is not None
    assert found.role is Role.PRODUCER


def test_a_session_lasts_twelve_hours() -> None:
    people = People()
    key = people.sessions.begin("token", ANNA)
    people.now = LASTS
    assert people.of(key) is None


def test_ids_are_new_each_time_and_only_their_hashes_are_kept() -> None:
    people = People()
    keys = {people.sessions.begin("token", ANNA) for _ in range(20)}
    assert len(keys) == 20
    kept = str(vars(people.sessions))
    assert not [key for key in keys if key in kept]


def test_the_oldest_session_ends_where_there_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "MOST", 3)
    people = People()
    keys = [people.sessions.begin("token", ANNA) for _ in range(4)]
    assert [people.of(key) for key in keys] == [None, ANNA, ANNA, ANNA]


def test_sessions_that_are_over_go_before_any_that_lasts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "MOST", 2)
    people = People()
    people.sessions.begin("token", ANNA)
    people.now = LASTS / 2
    lasting = people.sessions.begin("token", ANNA)
    people.now = LASTS
    people.sessions.begin("token", ANNA)
    assert people.of(lasting) == ANNA


def test_wrong_tokens_of_one_address_shut_it_out_and_no_other() -> None:
    wrong = WrongTokens(lambda: 0.0)
    assert [wrong.count("10.0.0.9") for _ in range(MOST)] == [False] * (MOST - 1) + [True]
    assert wrong.wait("10.0.0.9") == WITHIN
    assert wrong.wait("10.0.0.8") == 0


def test_all_of_one_network_of_ipv6_are_one_address() -> None:
    wrong = WrongTokens(lambda: 0.0)
    for number in range(MOST):
        wrong.count(f"2001:db8::{number:x}")
    assert wrong.wait("2001:db8::ffff")
    assert not wrong.wait("2001:db8:0:1::1")


def test_tries_begin_anew_after_a_while() -> None:
    now = [0.0]
    wrong = WrongTokens(lambda: now[0])
    for _ in range(MOST):
        wrong.count("::1")
    now[0] = WITHIN
    assert not wrong.wait("::1")
    assert not wrong.count("::1")
    assert not wrong.wait("::1")


def test_a_token_that_proves_right_does_not_count() -> None:
    wrong = WrongTokens(lambda: 0.0)
    for _ in range(3 * MOST):
        wrong.count("::1")
        wrong.was_not_wrong("::1")
    assert not wrong.wait("::1")


def test_no_more_addresses_are_remembered_than_have_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wrong_tokens, "REMEMBERED", 5)
    wrong = WrongTokens(lambda: 0.0)
    for number in range(50):
        wrong.count(f"10.0.0.{number}")
    assert len(wrong._counts) == 5
