"""The scorer that asks questions, on a real model class, tiny and untrained: it answers as a plain call."""

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from pipeline.errors import Cause, RenderFault
from pipeline.models import weights
from pipeline.profiles.match_section import MatchSection
from pipeline.scoring import matching, vqa
from tests.tiny_judges import a_llava, a_qwen2_5_vl, a_qwen3_vl

SECTION = MatchSection(kind="vqa", weights="tiny-llava", threshold=0.5, sampled_frames=3)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return a_llava(tmp_path_factory.mktemp("tiny-llava"))


@pytest.fixture(scope="module")
def scorer(folder: Path) -> vqa.VqaScorer:
    return vqa.load(SECTION, folder, "cpu")


def test_an_answer_is_how_much_likelier_yes_is_than_no(scorer: vqa.VqaScorer, folder: Path) -> None:
    import torch
    from transformers import AutoProcessor, LlavaForConditionalGeneration

    picture = Image.new("RGB", (40, 40), "red")
    question = "does the picture show red circle ?"
    processor: Any = AutoProcessor.from_pretrained(folder)
    text = "<image>" * 1 + question + " answer"
    inputs = processor(text=[text], images=[picture], return_tensors="pt")
    with torch.no_grad():
        logits = LlavaForConditionalGeneration.from_pretrained(folder)(**inputs).logits[0, -1]
    chance = logits.softmax(-1)
    words = processor.tokenizer.get_vocab()
    yes, no = (
        float(chance[[words[word] for word in pair]].sum())
        for pair in (("yes", "Yes"), ("no", "No"))
    )
    lean = scorer._witness.lean([picture], question)
    assert lean == pytest.approx(math.log(yes / no), abs=1e-4)
    assert lean != pytest.approx(0, abs=1e-6)


def test_still_and_clip_are_judged_and_every_question_is_kept(scorer: vqa.VqaScorer) -> None:
    picture = Image.new("RGB", (40, 40), "red")
    frames = np.random.default_rng(1).integers(0, 255, (9, 40, 40, 3), np.uint8)
    prompt = "The red circle moves left, then grows."
    before = matching.judge_still(scorer, picture, prompt)
    after = matching.judge_clip(scorer, frames, picture, prompt, before)
    assert before.note == ""
    assert before.still_prompt is not None
    assert after.score is not None or "both orders" in after.note
    assert len(after.answers) >= 7
    assert after.scorer.startswith("tiny-llava#")


@pytest.mark.parametrize("made", [a_qwen3_vl, a_qwen2_5_vl])
def test_models_that_read_films_too_are_asked_about_frames_without_torchvision(
    made: Callable[[Path], Path], tmp_path: Path
) -> None:
    """transformers itself refuses their folders where torchvision is missing."""
    scorer = vqa.load(SECTION, made(tmp_path), "cpu")
    picture = Image.new("RGB", (40, 48), "red")
    frames = np.random.default_rng(1).integers(0, 255, (9, 48, 40, 3), np.uint8)
    prompt = "The red circle moves left, then grows."
    match = matching.judge_still(scorer, picture, prompt)
    assert (match.note, match.still_prompt is None) == ("", False)
    after = matching.judge_clip(scorer, frames, picture, prompt, match)
    assert after.score is not None or "both orders" in after.note


@pytest.mark.parametrize("made", [a_llava, a_qwen3_vl, a_qwen2_5_vl])
def test_an_answer_depends_on_the_pictures_and_on_their_order(
    made: Callable[[Path], Path], tmp_path: Path
) -> None:
    witness = vqa.load(SECTION, made(tmp_path), "cpu")._witness
    red, blue = (Image.new("RGB", (40, 48), colour) for colour in ("red", "blue"))
    question = "does the picture show red circle ?"
    leans = [witness.lean(pictures, question) for pictures in ([red], [red, blue], [blue, red])]
    assert len({round(each, 7) for each in leans}) == 3


def test_a_template_that_only_the_tokenizer_has_will_do(tmp_path: Path) -> None:
    """As some folders have it, whose files name the quick reader of pictures besides."""
    folder = a_qwen3_vl(tmp_path)
    template = (folder / "chat_template.jinja").read_text()
    (folder / "chat_template.jinja").unlink()
    for name, entry in (
        ("tokenizer_config.json", {"chat_template": template}),
        ("preprocessor_config.json", {"image_processor_type": "Qwen2VLImageProcessorFast"}),
    ):
        file = folder / name
        file.write_text(json.dumps(json.loads(file.read_text()) | entry))
    scorer = vqa.load(SECTION, folder, "cpu")
    assert len(scorer.ask_still(Image.new("RGB", (40, 48), "red"), "A red circle moves left")) > 2


def test_the_profile_chooses_the_scorer(folder: Path) -> None:
    toy = weights.folder("builtin:toy-clip", None)
    section = SECTION.model_copy(update={"kind": "clip"})
    assert isinstance(matching.load(SECTION, folder, "cpu"), vqa.VqaScorer)
    assert not isinstance(matching.load(section, toy, "cpu"), vqa.VqaScorer)


def test_a_model_that_answers_nothing_is_refused_as_a_scorer() -> None:
    toy = weights.folder("builtin:toy-clip", None)
    with pytest.raises(RenderFault, match="AutoModelForImageTextToText") as caught:
        vqa.load(SECTION, toy, "cpu")
    assert caught.value.cause is Cause.FATAL
    assert str(toy) in caught.value.sentence
