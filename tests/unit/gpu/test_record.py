"""A measurement keeps what it has, whatever becomes of it, and keeps within its time."""

import json
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.gpu.record import Found, LeftOut, Record, Stage, TimeIsUp, time_is_up_after

ROOT = Path(__file__).resolve().parents[3]


class Clock:
    """Stands for the time, which goes by when a stage says so."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def run(
    folder: Path, *stages: Stage, allowed: float = 100, clock: Clock | None = None, **more: Any
) -> tuple[Found, bool]:
    record = Record(folder, {"card": "a card"}, allowed, clock=clock or Clock(), **more)
    right = record.run(stages, lambda _line: None, lambda: None)
    found = json.loads(record.file.read_text())
    assert found == record.found
    return found, right


def finds(**values: Any) -> Callable[[Found], None]:
    return lambda found: found.update(values)


def test_what_each_stage_finds_is_written_down_with_what_is_known_before(tmp_path: Path) -> None:
    found, right = run(tmp_path, Stage("a", 1, finds(s=1.5)), Stage("b", 1, finds(gib=2)))
    assert right
    assert found["whole"] is True
    assert found["card"] == "a card"
    assert found["stages"] == {"a": {"s": 1.5, "seconds": 0.0}, "b": {"gib": 2, "seconds": 0.0}}


def test_a_stage_that_raises_keeps_what_it_had_and_the_next_ones_run(tmp_path: Path) -> None:
    def fails(found: Found) -> None:
        found["encode"] = 1.0
        raise RuntimeError("CUDA out of memory. Tried to allocate 17.60 GiB\nat line 7")

    found, right = run(tmp_path, Stage("a", 1, fails), Stage("b", 1, finds(s=1)))
    assert not right
    assert found["stages"]["a"]["encode"] == 1.0
    assert found["stages"]["a"]["error"] == (
        "RuntimeError: CUDA out of memory. Tried to allocate 17.60 GiB"
    )
    assert found["stages"]["b"]["s"] == 1


def test_an_error_that_wraps_another_says_what_that_one_says(tmp_path: Path) -> None:
    def fails(_found: Found) -> None:
        error: Any = RuntimeError("backend failed")
        error.inner_exception = FileNotFoundError("Failed to find C compiler")
        raise error

    found, _ = run(tmp_path, Stage("a", 1, fails))
    assert found["stages"]["a"]["error"] == "FileNotFoundError: Failed to find C compiler"


def test_nothing_to_measure_is_no_failure(tmp_path: Path) -> None:
    def leaves(_found: Found) -> None:
        raise LeftOut("the card does not multiply in float8")

    found, right = run(tmp_path, Stage("a", 1, leaves))
    assert right
    assert found["stages"]["a"]["left_out"] == "the card does not multiply in float8"


def test_stages_are_left_out_once_too_little_time_is_left(tmp_path: Path) -> None:
    clock = Clock()

    def takes(seconds: float) -> Callable[[Found], None]:
        def measure(found: Found) -> None:
            clock.now += seconds
            found["s"] = seconds

        return measure

    stages = [Stage("a", 50, takes(70)), Stage("b", 40, takes(40)), Stage("c", 30, takes(20))]
    found, right = run(tmp_path, *stages, clock=clock, allowed=100)
    assert right
    assert found["stages"]["b"] == {"left_out": "30 s were left, and it takes about 40"}
    assert found["stages"]["c"]["s"] == 20
    assert found["seconds"] == 90


def test_a_stage_that_does_not_end_is_ended_with_the_time_of_all(tmp_path: Path) -> None:
    def waits(found: Found) -> None:
        found["s"] = 1
        signal.pause()

    stages = [Stage("a", 0, waits), Stage("b", 1, finds(s=2))]
    clock = Clock()
    found, right = run(tmp_path, *stages, allowed=0.05, clock=clock, ending=time_is_up_after)
    assert not right
    assert found["stages"]["a"]["s"] == 1
    assert found["stages"]["a"]["error"] == "broken off after 0 s, all that was left"
    assert "left_out" in found["stages"]["b"]


def test_a_stage_that_does_not_end_leaves_time_for_those_after_it(tmp_path: Path) -> None:
    stages = [Stage("a", 0.02, lambda _: signal.pause()), Stage("b", 1, finds(s=2))]
    found, right = run(tmp_path, *stages, allowed=600, ending=time_is_up_after)
    assert not right
    assert found["stages"]["a"]["error"] == "broken off after 0 s, twice what it takes"
    assert found["stages"]["b"]["s"] == 2


def test_what_was_found_before_stays_until_it_is_measured_again(tmp_path: Path) -> None:
    before = {"a": {"s": 1}, "b": {"error": "no room"}, "c": {"s": 3}}
    found, right = run(tmp_path, Stage("b", 1, finds(s=2)), before=before)
    assert found["stages"] == {"a": {"s": 1}, "b": {"s": 2, "seconds": 0.0}, "c": {"s": 3}}
    assert right


def test_time_that_is_not_up_disturbs_nobody() -> None:
    before = signal.getsignal(signal.SIGALRM)
    with time_is_up_after(300):
        assert signal.getsignal(signal.SIGALRM) is not before
    assert signal.getsignal(signal.SIGALRM) is before
    with pytest.raises(TimeIsUp), time_is_up_after(0):
        signal.pause()


def test_every_stage_finds_the_file_whole_with_all_before_it(tmp_path: Path) -> None:
    seen: list[list[str]] = []

    def reads(found: Found) -> None:
        found["s"] = 1
        seen.append([*json.loads((tmp_path / "gpu.json").read_text())["stages"]])

    run(tmp_path, *(Stage(name, 1, reads) for name in "abc"))
    assert seen == [[], ["a"], ["a", "b"]]


def test_a_killed_measurement_keeps_what_it_had(tmp_path: Path) -> None:
    """By itself in a process, which a stage kills without a word."""
    program = f"""
import os, signal
from pathlib import Path
from tests.gpu.record import Record, Stage
record = Record(Path({str(tmp_path)!r}), {{}}, 100)
stages = [
    Stage("a", 1, lambda found: found.update(s=1)),
    Stage("b", 1, lambda found: os.kill(os.getpid(), signal.SIGKILL)),
]
record.run(stages, print, lambda: None)
"""
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True)
    assert done.returncode == -signal.SIGKILL
    found = json.loads((tmp_path / "gpu.json").read_text())
    assert found["stages"]["a"]["s"] == 1
    assert "b" not in found["stages"]
    assert found["whole"] is False
