"""Prepared once, an engine reads what it would have made itself, and a file that changed is found."""

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.engines import loading, wan, wan_prepared
from pipeline.engines.wan_experts import PREPARED, ExpertSource
from pipeline.engines.wan_needs import stored
from pipeline.errors import RenderFault
from pipeline.models import weights
from pipeline.profiles.profile import Profile
from pipeline.profiles.sections import QuantisationSection, SpeedSection
from pipeline.storage.checksums import sha256_at
from tests.integration.pipeline.engines.test_wan import TOY, frames_of
from tests.integration.pipeline.engines.test_wan_experts import COMFY, a_lora


def quiet(*_: object) -> None:
    """Nobody wants to know how far it is."""


def with_lora(root: Path) -> Profile:
    """The toy with experts in 8 bits, and a change of one of them."""
    file = a_lora(root, COMFY)
    lora = {"expert": "high", "weights": ".", "file": file.name}
    model = {**TOY.model.model_dump(), "loras": [lora]}
    return Profile.model_validate(
        {
            **TOY.model_dump(),
            "model": model,
            "speed": {"quantisation": {"high": "int8", "low": "int8"}},
        }
    )


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("weights")


@pytest.fixture(scope="module")
def wanted(root: Path) -> Profile:
    return with_lora(root)


@pytest.fixture(scope="module")
def unprepared(root: Path, wanted: Profile) -> NDArray[np.uint8]:
    return frames_of(loading_of(wanted, root))


@pytest.fixture(scope="module")
def place(root: Path, wanted: Profile, unprepared: NDArray[np.uint8]) -> Path:
    return loading.prepare(wanted, root, quiet).place


def loading_of(wanted: Profile, root: Path) -> wan.WanEngine:
    engine = loading.load(wanted, root, "cpu")
    assert isinstance(engine, wan.WanEngine)
    return engine


def test_a_prepared_checkpoint_makes_the_same_clip_bit_by_bit(
    root: Path, wanted: Profile, place: Path, unprepared: NDArray[np.uint8]
) -> None:
    assert np.array_equal(frames_of(loading_of(wanted, root)), unprepared)


def test_it_needs_neither_the_published_one_nor_the_loras(
    tmp_path: Path,
    wanted: Profile,
    place: Path,
    unprepared: NDArray[np.uint8],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shutil.copytree(place.parent, tmp_path / "prepared")
    monkeypatch.setattr(weights, "folder", lambda *_: pytest.fail("the published one"))
    monkeypatch.setattr(weights, "file", lambda *_: pytest.fail("a LoRA"))
    assert np.array_equal(frames_of(loading_of(wanted, tmp_path)), unprepared)


def test_it_is_found_by_what_it_holds_and_not_by_the_name_of_a_profile(
    root: Path, wanted: Profile, place: Path
) -> None:
    found = wan_prepared.found
    assert found(wanted.model_copy(update={"name": "another"}), root) == place
    assert found(TOY, root) is None
    speed = SpeedSection(quantisation=QuantisationSection(high="int8"))
    assert found(wanted.model_copy(update={"speed": speed}), root) is None
    assert found(wanted, None) is None


def test_what_is_there_is_not_made_again(root: Path, wanted: Profile, place: Path) -> None:
    again = loading.prepare(wanted, root, quiet)
    assert (again.place, again.source) == (place, None)


def test_it_takes_about_as_many_bytes_as_were_foretold(wanted: Profile, place: Path) -> None:
    published = weights.folder("builtin:toy-i2v", None)
    made = sum(file.stat().st_size for file in place.glob("*/*.safetensors"))
    assert made == pytest.approx(stored(wanted, published), rel=0.05)


def test_whole_files_have_no_problems_and_are_told_one_by_one(
    root: Path, wanted: Profile, place: Path
) -> None:
    told: list[tuple[int, int]] = []
    found, problems = loading.verify(
        wanted, root, lambda _, done, whole: told.append((done, whole))
    )
    assert (found, problems) == (place, [])
    assert told == sorted(told)
    assert told[-1][0] == told[-1][1] > 0


def flip_a_bit(file: Path) -> None:
    data = bytearray(file.read_bytes())
    data[-1] ^= 1
    file.write_bytes(data)


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (flip_a_bit, "has other bytes than were written"),
        (lambda file: file.write_bytes(file.read_bytes()[:-1]), "bytes, not"),
        (Path.unlink, "is not there"),
    ],
)
def test_a_file_that_is_not_as_it_was_written_is_named(
    tmp_path: Path, wanted: Profile, place: Path, damage: Any, told: str
) -> None:
    shutil.copytree(place.parent, tmp_path / "prepared")
    damage(tmp_path / "prepared" / place.name / "vae" / "diffusion_pytorch_model.safetensors")
    _, problems = loading.verify(wanted, tmp_path, quiet)
    assert len(problems) == 1
    assert "vae/diffusion_pytorch_model.safetensors" in problems[0]
    assert told in problems[0]


class Broken(Exception):
    """Somebody pressed Ctrl-C."""


def test_what_was_broken_off_goes_on_where_it_was(
    tmp_path: Path, wanted: Profile, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After each file in turn: what was written before stays, and the end is the same bit by bit."""
    shutil.copy(*(root / "change.safetensors" for root in (place.parent.parent, tmp_path)))
    monkeypatch.setattr(wan_prepared, "FILE_BYTES", 150_000)
    read = noted_reads(monkeypatch)
    seen: list[str] = []

    def stop_at_each(file: str, _done: int, _whole: int) -> None:
        if file not in seen:
            seen.append(file)
            raise Broken

    made = None
    while made is None:
        try:
            made = loading.prepare(wanted, tmp_path, stop_at_each).place
        except Broken:
            assert wan_prepared.found(wanted, tmp_path) is None
    assert len(seen) > 6
    # What is in a file that is there is not read again, but for the weight that did not fit into it.
    assert len(read) <= len(set(read)) + len(seen)
    assert sums(made) == sums_in_one_go(tmp_path / "again", wanted)


def noted_reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    read, made_of = list[str](), ExpertSource._made_of

    def noted(source: ExpertSource, name: str, weight: Any) -> Any:
        for each in made_of(source, name, weight):
            if each[0] == name:
                read.append(f"{source.part} {name}")
            yield each

    monkeypatch.setattr(ExpertSource, "_made_of", noted)
    return read


def sums_in_one_go(root: Path, wanted: Profile) -> dict[str, str]:
    root.mkdir()
    shutil.copy(root.parent / "change.safetensors", root)
    return sums(loading.prepare(wanted, root, quiet).place)


def sums(place: Path) -> dict[str, str]:
    files = json.loads((place / PREPARED).read_text())["files"]
    return {name: each["sha256"] for name, each in files.items()}


def test_another_lora_of_the_same_name_begins_anew(
    tmp_path: Path, wanted: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    import torch

    bias = "diffusion_model.blocks.1.self_attn.q.diff_b"
    a_lora(tmp_path, COMFY)

    def stop(*_: object) -> None:
        raise Broken

    with pytest.raises(Broken):
        loading.prepare(wanted, tmp_path, stop)
    a_lora(tmp_path, COMFY, **{bias: torch.ones(128)})
    made = loading.prepare(wanted, tmp_path, quiet).place
    from safetensors.torch import load_file

    held = load_file(made / "transformer" / "diffusion_pytorch_model-00001.safetensors")
    published = weights.folder("builtin:toy-i2v", None) / "transformer"
    plain = load_file(published / "diffusion_pytorch_model.safetensors")
    name = "blocks.1.attn1.to_q.bias"
    torch.testing.assert_close(held[name], plain[name].float() + 1)


def test_a_disk_that_is_too_small_is_told_before_anything_is_written(
    tmp_path: Path, wanted: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_lora(tmp_path, COMFY)
    small = shutil.disk_usage(tmp_path)._replace(free=10**6)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: small)
    with pytest.raises(RenderFault, match=r"needs 3\.\d GB more|needs 0\.0 GB more"):
        loading.prepare(wanted, tmp_path, quiet)
    assert not [*tmp_path.rglob("model_index.json")]


def test_preparing_pays_where_much_is_read_for_little(
    tmp_path: Path,
    wanted: Profile,
    root: Path,
    place: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    published = weights.folder("builtin:toy-i2v", None)
    size = sum(file.stat().st_size for file in published.glob("*/*.safetensors"))
    least = size / stored(wanted, published)
    for worth, pays in ((0.99 * least, True), (1.01 * least, False)):
        monkeypatch.setattr(loading, "WORTH_PREPARING", worth)
        assert loading.pays_to_prepare(wanted, tmp_path) is pays
        assert not loading.pays_to_prepare(wanted, root)


def test_what_a_hub_fetched_is_held_against_the_names_of_its_files(tmp_path: Path) -> None:
    """Its client keeps each file under its checksum, and links to it."""
    published = weights.folder("builtin:toy-i2v", None)
    blobs, place = tmp_path / "blobs", tmp_path / "snapshots" / "f00d"
    shutil.copytree(published, place)
    blobs.mkdir()
    for file in place.glob("*/*.safetensors"):
        blob = blobs / sha256_at(file)
        file.rename(blob)
        file.symlink_to(blob)
    there = TOY.model_copy(update={"model": TOY.model.model_copy(update={"weights": str(place)})})
    read: list[str] = []
    assert loading.verify(there, None, lambda file, *_: read.append(file)) == (place, [])
    assert len(read) == len([*blobs.iterdir()]) == 4

    flip_a_bit((place / "vae" / "diffusion_pytorch_model.safetensors").resolve())
    _, problems = loading.verify(there, None, quiet)
    assert len(problems) == 1
    assert "vae/diffusion_pytorch_model.safetensors has other bytes than the hub" in problems[0]


def test_a_folder_that_lost_a_file_counts_as_none_and_is_mended(
    tmp_path: Path, wanted: Profile, place: Path
) -> None:
    """As one that is still being copied; nothing that is there is made again."""
    shutil.copytree(place.parent, tmp_path / "prepared")
    shutil.copy(place.parent.parent / "change.safetensors", tmp_path)
    copy = tmp_path / "prepared" / place.name
    (lost,) = copy.glob("transformer_2/*.safetensors")
    lost.unlink()
    kept = {file: file.stat().st_mtime_ns for file in copy.glob("transformer/*.safetensors")}
    assert wan_prepared.found(wanted, tmp_path) is None
    assert loading.prepare(wanted, tmp_path, quiet).place == copy
    assert sums(copy) == sums(place)
    assert {file: file.stat().st_mtime_ns for file in kept} == kept


def test_a_finished_folder_is_made_again_of_another_lora(tmp_path: Path, wanted: Profile) -> None:
    import torch

    a_lora(tmp_path, COMFY)
    before = sums(loading.prepare(wanted, tmp_path, quiet).place)
    assert loading.prepare(wanted, tmp_path, quiet).source is None
    bias = "diffusion_model.blocks.1.self_attn.q.diff_b"
    a_lora(tmp_path, COMFY, **{bias: torch.ones(128)})
    again = loading.prepare(wanted, tmp_path, quiet)
    assert again.source is not None
    assert sums(again.place) != before


def test_files_that_nobody_recorded_are_no_part_of_it(tmp_path: Path, wanted: Profile) -> None:
    """A part of another making would be read with the others."""
    a_lora(tmp_path, COMFY)
    stray = wan_prepared.place_of(wanted, tmp_path) / "transformer"
    stray.mkdir(parents=True)
    published = weights.folder("builtin:toy-i2v", None) / "transformer"
    shutil.copy(
        published / "diffusion_pytorch_model.safetensors",
        stray / "diffusion_pytorch_model-00009.safetensors",
    )
    made = loading.prepare(wanted, tmp_path, quiet).place
    assert [file.name for file in made.glob("transformer/*.safetensors")] == [
        "diffusion_pytorch_model-00001.safetensors"
    ]


def test_a_disk_that_fails_on_the_way_is_a_sentence(
    tmp_path: Path, wanted: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    a_lora(tmp_path, COMFY)
    monkeypatch.setattr(shutil, "copyfile", full)
    with pytest.raises(
        RenderFault, match=r"cannot be written .*No space left.*the same command goes on"
    ):
        loading.prepare(wanted, tmp_path, quiet)
    monkeypatch.undo()
    assert loading.prepare(wanted, tmp_path, quiet).source is not None


def test_loras_that_are_not_here_are_not_fetched_to_verify(tmp_path: Path, wanted: Profile) -> None:
    assert loading.missing_loras(wanted, tmp_path) == ["./change.safetensors"]
    with pytest.raises(RenderFault, match=r"change\.safetensors is not on this machine"):
        loading.verify(wanted, tmp_path, quiet)
