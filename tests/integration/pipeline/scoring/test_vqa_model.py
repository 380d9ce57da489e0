"""The scorer that asks questions, on a real model class, tiny and untrained: it answers as a plain call."""

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from pipeline.errors import Cause, RenderFault
from pipeline.models import weights
from pipeline.profiles.sections import MatchSection
from pipeline.scoring import matching, vqa

SECTION = MatchSection(kind="vqa", weights="tiny-llava", threshold=0.5, sampled_frames=3)
TEMPLATE = (
    "{% for message in messages %}{% for part in message['content'] %}"
    "{% if part['type'] == 'image' %}<image>{% else %}{{ part['text'] }}{% endif %}"
    "{% endfor %}{% endfor %} answer"
)
WORDS = ["<unk>", "<pad>", "<image>", "answer", "yes", "Yes", "no", "No", "?", "."]
SEEN = "does the picture show circle moves left then grows red".split()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A LLaVA of two thin layers with a tokenizer of whole words."""
    import torch
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import (
        CLIPImageProcessorPil,
        LlavaConfig,
        LlavaForConditionalGeneration,
        LlavaProcessor,
        PreTrainedTokenizerFast,
    )

    place = tmp_path_factory.mktemp("tiny-llava")
    vocabulary = {word: number for number, word in enumerate([*WORDS, *SEEN])}
    words = Tokenizer(models.WordLevel(vocabulary, unk_token="<unk>"))
    words.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=words,
        unk_token="<unk>",
        pad_token="<pad>",
        extra_special_tokens={"image_token": "<image>"},
    )
    tokenizer.add_special_tokens({"additional_special_tokens": ["<image>"]})
    layers = {
        "hidden_size": 16,
        "intermediate_size": 16,
        "num_hidden_layers": 1,
        "num_attention_heads": 2,
    }
    config = LlavaConfig(
        vision_config={
            "model_type": "clip_vision_model",
            "image_size": 32,
            "patch_size": 16,
            **layers,
        },
        text_config={
            "model_type": "llama",
            "vocab_size": len(vocabulary),
            "num_key_value_heads": 2,
            **layers,
        },
        image_token_index=vocabulary["<image>"],
        vision_feature_layer=-1,
    )
    torch.manual_seed(3)
    LlavaForConditionalGeneration(config).save_pretrained(place)
    LlavaProcessor(
        CLIPImageProcessorPil(size={"shortest_edge": 32}, crop_size={"height": 32, "width": 32}),
        tokenizer,
        patch_size=16,
        vision_feature_select_strategy="default",
        num_additional_image_tokens=1,
        chat_template=TEMPLATE,
    ).save_pretrained(place)
    return place


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
    yes, no = (
        float(chance[[WORDS.index(word) for word in pair]].sum())
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
