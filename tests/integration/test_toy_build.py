"""The tiny models: made once, whole, alike everywhere, and of the real classes."""

import json
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pipeline.toy import build


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """Both models, made by the program in a process of its own."""
    root = tmp_path_factory.mktemp("toy")
    program = [sys.executable, "-m", "pipeline.toy.build", str(root)]
    done = subprocess.run(program, capture_output=True, text=True, check=True)
    return root, done.stdout


def files(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_the_program_says_where_each_model_lies(made: tuple[Path, str]) -> None:
    root, said = made
    assert [line.split(": ")[0] for line in said.splitlines()] == build.model_names()
    for name in build.model_names():
        assert f"{name}: {build.place(name, root)}" in said


def test_another_process_makes_the_same_bytes(made: tuple[Path, str], tmp_path: Path) -> None:
    root, _ = made
    for name in build.model_names():
        assert files(build.ensure(name, tmp_path)) == files(build.place(name, root))


def test_workers_that_start_at_once_share_one_folder(tmp_path: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        folders = set(pool.map(lambda _: build.ensure("toy-clip", tmp_path), range(4)))
    assert folders == {build.place("toy-clip", tmp_path)}
    assert [path for path in tmp_path.iterdir() if path.is_dir()] == list(folders)


def test_a_model_that_is_there_is_not_made_again(made: tuple[Path, str]) -> None:
    root, _ = made
    folder = build.place("toy-i2v", root)
    before = folder.stat().st_mtime_ns
    assert build.ensure("toy-i2v", root) == folder
    assert folder.stat().st_mtime_ns == before


def test_a_build_that_breaks_off_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks_off(folder: Path) -> None:
        folder.mkdir()
        raise RuntimeError("no more")

    monkeypatch.setitem(build._MAKERS, "toy-i2v", breaks_off)
    with pytest.raises(RuntimeError, match="no more"):
        build.ensure("toy-i2v", tmp_path)
    assert not [path for path in tmp_path.iterdir() if path.is_dir()]


def test_every_user_may_read_the_files(made: tuple[Path, str]) -> None:
    root, _ = made
    for name in build.model_names():
        for path in [build.place(name, root), *build.place(name, root).rglob("*")]:
            wanted = 0o755 if path.is_dir() else 0o644
            assert stat.S_IMODE(path.stat().st_mode) == wanted, path


def test_making_a_model_leaves_chance_as_it_was(tmp_path: Path) -> None:
    import torch

    torch.manual_seed(1)
    expected = torch.rand(3)
    torch.manual_seed(1)
    build.ensure("toy-clip", tmp_path)
    assert torch.equal(torch.rand(3), expected)


def test_the_video_model_has_the_parts_of_the_large_one(made: tuple[Path, str]) -> None:
    root, _ = made
    index = json.loads((build.place("toy-i2v", root) / "model_index.json").read_text())
    assert index["_class_name"] == "WanImageToVideoPipeline"
    assert index["boundary_ratio"] == 0.9
    assert {part: index[part][1] for part in index if isinstance(index[part], list)} == {
        "image_encoder": None,
        "image_processor": None,
        "scheduler": "UniPCMultistepScheduler",
        "text_encoder": "UMT5EncoderModel",
        "tokenizer": "T5Tokenizer",
        "transformer": "WanTransformer3DModel",
        "transformer_2": "WanTransformer3DModel",
        "vae": "AutoencoderKLWan",
    }


def test_the_two_experts_differ(made: tuple[Path, str]) -> None:
    root, _ = made
    high, low = (
        (build.place("toy-i2v", root) / part / "diffusion_pytorch_model.safetensors").read_bytes()
        for part in ("transformer", "transformer_2")
    )
    assert high != low


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("女人拿起香水瓶", "女人拿起咖啡杯"),
        ("A cat blinks.", "A dog blinks."),
        ("红色的圆形", "蓝色的圆形"),
    ],
)
def test_both_tokenizers_tell_prompts_apart_that_are_not_of_the_tiny_world(
    made: tuple[Path, str], one: str, other: str
) -> None:
    from transformers import AutoTokenizer

    root, _ = made
    for folder in (build.place("toy-i2v", root) / "tokenizer", build.place("toy-clip", root)):
        tokenizer = AutoTokenizer.from_pretrained(folder)
        read_one, read_other = tokenizer(one).input_ids, tokenizer(other).input_ids
        assert read_one != read_other
        assert tokenizer.unk_token_id not in read_one[:-1]


def test_the_tiny_world_is_told_in_english_and_chinese() -> None:
    told = build.captions()
    assert "A red circle moves to the left." in told
    assert "一个红色的圆形向左移动。" in told
    assert len(told) == len(set(told))
