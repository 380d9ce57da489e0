"""Two files write a take's status or a shot's review: the claim, and the place of all other moves."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import farm.store

STORE = Path(farm.store.__file__).parent
COLUMNS = {"status", "review", "review_before"}
IN_SQL = re.compile(r"\bSET\b.*?\b(status|review|review_before)\s*=", re.DOTALL)


def test_nobody_else_writes_a_status_or_a_review() -> None:
    written = {
        file.relative_to(STORE).as_posix(): columns
        for file in sorted(STORE.rglob("*.py"))
        if (columns := set(_written(ast.parse(file.read_text()))))
    }

    assert written == {"queue/claims.py": {"status"}, "queue/transitions.py": COLUMNS}


def _written(tree: ast.Module) -> Iterator[str]:
    """The columns that code gives values to, whichever way a statement could be given them."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(attr="values") | ast.Name(id="dict")):
                names = {each.arg for each in node.keywords if each.arg}
            case ast.Dict():
                names = {
                    key.attr if isinstance(key, ast.Attribute) else getattr(key, "value", None)
                    for key in node.keys
                }
            case ast.Subscript(slice=ast.Constant(value=str(name)), ctx=ast.Store()):
                names = {name}
            case ast.Constant(value=str(text)):
                names = set(IN_SQL.findall(text))
            case _:
                continue
        yield from COLUMNS.intersection(filter(None, names))
