"""`farm weights`: what a profile runs is written once, told as it goes, and held against its checksums."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from farm.cli import farm
from pipeline.profiles import profile

TOY = (Path(profile.__file__).parent / "toy.toml").read_text(encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "profiles").mkdir()
    in_8_bits = TOY.replace('name = "toy"', 'name = "toy-int8"').replace(
        "[match]", '[speed.quantisation]\nhigh = "int8"\nlow = "int8"\n\n[match]', 1
    )
    (tmp_path / "profiles" / "toy-int8.toml").write_text(in_8_bits, encoding="utf-8")
    (tmp_path / "farm.toml").write_text('profiles = "profiles"\nweights = "weights"\n')
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(farm, ["weights", *arguments])


def told(*arguments: str) -> Any:
    return json.loads(run(*arguments, "--json").stdout)


def test_weights_are_prepared_found_and_verified(folder: Path) -> None:
    made = run("prepare", "toy-int8")
    assert made.exit_code == 0, made.output
    assert "need no other of toy-int8's model" in made.stdout
    assert "transformer_2/diffusion_pytorch_model-00001.safetensors: " in made.stderr

    again = told("prepare", "toy-int8")
    assert again["source"] is None
    assert Path(again["place"]).parent == Path("weights/prepared")
    assert again["bytes"] == sum(
        file.stat().st_size for file in Path(again["place"]).rglob("*") if file.is_file()
    )

    whole = told("verify", "toy-int8")
    assert (whole["ok"], whole["problems"], whole["place"]) == (True, [], again["place"])

    (vae,) = Path(again["place"]).glob("vae/*.safetensors")
    data = bytearray(vae.read_bytes())
    data[-1] ^= 1
    vae.write_bytes(data)
    broken = run("verify", "toy-int8")
    assert broken.exit_code == 1
    assert f"farm: {vae} has other bytes than were written" in broken.stderr
    assert not told("verify", "toy-int8")["ok"]


def test_published_weights_are_read_as_far_as_checksums_are_known(folder: Path) -> None:
    found = run("verify", "toy")
    assert found.exit_code == 0
    assert "is whole: no checksums are known of it" in found.stdout


def test_without_a_folder_of_weights_there_is_nowhere_to_prepare_them(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "farm.toml").write_text('profiles = "profiles"\n')
    refused = run("prepare", "toy-int8")
    assert refused.exit_code == 1
    assert "set FARM_WEIGHTS, or `weights` in farm.toml" in str(refused.exception)


def test_weights_that_are_not_here_are_not_fetched_to_be_verified(folder: Path) -> None:
    refused = run("verify", "wan2.2-i2v-a14b")
    assert refused.exit_code == 1
    assert "is not on this machine: set FARM_WEIGHTS" in str(refused.exception)
