"""Who may come to the desk is kept by hashes, with roles and ends, on both databases."""

import datetime as dt

import pytest
import sqlalchemy as sa

from farm.domain.roles import Opening, Outcome, Role
from farm.domain.shot import ShotName
from farm.errors import Refused, UnknownName
from farm.operations import client_links as links
from farm.operations import people as operation
from farm.operations import sign_in, tokens
from farm.operations.sign_in import SignInRefused
from farm.store import Store, client_links, people, sign_ins
from farm.store.queue.event_log import write_events
from farm.store.shots import revising
from farm.store.tables import Shot
from tests.integration.farm.store.conftest import dump, say, submit

DESK = "http://127.0.0.1:8400"


def admit(store: Store, name: str = "anna", role: Role = Role.REVIEWER) -> str:
    """Adds somebody; their token."""
    return operation.add(store, name, role, DESK, who="root").link.partition("#")[2]


def open_link(
    store: Store, *takes: tuple[str, int], comment: bool = False, days: float = 14
) -> str:
    """Makes a link to `demo`; its token."""
    opened = links.add(
        store, "demo", takes, DESK, days=days, may_comment=comment, label="client", who="anna"
    )
    return opened.link.partition("#")[2]


def test_a_token_signs_in_its_person_with_their_role(store: Store) -> None:
    token = admit(store)

    visitor = sign_in.person(store, token, "10.0.0.9")

    assert (visitor.name, visitor.role, visitor.opening) == ("anna", Role.REVIEWER, None)
    [noted] = sign_ins.newest(store, 10)
    assert (noted.who, noted.address, noted.outcome) == ("anna", "10.0.0.9", Outcome.SIGNED_IN)
    [listed] = operation.listed(store)
    assert (listed.made_by, listed.signed_in_at) == ("root", noted.at)


def test_no_token_is_anywhere_in_the_database(store: Store) -> None:
    submit(store, "sh010")
    given, wrong = [admit(store), open_link(store)], tokens.new()
    sign_in.person(store, given[0], "::1")
    sign_in.guest(store, given[1], "::1")
    with pytest.raises(SignInRefused):
        sign_in.person(store, wrong, "::1")

    everything = str(dump(store))

    assert [each for each in [*given, wrong] if each in everything] == []
    assert tokens.digest(given[0]) in everything


def test_a_revoked_person_comes_no_more_and_another_token_lets_them_come_again(
    store: Store,
) -> None:
    first = admit(store)
    people.revoke(store, "anna")

    with pytest.raises(SignInRefused, match="was revoked"):
        sign_in.person(store, first, "::1")
    assert sign_in.still_person(store, tokens.digest(first)) is None
    assert sign_in.person_named(store, "anna") is None
    assert not operation.anybody(store)

    second = admit(store, role=Role.OPERATOR)
    assert sign_in.person(store, second, "::1").role is Role.OPERATOR
    with pytest.raises(SignInRefused, match="no such token"):
        sign_in.person(store, first, "::1")
    assert operation.anybody(store)


def test_a_name_is_taken_whatever_its_capitals(store: Store) -> None:
    admit(store)

    with pytest.raises(Refused, match="`farm user revoke anna` first"):
        admit(store)
    with pytest.raises(Refused, match="differs from 'Anna' in capitals"):
        admit(store, "Anna")
    with pytest.raises(Refused, match="how the farm itself signs"):
        admit(store, "Farm")
    assert [each.name for each in people.known(store)] == ["anna"]


def test_who_is_not_there_cannot_be_revoked_and_nobody_twice(store: Store) -> None:
    with pytest.raises(UnknownName, match="there are: none yet"):
        people.revoke(store, "anna")
    admit(store)
    people.revoke(store, "anna")
    with pytest.raises(Refused, match="revoked already"):
        people.revoke(store, "anna")


def test_a_link_opens_what_it_was_made_for(store: Store) -> None:
    submit(store, "sh010", "sh020")
    token = open_link(store, ("sh010", 1), comment=True)

    visitor = sign_in.guest(store, token, "::1")

    assert visitor.name == "client (link 1)"
    assert visitor.opening == Opening(
        production="demo", takes=frozenset({("sh010", 1)}), may_comment=True
    )
    [known] = client_links.known(store, "demo")
    assert known.expires_at - known.made_at == dt.timedelta(days=14)


def test_a_link_shows_what_it_was_made_for_by_whatever_code(store: Store) -> None:
    submit(store, "sh010", "sh020")
    token = open_link(store, ("sh010", 1))
    with store.write() as connection:
        rows = connection.execute(sa.select(Shot.code, Shot.id)).all()
        names = {code: ShotName(key, "demo", code) for code, key in rows}
        swapped = {"sh010": names["sh020"], "sh020": names["sh010"]}
        write_events(connection, revising.rename(connection, swapped, "anna"))

    opening = sign_in.guest(store, token, "::1").opening

    assert opening is not None
    assert opening.takes == {("sh020", 1)}


def test_the_token_of_a_link_makes_nobody_a_person_nor_the_other_way_round(store: Store) -> None:
    submit(store, "sh010")
    person, link = admit(store), open_link(store)

    with pytest.raises(SignInRefused):
        sign_in.person(store, link, "::1")
    with pytest.raises(SignInRefused):
        sign_in.guest(store, person, "::1")


def test_an_expired_link_opens_nothing_by_the_databases_clock(store: Store) -> None:
    submit(store, "sh010")
    token = open_link(store)
    assert sign_in.still_guest(store, tokens.digest(token)) is not None
    say(store, "UPDATE client_links SET expires_at = made_at")

    with pytest.raises(SignInRefused, match="has expired"):
        sign_in.guest(store, token, "::1")
    assert sign_in.still_guest(store, tokens.digest(token)) is None
    [known] = client_links.known(store)
    assert known.expired


def test_a_revoked_link_opens_nothing(store: Store) -> None:
    submit(store, "sh010")
    token = open_link(store)
    client_links.revoke(store, 1)

    with pytest.raises(SignInRefused, match="was revoked"):
        sign_in.guest(store, token, "::1")
    assert sign_in.still_guest(store, tokens.digest(token)) is None
    with pytest.raises(Refused, match="revoked already"):
        client_links.revoke(store, 1)
    with pytest.raises(UnknownName, match="no link 7"):
        client_links.revoke(store, 7)


def test_a_link_to_what_is_not_there_is_refused(store: Store) -> None:
    submit(store, "sh010")

    with pytest.raises(UnknownName, match="demo has no shot 'sh990'"):
        open_link(store, ("sh990", 1))
    with pytest.raises(UnknownName, match="sh010 has no take 2"):
        open_link(store, ("sh010", 2))
    with pytest.raises(UnknownName, match="no production 'film'"):
        client_links.known(store, "film")
    with pytest.raises(UnknownName, match="no production 'film'"):
        links.add(store, "film", (), DESK, days=1, may_comment=False, who="anna")
    with pytest.raises(Refused, match="a label has at most"):
        links.add(store, "demo", (), DESK, days=1, may_comment=False, label="x" * 65, who="anna")
    assert client_links.known(store) == []


@pytest.mark.parametrize(
    "address", ["desk:8400", "ftp://desk", "http://desk/here", "http://a@desk", "http://desk/?a=1"]
)
def test_what_is_no_address_of_a_desk_is_refused_before_anybody_is_added(
    store: Store, address: str
) -> None:
    with pytest.raises(Refused, match="http://host:port"):
        operation.add(store, "anna", Role.PRODUCER, address, who="root")
    assert people.known(store) == []


def test_sign_ins_are_forgotten_after_half_a_year(store: Store) -> None:
    sign_ins.note(store, "anna", "::1", Outcome.SIGNED_IN)
    say(store, "UPDATE sign_ins SET at = '2020-01-01 00:00:00'")

    sign_ins.note(store, "", "::1", Outcome.WRONG_TOKEN)

    assert [each.who for each in sign_ins.newest(store, 10)] == [""]
