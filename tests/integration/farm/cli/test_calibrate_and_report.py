"""`farm calibrate` and `farm report`: what they print, write and refuse."""

import json
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from farm.cli import farm
from farm.store import open_store
from pipeline.scoring import calibration_file
from pipeline.storage.folder import MediaFolder
from tests.integration.farm.operations.conftest import judged as judge

SCORER = "toy-clip"
"""The scorer of `a_result`."""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(farm, arguments, env={"COLUMNS": "100"})


def judged(good: int, bad: int, unseen: int = 0) -> None:
    """The production `ads` in this folder's database, with so many approvals and rejections."""
    with closing(open_store("sqlite:///farm.db")) as store:
        judge(store, good=good, bad=bad, unseen=unseen)


def test_calibrate_writes_the_lines_that_the_gate_reads(folder: Path) -> None:
    judged(good=40, bad=15)

    answer = run("calibrate")

    assert answer.exit_code == 0, answer.stderr
    kept = calibration_file.read(MediaFolder(folder / "media"), "toy", SCORER)
    assert kept is not None
    assert f"toy by {SCORER}, from 40 approvals and 15 rejections (platt)" in answer.stdout
    assert f"accepted      from {kept.zones.accept:.3f}" in answer.stdout
    assert "AUROC 1.000 (1.000 … 1.000); 55 labels of 55 shots" in answer.stdout


def test_a_dry_run_tells_the_same_and_writes_nothing(folder: Path) -> None:
    judged(good=40, bad=15)

    dry = json.loads(run("calibrate", "--dry-run", "--json").stdout)
    assert not (folder / "media" / "calibration").exists()
    wet = json.loads(run("calibrate", "--json").stdout)

    assert (dry["dry_run"], wet["dry_run"]) == (True, False)
    assert dry["calibrations"][0]["file"] is None
    assert Path(wet["calibrations"][0]["file"]).is_file()
    assert dry["calibrations"][0]["calibration"] == wet["calibrations"][0]["calibration"]


def test_a_limit_of_ones_own_moves_the_line(folder: Path) -> None:
    judged(good=60, bad=15)

    def accepted_from(*options: str) -> float:
        told = json.loads(run("calibrate", "--json", "--dry-run", *options).stdout)
        return told["calibrations"][0]["calibration"]["zones"]["accept"]

    assert accepted_from("--limit", "0.2") < accepted_from() <= accepted_from("--limit", "0.05")


def test_too_few_labels_change_nothing_and_say_how_many_it_takes(folder: Path) -> None:
    judged(good=12, bad=3)

    answer = run("calibrate")

    assert answer.exit_code == 1
    assert answer.stderr == (
        f"farm: toy by {SCORER}: there are 12 approvals and 3 rejections; it takes at least 29 "
        "approvals (fewer cannot show that at most 10% are bad) and 10 rejections; nothing is "
        "changed\n"
    )
    assert not (folder / "media" / "calibration").exists()


def test_without_a_label_calibrate_names_the_commands_that_make_some(folder: Path) -> None:
    judged(good=0, bad=0, unseen=40)

    answer = run("calibrate", "--profile", "toy")

    assert answer.exit_code == 1
    assert "nobody has judged a take of profile toy yet: `farm approve`" in str(answer.exception)


@pytest.mark.parametrize("limit", ["0", "1", "-1", "ten"])
def test_a_limit_that_is_no_share_is_wrong_usage(folder: Path, limit: str) -> None:
    assert run("calibrate", "--limit", limit).exit_code == 2


def test_prompts_cannot_be_swapped_before_any_shot_is_there(folder: Path) -> None:
    assert run("db", "upgrade").exit_code == 0
    answer = run("calibrate", "--from-swapped")

    assert answer.exit_code == 1
    assert str(answer.exception) == (
        "there is no shot of profile toy to swap prompts on: `farm submit` some and `farm run` first"
    )


# report


def test_a_report_tells_figures_and_the_labels_they_rest_on(folder: Path) -> None:
    judged(good=8, bad=4, unseen=3)

    told = json.loads(run("report", "ads", "--json").stdout)

    assert (told["report"]["shots"], told["report"]["renders"]) == (15, 15)
    assert told["report"]["states"]["approved"] == 8
    [trust] = told["trust"]
    assert list(trust) == ["profile", "scorer", "labels", "approved", "here", "accuracy"]
    assert list(trust["accuracy"]["brier"]) == ["value", "low", "high"]


def test_a_report_for_people_is_a_page_too(folder: Path) -> None:
    judged(good=8, bad=4, unseen=3)

    answer = run("report", "ads", "--html", "ads.html")

    page = (folder / "ads.html").read_text()
    assert answer.exit_code == 0
    for words in (
        "15 shots submitted: 3 accepted, 8 approved, 4 rejected",
        "15 takes ordered; shots by number of takes: 15 of 1",
        "15 renders, 1.36 for each accepted or approved shot",
        f"toy by {SCORER}: 12 labels (8 approvals, 4 rejections), 12 of them of this production",
        "AUROC",
    ):
        assert words in answer.stdout
        assert words in page


def test_a_report_without_labels_says_so(folder: Path) -> None:
    judged(good=0, bad=0, unseen=3)

    answer = run("report", "ads")

    assert "no labels yet: nobody has approved or rejected a take" in answer.stdout
    assert "AUROC" not in answer.stdout


def test_labels_of_one_kind_are_counted_and_give_no_figures(folder: Path) -> None:
    judged(good=5, bad=0)

    answer = run("report", "ads")

    assert "5 labels (5 approvals, 0 rejections)" in answer.stdout
    assert "too few for figures" in answer.stdout
    assert json.loads(run("report", "ads", "--json").stdout)["trust"][0]["accuracy"] is None


def test_a_page_that_cannot_be_written_is_refused_with_its_name(folder: Path) -> None:
    judged(good=0, bad=0, unseen=1)

    answer = run("report", "ads", "--html", "nowhere/ads.html")

    assert answer.exit_code == 1
    assert str(answer.exception).startswith("nowhere/ads.html: the page cannot be written")
