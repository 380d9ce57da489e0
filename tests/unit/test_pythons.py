"""The Pythons that the project names: the same ones everywhere, and one is found to test on besides."""

import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def promised() -> tuple[int, int]:
    """The first and the last minor version of Python 3 that the project promises."""
    found = re.fullmatch(r">=3\.(\d+),<3\.(\d+)", PROJECT["requires-python"])
    assert found
    return int(found[1]), int(found[2]) - 1


def test_readme_makefile_and_workflow_name_the_pythons_that_the_package_takes() -> None:
    first, last = promised()
    for document in ("README.md", "docs/quickstart.md"):
        assert f"Python 3.{first} to 3.{last}" in (ROOT / document).read_text()
    assert f"(3, {first}) <= sys.version_info[:2] <= (3, {last})" in (ROOT / "Makefile").read_text()
    workflow = yaml.safe_load((ROOT / ".github/workflows/check.yml").read_text())
    matrix = workflow["jobs"]["test"]["strategy"]["matrix"]["python"]
    assert matrix == [f"3.{minor}" for minor in range(first, last + 1)]


@pytest.mark.parametrize("version", ["3.10.13", "3.15.0"])
def test_make_refuses_another_python_in_a_sentence(version: str, tmp_path: Path) -> None:
    python = tmp_path / "python3"
    numbers = tuple(map(int, version.split(".")))
    python.write_text(
        "#!/bin/sh\nexec python3 -c 'import sys\n"
        f'sys.version_info, sys.version = {numbers}, "{version} (main)"\n'
        'exec(sys.argv[1])\' "$2"\n'
    )
    python.chmod(0o755)
    there = tmp_path / "venv"
    answer = subprocess.run(
        ["make", f"PYTHON={python}", f"VENV={there}", f"{there}/.farm"],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    assert answer.returncode
    first, last = promised()
    assert f"shotfarm needs Python 3.{first} to 3.{last}, this is {version}" in answer.stderr
    assert not there.exists()


def test_the_newest_other_python_is_found_and_none_where_there_is_none(tmp_path: Path) -> None:
    nothing_else = tmp_path / "bin"
    nothing_else.mkdir()
    (nothing_else / "bash").symlink_to(shutil.which("bash") or "/bin/bash")

    def newest(than: str) -> str:
        return subprocess.run(
            [ROOT / ".ci" / "newest_python", than],
            env=os.environ | {"PYENV_ROOT": str(tmp_path), "PATH": str(nothing_else)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()

    for version, minor in (("3.12.1", 12), ("3.14.0", 13), ("3.13.5", 13)):
        python = tmp_path / "versions" / version / "bin" / "python3"
        python.parent.mkdir(parents=True)
        # Answers as a Python of that minor version does when it is asked whether it is the one.
        python.write_text(f"#!/bin/sh\ncase \"$2\" in *'(3, {minor})'*) exit 0;; esac; exit 1\n")
        python.chmod(0o755)
    _, last = promised()
    found = newest("3.11")
    assert found.endswith("3.13.5/bin/python3"), "3.14.0 says that it is another"
    assert newest(f"3.{last}") == ""
