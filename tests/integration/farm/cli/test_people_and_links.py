"""`farm user` and `farm link` as people use them."""

import re

import pytest

from farm.store import Store
from tests.integration.farm.cli.conftest import Farm
from tests.integration.farm.store.conftest import submit

TOKEN = r"[\w-]{43}"


def test_somebody_is_added_listed_and_revoked(store: Store, farm: Farm) -> None:
    assert "Nobody yet" in farm("user", "list").out
    added = farm("user", "add", "li", "--role", "reviewer", "--address", "https://desk.example")

    assert added.out.startswith(
        "li (reviewer) may look, comment, approve, reject, order retakes, deliver.\n"
    )
    assert re.search(rf"^https://desk\.example/sign-in#{TOKEN}$", added.out, re.MULTILINE)
    [listed] = farm("user", "list", "--json").json["people"]
    assert (listed["name"], listed["role"], listed["made_by"]) == ("li", "reviewer", "anna")
    assert listed["revoked_at"] is None
    assert farm("user", "revoke", "li").out == "li: may come no more\n"
    assert re.search(r"li +reviewer .*revoked", farm("user", "list").out)
    assert farm("user", "revoke", "li", "--json").status == 1


def test_a_script_gets_the_link_once_and_no_list_tells_it(store: Store, farm: Farm) -> None:
    given = farm("user", "add", "li", "--role", "operator", "--json").json

    token = re.fullmatch(rf"http://127\.0\.0\.1:8400/sign-in#({TOKEN})", given["link"])
    assert token
    assert token[1] not in farm("user", "list", "--json").out + farm("user", "list").out
    assert farm("user", "add", "li", "--role", "operator").status == 1
    assert farm("user", "add", "bo", "--role", "king").status == 2


def test_a_link_is_made_listed_and_revoked(store: Store, farm: Farm) -> None:
    submit(store, "sh010", "sh020", production="ads")
    assert "No links yet" in farm("link", "list").out

    made = farm(
        "link", "add", "ads", "--take", "sh020:1", "--take", "sh010:1", "--comment", "--days", "2",
        "--label", "Nike [marketing]",
    ).out  # fmt: skip
    assert "link 1: ads, 2 takes (sh010:1, sh020:1), to look at and comment, until " in made
    assert re.search(rf"^http://127\.0\.0\.1:8400/c#{TOKEN}$", made, re.MULTILINE)
    whole = farm("link", "add", "ads", "--json").json
    assert (whole["takes"], whole["may_comment"], whole["made_by"]) == (None, False, "anna")

    first, second = farm("link", "list", "ads", "--json").json["links"]
    assert first["takes"] == [{"shot": "sh010", "take": 1}, {"shot": "sh020", "take": 1}]
    assert (second["id"], second["revoked_at"], "link" in second) == (2, None, False)
    assert "link 1, for Nike [marketing]\n    ads, 2 takes (sh010:1" in farm("link", "list").out
    assert farm("link", "revoke", "1").out == "link 1: opens nothing any more\n"
    assert farm("link", "list", "--json").json["links"][0]["revoked_at"]
    assert (
        farm("link", "revoke", "9").err == "farm: there is no link 9; `farm link list` shows them\n"
    )


@pytest.mark.parametrize("days", ["nan", "0", "-3", "inf", "366"])
def test_days_that_nobody_can_count_are_refused(store: Store, farm: Farm, days: str) -> None:
    submit(store, "sh010")
    refused = farm("link", "add", "demo", "--days", days)
    assert (refused.status, "--days" in refused.err) == (2, True)


def test_what_is_no_take_is_refused(store: Store, farm: Farm) -> None:
    submit(store, "sh010", production="ads")

    for wrong in ("sh010", "sh010:", ":1", "sh010:x", "sh010:²"):
        assert "say SHOT:N, as sh010:2" in farm("link", "add", "ads", "--take", wrong).err
    assert farm("link", "add", "ads", "--take", "sh010:2").status == 1
    assert farm("link", "add", "ads", "--days", "0").status == 2


def test_the_log_tells_who_tried(store: Store, farm: Farm) -> None:
    from farm.domain.roles import Outcome
    from farm.store import sign_ins

    assert farm("user", "log").out == "Nobody has tried to sign in yet.\n"
    sign_ins.note(store, "li", "10.0.0.9", Outcome.SIGNED_IN)
    sign_ins.note(store, "", "10.0.0.9", Outcome.WRONG_TOKEN)

    assert re.search(r"10\.0\.0\.9 +wrong token", farm("user", "log").out)
    newest, first = farm("user", "log", "--json").json["sign_ins"]
    assert (newest["outcome"], first["who"]) == ("wrong_token", "li")
    assert len(farm("user", "log", "--last", "1", "--json").json["sign_ins"]) == 1
