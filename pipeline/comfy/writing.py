"""A take as a graph of ComfyUI: nodes that every server has, with the take's own values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.comfy.experts import Lora
from pipeline.comfy.graph import Node, Wire
from pipeline.comfy.split import sigma
from pipeline.comfy.texts import escaped

HIGH = "wan2.2_i2v_high_noise_14B_fp8_scaled.safetensors"
LOW = "wan2.2_i2v_low_noise_14B_fp8_scaled.safetensors"
TEXT_ENCODER = "umt5_xxl_fp8_e4m3fn_scaled.safetensors"
VAE = "wan_2.1_vae.safetensors"
"""Files as ComfyUI's own template for Wan2.2 names them: whoever ran it has them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What a graph is to render."""

    prompt: str
    negative: str
    seed: int
    steps: int
    boundary: float
    shift: float
    cfg_high: float
    cfg_low: float
    euler: bool
    """Euler's solver; else UniPC's."""
    width: int
    height: int
    frames: int
    fps: int
    still: str
    """The start picture's file name, as the graph asks for it."""
    name: str
    """What its films are called; letters, digits and `/ _ -`."""
    high: Sequence[Lora] = ()
    low: Sequence[Lora] = ()


def split_at(boundary: float, steps: int, shift: float) -> int:
    """The steps above a boundary: those of the high-noise expert."""
    return sum(sigma(step, steps, shift) >= boundary for step in range(steps))


def graph(values: Written) -> dict[str, Node]:
    """The graph, its nodes numbered from 1 in the order of the work."""
    made = _Made()
    clip = made.node(
        "CLIPLoader", "Text encoder", clip_name=TEXT_ENCODER, type="wan", device="default"
    )
    vae = made.node("VAELoader", "VAE", vae_name=VAE)
    high = _expert(made, "high noise", HIGH, values.high, values.shift)
    low = _expert(made, "low noise", LOW, values.low, values.shift)
    positive = made.node("CLIPTextEncode", "Prompt", text=escaped(values.prompt), clip=clip)
    negative = made.node(
        "CLIPTextEncode", "Negative prompt", text=escaped(values.negative), clip=clip
    )
    still = made.node("LoadImage", "Start picture", image=values.still)
    laid = made.node(
        "WanImageToVideo", "Clip", width=values.width, height=values.height, length=values.frames,
        batch_size=1, positive=positive, negative=negative, vae=vae, start_image=still,
    )  # fmt: skip
    parted = split_at(values.boundary, values.steps, values.shift)
    common: Mapping[str, Any] = {
        "steps": values.steps,
        "sampler_name": "euler" if values.euler else "uni_pc",
        "scheduler": "simple",
        "positive": laid,
        "negative": Wire(laid.node, 1),
    }
    first = made.node(
        "KSamplerAdvanced", "High noise", **common, add_noise="enable", noise_seed=values.seed,
        cfg=values.cfg_high, start_at_step=0, end_at_step=parted, return_with_leftover_noise="enable",
        model=high, latent_image=Wire(laid.node, 2),
    )  # fmt: skip
    last = made.node(
        "KSamplerAdvanced", "Low noise", **common, add_noise="disable", noise_seed=0,
        cfg=values.cfg_low, start_at_step=parted, end_at_step=values.steps,
        return_with_leftover_noise="disable", model=low, latent_image=first,
    )  # fmt: skip
    frames = made.node("VAEDecode", "Frames", samples=last, vae=vae)
    film = made.node("CreateVideo", "Film", fps=float(values.fps), images=frames)
    made.node(
        "SaveVideo", "Save", filename_prefix=values.name, format="auto", codec="auto", video=film
    )
    return made.nodes


class _Made:
    def __init__(self) -> None:
        self.nodes: dict[str, Node] = {}

    def node(self, kind: str, title: str, **inputs: Any) -> Wire:
        number = str(len(self.nodes) + 1)
        self.nodes[number] = Node(kind, inputs, title)
        return Wire(number)


def _expert(made: _Made, title: str, file: str, loras: Sequence[Lora], shift: float) -> Wire:
    model = made.node("UNETLoader", f"Expert, {title}", unet_name=file, weight_dtype="default")
    for lora in loras:
        model = made.node(
            "LoraLoaderModelOnly", f"LoRA, {title}", lora_name=lora.file,
            strength_model=lora.strength, model=model,
        )  # fmt: skip
    return made.node("ModelSamplingSD3", f"Shift, {title}", shift=shift, model=model)
