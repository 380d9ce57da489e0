"""The list of planted mutations keeps up with the code."""

from pathlib import Path

import pytest

from tests.mutations.planted import MUTATIONS, Mutation

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda each: each.what)
def test_every_mutation_can_be_planted_and_its_tests_exist(mutation: Mutation) -> None:
    before = (ROOT / mutation.file).read_text()

    after = mutation.planted(before)

    assert after != before
    if mutation.file.endswith(".py"):
        compile(after, mutation.file, "exec")
    assert all((ROOT / "tests" / test).is_file() for test in mutation.tests)


def test_every_mutation_stands_in_the_table_with_its_file() -> None:
    table = (ROOT / "docs/proofs/mutations.md").read_text()

    rows = [f"| {each.what} | `{each.file}` |" for each in MUTATIONS]
    assert [row for row in rows if row not in table] == []
