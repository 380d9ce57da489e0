"""Runs the tests nearest to a change: `python -m tests.quick [--since REF] [options of pytest]`.

A changed file is answered by the tests in the folder that mirrors its own, or in the nearest one above it,
and by those that import it by name; a changed test by itself. What was chosen is printed. That is near, and
not all: what breaks at a distance, or only in tests that take minutes, `make test` alone sees.
"""

import argparse
import ast
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).resolve().parents[1]
KINDS = ("tests/unit", "tests/integration")
MIRRORED = ("farm", "pipeline", "deploy", "docs")
ALSO: Mapping[str, str] = {
    "migrations": "tests/integration/farm/store",
    ".github": "tests/unit/test_pythons.py",
    ".ci": "tests/unit/test_pythons.py",
}
"""What has no mirror, and the tests that answer for it."""
DOCUMENTS = "tests/unit/test_docs.py"
SLOW = ("tests/integration/farm/cluster", "tests/acceptance")
"""Whole clusters and whole farms: minutes, so they are only named."""

Chosen = dict[str, set[str]]
"""Test files, by the changed file that asks for them."""


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--since", metavar="REF", help="by itself where this branch left main")
    asked, options = parser.parse_known_args()
    changed = changes(ROOT, asked.since or _left_main())
    chosen = {file: nearest(ROOT, file) for file in changed}
    _tell(chosen)
    wanted = sorted({test for tests in chosen.values() for test in tests if not _is_slow(test)})
    if wanted:
        sys.exit(subprocess.call([sys.executable, "-m", "pytest", *options, *wanted], cwd=ROOT))


def changes(root: Path, since: str) -> list[str]:
    """Files that are not as they were at `since`, new ones among them; paths below `root`."""
    before = _git(root, "diff", "--name-only", "--no-renames", since)
    return sorted({*before, *_git(root, "ls-files", "--others", "--exclude-standard")})


def nearest(root: Path, changed: str) -> set[str]:
    """The test files nearest to one file; empty where only the whole suite would do."""
    path = PurePosixPath(changed)
    if path.name.startswith("test_") and path.suffix == ".py":
        return {changed} if (root / changed).exists() else set()
    found = _importing(root, path)
    if path.parts[0] in MIRRORED:
        found |= {test for kind in KINDS for test in _mirror(root, kind, path.parent)}
    if path.parts[0] in ALSO:
        found |= _below(root, ALSO[path.parts[0]])
    if path.name == "conftest.py" and len(path.parts) > 2:
        found |= _below(root, str(path.parent))
    if path.suffix == ".md":
        found |= _below(root, DOCUMENTS)
    return found


def _mirror(root: Path, kind: str, folder: PurePosixPath) -> set[str]:
    """The tests in the nearest folder of `kind` that mirrors `folder` or one above it."""
    for each in (folder, *folder.parents):
        if each.parts and (found := {*_tests(root, root / kind / each, "test_*.py")}):
            return found
    return set()


def _importing(root: Path, path: PurePosixPath) -> set[str]:
    """The tests that import a module by name."""
    if path.suffix != ".py":
        return set()
    parts = path.with_suffix("").parts
    module = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
    tests = (test for kind in KINDS for test in _below(root, kind))
    return {test for test in tests if module in _imports((root / test).read_text())}


def _imports(text: str) -> set[str]:
    """Every module that a text of Python imports, and every name that it takes from one."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            found |= {each.name for each in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{each.name}" for each in node.names)}
    return found


def _below(root: Path, place: str) -> set[str]:
    if place.endswith(".py"):
        return {place} if (root / place).exists() else set()
    return {*_tests(root, root / place, "**/test_*.py")}


def _tests(root: Path, folder: Path, pattern: str) -> Iterator[str]:
    return (each.relative_to(root).as_posix() for each in folder.glob(pattern))


def _is_slow(test: str) -> bool:
    return test.startswith(SLOW)


def _tell(chosen: Chosen) -> None:
    if not chosen:
        sys.stderr.write("Nothing has changed. `--since REF` goes back further.\n")
    files_of: dict[tuple[str, ...], list[str]] = {}
    for file, tests in chosen.items():
        files_of.setdefault(tuple(sorted(tests)), []).append(file)
    for tests, files in files_of.items():
        near = "\n  ".join(tests) or "nobody knows which tests are near: `make test`"
        sys.stderr.write(f"{', '.join(files)}\n  {near}\n")
    if slow := sorted({test for tests in chosen.values() for test in tests if _is_slow(test)}):
        sys.stderr.write(f"Left out, since they take minutes: {' '.join(slow)}\n")


def _left_main() -> str:
    """Where this branch left main: HEAD on main itself, or where there is none."""
    try:
        return _git(ROOT, "merge-base", "HEAD", "main")[0]
    except (subprocess.CalledProcessError, IndexError):
        return "HEAD"


def _git(root: Path, *words: str) -> list[str]:
    command = ["git", "-c", "core.quotePath=false", "-C", str(root), *words]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return done.stdout.splitlines()


if __name__ == "__main__":
    main()
