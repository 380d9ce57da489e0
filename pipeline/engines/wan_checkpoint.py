"""Reads a checkpoint folder, and says in a sentence what is wrong with it or with the device.

An incomplete one, or one of another kind, is refused when it is read, not in the middle of a take.
Only safetensors are read: the other formats can run code when they are loaded.
"""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.errors import Cause, RenderFault
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
    index = _json(folder, "model_index.json")
    if index.get("_class_name") != CLASS:
        raise _refused(folder, f"is a {index.get('_class_name')}, not a {CLASS}")
    for part in PARTS:
        if not (index.get(part) or [None])[0]:
            raise _refused(folder, f"has no {part} in its model_index.json")
        if not (folder / part).is_dir():
            raise _refused(folder, f"has no folder {part}")
    if index.get("boundary_ratio") != profile.model.boundary:
        raise _refused(
            folder,
            f"changes experts at {index.get('boundary_ratio')}, while profile {profile.name} says "
            f"boundary = {profile.model.boundary}",
        )
    if index.get("expand_timesteps"):
        raise _refused(folder, "expands its timesteps, which this kind of model does not")
    for part in MODELS:
        check_whole(folder / part)
    for part in EXPERTS:
        _check_expert(profile, folder, part)


def check_whole(part: Path) -> None:
    """Refuses a folder whose safetensors files are missing, cut short or not all there.

    Reads headers only. Raises `RenderFault` (fatal) with a sentence that names the file.
    """
    from safetensors import SafetensorError, safe_open

    names = {path.name for path in part.glob("*.safetensors")}
    for index in part.glob("*.safetensors.index.json"):
        names |= set(_json(part, index.name)["weight_map"].values())
    if not names:
        raise _refused(part, "holds no safetensors file, and other formats are not read")
    for file in sorted(part / name for name in names):
        try:
            with safe_open(file, framework="numpy"):
                pass
        except (OSError, SafetensorError) as error:
            raise _refused(part, f"has no whole {file.name} ({first_line(error)})") from error


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
            raise _refused(folder, f"lacks weights of its {part}")
    model.scheduler = UniPCMultistepScheduler.from_config(
        model.scheduler.config,
        flow_shift=profile.sampler.flow_shift,
        prediction_type="flow_prediction",
        use_flow_sigmas=True,
    )
    model.set_progress_bar_config(disable=True)
    return model


def quiet_libraries() -> None:
    """No progress bars in a worker's log, nor a word on an image processor that Wan has no use for."""
    from diffusers.utils import logging as diffusers_logging
    from transformers.utils import logging as transformers_logging

    diffusers_logging.disable_progress_bar()
    transformers_logging.disable_progress_bar()
    logging.getLogger("transformers.utils.import_utils").setLevel(logging.ERROR)


@contextmanager
def faults(doing: str, device: str) -> Iterator[None]:
    """Turns torch's errors into `RenderFault`: no memory is capacity, anything else machine."""
    import torch

    try:
        yield
    except torch.OutOfMemoryError as error:
        torch.cuda.empty_cache()
        raise RenderFault(
            Cause.CAPACITY,
            f"the memory of {device} ran out while {doing}: free it of other programs, or choose "
            f"a profile with a smaller area ({first_line(error)})",
        ) from error
    except RuntimeError as error:
        raise RenderFault(
            Cause.MACHINE, f"{doing} failed on {device}: {first_line(error)}"
        ) from error


def first_line(error: Exception) -> str:
    """What a library says first; the lines after it are for those who wrote it."""
    return (str(error).splitlines() or [type(error).__name__])[0]


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
        raise _refused(folder, f"lacks weights of its text_encoder ({min(found['missing_keys'])})")
    return encoder


def _check_expert(profile: Profile, folder: Path, part: str) -> None:
    expert, vae = _json(folder, f"{part}/config.json"), _json(folder, "vae/config.json")
    channels = expert.get("in_channels")
    if channels != EXPERT_CHANNELS:
        raise _refused(folder, f"has a {part} of {channels} channels, not {EXPERT_CHANNELS}")
    grid = vae.get("scale_factor_spatial", 8) * expert["patch_size"][1]
    if profile.frame.grid % grid:
        raise _refused(
            folder,
            f"works on a grid of {grid}, while profile {profile.name} says {profile.frame.grid}",
        )


def _json(folder: Path, name: str) -> dict[str, Any]:
    try:
        return json.loads((folder / name).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise _refused(folder, f"has no readable {name} ({first_line(error)})") from error


@contextmanager
def _refusing(folder: Path) -> Iterator[None]:
    try:
        yield
    except RenderFault:
        raise
    except Exception as error:  # a bad checkpoint fails in as many ways as there are libraries
        raise _refused(folder, f"cannot be loaded: {first_line(error)}") from error


def _refused(folder: Path, what: str) -> RenderFault:
    return RenderFault(
        Cause.FATAL,
        f"the checkpoint {folder} {what}: fetch it again whole, or name another in the profile",
    )
