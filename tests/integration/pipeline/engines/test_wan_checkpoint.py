"""A wrong or incomplete checkpoint is refused when it is loaded, in a sentence."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline.engines import wan
from pipeline.errors import Cause, RenderFault
from pipeline.models import weights
from pipeline.profiles import profile

TOY = profile.load("toy")


@pytest.fixture(scope="module")
def folder() -> Path:
    return weights.folder("builtin:toy-i2v", None)


def no_second_expert_in_the_index(folder: Path) -> None:
    change_json(folder / "model_index.json", transformer_2=[None, None])


def another_model(folder: Path) -> None:
    change_json(folder / "model_index.json", _class_name="WanPipeline")


def another_boundary(folder: Path) -> None:
    change_json(folder / "model_index.json", boundary_ratio=0.875)


def expanded_timesteps(folder: Path) -> None:
    change_json(folder / "model_index.json", expand_timesteps=True)


def an_expert_for_text_to_video(folder: Path) -> None:
    change_json(folder / "transformer" / "config.json", in_channels=16)


def no_index(folder: Path) -> None:
    (folder / "model_index.json").unlink()


def no_folder_of_the_second_expert(folder: Path) -> None:
    shutil.rmtree(folder / "transformer_2")


def half_an_expert(folder: Path) -> None:
    file = folder / "transformer" / "diffusion_pytorch_model.safetensors"
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def a_missing_shard(folder: Path) -> None:
    index = {"weight_map": {"a": "diffusion_pytorch_model-00002-of-00002.safetensors"}}
    file = folder / "transformer" / "diffusion_pytorch_model.safetensors.index.json"
    file.write_text(json.dumps(index))


def pickled_weights_alone(folder: Path) -> None:
    (folder / "vae" / "diffusion_pytorch_model.safetensors").rename(folder / "vae" / "vae.bin")


def a_vae_without_its_last_layer(folder: Path) -> None:
    drop_tensor(folder / "vae" / "diffusion_pytorch_model.safetensors", "decoder.conv_out.weight")


def an_expert_without_a_layer(folder: Path) -> None:
    file = folder / "transformer_2" / "diffusion_pytorch_model.safetensors"
    drop_tensor(file, "blocks.0.attn1.to_k.weight")


def a_text_encoder_without_its_words(folder: Path) -> None:
    drop_tensor(folder / "text_encoder" / "model.safetensors", "shared.weight")


def change_json(file: Path, **changes: Any) -> None:
    file.write_text(json.dumps(json.loads(file.read_text()) | changes))


def drop_tensor(file: Path, name: str) -> None:
    from safetensors.torch import load_file, save_file

    tensors = load_file(file)
    del tensors[name]
    save_file(tensors, file, metadata={"format": "pt"})


@pytest.mark.parametrize(
    ("damage", "named"),
    [
        (no_second_expert_in_the_index, "transformer_2"),
        (another_model, "WanPipeline"),
        (another_boundary, "0.875"),
        (expanded_timesteps, "timesteps"),
        (an_expert_for_text_to_video, "transformer of 16 channels"),
        (no_index, "model_index.json"),
        (no_folder_of_the_second_expert, "transformer_2"),
        (half_an_expert, "transformer"),
        (a_missing_shard, "00002-of-00002"),
        (pickled_weights_alone, "vae"),
        (a_vae_without_its_last_layer, "vae"),
        (an_expert_without_a_layer, "transformer_2"),
        (a_text_encoder_without_its_words, "text_encoder"),
    ],
)
def test_a_wrong_checkpoint_is_refused_in_a_sentence(
    tmp_path: Path, folder: Path, damage: Callable[[Path], None], named: str
) -> None:
    copy = shutil.copytree(folder, tmp_path / "checkpoint")
    damage(copy)
    with pytest.raises(RenderFault) as caught:
        wan.load(TOY, copy, "cpu")
    sentence = caught.value.sentence
    assert caught.value.cause is Cause.FATAL
    assert str(copy) in sentence
    assert named in sentence
    assert "fetch it again whole" in sentence
    assert "\n" not in sentence


def test_a_folder_that_is_not_there_is_refused_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(RenderFault, match=r"nowhere has no readable model_index\.json") as caught:
        wan.load(TOY, tmp_path / "nowhere", "cpu")
    assert caught.value.cause is Cause.FATAL


def test_a_grid_that_the_model_cannot_keep_is_refused(folder: Path) -> None:
    frame = TOY.frame.model_copy(update={"grid": 12})
    with pytest.raises(RenderFault, match=r"grid of \d+, while profile toy says 12"):
        wan.load(TOY.model_copy(update={"frame": frame}), folder, "cpu")
