"""The tiny decoder: of TAEHV's kind, small in memory, and good enough to see what a toy clip becomes."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from pipeline.errors import Cause, RenderFault
from pipeline.models import builtin, tiny_decoder
from pipeline.toy import drawing
from pipeline.toy.world import Scene

TOY = builtin.folder("builtin:toy-preview") / "model.safetensors"
BALL = Scene("red", "circle", "mist", "plain", (26.0, 32.0), 10.0, ("right",))
WAN = ((16, 8, 4, 4), 3, 16, 1, (1, 2, 2))
"""As `taew2_1` is laid out, with narrow layers."""


def wan_file(folder: Path) -> Path:
    """Weights by chance in the layout of `taew2_1`, an encoder beside them."""
    torch.manual_seed(3)
    layers = tiny_decoder.build(*WAN)
    weights = {f"decoder.{name}": each for name, each in layers.state_dict().items()}
    save_file({**weights, "encoder.0.weight": torch.zeros(1)}, folder / "taew2_1.safetensors")
    return folder / "taew2_1.safetensors"


def test_weights_are_named_as_taehv_names_them(tmp_path: Path) -> None:
    """The names and shapes of `decoder` in taehv.py, whose widths are 256, 128, 64 and 64."""
    shapes = {
        name: tuple(each.shape)
        for name, each in tiny_decoder.build((256, 128, 64, 64), 3, 16, 1, (1, 2, 2))
        .state_dict()
        .items()
    }
    assert shapes["1.weight"] == (256, 16, 3, 3)
    assert shapes["3.conv.0.weight"] == (256, 512, 3, 3)
    assert shapes["5.conv.4.bias"] == (256,)
    assert shapes["7.conv.weight"] == (256, 256, 1, 1)
    assert shapes["8.weight"] == (128, 256, 3, 3)
    assert shapes["13.conv.weight"] == (256, 128, 1, 1)
    assert shapes["14.weight"] == (64, 128, 3, 3)
    assert shapes["19.conv.weight"] == (128, 64, 1, 1)
    assert shapes["20.weight"] == (64, 64, 3, 3)
    assert shapes["22.weight"] == (3, 64, 3, 3)
    assert {"8.bias", "14.bias", "20.bias"}.isdisjoint(shapes)


def test_a_large_clip_is_decoded_at_half_its_size(tmp_path: Path) -> None:
    decoder = tiny_decoder.load(wan_file(tmp_path), "cpu")
    large = decoder.decode(torch.randn(1, 16, 2, 34, 40))
    assert (large.shape, large.dtype) == ((5, 136, 160, 3), np.uint8)
    assert decoder.decode(torch.randn(1, 16, 3, 4, 6)).shape == (9, 32, 48, 3)


def test_frame_by_frame_it_makes_what_it_makes_at_once(tmp_path: Path) -> None:
    """What the blocks remember goes on over latent frames: all frames at once are the same numbers."""
    decoder = tiny_decoder.load(wan_file(tmp_path), "cpu")
    latents = torch.randn(3, 16, 4, 4)
    layers: list[torch.nn.Module] = [*decoder.layers]  # type: ignore[misc]
    x = latents
    for layer in layers:
        match layer.kind:
            case "memory":
                x = layer(x, None)
            case "larger":
                x = torch.nn.functional.interpolate(x, scale_factor=2.0)
            case _:
                x = layer(x)
    torch.testing.assert_close(decoder.tensors(latents), x[3:], rtol=1e-4, atol=1e-5)


def test_the_shipped_one_shows_what_the_toys_own_decoder_shows() -> None:
    from diffusers import AutoencoderKLWan

    vae: Any = AutoencoderKLWan.from_pretrained(builtin.folder("builtin:toy-i2v") / "vae")
    drawn = drawing.frames(BALL)
    film = torch.from_numpy(drawn).permute(3, 0, 1, 2)[None].float() / 127.5 - 1
    with torch.inference_mode():
        latents = vae.encode(film).latent_dist.mode()
    seen = tiny_decoder.load(TOY, "cpu").decode(latents)
    assert seen.shape == drawn.shape
    error = np.square(seen.astype(float) - drawn).mean()
    assert 10 * np.log10(255**2 / error) > 25


def test_what_is_no_tiny_decoder_is_refused(tmp_path: Path) -> None:
    pickled, other = tmp_path / "taew2_1.pth", tmp_path / "model.safetensors"
    torch.save({"decoder.1.weight": torch.zeros(1)}, pickled)
    save_file({"decoder.1.weight": torch.zeros(2, 2, 3, 3)}, other)
    for file in (pickled, other, builtin.folder("builtin:toy-clip") / "model.safetensors"):
        with pytest.raises(RenderFault, match=r"is no tiny decoder .*taew2_1") as caught:
            tiny_decoder.load(file, "cpu")
        assert caught.value.cause is Cause.FATAL


def test_other_weights_have_another_fingerprint(tmp_path: Path) -> None:
    assert tiny_decoder.fingerprint(TOY) != tiny_decoder.fingerprint(wan_file(tmp_path))
