"""Rows of a statement's own as a table in it, so that thousands of them are one statement."""

import json
from collections.abc import Iterable, Sequence

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB


def given_rows(
    connection: sa.Connection, columns: Sequence[str], rows: Iterable[Sequence[int]]
) -> sa.FromClause:
    """A table `given` of whole numbers, with these columns.

    It is one bound value whatever the number of rows, so that the statement is put together once, and
    neither database's limit of bound values is met.
    """
    text = sa.bindparam("given_rows", json.dumps([[*row] for row in rows]), sa.Text)
    if connection.dialect.name == "postgresql":
        each = sa.func.jsonb_array_elements(sa.cast(text, JSONB))
        values = each.table_valued("value", name="rows")
        found = [
            sa.cast(values.c.value.op("->>")(number), sa.BigInteger).label(name)
            for number, name in enumerate(columns)
        ]
    else:
        values = sa.func.json_each(text).table_valued("value", name="rows")
        found = [
            sa.func.json_extract(values.c.value, f"$[{number}]", type_=sa.Integer).label(name)
            for number, name in enumerate(columns)
        ]
    return sa.select(*found).subquery("given")
