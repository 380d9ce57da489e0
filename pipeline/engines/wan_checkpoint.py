"""Reads a checkpoint folder, and says in a sentence what is wrong with it or with the device.

An incomplete one, or one of another kind, is refused when it is read, not in the middle of a take.
Only safetensors are read: the other formats can run code when they are loaded.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.errors import RenderFault
from pipeline.models.folders import check_whole, first_line, quiet_libraries, read_json, refused
from pipeline.profiles.profile import Profile

if TYPE_CHECKING:
    import torch
    from diffusers import WanImageToVideoPipeline
    from transformers import UMT5EncoderModel

CLASS = "WanImageToVideoPipeline"
EXPERTS = ("transformer", "transformer_2")
MODELS = (*EXPERTS, "vae", "text_encoder")
PARTS = (*MODELS, "tokenizer", "scheduler")
EXPERT_CHANNELS = 36
"""16 of noise, 4 of mask, 16 of the still: what an expert of this kind of model takes in."""


def check(profile: Profile, folder: Path) -> None:
    """Reads the small files alone, so that a wrong checkpoint is refused in no time.

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


def read(profile: Profile, folder: Path) -> "WanImageToVideoPipeline":
    """The profile's model with the profile's sampler, still on the CPU.

    Raises `RenderFault` (fatal).
    """
    quiet_libraries()
    import torch
    from diffusers import UniPCMultistepScheduler, WanImageToVideoPipeline

    dtype, vae_dtype = (
        getattr(torch, name) for name in (profile.model.dtype, profile.model.vae_dtype)
    )
    with _refusing(folder):
        model = WanImageToVideoPipeline.from_pretrained(
            folder,
            text_encoder=_read_text_encoder(folder, dtype),
            use_safetensors=True,
            local_files_only=True,
            dtype={"default": dtype, "vae": vae_dtype},
        )
    for part in MODELS:
        if any(weight.is_meta for weight in getattr(model, part).parameters()):
            raise refused(folder, f"lacks weights of its {part}")
    model.scheduler = UniPCMultistepScheduler.from_config(
        model.scheduler.config,
        flow_shift=profile.sampler.flow_shift,
        prediction_type="flow_prediction",
        use_flow_sigmas=True,
    )
    model.set_progress_bar_config(disable=True)
    return model


def _read_text_encoder(folder: Path, dtype: "torch.dtype") -> "UMT5EncoderModel":
    """transformers fills in missing weights with chance or zeros and goes on, and every prompt would
    read alike (its issue 43992 did that to Wan); so this part is asked what it has found."""
    from transformers import UMT5EncoderModel

    loaded: Any = UMT5EncoderModel.from_pretrained(
        folder / "text_encoder",
        use_safetensors=True,
        local_files_only=True,
        dtype=dtype,
        output_loading_info=True,
    )
    encoder, found = loaded
    if found["missing_keys"]:
        raise refused(folder, f"lacks weights of its text_encoder ({min(found['missing_keys'])})")
    return encoder


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


@contextmanager
def _refusing(folder: Path) -> Iterator[None]:
    try:
        yield
    except RenderFault:
        raise
    except Exception as error:  # a bad checkpoint fails in as many ways as there are libraries
        raise refused(folder, f"cannot be loaded: {first_line(error)}") from error
