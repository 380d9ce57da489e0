"""Models by chance for a real ComfyUI on a CPU: two experts, a VAE and a text encoder. They make noise.

`python -m tests.comfyui.tiny FOLDER` writes them below FOLDER, the `models` of a server, under the names of
`tests.comfyui.running.FILES`. ComfyUI goes by names and shapes of tensors, those of the published weights,
so they are as small as it loads them. A text encoder's size it takes for granted: this one is CLIP-L (250
MB), since UMT5's is gigabytes.
"""

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from tests.comfyui.running import FILES

if TYPE_CHECKING:
    from torch import Tensor

WIDTH, HIDDEN, LAYERS = 128, 256, 2
"""Of an expert. ComfyUI gives each 128 of the width a head."""
LATENT, GIVEN = 16, 36
"""Channels of a latent, and of what an expert is given: noise, the picture's latent, a mask."""
TIME = 256
TEXT, WORDS, PLACES, TEXT_LAYERS = 768, 49408, 77, 12
"""Of CLIP-L. ComfyUI reads the width of texts out of an expert's metadata since 0.19; before it is 4096."""
LORAS = ("high_lora.safetensors", "low_lora.safetensors")
RANK = 4
VAE_WIDTH = 8
STAGES = (1, 2, 4, 4)
"""Widths of the VAE's stages; their number, too, is taken for granted."""
Shapes = Iterator[tuple[str, tuple[int, ...]]]


def write(models: Path) -> None:
    """All of them, below the folder of a server's models; those that are there stay."""
    told = {"config": json.dumps({"transformer": {"text_dim": TEXT}})}
    _save(models / "diffusion_models" / FILES["high"], _expert(), 1, told)
    _save(models / "diffusion_models" / FILES["low"], _expert(), 2, told)
    for seed, name in enumerate(LORAS, 5):
        _save(models / "loras" / name, _lora(), seed, {})
    _save(models / "text_encoders" / FILES["text_encoder"], _text(), 3, {})
    _save(models / "vae" / FILES["vae"], _vae(), 4, {})


def _save(place: Path, shapes: Shapes, seed: int, told: dict[str, str]) -> None:
    import torch
    from safetensors.torch import save_file

    if place.exists():
        return
    place.parent.mkdir(parents=True, exist_ok=True)
    chance = torch.Generator().manual_seed(seed)
    tensors = {name: _values(name, shape, chance) for name, shape in shapes}
    part = place.with_suffix(".part")
    save_file(tensors, part, told)
    part.replace(place)


def _values(name: str, shape: tuple[int, ...], chance: object) -> "Tensor":
    """Of a size at which nothing that passes through many of them grows without bound."""
    import torch

    assert isinstance(chance, torch.Generator)
    if name.endswith(("norm1.weight", "norm2.weight", "norm3.weight", "norm.weight", "gamma")):
        return torch.ones(shape, dtype=torch.float16)
    if name.endswith(("norm_q.weight", "norm_k.weight")):
        return torch.ones(shape, dtype=torch.float16)
    if name.endswith("bias"):
        return torch.zeros(shape, dtype=torch.float16)
    fan = 1
    for size in shape[1:]:
        fan *= size
    return (torch.randn(shape, generator=chance) * fan**-0.5).half()


def _layer(name: str, into: int, out: int) -> Shapes:
    yield f"{name}.weight", (out, into)
    yield f"{name}.bias", (out,)


def _expert() -> Shapes:
    yield "patch_embedding.weight", (WIDTH, GIVEN, 1, 2, 2)
    yield "patch_embedding.bias", (WIDTH,)
    yield from _layer("text_embedding.0", TEXT, WIDTH)
    yield from _layer("text_embedding.2", WIDTH, WIDTH)
    yield from _layer("time_embedding.0", TIME, WIDTH)
    yield from _layer("time_embedding.2", WIDTH, WIDTH)
    yield from _layer("time_projection.1", WIDTH, 6 * WIDTH)
    for number in range(LAYERS):
        block = f"blocks.{number}"
        yield f"{block}.modulation", (1, 6, WIDTH)
        for attention in (f"{block}.self_attn", f"{block}.cross_attn"):
            for part in "qkvo":
                yield from _layer(f"{attention}.{part}", WIDTH, WIDTH)
            yield f"{attention}.norm_q.weight", (WIDTH,)
            yield f"{attention}.norm_k.weight", (WIDTH,)
        yield f"{block}.norm3.weight", (WIDTH,)
        yield f"{block}.norm3.bias", (WIDTH,)
        yield from _layer(f"{block}.ffn.0", WIDTH, HIDDEN)
        yield from _layer(f"{block}.ffn.2", HIDDEN, WIDTH)
    yield from _layer("head.head", WIDTH, 4 * LATENT)
    yield "head.modulation", (1, 2, WIDTH)


def _lora() -> Shapes:
    """Of one layer of each block."""
    for number in range(LAYERS):
        layer = f"diffusion_model.blocks.{number}.self_attn.q"
        yield f"{layer}.lora_A.weight", (RANK, WIDTH)
        yield f"{layer}.lora_B.weight", (WIDTH, RANK)


def _text() -> Shapes:
    model = "text_model"
    yield f"{model}.embeddings.token_embedding.weight", (WORDS, TEXT)
    yield f"{model}.embeddings.position_embedding.weight", (PLACES, TEXT)
    for number in range(TEXT_LAYERS):
        layer = f"{model}.encoder.layers.{number}"
        for part in ("q_proj", "k_proj", "v_proj", "out_proj"):
            yield from _layer(f"{layer}.self_attn.{part}", TEXT, TEXT)
        yield from _layer(f"{layer}.mlp.fc1", TEXT, 4 * TEXT)
        yield from _layer(f"{layer}.mlp.fc2", 4 * TEXT, TEXT)
        for norm in ("layer_norm1", "layer_norm2"):
            yield f"{layer}.{norm}.weight", (TEXT,)
            yield f"{layer}.{norm}.bias", (TEXT,)
    yield f"{model}.final_layer_norm.weight", (TEXT,)
    yield f"{model}.final_layer_norm.bias", (TEXT,)


def _vae() -> Shapes:
    widest = STAGES[-1] * VAE_WIDTH
    yield from _convolution("encoder.conv1", 3, VAE_WIDTH, (3, 3, 3))
    yield from _down()
    yield from _middle("encoder", widest)
    yield from _head("encoder", widest, 2 * LATENT)
    yield from _convolution("conv1", 2 * LATENT, 2 * LATENT, (1, 1, 1))
    yield from _convolution("conv2", LATENT, LATENT, (1, 1, 1))
    yield from _convolution("decoder.conv1", LATENT, widest, (3, 3, 3))
    yield from _middle("decoder", widest)
    yield from _up()
    yield from _head("decoder", VAE_WIDTH, 3)


def _down() -> Shapes:
    """Four stages of two blocks each; all but the last halve the picture, and two of them the time."""
    number, before = 0, VAE_WIDTH
    for stage, times in enumerate(STAGES):
        width = times * VAE_WIDTH
        for _ in range(2):
            yield from _block(f"encoder.downsamples.{number}", before, width)
            number, before = number + 1, width
        if stage < 3:
            name = f"encoder.downsamples.{number}"
            yield from _convolution(f"{name}.resample.1", width, width, (3, 3))
            if stage > 0:
                yield from _convolution(f"{name}.time_conv", width, width, (3, 1, 1))
            number += 1


def _up() -> Shapes:
    """The same backwards, by three blocks each; what doubles the picture halves the width."""
    number, before = 0, STAGES[-1] * VAE_WIDTH
    for stage, times in enumerate(reversed(STAGES)):
        width = times * VAE_WIDTH
        for _ in range(3):
            yield from _block(f"decoder.upsamples.{number}", before, width)
            number, before = number + 1, width
        if stage < 3:
            name = f"decoder.upsamples.{number}"
            yield from _convolution(f"{name}.resample.1", width, width // 2, (3, 3))
            if stage < 2:
                yield from _convolution(f"{name}.time_conv", width, 2 * width, (3, 1, 1))
            number, before = number + 1, width // 2


def _convolution(name: str, into: int, out: int, size: tuple[int, ...]) -> Shapes:
    yield f"{name}.weight", (out, into, *size)
    yield f"{name}.bias", (out,)


def _block(name: str, into: int, out: int) -> Shapes:
    yield f"{name}.residual.0.gamma", (into, 1, 1, 1)
    yield from _convolution(f"{name}.residual.2", into, out, (3, 3, 3))
    yield f"{name}.residual.3.gamma", (out, 1, 1, 1)
    yield from _convolution(f"{name}.residual.6", out, out, (3, 3, 3))
    if into != out:
        yield from _convolution(f"{name}.shortcut", into, out, (1, 1, 1))


def _middle(part: str, width: int) -> Shapes:
    yield from _block(f"{part}.middle.0", width, width)
    yield f"{part}.middle.1.norm.gamma", (width, 1, 1)
    yield from _convolution(f"{part}.middle.1.to_qkv", width, 3 * width, (1, 1))
    yield from _convolution(f"{part}.middle.1.proj", width, width, (1, 1))
    yield from _block(f"{part}.middle.2", width, width)


def _head(part: str, into: int, out: int) -> Shapes:
    yield f"{part}.head.0.gamma", (into, 1, 1, 1)
    yield from _convolution(f"{part}.head.2", into, out, (3, 3, 3))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="a server's models")
    write(parser.parse_args().folder)


if __name__ == "__main__":
    main()
