"""`farm lint` on pictures: findings beside those on prompts, JSON, crops to look at, nothing changed."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from PIL import Image

from farm.cli import farm
from tests.pictures import thing


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    thing((0.55, 0.3, 0.95, 0.7), (900, 600)).save(tmp_path / "edge.png")
    thing((0.3, 0.3, 0.7, 0.7), (900, 600)).save(tmp_path / "middle.png")
    (tmp_path / "torn.png").write_bytes((tmp_path / "edge.png").read_bytes()[:400])
    return tmp_path


def lint(*arguments: str) -> Result:
    return CliRunner().invoke(farm, ["lint", "shots.json", *arguments], env={"COLUMNS": "100"})


def listed(folder: Path, image: str, prompt: str, **columns: str) -> None:
    row = {"shot": "sh010", "image": image, "prompt": prompt, "profile": "wan2.2-i2v-a14b"}
    (folder / "shots.json").write_text(json.dumps([{**row, **columns}]))


def still(folder: Path) -> dict[str, Any]:
    [shot] = json.loads(lint("--json").stdout)["shots"]
    return shot["still"]


def test_the_still_is_told_with_its_subject_and_its_findings(folder: Path) -> None:
    listed(folder, "edge.png", "The can rolls to the right")
    told = still(folder)
    assert list(told) == [
        "image", "findings", "size", "kept", "subject", "proposed_crop", "alternates",
    ]  # fmt: skip
    assert told["image"] == str((folder / "edge.png").resolve())
    assert told["size"] == [900, 600]
    assert told["subject"]["box"] == pytest.approx([495, 180, 855, 420], abs=15)
    assert "still.no_room" in [each["code"] for each in told["findings"]]
    assert list(told["findings"][0]) == ["code", "severity", "message"]


def test_alternates_are_told_too(folder: Path) -> None:
    listed(folder, "edge.png", "The can rolls to the right", alternates="middle.png")
    [alternate] = still(folder)["alternates"]
    assert alternate["image"].endswith("middle.png")
    assert "still.no_room" not in [each["code"] for each in alternate["findings"]]


def test_a_broken_picture_is_a_finding_and_no_end(folder: Path) -> None:
    listed(folder, "torn.png", "The can rolls, timeless charm")
    result = lint()
    assert result.exit_code == 1
    assert "still.unreadable" in result.stdout
    assert "prompt.abstract" in result.stdout
    told = still(folder)
    assert [each["severity"] for each in told["findings"]] == ["error"]
    assert told["subject"] is None


def test_warnings_on_a_still_let_the_list_pass_and_stand_under_its_prompt(folder: Path) -> None:
    listed(folder, "edge.png", "The can rolls to the right")
    result = lint()
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[:2] == ["sh010", "  The can rolls to the right"]
    assert any("In edge.png the subject is to move right" in line for line in lines[2:])
    assert lines[-1].startswith("1 prompt and 1 still: 0 errors, ")


def test_crops_are_drawn_beside_the_original_and_nothing_else_changes(folder: Path) -> None:
    listed(folder, "edge.png", "The can rolls to the right", aspect="1:1")
    before = {path: path.read_bytes() for path in folder.iterdir()}
    result = lint("--crops", "crops")
    assert "1 crops to look at are in crops." in result.stdout
    assert {path: path.read_bytes() for path in before} == before
    with Image.open(folder / "crops" / "sh010.crop.png") as drawn:
        assert drawn.width > 720
    assert [path.name for path in (folder / "crops").iterdir()] == ["sh010.crop.png"]


def test_a_crop_never_takes_the_place_of_a_picture(folder: Path) -> None:
    (folder / "edge.png").rename(folder / "sh010.crop.png")
    listed(folder, "sh010.crop.png", "The can rolls to the right", aspect="1:1")
    before = (folder / "sh010.crop.png").read_bytes()
    assert lint("--crops", ".").exit_code == 1
    assert (folder / "sh010.crop.png").read_bytes() == before


def test_crops_need_a_list(folder: Path) -> None:
    result = CliRunner().invoke(farm, ["lint", "--prompt", "a", "--crops", "crops"])
    assert result.exit_code == 2
