"""Migrations make the tables that the code expects, once, whoever starts them."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from farm.errors import SchemaError
from farm.store import REVISION, Store, migrate, open_store, revisions, schema, session
from farm.store.tables import Table
from tests.conftest import Server
from tests.integration.farm.store.conftest import say, submit

TABLES = {table.name for table in Table.metadata.sorted_tables}


@pytest.fixture
def engine(empty_database: str) -> Iterator[sa.Engine]:
    made = session.make_engine(empty_database)
    if made.dialect.name == "sqlite":
        Path(made.url.database or "").touch()  # empty, and there: to look at it makes none
    yield made
    made.dispose()


def test_an_empty_database_is_brought_to_the_newest_revision(
    engine: sa.Engine, empty_database: str
) -> None:
    assert revisions(empty_database) == (None, REVISION)

    assert migrate(empty_database) == REVISION

    assert revisions(empty_database) == (REVISION, REVISION)
    assert set(sa.inspect(engine).get_table_names()) == TABLES | {"alembic_version"}


def test_an_upgrade_of_an_upgraded_database_keeps_everything(store: Store, database: str) -> None:
    submit(store, "sh010")

    migrate(database)

    open_store(database).close()
    with store.read() as connection:
        assert connection.execute(sa.text("SELECT code FROM shots")).scalars().all() == ["sh010"]


def test_a_downgrade_leaves_nothing_and_an_upgrade_after_it_works(
    engine: sa.Engine, empty_database: str
) -> None:
    migrate(empty_database)
    schema.downgrade(empty_database, "base")
    assert sa.inspect(engine).get_table_names() == ["alembic_version"]

    migrate(empty_database)

    assert schema.differences(engine) == []


def test_there_is_one_newest_migration_and_the_code_expects_it() -> None:
    from alembic.script import ScriptDirectory

    assert ScriptDirectory(str(schema.migrations())).get_heads() == [REVISION]


def test_a_migrated_database_does_not_differ_from_the_tables_in_the_code(
    engine: sa.Engine, empty_database: str
) -> None:
    migrate(empty_database)

    assert schema.differences(engine) == []


def test_a_missing_column_is_named_as_a_difference(store: Store) -> None:
    say(store, "ALTER TABLE shots DROP COLUMN notes")

    (difference,) = schema.differences(store.engine)

    assert "notes" in difference


def test_migrations_write_every_check_index_and_type_as_the_tables_do(
    engine: sa.Engine, empty_database: str
) -> None:
    Table.metadata.create_all(engine)
    expected = _everything(engine)
    Table.metadata.drop_all(engine)

    migrate(empty_database)

    assert len(expected) > 50
    assert _everything(engine) == expected


def test_upgrades_at_once_do_not_collide(empty_database: str) -> None:
    _eight_at_once("migrate", empty_database)

    assert revisions(empty_database) == (REVISION, REVISION)


def test_first_openings_at_once_of_a_new_file_do_not_collide(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'new.db'}"

    _eight_at_once("open_store", url)

    assert revisions(url) == (REVISION, REVISION)


def test_a_database_of_a_newer_farm_is_refused(store: Store, database: str) -> None:
    say(store, "UPDATE alembic_version SET version_num = '9999'")

    with pytest.raises(SchemaError) as refusal:
        open_store(database)
    assert str(refusal.value).endswith(
        f": the database is at schema revision 9999, this farm needs {REVISION}; "
        "it was made by a newer farm: upgrade this one"
    )
    with pytest.raises(SchemaError, match=r"9999.* newer farm"):
        migrate(database)


def test_a_server_database_that_was_never_upgraded_is_refused(postgresql: Server) -> None:
    with postgresql.database() as url, pytest.raises(SchemaError) as refusal:
        open_store(url)

    assert str(refusal.value).endswith(
        f": the database is at schema revision none, this farm needs {REVISION}; "
        "run `farm db upgrade`"
    )


def test_a_new_sqlite_file_is_given_its_tables(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'new.db'}"

    open_store(url).close()

    assert revisions(url) == (REVISION, REVISION)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE takes SET status = 'running'",
        "UPDATE takes SET lease_owner = 'farm-a'",
        "UPDATE takes SET status = 'succeeded'",
        "UPDATE takes SET verdict = 'accepted'",
        "UPDATE takes SET status = 'failed', verdict = 'accepted'",
        "UPDATE takes SET status = 'paused'",
        "UPDATE takes SET status = 'WAITING'",
        "UPDATE takes SET status = 'succeeded', verdict = 'superb'",
        "UPDATE takes SET failure_class = 'weather'",
        "UPDATE shots SET review = 'fine'",
        "UPDATE shots SET production_id = 99",
        "UPDATE takes SET shot_id = 99",
        "DELETE FROM shots",
    ],
)
def test_the_database_itself_refuses_what_can_never_be(store: Store, change: str) -> None:
    submit(store, "sh010")

    with pytest.raises(IntegrityError):
        say(store, change)


def _eight_at_once(function: str, url: str) -> None:
    """Calls a function of `farm.store` with `url` in eight processes; none may fail."""
    script = f"""
import multiprocessing, sys
import alembic.command
from farm.store import {function}

def work(barrier):
    barrier.wait()
    {function}(sys.argv[1])

fork = multiprocessing.get_context("fork")
barrier = fork.Barrier(8)
processes = [fork.Process(target=work, args=[barrier]) for _ in range(8)]
for each in processes:
    each.start()
for each in processes:
    each.join()
sys.exit(any(each.exitcode for each in processes))
"""
    done = subprocess.run([sys.executable, "-c", script, url], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def _everything(engine: sa.Engine) -> list[str]:
    """Every column, constraint and index of the farm's tables, in the database's own words."""
    question = ON_SQLITE if engine.dialect.name == "sqlite" else ON_POSTGRESQL
    with engine.connect() as connection:
        texts = connection.execute(sa.text(question)).scalars().all()
    # SQLite's text of a table that a migration rebuilt has quotes and brackets of its own.
    plain = [text.replace('"', "").replace("('')", "''") for text in texts]
    return sorted(line.strip(" \t,") for text in plain for line in text.splitlines())


ON_SQLITE = """
SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND tbl_name <> 'alembic_version'
"""

ON_POSTGRESQL = """
SELECT conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid)
FROM pg_constraint WHERE conrelid IN (SELECT oid FROM pg_class WHERE relname <> 'alembic_version')
AND connamespace = 'public'::regnamespace
UNION ALL
SELECT pg_get_indexdef(indexrelid) FROM pg_index
WHERE indrelid IN (SELECT oid FROM pg_class
                   WHERE relnamespace = 'public'::regnamespace AND relname <> 'alembic_version')
UNION ALL
SELECT attrelid::regclass || '.' || attname || ' ' || format_type(atttypid, atttypmod)
       || CASE WHEN attnotnull THEN ' NOT NULL' ELSE '' END
       || coalesce(' DEFAULT ' || pg_get_expr(adbin, adrelid), '')
FROM pg_attribute LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
WHERE attnum > 0 AND NOT attisdropped AND attrelid IN (
    SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
    AND relname <> 'alembic_version')
"""
