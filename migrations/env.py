"""Runs the migrations: one transaction, one upgrader at a time, foreign keys off on SQLite.

Like the versions it imports nothing of the farm: what a migration once did it does for ever.
"""

import sqlalchemy as sa
from alembic import context
from sqlalchemy import event

UPGRADE_LOCK = 7_306_825
"""Any number that nothing else in the database locks."""
NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
"""How constraints are called in the database, by what they are called in a version."""


def _engine() -> sa.Engine:
    engine = sa.create_engine(context.config.attributes["url"], poolclass=sa.NullPool)
    if engine.dialect.name == "sqlite":

        @event.listens_for(engine, "connect")
        def _on_connect(connection, _record) -> None:  # type: ignore[no-untyped-def]
            connection.isolation_level = None
            connection.execute("PRAGMA busy_timeout=60000")
            connection.execute("PRAGMA journal_mode=WAL")
            # A table rebuilt in batch mode would cascade into its children otherwise.
            connection.execute("PRAGMA foreign_keys=OFF")

        @event.listens_for(engine, "begin")
        def _on_begin(connection: sa.Connection) -> None:
            connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def _run(connection: sa.Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=sa.MetaData(naming_convention=NAMES),
        render_as_batch=True,
        transactional_ddl=True,
    )
    with context.begin_transaction():
        # Inside Alembic's own transaction: taken before it, the upgrade would be rolled back unseen.
        if connection.dialect.name == "postgresql":
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(UPGRADE_LOCK)))
        context.run_migrations()
        if connection.dialect.name == "sqlite":
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
            if broken:
                raise RuntimeError(f"the migration would leave {len(broken)} rows without parent")


with _engine().connect() as open_connection:
    _run(open_connection)
