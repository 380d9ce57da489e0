"""Loads a scorer's model from its folder: safetensors, whole, local, and no code of its own."""

import inspect
from pathlib import Path
from typing import Any

from pipeline.errors import Cause, RenderFault
from pipeline.models.device_faults import faults
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
        processor = _processor(folder)
    except Exception as error:  # a bad checkpoint fails in as many ways as there are libraries
        raise refused(folder, f"cannot be loaded: {first_line(error)}", wanted) from error
    if found["missing_keys"]:
        raise refused(folder, f"lacks {len(found['missing_keys'])} of its weights", wanted)
    with faults("loading the scorer", device):
        model.to(device)
    return model.eval(), processor


def _processor(folder: Path) -> Any:
    """What makes a model's inputs of pictures and words, by Pillow alone.

    Models that read films too bring a reader of films, which needs torchvision. A scorer shows them
    sampled frames, which are pictures: theirs is made without that reader.
    """
    import transformers

    local = {"local_files_only": True, "trust_remote_code": False}
    kind = _processor_of_pictures(folder)
    if kind is None:
        return transformers.AutoProcessor.from_pretrained(folder, **local, backend="pil")
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder, **local)
    parts = {
        "image_processor": transformers.AutoImageProcessor.from_pretrained(
            folder, **local, backend="pil"
        ),
        "tokenizer": tokenizer,
        "video_processor": None,
    }
    kept, _ = kind.get_processor_dict(folder, local_files_only=True)
    others = {name: kept[name] for name in kept.keys() & _named(kind) - parts.keys()}
    return kind(**{"chat_template": tokenizer.chat_template, **others, **parts})


def _processor_of_pictures(folder: Path) -> Any:
    """The model's own class of processor, content without a reader of films; None where it has none."""
    from transformers import AutoConfig
    from transformers.models.auto.processing_auto import PROCESSOR_MAPPING

    config = type(AutoConfig.from_pretrained(folder, local_files_only=True))
    found: Any = PROCESSOR_MAPPING.get(config, None)
    if found is None or "video_processor" not in _named(found):
        return None

    class OfPictures(found):
        def check_argument_for_proper_class(self, argument_name: str, argument: Any) -> Any:
            if argument_name != "video_processor":
                return super().check_argument_for_proper_class(argument_name, argument)
            return None

    return OfPictures


def _named(kind: Any) -> set[str]:
    """What the class is made of, by name."""
    return set(inspect.signature(kind.__init__).parameters)


def refused(folder: Path, what: str, wanted: str) -> RenderFault:
    """A scorer's folder that cannot be used, and what to do about it."""
    return RenderFault(
        Cause.FATAL,
        f"the scorer's folder {folder} {what}: name {wanted} in the profile's [match] weights",
    )
