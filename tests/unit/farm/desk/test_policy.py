"""A desk that others reach lets nobody in unknown, and believes whom it was told to believe."""

from dataclasses import replace
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farm.config import Settings, load
from farm.desk.policy import LOOPBACK, Login, Policy, host_name, is_loopback, policy_for
from farm.errors import Refused, SettingsError


@pytest.fixture(autouse=True)
def _alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(f"FARM_{name.upper()}", raising=False)


def policy(host: str = "127.0.0.1", *, anybody: bool = True, **settings: Any) -> Policy:
    return policy_for(load(user="anna", **settings), host, anybody=anybody)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "[::1]", "127.0.0.9"])
def test_on_loopback_the_desk_is_open_to_whoever_started_it(host: str) -> None:
    found = policy(host, anybody=False)
    assert (found.login, found.user, found.any_address) == (Login.OPEN, "anna", False)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "", "192.168.0.7", "renderhead"])
def test_elsewhere_it_wants_somebody_who_can_sign_in(host: str) -> None:
    with pytest.raises(Refused, match="`farm user add NAME --role operator`"):
        policy(host, anybody=False)
    assert policy(host).login is Login.TOKENS


def test_people_sign_in_on_loopback_where_that_is_wished() -> None:
    assert policy(desk_sign_in=True).login is Login.TOKENS
    assert policy(desk_trusted_proxies=("127.0.0.1",)).login is Login.TOKENS
    with pytest.raises(Refused, match="where people sign in"):
        policy(desk_sign_in=True, anybody=False)


def test_a_proxy_that_signs_people_in_must_be_named() -> None:
    with pytest.raises(Refused, match="anybody could send X-User"):
        policy(desk_user_header="X-User")
    found = policy("0.0.0.0", desk_user_header="X-User", desk_trusted_proxies=("10.0.0.0/24",))
    assert found.login is Login.PROXY
    assert found.trusts("10.0.0.9")
    assert found.trusts("::ffff:10.0.0.9")
    assert not found.trusts("10.0.1.9")
    assert not found.trusts("")


def test_it_answers_to_where_it_listens_and_to_what_people_type() -> None:
    found = policy("192.168.0.7", desk_address="https://Desk.example:444")
    for host in ("192.168.0.7:8400", "desk.example", "DESK.example:1", "localhost", "[::1]:8400"):
        assert found.answers_to(host)
    for host in ("192.168.0.8", "example", "desk.example.evil", "8.8.8.8"):
        assert not found.answers_to(host)


def test_on_all_addresses_it_answers_to_any_in_digits() -> None:
    found = policy("0.0.0.0")
    assert found.answers_to("192.168.0.8:8400")
    assert found.answers_to("[fe80::1]:8400")
    assert not found.answers_to("rebound.example")
    assert not policy("127.0.0.1").answers_to("0.0.0.0")


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("Localhost:80", "localhost"), ("desk.", "desk"), ("[::1]:80", "::1"), ("[0::0:1]", "::1"),
        ("10.0.0.1", "10.0.0.1"), ("::1", None), ("[desk]", None), ("[10.0.0.1]", None), ("", None),
        ("desk:", None), ("desk:70000", None), ("a b", None), ("desk\n", None), (".", None),
        ("[::1", None), ("[::1]x", None), ("desk:-1", None), ("desk:١", None),
    ],
)  # fmt: skip
def test_a_host_header_is_a_name_or_an_address_with_or_without_port(
    host: str, name: str | None
) -> None:
    assert host_name(host) == name


@given(st.text() | st.from_regex(r"[\[\]a-f0-9:.%]+", fullmatch=True))
def test_whatever_is_sent_as_a_host_is_answered_only_where_it_is_the_desks(host: str) -> None:
    found = Policy(hosts=LOOPBACK, login=Login.OPEN, user="anna")
    assert found.answers_to(host) == (host_name(host) in LOOPBACK)


def test_an_address_with_a_zone_is_none() -> None:
    everything = replace(policy("0.0.0.0"), trusted=(ip_network("::/0"), ip_network("0.0.0.0/0")))
    assert everything.trusts("fe80::1")
    assert not everything.trusts("fe80::1%<anything>")
    assert not everything.answers_to("[fe80::1%eth0]")


def test_what_only_this_machine_reaches_is_loopback() -> None:
    assert [is_loopback(each) for each in ("127.1.2.3", "::1", "localhost")] == [True] * 3
    assert [is_loopback(each) for each in ("10.0.0.1", "localhost.evil", "::")] == [False] * 3


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("desk_trusted_proxies", "10.0.0.0/24, proxy", "'proxy' is no address and no network"),
        ("desk_user_header", "X User:", "no name of a header; give one as X-Forwarded-User"),
        ("desk_address", "desk:8400", "give http://host:port"),
    ],
)
def test_settings_that_cannot_be_are_told(
    name: str, value: str, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"FARM_{name.upper()}", value)
    with pytest.raises(SettingsError, match=told):
        load()


def test_proxies_are_named_in_the_environment_with_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FARM_DESK_TRUSTED_PROXIES", "10.0.0.7, fd00::/8,")
    assert load().desk_trusted_proxies == ("10.0.0.7", "fd00::/8")
