"""The model that a sampler is given: its file, what is added to it, and its shift."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pipeline.comfy.graph import Node, Wire
from pipeline.comfy.reader import Reader
from pipeline.comfy.values import Unknown

DEFAULT_SHIFT = 8.0
"""Of Wan in ComfyUI, where no node sets one."""
_LOADERS: Mapping[str, str] = {
    "UNETLoader": "unet_name",
    "UnetLoaderGGUF": "unet_name",
    "UnetLoaderGGUFAdvanced": "unet_name",
    "UnetLoaderGGUFDisTorch2MultiGPU": "unet_name",
    "DiffusionModelLoaderKJ": "model_name",
    "CheckpointLoaderSimple": "ckpt_name",
}
_MOST = 100.0
"""Strength of a LoRA, as ComfyUI bounds it."""
_LORAS = frozenset({"LoraLoaderModelOnly", "LoraLoader"})
_MANY_LORAS = frozenset({"Power Lora Loader (rgthree)"})
_SHIFTS = frozenset({"ModelSamplingSD3"})
_FASTER = frozenset(
    {"PathchSageAttentionKJ", "ModelPatchTorchSettings", "TorchCompileModel"}
    | {"TorchCompileModelWanVideo", "TorchCompileModelWanVideoV2"}
)
"""What changes speed and the last bits alone."""


@dataclass(frozen=True, slots=True)
class Lora:
    """A low-rank change by its file, and its strength."""

    file: str
    strength: float


@dataclass(frozen=True, slots=True)
class Expert:
    """What one sampler denoises with."""

    file: str | None
    """As the graph names it; None where it cannot be told."""
    loras: tuple[Lora, ...] = ()
    """In the order in which they are added."""
    shift: float | None = None
    """None where no node sets one."""


def read(reader: Reader, value: Any, expert: str) -> Expert:
    """The expert behind a sampler's `model`; `expert` is what it is called in sentences."""
    file: str | None = None
    shift: float | None = None
    loras: list[Lora] = []
    for number, node in reader.chain(value, "model", "MODEL"):
        if node.kind in _SHIFTS:
            # The one nearest to the sampler counts.
            shift = (
                shift if shift is not None else _float(reader, number, "shift", f"{expert} shift")
            )
        elif node.kind in _LORAS:
            loras += _lora(reader, number, expert)
        elif node.kind in _MANY_LORAS:
            loras += list(_lora_rows(reader, number, node))[::-1]
        elif "model" not in node.inputs and "MODEL" not in node.inputs:
            file = _file(reader, number, node, expert)
        elif node.kind in _FASTER:
            reader.remarks.note(
                "comfy.addition", number,
                f"{node.kind} makes the {expert} expert faster; a profile says that by [speed].",
            )  # fmt: skip
        else:
            reader.remarks.warn(
                "comfy.addition", number,
                f"{node.kind} changes what the {expert} expert does; no profile can say that.",
            )  # fmt: skip
    if file is None:
        reader.remarks.error("comfy.unknown", "", f"The file of the {expert} expert is not named.")
    return Expert(file, tuple(loras[::-1]), shift)


def _file(reader: Reader, number: str, node: Node, expert: str) -> str | None:
    name = _LOADERS.get(node.kind) or next(
        (name for name in node.inputs if name.endswith("_name") or name in ("model", "ckpt")), ""
    )
    if not name:
        return None
    file = reader.text(number, name, f"file of the {expert} expert")
    kept = node.inputs.get("weight_dtype", "default")
    words = f"{file or ''} {kept if isinstance(kept, str) else ''}".lower()
    low = next((each for each in ("gguf", "fp8", "int8", "nvfp4", "nf4") if each in words), None)
    if low:
        reader.remarks.note(
            "comfy.precision", number,
            f"The {expert} expert is kept as {low}; a profile reads whole weights and rounds them "
            "by [speed.quantisation].",
        )  # fmt: skip
    return file


def _lora(reader: Reader, number: str, expert: str) -> list[Lora]:
    file = reader.text(number, "lora_name", f"LoRA of the {expert} expert")
    strength = _float(
        reader, number, "strength_model", f"strength of a LoRA of the {expert} expert"
    )
    inputs = reader.graph[number].inputs
    if reader.graph[number].kind == "LoraLoader" and isinstance(inputs.get("clip"), Wire):
        reader.remarks.note(
            "comfy.lora", number,
            "The LoRA changes the text encoder too; Wan's text encoder takes none.",
        )  # fmt: skip
    if not file or file == "None" or strength is None:
        return []
    return _counted(reader, number, Lora(file, strength))


def _lora_rows(reader: Reader, number: str, node: Node) -> Iterator[Lora]:
    """rgthree's loader of several: `lora_1`, `lora_2`, … with a switch each."""
    for name, row in node.inputs.items():
        if not name.lower().startswith("lora_") or not isinstance(row, dict) or not row.get("on"):
            continue
        file, strength = row.get("lora"), row.get("strength", 1.0)
        told = isinstance(strength, int | float) and -_MOST < strength < _MOST
        if isinstance(file, str) and file != "None" and told:
            yield from _counted(reader, number, Lora(file, float(strength)))


def _counted(reader: Reader, number: str, lora: Lora) -> list[Lora]:
    """A LoRA that does something and that a profile can say; else none, with a finding."""
    # The pages store 1 as 1.0000000000000002.
    lora = Lora(lora.file, round(lora.strength, 6))
    if lora.strength == 0:
        reader.remarks.note("comfy.lora", number, f"{lora.file} has no strength and is left out.")
        return []
    if not 0 < lora.strength <= 2:
        reader.remarks.error(
            "comfy.lora", number,
            f"{lora.file} has the strength {lora.strength:g}; a profile takes above 0 to 2.",
        )  # fmt: skip
        return []
    return [lora]


def _float(reader: Reader, number: str, name: str, what: str) -> float | None:
    try:
        found = reader.number(number, name, what)
        return None if found is None else round(float(found), 6)
    except (Unknown, OverflowError):
        return None
