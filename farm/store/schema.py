"""Brings a database to the schema this code expects, with Alembic and without an `alembic.ini`."""

from pathlib import Path
from typing import TYPE_CHECKING

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
        return [str(difference) for difference in compare_metadata(context, tables.Table.metadata)]


def _config(url: str) -> "Config":
    from alembic.config import Config

    folder = migrations()
    if not (folder / "env.py").is_file():
        raise SchemaError(f"{folder}: the migrations are missing; install shotfarm again")
    config = Config()
    config.set_main_option("script_location", str(folder))
    config.attributes["url"] = url
    return config
