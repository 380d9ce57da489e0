"""What a migration did once it does for ever: none imports code that goes on living."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

FILES = sorted((Path(__file__).resolve().parents[2] / "migrations").rglob("*.py"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_migration_imports_sqlalchemy_and_alembic_alone(file: Path) -> None:
    living = {
        name for name in _imported(file) if name.split(".")[0] in ("farm", "pipeline", "tests")
    }

    assert living == set()


def test_there_are_migrations_to_look_at() -> None:
    assert {"env", "0001_shots_takes_attempts"} <= {file.stem for file in FILES}


def _imported(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""
