"""What was encoded once serves every worker: no bit changes, and nothing is encoded again."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.engines import wan, wan_checkpoint, wan_needs
from pipeline.engines.wan_needs import TextEncoderOn
from pipeline.profiles.profile import Profile
from pipeline.recipe import Recipe
from pipeline.storage.tensors import KeptTensors, Kind
from tests.integration.pipeline.engines.test_wan import BFLOAT, RECIPE, TOY, a_picture, frames_of
from tests.memory_media import MemoryMedia


@pytest.fixture(scope="module")
def folder() -> Path:
    from pipeline.models import weights

    return weights.folder("builtin:toy-i2v", None)


def load(folder: Path, media: MemoryMedia | None, run_as: Profile = TOY) -> wan.WanEngine:
    return wan.load(run_as, folder, "cpu", KeptTensors(media))


def names(media: MemoryMedia, kind: Kind) -> set[str]:
    return {name for name in media.files if name.startswith(f"kept/{kind}/")}


def no_more(*_: object, **__: object) -> None:
    raise AssertionError("it was encoded again")


@pytest.fixture(scope="module")
def media(folder: Path) -> MemoryMedia:
    """After one worker has made the take."""
    made = MemoryMedia()
    frames_of(load(folder, made))
    return made


@pytest.fixture(scope="module")
def plain(folder: Path) -> NDArray[np.uint8]:
    return frames_of(load(folder, None))


def test_a_take_keeps_its_two_texts_and_its_still(media: MemoryMedia) -> None:
    assert len(names(media, Kind.TEXT)) == 2
    assert len(names(media, Kind.CONDITION)) == 1
    assert len(media.files) == 3


def test_another_worker_encodes_nothing_and_makes_the_same_frames(
    folder: Path, media: MemoryMedia, plain: NDArray[np.uint8], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wan_checkpoint, "read_text_encoder", no_more)
    engine = load(folder, media)
    monkeypatch.setattr(engine._model.vae, "encode", no_more)
    assert np.array_equal(frames_of(engine), plain)


def test_the_seed_is_not_part_of_what_is_kept(
    folder: Path, media: MemoryMedia, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = replace(RECIPE, seed=8)
    engine = load(folder, media)
    monkeypatch.setattr(engine._model.vae, "encode", no_more)
    assert np.array_equal(frames_of(engine, other), frames_of(load(folder, None), other))


@pytest.mark.parametrize(
    "changes", [{"still": "6" * 64}, {"width": 48}, {"frames": 9}], ids=["still", "size", "length"]
)
def test_another_still_size_or_length_is_encoded_anew(
    folder: Path, changes: dict[str, object]
) -> None:
    made, recipe = MemoryMedia(), replace(RECIPE, **changes)
    engine = load(folder, made)
    frames_of(engine)
    picture = a_picture(recipe, colour="blue")
    assert np.array_equal(
        frames_of(engine, recipe, picture), frames_of(load(folder, None), recipe, picture)
    )
    assert len(names(made, Kind.CONDITION)) == 2


def test_another_precision_is_another_encoder(folder: Path, media: MemoryMedia) -> None:
    made = MemoryMedia()
    made.files.update(media.files)
    both = {
        "model": TOY.model.model_copy(update={"dtype": "bfloat16", "vae_dtype": "bfloat16"}),
    }
    rough: Profile = BFLOAT.model_copy(update=both)
    assert np.array_equal(
        frames_of(load(folder, made, rough)), frames_of(load(folder, None, rough))
    )
    assert len(names(made, Kind.TEXT)) == 4
    assert len(names(made, Kind.CONDITION)) == 2


def test_what_was_kept_half_is_encoded_anew(folder: Path, plain: NDArray[np.uint8]) -> None:
    made = MemoryMedia()
    frames_of(load(folder, made))
    made.files = {name: data[:100] for name, data in made.files.items()}
    assert np.array_equal(frames_of(load(folder, made)), plain)
    assert np.array_equal(frames_of(load(folder, made)), plain)


@pytest.mark.parametrize("where", [TextEncoderOn.TURN, TextEncoderOn.FILE])
def test_an_encoder_that_may_not_stay_is_read_when_a_text_is_missing(
    folder: Path,
    plain: NDArray[np.uint8],
    where: TextEncoderOn,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whole, or layer by layer from its file: the words are the same bit by bit."""
    monkeypatch.setattr(wan_needs, "text_encoder_on", lambda *_: where)
    reads: list[bool] = []
    read = wan_checkpoint.read_text_encoder

    def noted(*given: Any, in_layers: bool) -> Any:
        reads.append(in_layers)
        return read(*given, in_layers=in_layers)

    monkeypatch.setattr(wan_checkpoint, "read_text_encoder", noted)
    made = MemoryMedia()
    engine = load(folder, made)
    assert np.array_equal(frames_of(engine), plain)
    assert engine._model.text_encoder is None
    frames_of(engine)
    assert len(reads) == 1  # both texts at once, and none again
    engine.encode_text("another prompt", RECIPE.negative)
    assert reads == [where is TextEncoderOn.FILE] * 2


def test_an_encoder_that_is_read_in_layers_holds_none_of_them(folder: Path) -> None:
    encoder = wan_checkpoint.read_text_encoder(TOY, folder, "cpu", in_layers=True)
    held = {name for name, weight in encoder.named_parameters() if not weight.is_meta}
    assert held == {"encoder.final_layer_norm.weight"}


def test_the_picture_of_a_recipe_without_a_hash_is_not_kept(folder: Path) -> None:
    made = MemoryMedia()
    engine = load(folder, made)
    recipe: Recipe = replace(RECIPE, still="")
    frames_of(engine, recipe)
    assert names(made, Kind.CONDITION) == set()


@pytest.mark.parametrize(
    ("where", "found"),
    [(TextEncoderOn.TURN, True), (TextEncoderOn.FILE, False), (TextEncoderOn.DEVICE, False)],
)
def test_who_reads_the_encoder_for_one_take_encodes_what_others_will_ask_for(
    folder: Path, where: TextEncoderOn, found: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where reading it is what costs; layer by layer each text costs the same."""
    monkeypatch.setattr(wan_needs, "text_encoder_on", lambda *_: where)
    made = MemoryMedia()
    engine = load(folder, made)
    engine.encode_text(RECIPE.prompt, RECIPE.negative, ["A blue star grows.", RECIPE.negative])
    assert len(names(made, Kind.TEXT)) == 2 + found
    monkeypatch.setattr(wan_checkpoint, "read_text_encoder", no_more)
    if found:
        text = load(folder, made).encode_text("A blue star grows.", RECIPE.negative)
        alone = load(folder, None)
        monkeypatch.undo()
        right = alone.encode_text("A blue star grows.", RECIPE.negative)
        assert np.array_equal(text.prompt.numpy(), right.prompt.numpy())


def test_nothing_is_encoded_ahead_where_the_encoder_is_not_read(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wan_needs, "text_encoder_on", lambda *_: TextEncoderOn.TURN)
    made = MemoryMedia()
    load(folder, made).encode_text(RECIPE.prompt, RECIPE.negative)
    monkeypatch.setattr(wan_checkpoint, "read_text_encoder", no_more)
    load(folder, made).encode_text(RECIPE.prompt, RECIPE.negative, ["A blue star grows."])
    assert len(names(made, Kind.TEXT)) == 2
