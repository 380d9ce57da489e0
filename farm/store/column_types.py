"""The types of columns, and the database's clock, alike on SQLite and PostgreSQL."""

import datetime as dt
import enum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement


class UtcDateTime(sa.types.TypeDecorator[dt.datetime]):
    """Aware UTC in, aware UTC out, on both databases; a naive time is refused."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(
        self, value: dt.datetime | None, dialect: sa.Dialect
    ) -> dt.datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive time cannot be stored; give it a time zone")
        utc = value.astimezone(dt.UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(
        self, value: dt.datetime | None, dialect: sa.Dialect
    ) -> dt.datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value.astimezone(dt.UTC)


class utcnow(FunctionElement[dt.datetime]):
    """The database's clock, never the caller's: `utcnow()`, or `utcnow(seconds)` from now."""

    type = UtcDateTime()
    inherit_cache = True


@compiles(utcnow, "postgresql")
def _now_on_postgresql(element: utcnow, compiler: Any, **kw: Any) -> str:
    # Not `clock_timestamp()`: that may change from row to row, and so no index serves a comparison.
    if len(element.clauses):
        seconds = compiler.process(element.clauses, **kw)
        return f"(statement_timestamp() + make_interval(secs => {seconds}))"
    return "statement_timestamp()"


@compiles(utcnow, "sqlite")
def _now_on_sqlite(element: utcnow, compiler: Any, **kw: Any) -> str:
    layout = "'%Y-%m-%d %H:%M:%f000', 'now'"  # what SQLAlchemy writes, so that text sorts as time
    if len(element.clauses):
        seconds = compiler.process(element.clauses, **kw)
        return f"strftime({layout}, ({seconds}) || ' seconds')"
    return f"strftime({layout})"


def one_of(values: type[enum.StrEnum], name: str) -> sa.Enum:
    """A VARCHAR with a named CHECK, alike on both databases; adding a value is a plain migration."""
    return sa.Enum(
        values,
        native_enum=False,
        create_constraint=True,
        length=24,
        name=name,
        values_callable=lambda members: [member.value for member in members],
    )


BIG_KEY = sa.BigInteger().with_variant(sa.Integer, "sqlite")
JSON = sa.JSON(none_as_null=True)
