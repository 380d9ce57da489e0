"""Reads a checkpoint folder, and says in a sentence what is wrong with it or with the device.

An incomplete one, or one of another kind, is refused when it is read, not in the middle of a take.
Only safetensors are read: the other formats can run code when they are loaded.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.engines.wan_experts import EXPERTS, ExpertSource, missing
from pipeline.errors import RenderFault
from pipeline.models.folders import (
    check_whole,
    first_line,
    quiet_libraries,
    read_json,
    refused,
    weights_in,
)
from pipeline.profiles.profile import Profile

if TYPE_CHECKING:
    import torch
    from transformers import UMT5EncoderModel

    from pipeline.engines.wan_conditions import Model

CLASS = "WanImageToVideoPipeline"
MODELS = (*EXPERTS, "vae", "text_encoder")
PARTS = (*MODELS, "tokenizer", "scheduler")
FROM_FILE = {
    "shared": "disk",
    "encoder.embed_tokens": "disk",
    "encoder.block": "disk",
    "encoder.dropout": "disk",
}
"""The parts of a text encoder that stay in its file, as accelerate says it; the one that does not tells it
where to compute."""
MOST_STEPS = 200
"""No profile takes more of them."""
EXPERT_CHANNELS = 36
"""16 of noise, 4 of mask, 16 of the still: what an expert of this kind of model takes in."""


def check(profile: Profile, folder: Path, experts: Sequence[ExpertSource]) -> None:
    """Reads the small files and headers alone, so that a wrong checkpoint is refused in no time.

    Raises `RenderFault` (fatal) with a sentence that names the folder, the part and the remedy.
    """
    index = read_json(folder, "model_index.json")
    if index.get("_class_name") != CLASS:
        raise refused(folder, f"is a {index.get('_class_name')}, not a {CLASS}")
    for part in PARTS:
        if not (index.get(part) or [None])[0]:
            raise refused(folder, f"has no {part} in its model_index.json")
        if not (folder / part).is_dir():
            raise refused(folder, f"has no folder {part}")
    if index.get("boundary_ratio") != profile.model.boundary:
        raise refused(
            folder,
            f"changes experts at {index.get('boundary_ratio')}, while profile {profile.name} says "
            f"boundary = {profile.model.boundary}",
        )
    if index.get("expand_timesteps"):
        raise refused(folder, "expands its timesteps, which this kind of model does not")
    for part in MODELS:
        check_whole(folder / part)
    for part in EXPERTS:
        _check_expert(profile, folder, part)
    for part in ("vae", "text_encoder"):
        _check_complete(folder, part)
    for expert in experts:
        if lacking := missing(expert):
            raise refused(folder, f"lacks weights of its {expert.part} ({lacking})")


def read(profile: Profile, folder: Path, device: str) -> "Model":
    """The profile's model with the profile's sampler on `device`, without experts and text encoder.

    Raises `RenderFault` (fatal).
    """
    quiet_libraries()
    import torch
    from diffusers import UniPCMultistepScheduler

    from pipeline.engines.wan_conditions import Model

    dtype, vae_dtype = (
        getattr(torch, name) for name in (profile.model.dtype, profile.model.vae_dtype)
    )
    with _refusing(folder):
        model = Model.from_pretrained(
            folder,
            transformer=None,
            transformer_2=None,
            text_encoder=None,
            device_map=device,
            use_safetensors=True,
            local_files_only=True,
            dtype={"default": dtype, "vae": vae_dtype},
        )
    model.scheduler = UniPCMultistepScheduler.from_config(
        model.scheduler.config, **sampler(profile)
    )
    model.set_progress_bar_config(disable=True)
    return model


def sampler(profile: Profile) -> dict[str, Any]:
    """What the profile wants otherwise than the checkpoint's sampler has it, as diffusers names it."""
    section = profile.sampler
    changes: dict[str, Any] = {
        "flow_shift": profile.flow_shift,
        "prediction_type": "flow_prediction",
        "use_flow_sigmas": True,
        "solver_order": section.solver_order,
    }
    if not section.corrector:
        changes["disable_corrector"] = [*range(MOST_STEPS)]
    return changes


def read_text_encoder(
    profile: Profile, folder: Path, device: str, *, in_layers: bool
) -> "UMT5EncoderModel":
    """The model's text encoder on `device`; or, in layers, one that reads each of its layers from the file
    when it comes to it, and holds no other. Raises `RenderFault` (fatal)."""
    quiet_libraries()
    import torch
    from transformers import UMT5EncoderModel

    where: Any = {**FROM_FILE, "encoder.final_layer_norm": device} if in_layers else device
    with _refusing(folder):
        return UMT5EncoderModel.from_pretrained(
            folder / "text_encoder",
            use_safetensors=True,
            local_files_only=True,
            dtype=getattr(torch, profile.model.dtype),
            device_map=where,
        )


def _check_expert(profile: Profile, folder: Path, part: str) -> None:
    expert, vae = read_json(folder, f"{part}/config.json"), read_json(folder, "vae/config.json")
    channels = expert.get("in_channels")
    if channels != EXPERT_CHANNELS:
        raise refused(folder, f"has a {part} of {channels} channels, not {EXPERT_CHANNELS}")
    grid = vae.get("scale_factor_spatial", 8) * expert["patch_size"][1]
    if profile.frame.grid % grid:
        raise refused(
            folder,
            f"works on a grid of {grid}, while profile {profile.name} says {profile.frame.grid}",
        )


def _check_complete(folder: Path, part: str) -> None:
    """Libraries fill in missing weights with chance or zeros and go on, and every clip would be noise, or
    every prompt read alike (transformers' issue 43992 did that to Wan). So names are compared first."""
    names = weights_in(folder / part)
    wanted: dict[int, set[str]] = {}
    for name, weight in _without_memory(folder, part).named_parameters(remove_duplicate=False):
        wanted.setdefault(id(weight), set()).add(name)
    missing = [min(same) for same in wanted.values() if not same & names]
    if missing:
        raise refused(folder, f"lacks weights of its {part} ({min(missing)})")


def _without_memory(folder: Path, part: str) -> "torch.nn.Module":
    """The part as its configuration describes it, without a single number."""
    import torch
    from diffusers import AutoencoderKLWan
    from transformers import UMT5Config, UMT5EncoderModel

    with _refusing(folder), torch.device("meta"):
        if part == "text_encoder":
            return UMT5EncoderModel(UMT5Config.from_pretrained(folder / part))
        kind: Any = AutoencoderKLWan
        return kind.from_config(kind.load_config(folder / part))


@contextmanager
def _refusing(folder: Path) -> Iterator[None]:
    try:
        yield
    except RenderFault:
        raise
    except Exception as error:  # a bad checkpoint fails in as many ways as there are libraries
        raise refused(folder, f"cannot be loaded: {first_line(error)}") from error
