"""By what an engine lets an unfinished clip be looked at: a tiny decoder on its device."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

from pipeline.models import tiny_decoder
from pipeline.models.device_faults import faults
from pipeline.models.tiny_decoder import TinyDecoder

if TYPE_CHECKING:
    from torch import Tensor

    from pipeline.storage.files import Frames


@dataclass(frozen=True, slots=True)
class Foresight:
    """A tiny decoder, what tells it from others, and where it computes."""

    decoder: TinyDecoder
    fingerprint: str
    device: str

    @classmethod
    def load(cls, file: Path, device: str) -> Self:
        """Raises `RenderFault`, fatal, for a file that is no tiny decoder."""
        return cls(tiny_decoder.load(file, device), tiny_decoder.fingerprint(file), device)

    def preview(self, latents: "Tensor") -> "Frames":
        """Rough frames, at most half as large as the clip where that is large. Raises `RenderFault`."""
        with faults("looking at an unfinished clip", self.device):
            return self.decoder.decode(latents)
