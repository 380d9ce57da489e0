"""A real, tiny language model is loaded and asked; what it babbles is thrown away."""

import json
from pathlib import Path

import pytest

from pipeline.errors import Cause, RenderFault
from pipeline.prompts.grammar.prompt import parse
from pipeline.prompts.propose import LanguageModel, each_level_with, load, refusal
from pipeline.prompts.simplify import simplify

PROMPT = "Pure magic, a swan takes off, no boats"
WORDS = ["<unk>", "<end>", "a", "swan", "takes", "off", "no", "boats", "Pure", "magic"]
TEMPLATE = "{% for each in messages %}{{ each['content'] }} {% endfor %}"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A chat model of two thin layers with the words of one prompt."""
    import torch
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast, Qwen2Config, Qwen2ForCausalLM

    place = tmp_path_factory.mktemp("model")
    words = {word: number for number, word in enumerate(WORDS)}
    tokenizer = Tokenizer(models.WordLevel(words, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, unk_token="<unk>", eos_token="<end>", pad_token="<end>"
    )
    fast.chat_template = TEMPLATE
    fast.save_pretrained(place)
    torch.manual_seed(0)
    config = Qwen2Config(
        vocab_size=len(WORDS), hidden_size=16, intermediate_size=32, num_hidden_layers=2,
        num_attention_heads=2, num_key_value_heads=2, max_position_embeddings=2048,
        eos_token_id=1, pad_token_id=1,
    )  # fmt: skip
    Qwen2ForCausalLM(config).save_pretrained(place)
    return place


@pytest.fixture(scope="module")
def model(folder: Path) -> LanguageModel:
    return load(folder)


def test_the_same_prompt_gets_the_same_proposal(model: LanguageModel) -> None:
    assert model.propose(PROMPT, "L2") == model.propose(PROMPT, "L2")


def test_an_untrained_model_is_thrown_away_for_the_rules(model: LanguageModel) -> None:
    assert refusal(PROMPT, model.propose(PROMPT, "L2"))
    assert dict(each_level_with(model, parse(PROMPT)))["L2"] == simplify(PROMPT, "L2")


def test_a_folder_without_a_language_model_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "nobody-made-this"}))
    with pytest.raises(RenderFault) as caught:
        load(tmp_path)
    assert caught.value.cause is Cause.FATAL
    assert str(tmp_path) in caught.value.sentence
    assert "FARM_PROPOSER" in caught.value.sentence
    assert "\n" not in caught.value.sentence
