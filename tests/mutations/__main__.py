"""Breaks the farm's promises on purpose, one at a time, and tells which test notices.

    python -m tests.mutations [--only WORD]

Each mutation is planted in a copy of the project; the tests that ought to notice run there. Prints the
table of `docs/proofs/mutations.md`, and exits with 1 if anything went unnoticed.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.mutations.planted import MUTATIONS, Mutation

ROOT = Path(__file__).resolve().parents[2]
PARTS = (
    "farm",
    "pipeline",
    "migrations",
    "tests",
    "pyproject.toml",
    "constraints.txt",
    "README.md",
)
OPTIONS = ("-x", "-q", "-p", "no:cacheprovider", "-p", "no:randomly")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--only", default="", help="mutations whose words contain this")
    chosen = [each for each in MUTATIONS if parser.parse_args().only in each.what]
    _say("| what was broken | where | caught by |\n|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        for part in PARTS:
            place = ROOT / part
            (shutil.copytree if place.is_dir() else shutil.copy)(place, copy / part)
        unnoticed = [each for each in chosen if not _try(each, copy)]
    _say(f"\n{len(chosen)} mutations, {len(unnoticed)} unnoticed")
    sys.exit(bool(unnoticed))


def _try(mutation: Mutation, copy: Path) -> bool:
    """Whether a test noticed; prints the mutation's row of the table."""
    file = copy / mutation.file
    whole = file.read_text()
    file.write_text(mutation.planted(whole))
    caught = [name for test in mutation.tests if (name := _first_failure(copy, test))]
    file.write_text(whole)
    shown = ", ".join(f"`{name}`" for name in caught) or "**nothing**"
    _say(f"| {mutation.what} | `{mutation.file}` | {shown} |")
    return bool(caught)


def _first_failure(copy: Path, test: str) -> str | None:
    """The test of file `test` that fails first in the copy, as `file::name`; None where all pass."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", f"tests/{test}", *OPTIONS],
        cwd=copy,
        env=os.environ | {"PYTHONPATH": str(copy), "FARM_TEST_SHRINK": "0"},
        capture_output=True,
        text=True,
    )
    if done.returncode == 0:
        return None
    failed = re.search(r"^(?:FAILED|ERROR) (?:\S*/)?(\S+?\.py)(?:::([^\s\[]+))?", done.stdout, re.M)
    if failed is None:
        raise RuntimeError(f"{test} could not run:\n{done.stdout}\n{done.stderr}")
    if failed[1] == "test_state_machine.py" or not failed[2]:
        return failed[1]
    return f"{failed[1]}::{failed[2]}"


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


main()
