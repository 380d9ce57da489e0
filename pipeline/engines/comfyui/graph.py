"""The graph that a server is sent for a take, in API format: ours, or a studio's with our values. Pure."""

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pipeline.errors import Cause, RenderFault
from pipeline.profiles.engine_section import EngineSection
from pipeline.profiles.profile import Profile
from pipeline.recipe import Recipe

Graph = dict[str, dict[str, Any]]
"""`{node: {"class_type": …, "inputs": {…}}}`; a link is `[node, output]`."""

SAVER = "shotfarm_frames"
"""The node whose output is fetched."""
FRAME_MS = 100
"""How long each frame is shown in the file of frames: whole milliseconds, so that frames can be told apart
that were written as one, and nothing of the clip."""
FOLDER = "shotfarm"
"""Our folder below those of the server's inputs and outputs."""
HIGH, LOW = "high_sampler", "low_sampler"


@dataclass(frozen=True, slots=True)
class Asked:
    """What one attempt asks for."""

    recipe: Recipe
    still: str
    """The name of the picture among the server's inputs."""
    name: str
    """Of the file of frames: no other attempt's, else a server would answer with what it made before."""

    @property
    def prefix(self) -> str:
        return f"{FOLDER}/{self.name}"


def output_of(name: str) -> dict[str, str]:
    """Where a server puts the frames of the attempt whose file has this name."""
    return {"filename": f"{name}_00001_.webp", "subfolder": FOLDER, "type": "output"}


def graph_of(profile: Profile, asked: Asked) -> Graph:
    """The graph of a take, with no output but its frames.

    Raises `RenderFault` (fatal) for a size or a length that ComfyUI would round in silence.
    """
    recipe = asked.recipe
    if recipe.width % 16 or recipe.height % 16 or recipe.frames % 4 != 1:
        raise RenderFault(
            Cause.FATAL,
            f"ComfyUI would not make {recipe.frames} frames of {recipe.width}x{recipe.height}: sides "
            "must be multiples of 16, and frames 4k+1",
        )
    if profile.engine.their_graph:
        return _theirs(profile.engine, asked)
    return _ours(profile, asked)


def escaped(text: str) -> str:
    """A prompt whose parentheses are parentheses: to ComfyUI they are weights."""
    return text.replace("(", "\\(").replace(")", "\\)")


def split_at(boundary: float, shift: float, steps: int) -> int:
    """How many of the steps of the schedule `simple` lie above the boundary, or on it: those of the
    high-noise expert. At least one, and one is left for the other where there are two."""
    noise = [1 - step / steps for step in range(steps)]
    sigmas = [shift * each / (1 + (shift - 1) * each) for each in noise]
    above = sum(sigma >= boundary - 1e-9 for sigma in sigmas)
    return min(max(above, 1), max(steps - 1, 1))


def sampler_of(profile: Profile) -> str:
    """ComfyUI's name of the profile's solver."""
    if profile.engine.sampler:
        return profile.engine.sampler
    plain = profile.sampler.solver_order == 1 and not profile.sampler.corrector
    return "euler" if plain else "uni_pc"


def classes_of(graph: Graph) -> list[str]:
    """The node classes that a server must have for it, sorted."""
    return sorted({node["class_type"] for node in graph.values()})


def _node(class_type: str, **inputs: Any) -> dict[str, Any]:
    return {"class_type": class_type, "inputs": inputs}


def _ours(profile: Profile, asked: Asked) -> Graph:
    """Of classes that every ComfyUI has since 0.3.64: text, still, two experts, decode, frames."""
    engine, recipe = profile.engine, asked.recipe
    split = engine.split or split_at(profile.model.boundary, profile.flow_shift, recipe.steps)
    graph = {
        "clip": _node("CLIPLoader", clip_name=engine.text_encoder, type="wan", device="default"),
        "vae": _node("VAELoader", vae_name=engine.vae),
        "prompt": _node("CLIPTextEncode", text=escaped(recipe.prompt), clip=["clip", 0]),
        "negative": _node("CLIPTextEncode", text=escaped(recipe.negative), clip=["clip", 0]),
        "still": _node("LoadImage", image=asked.still),
        "start": _node(
            "WanImageToVideo",
            positive=["prompt", 0],
            negative=["negative", 0],
            vae=["vae", 0],
            width=recipe.width,
            height=recipe.height,
            length=recipe.frames,
            batch_size=1,
            start_image=["still", 0],
        ),
    }
    for expert, file in (("high", engine.high), ("low", engine.low)):
        graph |= _expert(expert, file, profile)
    stages = ((HIGH, "high", recipe.cfg_high), (LOW, "low", recipe.cfg_low))
    for node, expert, cfg in stages:
        first = node == HIGH
        graph[node] = _node(
            "KSamplerAdvanced",
            model=[f"{expert}_shift", 0],
            add_noise="enable" if first else "disable",
            noise_seed=recipe.seed,
            steps=recipe.steps,
            cfg=cfg,
            sampler_name=sampler_of(profile),
            scheduler=engine.scheduler,
            positive=["start", 0],
            negative=["start", 1],
            latent_image=["start", 2] if first else [HIGH, 0],
            start_at_step=0 if first else split,
            end_at_step=split if first else recipe.steps,
            return_with_leftover_noise="enable" if first else "disable",
        )
    graph["frames"] = _node("VAEDecode", samples=[LOW, 0], vae=["vae", 0])
    return graph | {SAVER: _saver("frames", asked)}


def _expert(expert: str, file: str, profile: Profile) -> Graph:
    """An expert's file, its LoRAs in their order, and the shift of its schedule."""
    made = {expert: _node("UNETLoader", unet_name=file, weight_dtype="default")}
    last = expert
    for number, lora in enumerate(profile.engine.loras):
        if lora.expert == expert:
            name = f"{expert}_lora_{number}"
            made[name] = _node(
                "LoraLoaderModelOnly",
                model=[last, 0],
                lora_name=lora.file,
                strength_model=lora.strength,
            )
            last = name
    shift = _node("ModelSamplingSD3", model=[last, 0], shift=profile.flow_shift)
    return made | {f"{expert}_shift": shift}


def _saver(images: str, asked: Asked) -> dict[str, Any]:
    """The one that loses nothing in one file and one request, and that is in every version."""
    return _node(
        "SaveAnimatedWEBP",
        images=[images, 0],
        filename_prefix=asked.prefix,
        fps=1000 / FRAME_MS,
        lossless=True,
        quality=0,
        method="fastest",
    )


def _theirs(engine: EngineSection, asked: Asked) -> Graph:
    """The studio's nodes that lead to the frames, with the take's values: other outputs are left out, since
    they would be written for nobody."""
    slots, recipe = engine.slots, asked.recipe
    assert slots is not None
    graph: Graph = {
        node: {"class_type": each["class_type"], "inputs": copy.deepcopy(dict(each["inputs"]))}
        for node, each in engine.graph.items()
    }
    values = {
        "still": asked.still,
        "prompt": escaped(recipe.prompt),
        "negative": escaped(recipe.negative),
        "seed": recipe.seed,
        "width": recipe.width,
        "height": recipe.height,
        "frames": recipe.frames,
        "cfg_high": recipe.cfg_high,
        "cfg_low": recipe.cfg_low,
        "steps": recipe.steps,
    }
    for name, places in slots.places.items():
        for place in places:
            node, _, key = place.partition(".")
            graph[node]["inputs"][key] = values[name]
    graph[SAVER] = _saver(slots.images, asked)
    return _leading_to(SAVER, graph)


def _leading_to(node: str, graph: Graph) -> Graph:
    """The node and all that it is made of."""
    wanted, left = set[str](), [node]
    while left:
        each = left.pop()
        if each in wanted or each not in graph:
            continue
        wanted.add(each)
        left += [source for value in graph[each]["inputs"].values() if (source := _source(value))]
    return {name: made for name, made in graph.items() if name in wanted}


def _source(value: Any) -> str | None:
    """The node that an input comes from, where it comes from one."""
    if isinstance(value, list) and len(value) == 2 and isinstance(value[0], str):
        return value[0]
    return None


def sampler_nodes(graph: Graph) -> frozenset[str]:
    """The nodes that count steps."""
    return frozenset(name for name, node in graph.items() if is_sampler(node["class_type"]))


def is_sampler(class_type: str) -> bool:
    """Whether nodes of the class count steps: samplers do, what samplers are set up with does not."""
    told = class_type.lower()
    return "sampler" in told and "select" not in told


def file_names(engine: EngineSection) -> Mapping[str, tuple[str, ...]]:
    """The files that a server must have, by ComfyUI's folder; none of a studio's own graph."""
    if engine.their_graph:
        return {}
    return {
        "diffusion_models": (engine.high, engine.low),
        "text_encoders": (engine.text_encoder,),
        "vae": (engine.vae,),
        "loras": tuple(dict.fromkeys(lora.file for lora in engine.loras)),
    }
