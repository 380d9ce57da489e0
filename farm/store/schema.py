"""Brings a database to the schema this code expects, with Alembic and without an `alembic.ini`."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from farm.errors import SchemaError
from farm.store import people_tables, tables

if TYPE_CHECKING:
    from alembic.config import Config

DECLARED = (tables, people_tables)
"""The modules that declare tables, all of one metadata."""


def migrations() -> Path:
    """The folder of migrations: inside an installed package, or beside it in a checkout."""
    package = Path(__file__).resolve().parents[1]
    installed = package / "_migrations"
    return installed if installed.is_dir() else package.parent / "migrations"


def current(engine: sa.Engine) -> str | None:
    """The revision a database is at; None where there are no tables of the farm yet."""
    # Read without Alembic, whose import alone takes longer than most commands.
    with engine.connect().execution_options(sqlite_begin="DEFERRED") as connection:
        if not sa.inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()


def is_known(revision: str | None) -> bool:
    """Whether this version of the farm has a migration of that name."""
    from alembic.script import ScriptDirectory

    known = {script.revision for script in ScriptDirectory(str(migrations())).walk_revisions()}
    return revision is None or revision in known


def upgrade(url: str, revision: str = "head") -> None:
    """Brings the database to `revision`; two at once do not collide. Not thread-safe (Alembic is not)."""
    from alembic import command

    command.upgrade(_config(url), revision)


def downgrade(url: str, revision: str) -> None:
    """Takes the database back to `revision`."""
    from alembic import command

    command.downgrade(_config(url), revision)


def differences(engine: sa.Engine) -> list[str]:
    """How a database differs from the tables in the code, one sentence each; empty when alike."""
    from alembic.autogenerate import compare_metadata
    from alembic.runtime.migration import MigrationContext

    with engine.connect().execution_options(sqlite_begin="DEFERRED") as connection:
        context: MigrationContext = MigrationContext.configure(
            connection, opts={"compare_server_default": False}
        )
        found = compare_metadata(context, tables.Table.metadata)
    return [_sentence(each) for difference in found for each in _single(difference)]


def _single(difference: Any) -> list[Any]:
    """Alembic gives what is to be changed of one column as a list, everything else by itself."""
    return difference if isinstance(difference, list) else [difference]


def _sentence(difference: Any) -> str:
    """What one step of Alembic's, which would make the database alike, says of it as it is."""
    step, *of = difference
    verb, _, what = step.partition("_")
    what = what.replace("_", " ")
    if verb == "modify":  # of: schema, table, column, …, as it is, as it should be
        return f"the {what} of column {of[1]}.{of[2]} is {of[-2]!r}, not {of[-1]!r}"
    item = of[-1]
    table = of[1] if what == "column" else getattr(getattr(item, "table", None), "name", None)
    own = item.name or ", ".join(getattr(item, "column_keys", ()))  # foreign keys may have no name
    name = f"{table}.{own}" if table else own
    return f"{what} {name} is {'missing' if verb == 'add' else 'not of the farm'}"


def _config(url: str) -> "Config":
    from alembic.config import Config

    folder = migrations()
    if not (folder / "env.py").is_file():
        raise SchemaError(f"{folder}: the migrations are missing; install shotfarm again")
    config = Config()
    config.set_main_option("script_location", str(folder))
    config.attributes["url"] = url
    return config
