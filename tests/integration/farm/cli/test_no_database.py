"""Commands that only look make no database where its name is mistyped, and say which was meant."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import make_url

from farm.store import open_store
from tests.conftest import sqlite_database
from tests.integration.farm.cli.conftest import Farm

READING = [
    ("db", "check"), ("db", "current"), ("status",), ("shots", "ads"), ("show", "ads", "sh010"),
    ("logs", "ads", "sh010"), ("report", "ads"), ("stale", "ads"), ("metrics",), ("user", "list"),
    ("user", "log"), ("link", "list"), ("deliver", "ads", "--to", "out"), ("reproduce", "ads", "sh010"),
    ("calibrate",), ("comfy", "export", "ads", "sh010"), ("sweep",), ("approve", "ads", "sh010"),
    ("hold", "ads"), ("check",),
]  # fmt: skip


@pytest.mark.parametrize("command", READING, ids=" ".join)
def test_a_mistyped_database_is_named_and_not_made(
    farm: Farm, tmp_path: Path, command: tuple[str, ...]
) -> None:
    there = sorted(tmp_path.iterdir())

    answer = farm("--database", "sqlite:///fram.db", *command)

    assert answer.status == 1
    assert (
        "sqlite:///fram.db: there is no such file; did you mean sqlite:///farm.db? If it is to be new, "
        "`farm db upgrade` makes it"
    ) in answer.err + answer.out
    assert [each.name for each in tmp_path.iterdir() if each.name.startswith("fram")] == []
    assert set(there) <= set(tmp_path.iterdir())


def test_what_is_meant_is_a_database_and_no_other_file(farm: Farm, tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "fram.txt").write_text("no database")
    (tmp_path / "shop" / "farm.db").touch()
    nothing = farm("--database", "sqlite:///shop/fram.db", "status").err
    assert nothing == (
        "farm: sqlite:///shop/fram.db: there is no such file; `farm submit` and `farm db upgrade` make it, "
        "or name another with --database or FARM_DATABASE\n"
    )
    for name in ("nike.db", "acme.db"):
        open_store(sqlite_database(tmp_path / "shop" / name)).close()
    assert (
        "did you mean sqlite:///shop/nike.db?"
        in farm("--database", "sqlite:///shop/nikee.db", "status").err
    )
    assert "did you mean" not in farm("--database", "sqlite:///shop/zzzz.sqlite", "status").err


def others_database(file: Path) -> None:
    """One of another program's, with migrations by Alembic as mlflow has."""
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE alembic_version (version_num TEXT)")
        connection.execute("CREATE TABLE runs (run_uuid TEXT)")


def test_a_database_of_another_program_is_never_meant(farm: Farm, tmp_path: Path) -> None:
    shop = tmp_path / "shop"
    shop.mkdir()
    for name in ("mlflow.db", ".coverage", "team.db"):
        others_database(shop / name)
    there = sorted(shop.iterdir())
    assert (
        "`farm submit` and `farm db upgrade` make it"
        in farm("--database", "sqlite:///shop/farm.db", "status").err
    )
    open_store(sqlite_database(shop / "nike.db")).close()
    there = sorted({*there, shop / "nike.db"})
    assert (
        "did you mean sqlite:///shop/nike.db?"
        in farm("--database", "sqlite:///shop/zzzz.sqlite", "status").err
    )
    assert sorted(shop.iterdir()) == there


def test_a_farm_is_known_by_what_a_run_has_just_written(farm: Farm, tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    with closing(open_store(sqlite_database(tmp_path / "shop" / "nike.db"))) as store, store.read():
        assert (
            "did you mean sqlite:///shop/nike.db?"
            in farm("--database", "sqlite:///shop/zzzz.sqlite", "status").err
        )


@pytest.mark.parametrize("url", ["sqlite:///file:fram.db?uri=true", "sqlite:///file:fram.db"])
def test_a_mistyped_address_of_a_file_makes_none(farm: Farm, tmp_path: Path, url: str) -> None:
    there = sorted(tmp_path.iterdir())
    answer = farm("--database", url, "status")
    assert answer.status == 1
    there_is_none, meant = answer.err.split("; did you mean ")
    assert there_is_none == f"farm: {make_url(url)}: there is no such file"
    assert farm("--database", meant.partition("? If")[0], "status").status == 0
    assert sorted(tmp_path.iterdir()) == there


@pytest.mark.parametrize(
    "url",
    [
        "sqlite://",
        "sqlite:///:memory:",
        "sqlite:///file::memory:?uri=true",
        "sqlite:///file:a.db?mode=memory&uri=true",
    ],
)
@pytest.mark.parametrize("command", [("status",), ("db", "upgrade")], ids=" ".join)
def test_a_database_in_memory_is_none_of_a_farm(
    farm: Farm, url: str, command: tuple[str, ...]
) -> None:
    answer = farm("--database", url, *command)
    assert answer.status == 1
    assert (
        "such a database is in memory and begins anew with each command; name a file, such as "
        "sqlite:///farm.db"
    ) in answer.err


def test_a_file_that_is_empty_is_given_no_tables_by_who_only_looks(
    farm: Farm, tmp_path: Path
) -> None:
    (tmp_path / "empty.db").touch()
    told = farm("--database", "sqlite:///empty.db", "status")
    assert told.status == 1
    assert "at schema revision none, this farm needs" in told.err
    assert farm("--database", "sqlite:///empty.db", "db", "upgrade").status == 0
    assert farm("--database", "sqlite:///empty.db", "status").status == 0


def test_a_new_farm_is_ready_before_its_database_is_made(
    tmp_path: Path, farm: Farm, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "new").mkdir()
    others_database(tmp_path / "new" / "mlflow.db")
    monkeypatch.chdir(tmp_path / "new")
    monkeypatch.setenv("FARM_CLUSTER", "inline")
    told = {each["name"]: each for each in farm("check", "--json").json["checks"]}
    assert told["database"]["ok"]
    assert told["database"]["message"] == "sqlite:///farm.db is made by the first `farm submit`"
    assert not Path("farm.db").exists()


@pytest.mark.parametrize(
    "command", [("db", "upgrade"), ("user", "add", "anna", "--role", "producer")], ids=" ".join
)
def test_what_a_farm_may_begin_with_makes_its_database(
    farm: Farm, tmp_path: Path, command: tuple[str, ...]
) -> None:
    assert farm("--database", "sqlite:///new.db", *command).status == 0
    assert farm("--database", "sqlite:///new.db", "db", "check").status == 0


def test_variables_of_others_are_named_once_and_stop_nothing(
    farm: Farm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FARM_SITE", "Berlin")
    answer = farm("status", "--json")
    assert (answer.status, answer.err) == (
        0,
        "farm: FARM_SITE: no setting of the farm, so not read\n",
    )
    (tmp_path / "list.csv").write_text("shot,image,prompt\n1,none.png,It turns\n")
    assert farm("submit", "list.csv", "-p", "ads").err.count("FARM_SITE") == 1
    monkeypatch.setenv("FARM_DATABSE", "sqlite:///other.db")
    answer = farm("status")
    assert answer.status == 1
    assert "farm: FARM_DATABSE: there is no such setting; did you mean FARM_DATABASE?" in answer.err
