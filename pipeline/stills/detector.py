"""Asks an object detector of transformers what a picture shows, where a profile names one."""

from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from pipeline.errors import Cause, RenderFault
from pipeline.models.folders import check_whole, first_line, quiet_libraries
from pipeline.stills.subject import OUTLINE_SIDE, Box, Subject


class Detector:
    """Takes the thing that is both large and surely seen for the subject."""

    def __init__(self, model: Any, processor: Any, sure: float) -> None:
        self._model, self._processor, self._sure = model, processor, sure

    def find(self, image: Image.Image) -> Subject | None:
        """The subject of an upright RGB picture; None where nothing is seen surely enough."""
        import torch

        with torch.no_grad():
            seen = self._model(**self._processor(images=image, return_tensors="pt"))
        [found] = self._processor.post_process_object_detection(
            seen, threshold=self._sure, target_sizes=[(image.height, image.width)]
        )
        things = [
            (score, _within(box, image.size))
            for score, box in zip(found["scores"].tolist(), found["boxes"].tolist(), strict=True)
        ]
        things = [(score, box) for score, box in things if _area(box) > 0]
        if not things:
            return None
        score, box = max(things, key=lambda thing: thing[0] * _area(thing[1]) ** 0.5)
        return Subject(box, _filled(box, image.size), score, "detector")


def load(folder: Path, sure: float) -> Detector:
    """The detector whose weights lie in `folder`, on the CPU.

    Raises `RenderFault`, fatal where the folder holds no model of this kind or an incomplete one.
    """
    quiet_libraries()
    from transformers import AutoImageProcessor, AutoModelForObjectDetection

    check_whole(folder)
    try:
        model, found = AutoModelForObjectDetection.from_pretrained(
            folder, use_safetensors=True, local_files_only=True, output_loading_info=True
        )
        processor = AutoImageProcessor.from_pretrained(folder, local_files_only=True, backend="pil")
    except Exception as error:  # a bad checkpoint fails in as many ways as there are libraries
        raise _refused(folder, f"cannot be loaded: {first_line(error)}") from error
    if found["missing_keys"]:
        raise _refused(folder, f"lacks {len(found['missing_keys'])} of its weights")
    return Detector(model.eval(), processor, sure)


def _within(box: list[float], size: tuple[int, int]) -> Box:
    left, top, right, bottom = box
    return max(left, 0.0), max(top, 0.0), min(right, size[0]), min(bottom, size[1])


def _area(box: Box) -> float:
    return max(box[2] - box[0], 0.0) * max(box[3] - box[1], 0.0)


def _filled(box: Box, size: tuple[int, int]) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """The box as a mask: a detector draws no outline."""
    scale = min(1.0, OUTLINE_SIDE / max(size))
    mask = np.zeros((max(1, round(size[1] * scale)), max(1, round(size[0] * scale))), bool)
    left, top, right, bottom = (round(edge * scale) for edge in box)
    mask[top : max(bottom, top + 1), left : max(right, left + 1)] = True
    return mask


def _refused(folder: Path, what: str) -> RenderFault:
    return RenderFault(
        Cause.FATAL,
        f"the detector's folder {folder} {what}: name an object detector in the profile's "
        "[still] detector, or leave it out",
    )
