"""The scorer on a real, tiny CLIP: its numbers are those of a plain call, and cheap."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from pipeline.errors import Cause, RenderFault
from pipeline.models import weights
from pipeline.profiles import profile
from pipeline.scoring import matching, sampling, two_tower

SECTION = profile.load("toy").match
PROMPT = "A red circle moves to the left. 一个红色的圆形向左移动。"
LONG = "a red circle and a blue square, " * 30


@pytest.fixture(scope="module")
def folder() -> Path:
    return weights.folder("builtin:toy-clip", None)


@pytest.fixture(scope="module")
def scorer(folder: Path) -> two_tower.ClipScorer:
    return two_tower.load(SECTION, folder, "cpu")


@pytest.fixture
def picture() -> Image.Image:
    still = Image.new("RGB", (64, 64), "white")
    ImageDraw.Draw(still).ellipse((16, 16, 48, 48), fill="red")
    return still


@pytest.fixture
def frames(picture: Image.Image) -> NDArray[np.uint8]:
    """17 frames of the circle on its way out of the picture."""
    return np.stack([np.roll(np.asarray(picture), 2 * step, axis=1) for step in range(17)])


@pytest.fixture
def seen(scorer: two_tower.ClipScorer) -> Iterator[list[int]]:
    """How many pictures the scorer looked at, call by call."""
    counts: list[int] = []
    hook = scorer._model.vision_model.register_forward_hook(
        lambda _module, _inputs, output: counts.append(len(output.pooler_output))
    )
    yield counts
    hook.remove()


def plain_cosines(
    folder: Path, pictures: list[Image.Image], texts: list[str]
) -> NDArray[np.float32]:
    """Cosines (texts, pictures) as the model's own `forward` gives them."""
    import torch
    from transformers import CLIPModel, CLIPProcessor

    processor: Any = CLIPProcessor.from_pretrained(folder, backend="pil")
    inputs = processor(images=pictures, text=texts, return_tensors="pt", padding=True)
    with torch.no_grad():
        out = CLIPModel.from_pretrained(folder, dtype=torch.float32)(**inputs)
    return (out.text_embeds @ out.image_embeds.T).numpy()


def test_the_still_is_scored_by_its_worst_sentence(
    scorer: two_tower.ClipScorer, folder: Path, picture: Image.Image
) -> None:
    sentences = ["A red circle moves to the left", "一个红色的圆形向左移动"]
    worst = plain_cosines(folder, [picture], sentences).min()
    expected = two_tower.calibrate(worst, SECTION.prompt_cosine)
    assert scorer.still_prompt(picture, PROMPT) == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize("view", ["frames", "filmstrip"])
def test_the_clip_is_scored_as_its_profile_looks_at_it(
    folder: Path, picture: Image.Image, frames: NDArray[np.uint8], view: str
) -> None:
    section = SECTION.model_copy(update={"view": view, "prompt_cosine": (-1.0, 1.0)})
    scorer = two_tower.load(section, folder, "cpu")
    sentences = ["A red circle moves to the left", "一个红色的圆形向左移动"]
    looked_at = sampling.sample(len(frames), section.sampled_frames)
    sampled = [Image.fromarray(frames[number]) for number in looked_at]
    shown = [sampling.filmstrip(sampled)] if view == "filmstrip" else sampled
    worst = plain_cosines(folder, shown, sentences).mean(axis=1).min()
    shows_prompt, _ = scorer.clip(frames, picture, PROMPT)
    assert shows_prompt == pytest.approx(two_tower.calibrate(worst, (-1.0, 1.0)), abs=1e-5)


def test_a_clip_that_keeps_the_picture_scores_full_and_one_bad_frame_counts(
    scorer: two_tower.ClipScorer, picture: Image.Image
) -> None:
    kept = np.stack([np.asarray(picture)] * 17)
    assert scorer.clip(kept, picture, PROMPT)[1] == pytest.approx(1.0, abs=1e-5)
    lost = kept.copy()
    lost[16] = 0
    assert scorer.clip(lost, picture, PROMPT)[1] < 1.0


def test_the_still_is_looked_at_once_for_both_judgements(
    scorer: two_tower.ClipScorer, picture: Image.Image, frames: NDArray[np.uint8], seen: list[int]
) -> None:
    before = matching.judge_still(scorer, picture, PROMPT)
    after = matching.judge_clip(scorer, frames, picture, PROMPT, before)
    assert seen == [1, SECTION.sampled_frames, 1]
    assert after.score is not None


def test_another_picture_is_looked_at_anew(
    scorer: two_tower.ClipScorer, picture: Image.Image, seen: list[int]
) -> None:
    first = scorer.still_prompt(picture, PROMPT)
    second = scorer.still_prompt(Image.new("RGB", (64, 64), "blue"), PROMPT)
    assert first != second
    assert len(seen) == 2


def test_a_prompt_longer_than_the_model_reads_is_still_read_to_its_end(
    scorer: two_tower.ClipScorer, picture: Image.Image
) -> None:
    other_end = LONG + "一只猫慢慢转头看向窗外"
    assert matching.judge_still(scorer, picture, LONG).note == ""
    assert len(scorer.ask_still(picture, other_end)) > len(scorer.ask_still(picture, LONG))


def test_a_sentence_without_commas_is_cut_where_the_model_stops_reading(
    scorer: two_tower.ClipScorer, picture: Image.Image
) -> None:
    assert 0 <= scorer.still_prompt(picture, "circle " * 200) <= 1


NULLS = ("A blue star grows.", "The green square rests.", "A purple triangle moves up.")


def test_with_null_prompts_a_cosine_counts_by_how_far_it_lies_above_theirs(
    folder: Path, picture: Image.Image
) -> None:
    section = SECTION.model_copy(
        update={"nulls": NULLS, "prompt_cosine": (-9.0, 9.0), "colours": ()}
    )
    prompt = "A red circle moves to the left"
    own, *strangers = plain_cosines(folder, [picture], [prompt, *NULLS])[:, 0]
    deviations = (own - np.mean(strangers)) / np.std(strangers)
    fit = two_tower.load(section, folder, "cpu").still_prompt(picture, prompt)
    assert fit == pytest.approx(two_tower.calibrate(deviations, (-9.0, 9.0)), abs=1e-4)


def test_a_scorer_that_reads_clauses_asks_who_is_there_and_what_each_does(
    folder: Path, picture: Image.Image, frames: NDArray[np.uint8]
) -> None:
    section = SECTION.model_copy(update={"reads": "clauses"})
    prompt = "The red circle moves left, then it grows. A grey cat walks past."
    scorer = two_tower.load(section, folder, "cpu")
    before, after = scorer.ask_still(picture, prompt), scorer.ask_clip(frames, picture, prompt)
    assert [(each.kind.value, each.clause) for each in before] == [
        ("subject_missing", "The red circle"),
        ("attribute_contradicted", "The red circle"),
        ("subject_missing", "A grey cat"),
    ]
    assert [(each.kind.value, each.clause) for each in after] == [
        ("action_absent", "The red circle moves left"),
        ("action_absent", "The red circle grows"),
        ("wrong_order", "The red circle moves left, then it grows"),
        ("subject_replaced", ""),
    ]
    assert all(prompt[slice(*each.span)] for each in (*before, *after) if each.span)


def test_a_colour_is_only_asked_for_where_the_scorer_knows_it(
    folder: Path, picture: Image.Image
) -> None:
    none = two_tower.load(SECTION.model_copy(update={"colours": ()}), folder, "cpu")
    assert [each.kind.value for each in none.ask_still(picture, "A red circle grows")] == [
        "subject_missing"
    ]
    known = two_tower.load(SECTION, folder, "cpu")
    assert [each.value for each in known.ask_still(picture, "A pink circle grows")][1:] == []
    there, coloured = known.ask_still(picture, "A blue circle grows")
    assert there.value is not None
    assert there.value > 0.5
    assert coloured.value == 0.0


def test_scores_of_other_ranges_go_by_another_name(
    folder: Path, scorer: two_tower.ClipScorer
) -> None:
    other = SECTION.model_copy(update={"still_cosine": (0.1, 0.8)})
    elsewise = SECTION.model_copy(update={"view": "frames"})
    gate_only = SECTION.model_copy(update={"threshold": 0.9})
    assert two_tower.load(other, folder, "cpu").name != scorer.name
    assert two_tower.load(elsewise, folder, "cpu").name != scorer.name
    assert two_tower.load(gate_only, folder, "cpu").name == scorer.name
    assert scorer.name.startswith("builtin:toy-clip#")


def test_a_siglip_model_scores_too(
    tmp_path: Path, folder: Path, picture: Image.Image, frames: NDArray[np.uint8]
) -> None:
    from transformers import (
        AutoTokenizer,
        SiglipConfig,
        SiglipImageProcessorPil,
        SiglipModel,
        SiglipProcessor,
    )

    layers = {
        "hidden_size": 16,
        "intermediate_size": 16,
        "num_hidden_layers": 1,
        "num_attention_heads": 2,
    }
    tokenizer = AutoTokenizer.from_pretrained(folder)
    config = SiglipConfig(
        text_config=layers | {"vocab_size": len(tokenizer), "max_position_embeddings": 64},
        vision_config=layers | {"image_size": 32, "patch_size": 16},
    )
    SiglipModel(config).save_pretrained(tmp_path)
    pictures = SiglipImageProcessorPil(size={"height": 32, "width": 32})
    SiglipProcessor(pictures, tokenizer).save_pretrained(tmp_path)
    scorer = two_tower.load(SECTION, tmp_path, "cpu")
    before = matching.judge_still(scorer, picture, LONG)
    assert matching.judge_clip(scorer, frames, picture, LONG, before).score is not None


def without_weights(folder: Path) -> None:
    (folder / "model.safetensors").unlink()
    (folder / "pytorch_model.bin").write_bytes(b"anything")


def cut_short(folder: Path) -> None:
    file = folder / "model.safetensors"
    file.write_bytes(file.read_bytes()[:-1000])


def without_a_layer(folder: Path) -> None:
    from safetensors.torch import load_file, save_file

    tensors = load_file(folder / "model.safetensors")
    del tensors["text_projection.weight"]
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})


def without_configuration(folder: Path) -> None:
    (folder / "config.json").unlink()


def without_tokenizer(folder: Path) -> None:
    for name in ("tokenizer.json", "tokenizer_config.json", "processor_config.json"):
        (folder / name).unlink()


@pytest.mark.parametrize(
    "damage",
    [without_weights, cut_short, without_a_layer, without_configuration, without_tokenizer],
)
def test_a_damaged_scorer_is_refused_with_its_folder(
    tmp_path: Path, folder: Path, damage: Callable[[Path], None]
) -> None:
    copy = shutil.copytree(folder, tmp_path / "copy")
    damage(copy)
    with pytest.raises(RenderFault) as caught:
        two_tower.load(SECTION, copy, "cpu")
    assert caught.value.cause is Cause.FATAL
    assert str(copy) in caught.value.sentence
    assert "\n" not in caught.value.sentence


def test_a_model_that_compares_nothing_is_refused_as_a_scorer() -> None:
    text_encoder = weights.folder("builtin:toy-i2v", None) / "text_encoder"
    with pytest.raises(RenderFault, match="CLIP or SigLIP"):
        two_tower.load(SECTION, text_encoder, "cpu")
