"""Loads a scorer's model from its folder: safetensors, whole, local, and no code of its own."""

from pathlib import Path
from typing import Any

from pipeline.errors import Cause, RenderFault
from pipeline.models.device import faults
from pipeline.models.folders import check_whole, first_line, quiet_libraries


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


def refused(folder: Path, what: str, wanted: str) -> RenderFault:
    """A scorer's folder that cannot be used, and what to do about it."""
    return RenderFault(
        Cause.FATAL,
        f"the scorer's folder {folder} {what}: name {wanted} in the profile's [match] weights",
    )
