"""Who tells how alike two pictures look: a picture model of its own, or the scorer's."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from pipeline.models.device import beside_others
from pipeline.models.pretrained import load_whole

if TYPE_CHECKING:
    from PIL.Image import Image

WANTED = "a picture model like DINOv2"


@runtime_checkable
class Eye(Protocol):
    """Whoever can look at pictures."""

    def see(self, pictures: "Sequence[Image]") -> NDArray[np.float32]:
        """Unit vectors (pictures, width): the nearer, the more alike they look."""
        ...


class PictureModel:
    """A picture model of transformers that gives one vector for a picture."""

    def __init__(self, model: Any, processor: Any, device: str) -> None:
        self._model, self._processor, self._device = model, processor, device

    def see(self, pictures: "Sequence[Image]") -> NDArray[np.float32]:
        import torch
        from torch.nn.functional import normalize

        inputs = self._processor(images=[*pictures], return_tensors="pt")
        with beside_others(self._device), torch.no_grad():
            output = self._model(inputs["pixel_values"].to(self._device))
            return normalize(output.last_hidden_state[:, 0], dim=-1).float().cpu().numpy()


def of(scorer: object) -> Eye | None:
    """The scorer's own eye, where it has one: one that is asked in words has none."""
    return scorer if isinstance(scorer, Eye) else None


def load(folder: Path, device: str) -> PictureModel:
    """The picture model in `folder`. Raises `RenderFault`, fatal where it holds none."""
    model, processor = load_whole(folder, "AutoModel", "float32", device, WANTED)
    return PictureModel(model, processor, device)
