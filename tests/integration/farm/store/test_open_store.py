"""A database that cannot be used is refused in one sentence, without its password."""

from pathlib import Path

import pytest
import sqlalchemy as sa

from farm.errors import StoreError
from farm.store import Store, migrate, open_store, revisions
from tests.conftest import Server
from tests.integration.farm.store.conftest import submit, value


@pytest.mark.parametrize("ask", [open_store, migrate, revisions])
def test_a_server_that_does_not_answer_is_named_without_its_password(ask: object) -> None:
    assert callable(ask)
    with pytest.raises(StoreError) as refusal:
        ask("postgresql://anna:secret@127.0.0.1:1/farm")

    sentence = str(refusal.value)
    assert sentence.startswith("postgresql://anna:***@127.0.0.1:1/farm: ")
    assert "connection refused" in sentence.lower()
    assert "secret" not in sentence
    assert "\n" not in sentence


def test_a_folder_is_no_database(tmp_path: Path) -> None:
    with pytest.raises(
        StoreError, match=": unable to open database file: this is a folder"
    ) as refusal:
        open_store(f"sqlite:///{tmp_path}")

    assert str(refusal.value).endswith(f"name a file in it, as {tmp_path}/farm.db")


def test_a_database_in_a_folder_that_is_missing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"missing/farm\.db: unable to open") as refusal:
        open_store(f"sqlite:///{tmp_path}/missing/farm.db")

    assert f"there is no folder {tmp_path}/missing; make it, or name another" in str(refusal.value)
    assert not (tmp_path / "missing").exists()


def test_a_file_that_is_no_database_is_left_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "farm.db"
    file.write_text("code,image,prompt\n" * 100)

    with pytest.raises(StoreError, match=r"farm\.db: file is not a database; name another"):
        open_store(f"sqlite:///{file}")

    assert file.read_text() == "code,image,prompt\n" * 100


def test_of_a_damaged_database_a_copy_is_asked_for(tmp_path: Path) -> None:
    file = tmp_path / "farm.db"
    open_store(f"sqlite:///{file}").engine.dispose()
    with file.open(
        "r+b"
    ) as damaged:  # every page but the first, which says that this is a database
        damaged.seek(4096)
        damaged.write(b"\xff" * (file.stat().st_size - 4096))

    with pytest.raises(StoreError, match="malformed: it is damaged; bring back a copy"):
        open_store(f"sqlite:///{file}")


@pytest.mark.parametrize(
    "url", ["mysql://anna:secret@db/farm", "oracle://anna:secret@db/farm", "anna:secret@db", ""]
)
def test_a_url_of_no_database_the_farm_knows_is_refused(url: str) -> None:
    with pytest.raises(StoreError) as refusal:
        open_store(url)

    assert "secret" not in str(refusal.value)
    assert "postgresql" in str(refusal.value).lower()


def test_an_unknown_database_on_the_server_is_named(postgresql: Server) -> None:
    missing = sa.make_url(postgresql.url).set(database="nowhere")
    with pytest.raises(StoreError, match=r'database "nowhere" does not exist'):
        open_store(missing.render_as_string(hide_password=False))


def test_a_broken_transaction_leaves_nothing_behind(store: Store) -> None:
    submit(store, "sh010")

    with pytest.raises(RuntimeError, match="a defect"):
        _write_and_break(store)

    assert value(store, "SELECT notes FROM shots") == ""


def test_a_reader_does_not_wait_for_a_writer_nor_see_its_half(store: Store) -> None:
    submit(store, "sh010")
    with store.write() as connection:
        connection.execute(sa.text("UPDATE shots SET notes = 'half'"))

        assert value(store, "SELECT notes FROM shots") == ""


def _write_and_break(store: Store) -> None:
    with store.write() as connection:
        connection.execute(sa.text("UPDATE shots SET notes = 'half'"))
        raise RuntimeError("a defect")
