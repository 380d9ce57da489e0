"""The lint on pictures: findings beside those on prompts, crops to look at, nothing changed."""

import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from farm import config
from farm.errors import Refused
from farm.operations.lint import Linted, crops_of, of_list
from farm.operations.workspace import source_of
from tests.pictures import thing


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    thing((0.55, 0.3, 0.95, 0.7), (900, 600)).save(tmp_path / "edge.png")
    thing((0.3, 0.3, 0.7, 0.7), (900, 600)).save(tmp_path / "middle.png")
    (tmp_path / "torn.png").write_bytes((tmp_path / "edge.png").read_bytes()[:400])
    return tmp_path


def lint() -> list[Linted]:
    settings = config.load()
    return of_list(settings, Path("shots.json"), source_of(settings, None, None)).shots


def drawn(folder: str) -> list[Path]:
    return crops_of(lint(), Path(folder), config.load())


def listed(folder: Path, image: str, prompt: str, **columns: str) -> None:
    row = {"shot": "sh010", "image": image, "prompt": prompt, "profile": "wan2.2-i2v-a14b"}
    (folder / "shots.json").write_text(json.dumps([{**row, **columns}]))


def still() -> dict[str, Any]:
    [shot] = lint()
    return shot.as_json()["still"]


def test_the_still_is_told_with_its_subject_and_its_findings(folder: Path) -> None:
    listed(folder, "edge.png", "The can rolls to the right")
    told = still()
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
    [alternate] = still()["alternates"]
    assert alternate["image"].endswith("middle.png")
    assert "still.no_room" not in [each["code"] for each in alternate["findings"]]


def test_a_broken_picture_is_a_finding_and_no_end(folder: Path) -> None:
    listed(folder, "torn.png", "The can rolls, timeless charm")
    [shot] = lint()
    assert "error" in shot.severities
    assert "prompt.abstract" in [each.code for each in shot.report.findings]
    told = still()
    assert [(each["code"], each["severity"]) for each in told["findings"]] == [
        ("still.unreadable", "error")
    ]
    assert told["subject"] is None


def test_crops_are_drawn_beside_the_original_and_nothing_else_changes(folder: Path) -> None:
    listed(folder, "edge.png", "The can rolls to the right", aspect="1:1")
    before = {path: path.read_bytes() for path in folder.iterdir()}
    assert drawn("crops") == [Path("crops/sh010.crop.png")]
    assert {path: path.read_bytes() for path in before} == before
    with Image.open(folder / "crops" / "sh010.crop.png") as crop:
        assert crop.width > 720
    assert [path.name for path in (folder / "crops").iterdir()] == ["sh010.crop.png"]


def test_a_crop_never_takes_the_place_of_a_picture(folder: Path) -> None:
    (folder / "edge.png").rename(folder / "sh010.crop.png")
    listed(folder, "sh010.crop.png", "The can rolls to the right", aspect="1:1")
    before = (folder / "sh010.crop.png").read_bytes()
    with pytest.raises(Refused, match="name another folder"):
        drawn(".")
    assert (folder / "sh010.crop.png").read_bytes() == before
