"""Every example of Python does what it says on a fresh farm in an empty folder."""

import csv
import runpy
from pathlib import Path

import pytest

from pipeline.storage.names import previews_of

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


@pytest.fixture(autouse=True)
def _alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OMP_NUM_THREADS", "1")


def said_by(name: str, capsys: pytest.CaptureFixture[str]) -> list[str]:
    """The lines that an example prints."""
    runpy.run_path(str(EXAMPLES / name), run_name="__main__")
    return capsys.readouterr().out.splitlines()


def test_a_list_is_submitted_run_and_delivered(capsys: pytest.CaptureFixture[str]) -> None:
    first, *clips = said_by("submit_and_run.py", capsys)

    assert first == "2 takes made, 2 of them accepted"
    assert clips == ["delivery/sh010_t01.mp4", "delivery/sh020_t01.mp4"]
    assert all(Path(clip).stat().st_size for clip in clips)
    made = sorted(str(clip) for clip in Path("media/clips").rglob("*.mp4"))
    assert len(made) == 2
    beside = sorted(str(picture) for picture in Path("media/clips").rglob("*.webp"))
    assert beside == sorted(each for clip in made for each in previews_of(clip))


def test_a_shot_that_needs_a_person_is_made_again(capsys: pytest.CaptureFixture[str]) -> None:
    declined, first, second, states = said_by("watch_and_retake.py", capsys)

    assert declined.startswith("sh010: ")
    assert first.startswith("take 1: ")
    assert second.startswith("take 2: accepted, by hand: ")
    assert "ACCEPTED" in states


def test_a_listener_of_ones_own_hears_every_event(capsys: pytest.CaptureFixture[str]) -> None:
    heard = said_by("own_listener.py", capsys)

    assert "take_started sh010" in heard
    assert "take_succeeded sh010" in heard
    with Path("accepted.csv").open(newline="", encoding="utf-8") as file:
        [row] = csv.DictReader(file)
    assert (row["shot"], row["take"]) == ("sh010", "1")


def test_a_name_that_the_toy_cannot_keep_is_missed_and_a_person_asked(
    capsys: pytest.CaptureFixture[str],
) -> None:
    *missed, state = said_by("follow_a_label.py", capsys)

    assert any("label_" in each and "the must-keep word ‘NOVA’" in each for each in missed)
    assert state == "needs_review"


def test_every_example_is_tested() -> None:
    told = Path(__file__).read_text(encoding="utf-8")
    assert [each.name for each in EXAMPLES.glob("*.py") if f'"{each.name}"' not in told] == []
