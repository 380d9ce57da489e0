"""When the contract last held on real ComfyUI servers, and whether what it held of has changed since.

    python -m tests.comfyui.stamp [--commit HASH]

runs the contract suite on the one that `tests/comfyui/real.py` says, and where all of it passes writes that
into `stamp.json`: one run for each version, the last.
"""

import argparse
import hashlib
import json
import subprocess
import sys
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.comfyui import real

ROOT = Path(__file__).parents[2]
PLACE = Path(__file__).with_name("stamp.json")
SUITE = "tests/integration/pipeline/engines/contract"
PARTS: Mapping[str, Sequence[str]] = {
    "played server": (
        "tests/comfyui/fake.py",
        "tests/comfyui/drawing.py",
        "tests/comfyui/holding.py",
        "tests/comfyui/refusing.py",
    ),
    "contract": (
        f"{SUITE}/*.py",
        "tests/comfyui/real.py",
        "tests/comfyui/running.py",
        "tests/comfyui/takes.py",
        "tests/comfyui/tiny.py",
    ),
    "client": ("pipeline/engines/comfyui/*.py",),
}
"""What a run held of: files, by patterns below the root."""
HOW = "docs/how-to/comfyui.md says how to run it"


class StaleStamp(UserWarning):
    """The contract has not been held against a real server as it is now."""


@dataclass(frozen=True, slots=True)
class Run:
    """The whole suite passed on one server."""

    version: str
    """Of ComfyUI."""
    commit: str
    """Of its checkout; empty where that is not known."""
    date: str
    """In UTC, as ISO 8601 has it."""
    tests: int
    takes: bool
    """Whether the server made takes; else it was asked what needs no models."""
    hashes: Mapping[str, str]
    """Of the files of each part."""


def hashes(root: Path = ROOT) -> dict[str, str]:
    """Of the files of each part, and of their names."""
    found: dict[str, str] = {}
    for part, patterns in PARTS.items():
        told = hashlib.sha256()
        for place in sorted({each for pattern in patterns for each in root.glob(pattern)}):
            data = place.read_bytes()
            told.update(f"{place.relative_to(root).as_posix()} {len(data)}\n".encode() + data)
        found[part] = told.hexdigest()[:16]
    return found


def runs(place: Path = PLACE) -> list[Run]:
    """The last one of each version, the newest version first; none where the contract was never run."""
    if not place.exists():
        return []
    return [Run(**each) for each in json.loads(place.read_text())["runs"]]


def stale(found: Sequence[Run], now: Mapping[str, str]) -> list[str]:
    """A sentence where nothing was run, and one for each run that something has changed since."""
    if not found:
        return [f"The ComfyUI contract was never run on a real server; {HOW}."]
    sentences: list[str] = []
    for run in found:
        if changed := [part for part, value in now.items() if run.hashes.get(part) != value]:
            sentences.append(
                f"The ComfyUI contract last held on {run.version} on {run.date}; changed since: "
                f"{', '.join(changed)}; {HOW}."
            )
    return sentences


def warn(found: Sequence[Run], now: Mapping[str, str]) -> None:
    for sentence in stale(found, now):
        warnings.warn(sentence, StaleStamp, stacklevel=2)


def with_run(found: Sequence[Run], new: Run) -> list[Run]:
    """Those, and the new one in the place of the one of its version; the newest version first."""
    others = [run for run in found if run.version != new.version]
    return sorted([*others, new], key=lambda run: _number(run.version), reverse=True)


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdigit())


class _Counter:
    """Counts the tests that passed on the real server."""

    def __init__(self) -> None:
        self.passed = 0

    def pytest_runtest_logreport(self, report: Any) -> None:
        self.passed += report.when == "call" and report.passed


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--commit", help="of the checkout, where that is none of git's", default="")
    commit = parser.parse_args().commit
    if not real.asked():
        sys.exit("no server: set FARM_TEST_COMFYUI or FARM_TEST_COMFYUI_DIR")
    counter = _Counter()
    options = [str(ROOT / SUITE), "-k", "real", "-p", "no:randomly"]
    if pytest.main(options, plugins=[counter]) or not counter.passed:
        sys.exit("the contract does not hold: nothing is written")
    run = Run(
        version=_version(),
        commit=commit or _commit(),
        date=datetime.now(UTC).date().isoformat(),
        tests=counter.passed,
        takes=real.makes_takes(),
        hashes=hashes(),
    )
    told = {"runs": [asdict(each) for each in with_run(runs(), run)]}
    PLACE.write_text(json.dumps(told, indent=2) + "\n")
    sys.stdout.write(f"{PLACE.relative_to(ROOT)}: {run.tests} tests on ComfyUI {run.version}\n")


def _version() -> str:
    if real.CHECKOUT:
        return ".".join(str(part) for part in real.version_of(Path(real.CHECKOUT)))
    return real.told(real.ADDRESS)["comfyui_version"]


def _commit() -> str:
    """Of the checkout, where it is one of git's own."""
    if not real.CHECKOUT or not (Path(real.CHECKOUT) / ".git").exists():
        return ""
    command = ["git", "-C", real.CHECKOUT, "rev-parse", "HEAD"]
    return subprocess.run(command, capture_output=True, text=True).stdout.strip()


if __name__ == "__main__":
    main()
