"""`farm lint` on pictures: what people read of them, crops on demand, an honest exit status."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from PIL import Image

from farm.cli import farm
from tests.pictures import thing


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    thing((0.55, 0.3, 0.95, 0.7), (900, 600)).save(tmp_path / "edge.png")
    (tmp_path / "torn.png").write_bytes((tmp_path / "edge.png").read_bytes()[:400])
    return tmp_path


def lint(*arguments: str) -> Result:
    return CliRunner().invoke(farm, ["lint", "shots.json", *arguments], env={"COLUMNS": "100"})


def listed(folder: Path, image: str, prompt: str, **columns: str) -> None:
    row = {"shot": "sh010", "image": image, "prompt": prompt, "profile": "wan2.2-i2v-a14b"}
    (folder / "shots.json").write_text(json.dumps([{**row, **columns}]))


def test_a_broken_picture_is_told_beside_its_prompt(folder: Path) -> None:
    listed(folder, "torn.png", "The can rolls, timeless charm")
    result = lint()
    assert result.exit_code == 1
    assert "still.unreadable" in result.stdout
    assert "prompt.abstract" in result.stdout


def test_warnings_on_a_still_let_the_list_pass_and_stand_under_its_prompt(folder: Path) -> None:
    listed(folder, "edge.png", "The can rolls to the right")
    result = lint()
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[:2] == ["sh010", "  The can rolls to the right"]
    assert any("In edge.png the subject is to move right" in line for line in lines[2:])
    assert lines[-1].startswith("1 prompt and 1 still: 0 errors, ")


def test_json_has_the_still_beside_the_prompt(folder: Path) -> None:
    listed(folder, "edge.png", "The can rolls to the right")
    [shot] = json.loads(lint("--json").stdout)["shots"]
    assert shot["still"]["image"] == str((folder / "edge.png").resolve())
    assert shot["still"]["alternates"] == []


def test_crops_are_drawn_where_they_are_wanted(folder: Path) -> None:
    listed(folder, "edge.png", "The can rolls to the right", aspect="1:1")
    result = lint("--crops", "crops")
    assert "1 crops to look at are in crops." in result.stdout
    with Image.open(folder / "crops" / "sh010.crop.png") as drawn:
        assert drawn.width > 720


def test_crops_need_a_list(folder: Path) -> None:
    result = CliRunner().invoke(farm, ["lint", "--prompt", "a", "--crops", "crops"])
    assert result.exit_code == 2


def test_a_prompt_for_a_clip_that_nobody_makes_is_refused_with_the_longest() -> None:
    result = CliRunner().invoke(
        farm, ["lint", "--prompt", "The red circle rises", "--seconds", "99"]
    )
    assert result.exit_code == 1
    assert "99 s is longer than toy makes: at most 4.12 s" in str(result.exception or result.output)
