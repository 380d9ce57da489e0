"""Calculates an encoder's weights so that it is the codec almost exactly: it needs no training.

The blocks of the encoder are made to pass their input on; its strided convolutions then are the codec
in four steps: 2 x 2 places, two frames, 2 x 2 places, two frames. Each step has fewer channels than
there are numbers, and keeps what the latents need most of (reduced rank regression). Written for an
encoder of two spatial steps without patches, and so for blocks of 4 x 4.
"""

from typing import TYPE_CHECKING, Any, NamedTuple

from pipeline.toy.training.codec import CHANNELS, GROUP, Codec, Kind

if TYPE_CHECKING:
    from diffusers import AutoencoderKLWan
    from torch import Tensor

BLOCK = 4
"""The side of the codec's blocks that this is written for."""
STEADY = 300.0
"""A constant beside the latents, large against them: the last norm then divides by it alone."""
SMALL = 0.01
"""SiLU is a straight line this near to zero."""


class Steps(NamedTuple):
    """The codec as the four steps of the encoder, each a matrix (rows out, columns in)."""

    squares: "Tensor"
    """2 x 2 places of three colours to features: (one, 12)."""
    mean: "Tensor"
    """What is taken from those 12 numbers first."""
    pairs: "Tensor"
    """The features of two frames to features: (one, 2 * one)."""
    first: "Tensor"
    """Features of 2 x 2 places to the first frame's latents: (4 places, 16, one)."""
    quarters: "Tensor"
    """Features of 2 x 2 places to features: (rank, 4 places * one)."""
    later: "Tensor"
    """The features of two pairs to the later latents: (2 pairs, 16, rank)."""
    offset: "Tensor"
    """What is added to the latents: (2 kinds, 16)."""


def teach(vae: "AutoencoderKLWan", fixed: Codec, clips: "Tensor") -> None:
    """Writes into the encoder of `vae`; `clips` (b, 3, 17, h, w) in -1..1 are examples.

    Raises `ValueError` for a codec of other blocks than 4 x 4.
    """
    import torch

    if fixed.block != BLOCK:
        raise ValueError(f"an encoder can be calculated for blocks of {BLOCK}, not {fixed.block}")
    one, two = _strides(vae)
    with torch.no_grad():
        steps = _steps(fixed, clips, one.dim, two.dim - CHANNELS - 1)
        _pass_on(vae)
        _write_strides(one, two, steps)
        _write_end(vae)


def _steps(fixed: Codec, clips: "Tensor", width: int, rank: int) -> Steps:
    """Each step in turn: what of its input the latents need, and the codec of what is left."""
    import torch

    first, later = _by_squares(fixed.first, 1)[:, 0], _by_squares(fixed.later, GROUP)
    x = _squares(clips).movedim(-2, -1).flatten(-2)
    mean = x.flatten(0, 3).mean(0)
    offset = torch.stack(
        [
            first.sum(0) @ mean - fixed.first.basis.T @ fixed.first.mean / fixed.first.scale,
            later.sum((0, 1)) @ mean - fixed.later.basis.T @ fixed.later.mean / fixed.later.scale,
        ]
    )
    needed = torch.cat([first.flatten(0, 1), later.flatten(0, 2)])
    squares, back = _reduce(needed, x - mean, width)
    y = (x - mean) @ squares.T
    first, later = first @ back, later @ back
    later = torch.cat([later[:, ::2], later[:, 1::2]], -1)
    in_pairs = torch.cat([y[:, 1::2], y[:, 2::2]], -1)
    pairs, back = _reduce(later.flatten(0, 2), in_pairs, width)
    # place, pair, 16, features -> pair, 16, place * features
    later = (later @ back).permute(1, 2, 0, 3).flatten(2)
    in_quarters = _squares((in_pairs @ pairs.T).permute(0, 4, 1, 2, 3)).flatten(-2)
    quarters, back = _reduce(later.flatten(0, 1), in_quarters, rank)
    return Steps(squares, mean, pairs, first, quarters, later @ back, offset)


def _by_squares(kind: Kind, length: int) -> "Tensor":
    """A kind of block as sums over its 2 x 2 squares: (4 squares, frames, 16, 12)."""
    rows = (kind.basis / kind.scale).T
    # latent, colour, frame, and in y and in x a square and a place within it
    x = rows.view(CHANNELS, 3, length, 2, 2, 2, 2)
    return x.permute(3, 5, 2, 0, 1, 4, 6).reshape(4, length, CHANNELS, 12)


def _squares(x: "Tensor") -> "Tensor":
    """(b, c, t, h, w) to (b, t, h/2, w/2, 4 places, c)."""
    b, c, t, h, w = x.shape
    x = x.reshape(b, c, t, h // 2, 2, w // 2, 2)
    return x.permute(0, 2, 3, 5, 4, 6, 1).reshape(b, t, h // 2, w // 2, 4, c)


def _reduce(needed: "Tensor", data: "Tensor", rank: int) -> "tuple[Tensor, Tensor]":
    """`down` (rank, n) and `up` (n, rank), so that `needed @ up @ down` is nearly `needed` on data
    (..., n) like this."""
    import torch

    rows = data.flatten(0, -2).double()
    values, vectors = torch.linalg.eigh(rows.T @ rows / len(rows))
    values = values.clamp(min=float(values.max()) * 1e-8)
    root = vectors * values.sqrt()
    _, _, right = torch.linalg.svd(needed.double() @ root, full_matrices=False)
    kept = right[:rank]
    return (kept @ (vectors / values.sqrt()).T).float(), (root @ kept.T).float()


def _strides(vae: "AutoencoderKLWan") -> tuple[Any, Any]:
    encoder: Any = vae.encoder
    one, two = (layer for layer in encoder.down_blocks if hasattr(layer, "resample"))
    return one, two


def _pass_on(vae: "AutoencoderKLWan") -> None:
    """Residual branches add nothing, and what leads past them changes nothing."""
    encoder: Any = vae.encoder
    _same(encoder.conv_in)
    for module in encoder.modules():
        if hasattr(module, "conv2"):
            _nothing(module.conv2)
        if hasattr(module, "to_qkv"):
            _nothing(module.proj)
        if hasattr(getattr(module, "conv_shortcut", None), "weight"):
            _same(module.conv_shortcut)


def _write_strides(one: Any, two: Any, steps: Steps) -> None:
    import torch

    width, rank = len(steps.squares), len(steps.quarters)
    # Colours lie before places in the columns, as in a kernel.
    _fill(one.resample[1], steps.squares.view(width, 3, 4), -(steps.squares @ steps.mean))
    _nothing(one.time_conv)
    reduced = len(steps.pairs)
    for tap in (0, 1):
        part = steps.pairs[:, tap * width : (tap + 1) * width]
        one.time_conv.weight[:reduced, :width, 1 + tap, 0, 0] = part
    rows = torch.zeros(two.dim, two.dim, 4)
    rows[:CHANNELS, :width] = steps.first.permute(1, 2, 0)
    rows[CHANNELS : CHANNELS + rank, :reduced] = steps.quarters.view(rank, 4, reduced).mT
    bias = torch.zeros(two.dim)
    bias[:CHANNELS], bias[-1] = steps.offset[0], STEADY
    _fill(two.resample[1], rows, bias)
    _nothing(two.time_conv)
    for tap in (0, 1):
        part = two.time_conv.weight[:, :, 1 + tap, 0, 0]
        part[:CHANNELS, CHANNELS : CHANNELS + rank] = steps.later[tap]
    two.time_conv.weight[-1, -1, 2, 0, 0] = 1
    two.time_conv.bias[:CHANNELS] = steps.offset[1]


def _write_end(vae: "AutoencoderKLWan") -> None:
    """The norm divides by the constant, SiLU halves what is small: the last convolutions undo both."""
    encoder: Any = vae.encoder
    encoder.norm_out.gamma.fill_(SMALL * STEADY / encoder.conv_out.in_channels**0.5)
    _same(encoder.conv_out, 2 / SMALL, CHANNELS)
    quant: Any = vae.quant_conv
    _same(quant, 1, CHANNELS)
    # The logarithm of the latents' variance: none.
    quant.bias[CHANNELS:] = -20


def _nothing(conv: Any) -> None:
    conv.weight.zero_()
    conv.bias.zero_()


def _same(conv: Any, gain: float = 1.0, channels: int | None = None) -> None:
    """Channels as they come, of the last frame that the kernel sees and its middle."""
    _nothing(conv)
    middle = conv.weight.shape[-1] // 2
    for channel in range(channels or min(conv.weight.shape[:2])):
        conv.weight[channel, channel, -1, middle, middle] = gain


def _fill(conv: Any, rows: "Tensor", bias: "Tensor") -> None:
    """rows (out, in, 4 places) into a 3 x 3 kernel that steps by two."""
    _nothing(conv)
    for place in range(4):
        conv.weight[: rows.shape[0], : rows.shape[1], place // 2, place % 2] = rows[:, :, place]
    conv.bias[: len(bias)] = bias
