"""The picture tower that ships: its size, and how it looks at stills, and at clips in nine frames."""

from typing import TYPE_CHECKING, Any

from pipeline.toy.training import scorer
from pipeline.toy.training.workshop import Workshop

if TYPE_CHECKING:
    from torch import Tensor
    from transformers import CLIPImageProcessorPil, CLIPModel

STRIP = (0, 2, 4, 6, 8, 10, 12, 14, 16)
"""The frames of a filmstrip of a whole clip."""
ROWS = 3
"""Rows and columns of a filmstrip."""
SIDE = 216
"""Pixels of a picture as the model sees it: of a filmstrip 72 of each frame, so that no corner is lost."""
PATCH = 12
"""Pixels of a patch."""
LAYERS = 4
EYES: dict[str, Any] = {"image_size": SIDE, "patch_size": PATCH, "num_hidden_layers": LAYERS}


def new(heard: "CLIPModel", tokenizer: Any) -> "CLIPModel":
    """The scorer as it was, on more frames: it sees each of them as it saw those between which it lies."""
    model = scorer.new(tokenizer, layers=3, eyes=EYES)
    known, own = heard.state_dict(), model.state_dict()
    places = "vision_model.embeddings.position_embedding.weight"
    known[places] = _between(known[places])
    patches = "vision_model.embeddings.patch_embedding.weight"
    known[patches] = _finer(known[patches])
    fresh = f"vision_model.encoder.layers.{LAYERS - 1}."
    # The layer that is new adds nothing at first.
    silent = (
        "self_attn.out_proj.weight",
        "self_attn.out_proj.bias",
        "mlp.fc2.weight",
        "mlp.fc2.bias",
    )
    known |= {
        name: each.zero_() if name.endswith(silent) else each
        for name, each in own.items()
        if name.startswith(fresh)
    }
    model.load_state_dict(known)
    return model


def _finer(kernels: "Tensor") -> "Tensor":
    """What looks at a patch, drawn out to a finer one of which it makes as much.

    (width, 3, patch, patch).
    """
    import torch

    drawn = torch.nn.functional.interpolate(kernels, (PATCH, PATCH), mode="bilinear")
    return drawn * (kernels.shape[-1] / PATCH) ** 2


def _between(table: "Tensor") -> "Tensor":
    """What the places of four frames are known by, as it were of nine: (1 + places, width)."""
    import torch

    side = round((len(table) - 1) ** 0.5)
    cell, width, wanted = side // 2, table.shape[1], SIDE // PATCH // ROWS
    # Frame by frame: (4, wanted, wanted, width).
    frames = table[1:].view(2, cell, 2, cell, width).permute(0, 2, 4, 1, 3).flatten(0, 1)
    frames = torch.nn.functional.interpolate(frames, (wanted, wanted), mode="bilinear")
    frames = frames.permute(0, 2, 3, 1)
    found: list[Tensor] = []
    for number in STRIP:
        after = next(n for n, each in enumerate(scorer.STRIP) if each >= number)
        before = max(after - 1, 0)
        one, other = scorer.STRIP[before], scorer.STRIP[after]
        share = (number - one) / (other - one) if other > one else 0.0
        found.append(frames[before].lerp(frames[after], share))
    grid = torch.stack(found).view(ROWS, ROWS, wanted, wanted, width).transpose(1, 2)
    return torch.cat([table[:1], grid.reshape(-1, width)])


def take(workshop: Workshop) -> "CLIPModel":
    """The scorer that ships. On the CPU."""
    tokenizer = scorer.take_hearing_tokenizer(workshop)
    model = scorer.new(tokenizer, layers=3, eyes=EYES)
    model.load_state_dict(workshop.take("sight"))
    return model


def processor() -> "CLIPImageProcessorPil":
    """What shows the model pictures as it was taught on them."""
    from transformers import CLIPImageProcessorPil

    return CLIPImageProcessorPil(
        size={"shortest_edge": SIDE},
        crop_size={"height": SIDE, "width": SIDE},
        image_mean=[scorer.MEAN] * 3,
        image_std=[scorer.SPREAD] * 3,
    )


def as_stills(pictures: "Tensor") -> "Tensor":
    """Pictures (b, 3, h, w) in 0..1 as the model wants them: what `processor` does, in one go."""
    return scorer.as_stills(pictures, SIDE)


def as_filmstrips(clips: "Tensor") -> "Tensor":
    """Nine frames each (b, 3, 9, h, w) in 0..1, three in a row, as the model wants them."""
    import torch

    lines = [
        torch.cat([*clips[:, :, at : at + ROWS].unbind(2)], -1) for at in range(0, ROWS**2, ROWS)
    ]
    return as_stills(torch.cat(lines, -2))
