"""Models that answer questions, of the classes that profiles name: tiny, of chance, and never taught."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

WORDS = ["<unk>", "<pad>", "answer", "yes", "Yes", "no", "No", "?", "."]
SEEN = "does the picture show circle moves left then grows red".split()
VISION = ["<|vision_start|>", "<|vision_end|>", "<|image_pad|>", "<|video_pad|>"]
"""How Qwen marks where a picture stands."""
LAYERS = {"hidden_size": 16, "intermediate_size": 16}
TEMPLATE = (
    "{{% for message in messages %}}{{% for part in message['content'] %}}"
    "{{% if part['type'] == 'image' %}}{}{{% else %}}{{{{ part['text'] }}}}{{% endif %}}"
    "{{% endfor %}}{{% endfor %}} answer"
)


def a_tokenizer(marks: Sequence[str], **named: str) -> Any:
    """Whole words; whatever is not among them is one word like any other."""
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    vocabulary = {word: number for number, word in enumerate([*WORDS, *marks, *SEEN])}
    words = Tokenizer(models.WordLevel(vocabulary, unk_token="<unk>"))
    words.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=words,
        unk_token="<unk>",
        pad_token="<pad>",
        extra_special_tokens=named,
    )
    tokenizer.add_special_tokens({"additional_special_tokens": [*marks]})
    return tokenizer


def a_llava(place: Path) -> Path:
    """Pictures of 32 by 32 pixels in nine parts."""
    import torch
    from transformers import (
        CLIPImageProcessorPil,
        LlavaConfig,
        LlavaForConditionalGeneration,
        LlavaProcessor,
    )

    tokenizer = a_tokenizer(["<image>"], image_token="<image>")
    layers = {**LAYERS, "num_hidden_layers": 1, "num_attention_heads": 2}
    vision = {"model_type": "clip_vision_model", "image_size": 32, "patch_size": 16, **layers}
    text = {
        "model_type": "llama",
        "vocab_size": len(tokenizer),
        "num_key_value_heads": 2,
        **layers,
    }
    config = LlavaConfig(
        vision_config=vision,
        text_config=text,
        image_token_index=tokenizer.convert_tokens_to_ids("<image>"),
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
        chat_template=TEMPLATE.format("<image>"),
    ).save_pretrained(place)
    return place


def a_qwen3_vl(place: Path) -> Path:
    """The class of Qwen3-VL, whose processor has a reader of films, too."""
    from transformers import Qwen3VLConfig, Qwen3VLForConditionalGeneration

    vision = {
        **LAYERS,
        "depth": 2,
        "num_heads": 2,
        "out_hidden_size": 16,
        "deepstack_visual_indexes": [0],
        "num_position_embeddings": 16,
    }
    rope = {
        "rope_type": "default",
        "rope_theta": 10_000.0,
        "mrope_section": [2, 1, 1],
        "mrope_interleaved": True,
    }
    return _a_qwen(place, Qwen3VLConfig, Qwen3VLForConditionalGeneration, vision, rope, patch=16)


def a_qwen2_5_vl(place: Path) -> Path:
    """The class of Qwen2.5-VL, likewise."""
    from transformers import Qwen2_5_VLConfig, Qwen2_5_VLForConditionalGeneration

    vision = {
        **LAYERS,
        "depth": 2,
        "num_heads": 2,
        "out_hidden_size": 16,
        "fullatt_block_indexes": [1],
    }
    rope = {"rope_type": "default", "rope_theta": 10_000.0, "mrope_section": [2, 1, 1]}
    kinds = Qwen2_5_VLConfig, Qwen2_5_VLForConditionalGeneration
    return _a_qwen(place, *kinds, vision, rope, patch=14)


def _a_qwen(
    place: Path, configured: Any, model: Any, vision: Any, rope: Any, *, patch: int
) -> Path:
    import torch
    from transformers import Qwen2VLImageProcessorPil

    tokenizer = a_tokenizer(VISION)
    start, end, image, video = (tokenizer.convert_tokens_to_ids(mark) for mark in VISION)
    config = configured(
        text_config={
            **LAYERS,
            "num_hidden_layers": 3,
            "num_attention_heads": 2,
            "num_key_value_heads": 1,
            "head_dim": 8,
            "vocab_size": len(tokenizer),
            "bos_token_id": None,
            "eos_token_id": None,
            "rope_parameters": rope,
        },
        vision_config=vision,
        image_token_id=image,
        video_token_id=video,
        vision_start_token_id=start,
        vision_end_token_id=end,
        tie_word_embeddings=True,
    )
    torch.manual_seed(3)
    model(config).save_pretrained(place)
    # As the published folders have it: no file of the processor's own, since a reader of films has one.
    tokenizer.chat_template = TEMPLATE.format(f"{VISION[0]} {VISION[2]} {VISION[1]} ")
    tokenizer.save_pretrained(place)
    size = {"shortest_edge": 32 * 32, "longest_edge": 64 * 64}
    Qwen2VLImageProcessorPil(patch_size=patch, size=size).save_pretrained(place)
    return place
