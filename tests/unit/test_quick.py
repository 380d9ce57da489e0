"""`make quick` runs what is nearest to a change, and says where it does not know."""

import subprocess
from pathlib import Path

import pytest

from tests.quick import changes, nearest

CLAIMS = "from farm.store.queue import claims\n"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    files = {
        "farm/store/queue/claims.py": "",
        "farm/store/queue/deep/part.py": "",
        "tests/unit/farm/store/queue/test_claims.py": "",
        "tests/integration/farm/store/queue/test_settle.py": "",
        "tests/integration/farm/scheduler/test_loop.py": CLAIMS,
        "tests/unit/farm/test_config.py": "",
        "tests/unit/test_docs.py": "",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


@pytest.mark.parametrize(
    ("changed", "wanted"),
    [
        (
            "farm/store/queue/claims.py",
            {
                "tests/unit/farm/store/queue/test_claims.py",
                "tests/integration/farm/store/queue/test_settle.py",
                "tests/integration/farm/scheduler/test_loop.py",
            },
        ),
        (
            "farm/store/queue/deep/part.py",
            {
                "tests/unit/farm/store/queue/test_claims.py",
                "tests/integration/farm/store/queue/test_settle.py",
            },
        ),
        ("farm/config.py", {"tests/unit/farm/test_config.py"}),
        ("tests/unit/farm/test_config.py", {"tests/unit/farm/test_config.py"}),
        ("tests/unit/farm/test_removed.py", set()),
        ("docs/how-to/lint.md", {"tests/unit/test_docs.py"}),
        ("constraints.txt", set()),
    ],
)
def test_the_nearest_tests_answer(tree: Path, changed: str, wanted: set[str]) -> None:
    assert nearest(tree, changed) == wanted


def test_what_is_changed_new_or_removed_since_a_commit_is_found(tree: Path) -> None:
    def git(*words: str) -> None:
        who = ["-c", "user.name=anna", "-c", "user.email=anna@localhost"]
        subprocess.run(["git", "-C", tree, *who, *words], check=True, capture_output=True)

    git("init", "--quiet")
    git("add", "--all")
    git("commit", "--quiet", "--message", "before")
    (tree / "farm/store/queue/claims.py").write_text("CLAIMS = 1\n")
    (tree / "farm/new.py").write_text("")
    (tree / "tests/unit/farm/test_config.py").unlink()

    assert changes(tree, "HEAD") == [
        "farm/new.py",
        "farm/store/queue/claims.py",
        "tests/unit/farm/test_config.py",
    ]
