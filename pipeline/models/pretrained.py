"""Loads a scorer's model from its folder: safetensors, whole, local, and no code of its own."""

import hashlib
from pathlib import Path
from typing import Any

from pipeline.engines.wan_checkpoint import check_whole, faults, first_line, quiet_libraries
from pipeline.errors import Cause, RenderFault
from pipeline.models import weights
from pipeline.profiles.profile import MatchSection


def load_whole(folder: Path, kind: str, dtype: str, device: str, wanted: str) -> tuple[Any, Any]:
    """Model and processor in `folder`, by the class of transformers called `kind`.

    Raises `RenderFault`, fatal where the folder holds no model of this kind or an incomplete one;
    `wanted` says what to name instead.
    """
    quiet_libraries()
    import transformers

    check_whole(folder)
    try:
        model, found = getattr(transformers, kind).from_pretrained(
            folder,
            dtype=dtype,
            use_safetensors=True,
            local_files_only=True,
            trust_remote_code=False,
            output_loading_info=True,
        )
        processor = transformers.AutoProcessor.from_pretrained(
            folder, local_files_only=True, trust_remote_code=False, backend="pil"
        )
    except Exception as error:  # a bad checkpoint fails in as many ways as there are libraries
        raise refused(folder, f"cannot be loaded: {first_line(error)}", wanted) from error
    if found["missing_keys"]:
        raise refused(folder, f"lacks {len(found['missing_keys'])} of its weights", wanted)
    with faults("loading the scorer", device):
        model.to(device)
    return model.eval(), processor


def scorer_name(section: MatchSection, folder: Path) -> str:
    """Changes with the weights and with whatever lays their answers on 0..1."""
    parts = [
        weights.identity(section.weights, folder),
        section.model_dump_json(exclude={"threshold"}, exclude_defaults=True),
    ]
    return f"{section.weights}#{hashlib.sha256('|'.join(parts).encode()).hexdigest()[:8]}"


def refused(folder: Path, what: str, wanted: str) -> RenderFault:
    """A scorer's folder that cannot be used, and what to do about it."""
    return RenderFault(
        Cause.FATAL,
        f"the scorer's folder {folder} {what}: name {wanted} in the profile's [match] weights",
    )
