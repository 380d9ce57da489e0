"""The list of planted mutations keeps up with the code."""

import re
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


def test_the_test_that_the_table_names_for_a_mutation_is_among_those_that_are_run() -> None:
    table = (ROOT / "docs/proofs/mutations.md").read_text().splitlines()
    missing: list[str] = []
    for each in MUTATIONS:
        [row] = [line for line in table if line.startswith(f"| {each.what} | `{each.file}` |")]
        if not {*re.findall(r"test_\w+\.py", row)} & {Path(test).name for test in each.tests}:
            missing.append(row)
    assert missing == []
