"""Decodes latents roughly and for little: a decoder of the kind of TAEHV, for a look at an unfinished clip.

TAEHV (github.com/madebyollin/taehv, MIT) publishes such decoders for video models, `taew2_1` for Wan 2.1
and A14B. Built here from the names and shapes of the weights; only safetensors are read.
"""

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.errors import Cause, RenderFault
from pipeline.models.device import is_cpu
from pipeline.models.folders import first_line

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor, nn

SMALL = 256
"""Pixels of a frame's shorter side above which the last doubling of its size is left out: nobody but a
scorer looks, and it costs three quarters of the time."""
AHEAD = 3
"""Frames that a decoder of latents of four frames gives before the first one."""
DOUBLINGS = "doublings"
"""In a file's metadata: how often its decoder doubles the size; three times where that is not said."""


class TinyDecoder:
    """Latents as the experts know them in, frames out. Holds no memory of the device between two calls but
    its weights."""

    def __init__(self, layers: "nn.Module", doublings: int) -> None:
        """`layers` as `build` made them."""
        self.layers = layers
        self._doublings = doublings

    def decode(self, latents: "Tensor") -> "NDArray[np.uint8]":
        """Frames (frames, height, width, 3), uint8 RGB, of latents (1, channels, latent frames, rows,
        columns) on whatever device; at most half as large as the clip where that is large."""
        import numpy as np
        import torch

        weight = next(self.layers.parameters())
        with torch.inference_mode():
            coded = latents[0].transpose(0, 1).to(weight.device, weight.dtype)
            less = 1 if min(coded.shape[-2:]) * self._times > SMALL else 0
            made = torch.cat([*self._decoded(coded, self._doublings - less)])[AHEAD:]
            levels = (made.clamp(0, 1).float() * 255).round().to(torch.uint8)
        return np.ascontiguousarray(levels.permute(0, 2, 3, 1).cpu().numpy())

    def tensors(self, latents: "Tensor") -> "Tensor":
        """Frames (frames, 3, height, width), about 0..1, of latents (latent frames, channels, rows,
        columns), of full size; with gradients, for who trains it."""
        import torch

        return torch.cat([*self._decoded(latents, self._doublings)])[AHEAD:]

    @property
    def _times(self) -> int:
        return 2**self._doublings * self._patch

    @property
    def _patch(self) -> int:
        return int((self.layers[-1].out_channels // 3) ** 0.5)  # type: ignore[index]

    def _decoded(self, coded: "Tensor", doublings: int) -> "Iterator[Tensor]":
        """One latent frame after the other, so that little memory does; what each block saw goes on."""
        from torch.nn.functional import interpolate, pixel_shuffle

        seen: dict[int, Tensor] = {}
        layers: Any = self.layers
        for frame in coded.split(1):
            x, larger = frame, 0
            for number, layer in enumerate(layers):
                match layer.kind:
                    case "memory":
                        x, seen[number] = layer(x, seen.get(number)), x[-1:]
                    case "larger":
                        if larger < doublings:
                            x, larger = interpolate(x, scale_factor=2.0), larger + 1
                    case _:
                        x = layer(x)
            yield pixel_shuffle(x, self._patch)


def load(file: Path, device: str) -> TinyDecoder:
    """The decoder whose weights lie in `file`, on `device`, in half precision on a card.

    An encoder that lies beside it is left out. Raises `RenderFault`, fatal, for a file that is none.
    """
    import torch
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(file, "pt") as opened:
            doublings = int((opened.metadata() or {}).get(DOUBLINGS, 3))
            names = [name for name in opened.keys() if name.startswith("decoder.")]  # noqa: SIM118
            weights = {name.removeprefix("decoder."): opened.get_tensor(name) for name in names}
        layers = build(*_shape_of(weights))
        layers.load_state_dict(weights)
    except (OSError, SafetensorError, RuntimeError, ValueError, LookupError) as error:
        raise RenderFault(
            Cause.FATAL,
            f"{file} is no tiny decoder ({first_line(error)}): [early] decoder wants one of TAEHV's kind "
            "as safetensors, for Wan taew2_1.safetensors",
        ) from error
    precision = torch.float32 if is_cpu(device) else torch.float16
    return TinyDecoder(layers.to(device, precision).eval().requires_grad_(False), doublings)


def fingerprint(file: Path) -> str:
    """12 hex digits over the file: other weights, other digits."""
    return hashlib.sha256(file.read_bytes()).hexdigest()[:12]


def build(
    widths: tuple[int, ...], blocks: int, channels: int, patch: int, grows: tuple[int, ...]
) -> "nn.Sequential":
    """The layers of a decoder without weights: for each width but the last `blocks` blocks, a doubling of
    the size, `grows` times as many frames, and the next width.

    `channels` are those of the latents; the size grows by `patch` at the end.
    """
    from torch import nn

    from pipeline.models import tiny_layers as each

    layers: list[nn.Module] = [each.Clamp(), each.conv(channels, widths[0]), each.ReLU()]
    for width, following, times in zip(widths, widths[1:], grows, strict=False):
        layers += [each.Memory(width) for _ in range(blocks)]
        layers += [each.Larger(), each.Grow(width, times), each.conv(width, following, bias=False)]
    layers += [each.ReLU(), each.conv(widths[-1], 3 * patch**2)]
    return nn.Sequential(*layers)


def _shape_of(
    weights: "Mapping[str, Tensor]",
) -> tuple[tuple[int, ...], int, int, int, tuple[int, ...]]:
    """What `build` takes, by names and shapes of its weights. Raises `LookupError` or `ValueError`."""
    numbers = sorted({int(name.partition(".")[0]) for name in weights})
    first, last = weights["1.weight"], weights[f"{numbers[-1]}.weight"]
    grown = [n for n in numbers if f"{n}.conv.weight" in weights]
    memories = [n for n in numbers if f"{n}.conv.0.weight" in weights]
    if not grown or len(memories) % len(grown):
        raise ValueError(f"{len(memories)} blocks in {len(grown)} stages")
    widths = [int(first.shape[0])] + [int(weights[f"{n + 1}.weight"].shape[0]) for n in grown]
    shapes = [weights[f"{n}.conv.weight"].shape for n in grown]
    patch = int((last.shape[0] // 3) ** 0.5)
    return (
        tuple(widths),
        len(memories) // len(grown),
        int(first.shape[1]),
        patch,
        tuple(int(shape[0] // shape[1]) for shape in shapes),
    )
