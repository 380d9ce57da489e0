"""Experts of Wan2.2 as a profile wants them: their precision, what is added to them, and where they lie.

What is read goes straight to its device, one tensor after the other: on its way through the memory of the
machine, the experts of one worker alone would fill 69 GB.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.errors import Cause, RenderFault
from pipeline.models.folders import files_in, refused, weights_in
from pipeline.profiles.profile import Profile
from pipeline.profiles.sections import Quantisation

if TYPE_CHECKING:
    import torch
    from diffusers import WanTransformer3DModel
    from torch import Tensor

EXPERTS = ("transformer", "transformer_2")
"""diffusers' names of the two, the high-noise one first."""
SCALE = ".scale"
"""How the names end under which the scales of quantised weights are kept."""
PREPARED = "prepared.json"
"""What lies in the folder of a checkpoint whose files hold what a profile wants already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lora:
    """A low-rank change of one expert."""

    file: Path
    strength: float


@dataclass(frozen=True, kw_only=True)
class ExpertSource:
    """Where an expert's weights lie, and what becomes of them on their way to the device."""

    folder: Path
    """The checkpoint's."""
    part: str
    """One of `EXPERTS`."""
    dtype: str
    quantisation: Quantisation | None = None
    loras: tuple[Lora, ...] = ()
    prepared: bool = False
    """Whether the files hold what the profile wants already."""

    def skeleton(self) -> "WanTransformer3DModel":
        """The expert without a single number, with the layers that the profile wants."""
        from accelerate import init_empty_weights
        from diffusers import WanTransformer3DModel

        from pipeline.engines.quantised import replace_linears

        kind: Any = WanTransformer3DModel
        with init_empty_weights():  # weights alone: what the class calculates is in no file
            made = kind.from_config(kind.load_config(self.folder / self.part))
        if self.quantisation:
            replace_linears(made.blocks, self.quantisation)
        made.requires_grad_(False)
        return made.eval()

    def read(self, device: str) -> "WanTransformer3DModel":
        """The expert on `device`. Raises `RenderFault` (fatal) for files that do not hold all of it."""
        made: Any = self.skeleton()
        made.load_state_dict(dict(self.tensors(device)), strict=False, assign=True)
        _check_filled(made, self)
        made.requires_grad_(False)
        made.to(device)
        return made

    def tensors(
        self, device: str, *, without: frozenset[str] = frozenset()
    ) -> "Iterator[tuple[str, Tensor]]":
        """Every weight by its name in the skeleton, but those named, one after the other, on `device`.

        Changes are added in float32, rounding comes after them, and 8 bits last.
        """
        from safetensors import safe_open

        for file in files_in(self.folder / self.part):
            with safe_open(file, framework="pt", device=device) as opened:
                for name in sorted(set(opened.keys()) - without):
                    weight = opened.get_tensor(name)
                    yield from [(name, weight)] if self.prepared else self._made_of(name, weight)

    def _made_of(self, name: str, weight: "Tensor") -> "Iterator[tuple[str, Tensor]]":
        from pipeline.engines.quantised import quantise

        for change, lora in self._changes:
            if (added := _change_of(name, change)) is not None:
                weight = weight.float() + lora.strength * added.to(weight.device)
        if name in self._quantised and self.quantisation:
            numbers, scale = quantise(weight.to(self._dtype_of(name)), self.quantisation)
            yield name, numbers
            yield name.removesuffix(".weight") + SCALE, scale
        else:
            yield name, weight.to(self._dtype_of(name))

    def _dtype_of(self, name: str) -> "torch.dtype":
        """diffusers keeps some of the weights in full precision."""
        import torch
        from diffusers import WanTransformer3DModel

        full = WanTransformer3DModel._keep_in_fp32_modules or []
        exact = any(part in name.split(".") for part in full)
        return torch.float32 if exact else getattr(torch, self.dtype)

    @cached_property
    def _quantised(self) -> frozenset[str]:
        """The weights that become numbers of 8 bits."""
        if not self.quantisation:
            return frozenset()
        scales = [name for name in self.skeleton().state_dict() if name.endswith(SCALE)]
        return frozenset(name.removesuffix(SCALE) + ".weight" for name in scales)

    @cached_property
    def _changes(self) -> "list[tuple[Mapping[str, Tensor], Lora]]":
        return [(_read_lora(lora, self), lora) for lora in self.loras]


def sources(profile: Profile, folder: Path, loras: Sequence[Path] = ()) -> tuple[ExpertSource, ...]:
    """The two experts of the checkpoint in `folder` as the profile wants them, the high-noise one first.

    `loras` are the files of `model.loras`, one for each of them; a prepared checkpoint needs none.
    """
    prepared = (folder / PREPARED).is_file()
    wanted = profile.speed.quantisation
    changes = [] if prepared else [*zip(profile.model.loras, loras, strict=True)]
    return tuple(
        ExpertSource(
            folder=folder,
            part=part,
            dtype=profile.model.dtype,
            quantisation=quantisation,
            loras=tuple(
                Lora(file=file, strength=lora.strength)
                for lora, file in changes
                if lora.expert == side
            ),
            prepared=prepared,
        )
        for part, side, quantisation in zip(
            EXPERTS, ("high", "low"), (wanted.high, wanted.low), strict=True
        )
    )


def _change_of(name: str, change: "Mapping[str, Tensor]") -> "Tensor | None":
    """What a low-rank change adds to the weight of this name, float32; None for nothing."""
    layer, _, kind = name.rpartition(".")
    if kind == "bias":
        added = change.get(f"{layer}.lora_B.bias")
        return None if added is None else added.float()
    up, down = change.get(f"{layer}.lora_B.weight"), change.get(f"{layer}.lora_A.weight")
    return None if kind != "weight" or up is None or down is None else up.float() @ down.float()


def _read_lora(lora: Lora, expert: ExpertSource) -> "Mapping[str, Tensor]":
    """By diffusers' names, whatever names its trainer has given. Raises `RenderFault` (fatal) for one that
    is not for this model."""
    from diffusers import WanImageToVideoPipeline
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    model: Any = WanImageToVideoPipeline
    try:
        found = model.lora_state_dict(load_file(lora.file))
        scale = _scale_of(lora)
    except (OSError, SafetensorError, KeyError, ValueError) as error:
        raise _no_lora(lora, f"cannot be read ({type(error).__name__}: {error})") from error
    change = {
        name.removeprefix("transformer."): scale * weight if ".lora_A." in name else weight
        for name, weight in found.items()
        if ".lora_" in name
    }
    shapes = {name: weight.shape for name, weight in _plain(expert).state_dict().items()}
    layers = {name.partition(".lora_")[0] for name in change}
    if not layers:
        raise _no_lora(lora, "holds no low-rank change")
    for layer in sorted(layers):
        up, down = (change.get(f"{layer}.lora_{side}.weight") for side in "BA")
        if (up is None) != (down is None):
            raise _no_lora(lora, f"is not whole: of {layer} it holds one half of a change")
        if up is None or down is None:
            continue
        if tuple(shapes.get(f"{layer}.weight", ())) != (up.shape[0], down.shape[1]):
            raise _no_lora(lora, f"changes {layer}, which this model does not have in that size")
    return change


def _scale_of(lora: Lora) -> float:
    """Alpha over rank, where a trainer keeps it in the file's metadata; others do so among the weights."""
    from safetensors import safe_open

    with safe_open(lora.file, framework="pt") as opened:
        told = json.loads((opened.metadata() or {}).get("lora_adapter_metadata", "{}"))
    scales = {1.0}
    for key, alpha in told.items():
        if key.endswith("lora_alpha"):
            scales = {alpha / told[key.removesuffix("lora_alpha") + "r"]}
        if key.endswith(("alpha_pattern", "rank_pattern")) and alpha:
            raise ValueError("each of its layers has a strength of its own")
    return scales.pop()


def _plain(expert: ExpertSource) -> "WanTransformer3DModel":
    return ExpertSource(folder=expert.folder, part=expert.part, dtype=expert.dtype).skeleton()


def _no_lora(lora: Lora, why: str) -> RenderFault:
    return RenderFault(
        Cause.FATAL,
        f"the LoRA {lora.file} {why}: name one for Wan2.2 I2V A14B in model.loras of the profile",
    )


def _check_filled(made: "WanTransformer3DModel", expert: ExpertSource) -> None:
    empty = sorted(name for name, weight in made.state_dict().items() if weight.is_meta)
    if empty:
        raise refused(expert.folder, f"lacks weights of its {expert.part} ({empty[0]})")


def missing(expert: ExpertSource) -> str | None:
    """The first weight that the expert's files do not hold; None where they hold all."""
    wanted = expert.skeleton() if expert.prepared else _plain(expert)
    lacking = set(wanted.state_dict()) - weights_in(expert.folder / expert.part)
    return min(lacking) if lacking else None
