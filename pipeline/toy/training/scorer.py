"""The tiny CLIP as it is taught first: its size, how it looks at stills, and at clips in four frames."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from pipeline.toy.training import words
from pipeline.toy.training.workshop import Workshop

if TYPE_CHECKING:
    from torch import Tensor
    from transformers import CLIPModel, CLIPTokenizer

SIDE = 80
"""Pixels of a picture as the model sees it."""
STRIP = (0, 5, 11, 16)
"""The frames of a filmstrip of a whole clip."""
MEAN, SPREAD = 0.6, 0.3
"""What is taken from every colour, and what it is divided by then."""
WIDTH = 96
TOWERS: dict[str, Any] = {
    "text_config": {
        "hidden_size": WIDTH,
        "intermediate_size": 192,
        "num_attention_heads": 4,
        "max_position_embeddings": words.CLIP_LENGTH,
    },
    "vision_config": {
        "hidden_size": WIDTH,
        "intermediate_size": 256,
        "num_hidden_layers": 3,
        "num_attention_heads": 4,
        "image_size": SIDE,
        "patch_size": 8,
    },
    "projection_dim": 64,
}
SHARPNESS, MIDDLE = 12.0, 0.5
"""A picture and a sentence whose cosine is above the middle are a match."""
USUAL: Mapping[str, Any] = MappingProxyType({})


def new(tokenizer: Any, layers: int = 2, eyes: Mapping[str, Any] = USUAL) -> "CLIPModel":
    """The model untrained, its weights by chance.

    `layers` are those of its text tower, `eyes` what is other than usual about its picture tower.
    """
    from transformers import CLIPConfig, CLIPModel

    known = {
        "vocab_size": len(tokenizer),
        "bos_token_id": tokenizer.bos_token_id,
        "eos_token_id": tokenizer.eos_token_id,
        "pad_token_id": tokenizer.pad_token_id,
        "num_hidden_layers": layers,
    }
    towers = {
        "text_config": TOWERS["text_config"] | known,
        "vision_config": TOWERS["vision_config"] | dict(eyes),
    }
    model = CLIPModel(CLIPConfig(**TOWERS | towers))
    tell_places(model.vision_model.embeddings.position_embedding.weight)
    return model


def make_pieces(workshop: Workshop, steps: int) -> None:
    """Learns of which pieces of words both text towers read; there are no steps to it."""
    pieces = {"scorer": words.learn_for_scorer(), "hearing": words.learn_for_hearing()}
    workshop.keep("pieces", {name: [*pairs] for name, pairs in pieces.items()})


def take_tokenizer(workshop: Workshop) -> "CLIPTokenizer":
    """What the first text tower reads by."""
    return words.for_scorer(workshop.take("pieces")["scorer"])


def take_hearing_tokenizer(workshop: Workshop) -> "CLIPTokenizer":
    """What the text tower that ships reads by."""
    return words.for_hearing(workshop.take("pieces")["hearing"])


def take(workshop: Workshop) -> "CLIPModel":
    """The trained model. On the CPU."""
    model = new(take_tokenizer(workshop))
    model.load_state_dict(workshop.take("scorer"))
    return model


def as_stills(pictures: "Tensor", side: int = SIDE) -> "Tensor":
    """Pictures (b, 3, h, w) in 0..1 as a model of pictures of `side` wants them."""
    import torch

    sized = torch.nn.functional.interpolate(
        pictures, (side, side), mode="bicubic", antialias=True, align_corners=False
    )
    return (sized.clamp(0, 1) - MEAN) / SPREAD


def as_filmstrips(clips: "Tensor") -> "Tensor":
    """Four frames each (b, 3, 4, h, w) in 0..1, two above two, as the model wants them."""
    import torch

    rows = [torch.cat([clips[:, :, at], clips[:, :, at + 1]], -1) for at in (0, 2)]
    return as_stills(torch.cat(rows, -2))


def see(model: "CLIPModel", looks: "Tensor") -> "Tensor":
    """Unit vectors (b, width) of pictures as the model wants them."""
    import torch

    seen: Any = model.get_image_features(looks)
    return torch.nn.functional.normalize(seen.pooler_output, dim=-1)


def read(model: "CLIPModel", tokenizer: Any, texts: Sequence[str]) -> "Tensor":
    """Unit vectors (texts, width)."""
    import torch

    tokens = tokenizer(
        [*texts], padding=True, truncation=True, max_length=words.CLIP_LENGTH, return_tensors="pt"
    ).to(model.device)
    understood: Any = model.get_text_features(**tokens)
    return torch.nn.functional.normalize(understood.pooler_output, dim=-1)


def mismatch(
    cosines: "Tensor",
    right: "Tensor",
    wrong: "Tensor",
    sharpness: "float | Tensor" = SHARPNESS,
    middle: "float | Tensor" = MIDDLE,
) -> "Tensor":
    """How far pictures are from the sentences that are right, and how near to those that are wrong.

    Each (pictures, sentences); `right` and `wrong` are truth values.
    """
    import torch

    logit = sharpness * (cosines - middle)
    each = torch.nn.functional.softplus(torch.where(right, -logit, logit))
    # The few right sentences weigh as much as two wrong ones, however many they are.
    weight = torch.where(right, 2.0 / right.sum(1, keepdim=True).clamp(min=1), wrong.float())
    return (each * weight).sum(1).mean()


def tell_places(table: "Tensor") -> None:
    """Waves in place of numbers near zero: where a patch lies then counts from the first step on."""
    import torch

    side = round((len(table) - 1) ** 0.5)
    rates = torch.pi / side * torch.linspace(0, 4, table.shape[1] // 4).exp2()
    angles = torch.arange(side)[:, None] * rates
    line = torch.cat([angles.sin(), angles.cos()], 1)
    down, across = line[:, None].expand(-1, side, -1), line[None].expand(side, -1, -1)
    with torch.no_grad():
        table[1:] = 0.3 * torch.cat([down, across], 2).flatten(0, 1)
