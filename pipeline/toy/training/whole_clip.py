"""Runs an AutoencoderKLWan over a whole clip at once, with gradients.

The class itself goes piece by piece with caches. The numbers are the same; this is several times
faster, and it can be trained.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from diffusers import AutoencoderKLWan
    from torch import Tensor


def encode(vae: "AutoencoderKLWan", clips: "Tensor") -> "Tensor":
    """Latent means (b, 16, latent frames, h/factor, w/factor) of clips (b, 3, frames, h, w), -1..1."""
    encoder: Any = vae.encoder
    x = encoder.conv_in(clips)
    for layer in encoder.down_blocks:
        x = _down(layer, x) if hasattr(layer, "resample") else layer(x)
    x = encoder.mid_block(x)
    x = encoder.conv_out(encoder.nonlinearity(encoder.norm_out(x)))
    return vae.quant_conv(x).chunk(2, 1)[0]


def decode(vae: "AutoencoderKLWan", latents: "Tensor") -> "Tensor":
    """Clips (b, 3, frames, h, w), not clamped to -1..1."""
    decoder: Any = vae.decoder
    x = decoder.mid_block(decoder.conv_in(vae.post_quant_conv(latents)))
    for block in decoder.up_blocks:
        for resnet in block.resnets:
            x = resnet(x)
        if block.upsamplers is not None:
            x = _up(block.upsamplers[0], x)
    return decoder.conv_out(decoder.nonlinearity(decoder.norm_out(x)))


def _down(layer: Any, x: "Tensor") -> "Tensor":
    import torch

    x = _each_frame(layer.resample, x)
    if layer.mode == "downsample3d" and x.shape[2] > 1:
        x = torch.cat([x[:, :, :1], layer.time_conv(x)], 2)
    return x


def _up(layer: Any, x: "Tensor") -> "Tensor":
    import torch

    if layer.mode == "upsample3d" and x.shape[2] > 1:
        later = layer.time_conv(x[:, :, 1:])
        b, c, t, h, w = later.shape
        pairs = later.view(b, 2, c // 2, t, h, w).permute(0, 2, 3, 1, 4, 5)
        x = torch.cat([x[:, :, :1], pairs.reshape(b, c // 2, 2 * t, h, w)], 2)
    return _each_frame(layer.resample, x)


def _each_frame(layer: Any, x: "Tensor") -> "Tensor":
    b, c, t, h, w = x.shape
    x = layer(x.transpose(1, 2).reshape(b * t, c, h, w))
    return x.view(b, t, *x.shape[1:]).transpose(1, 2)
