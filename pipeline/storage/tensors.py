"""Tensors that cost a model to make, kept in the media root for whoever needs the same ones again.

Whoever asks gets them bit by bit as they were made, or nothing: a file that is cut short or cannot be
read is as good as none. Keeping them is never worth a take, so what the storage fails of is logged.
"""

import hashlib
import json
import logging
from collections.abc import Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from pipeline.storage.protocol import Media

if TYPE_CHECKING:
    from torch import Tensor

FOLDER = "kept"
"""Where they lie, below the media root."""

_log = logging.getLogger(__name__)


class Kind(StrEnum):
    """What is kept; each lies in a folder of its name."""

    TEXT = "texts"
    """A prompt as the experts read it."""
    CONDITION = "conditions"
    """A still as the experts see it."""
    LATENTS = "latents"
    """A denoised clip that is not sealed yet."""


def key_of(**parts: Any) -> str:
    """64 hex digits that stand for these values, which read and write JSON, and for no others."""
    canonical = json.dumps(parts, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


class KeptTensors:
    """The tensors that lie below a media root; without one, none are kept."""

    def __init__(self, media: Media | None) -> None:
        self._media = media

    def get(self, kind: Kind, key: str) -> "Mapping[str, Tensor] | None":
        """On the CPU, as they were put; None where there are none, or none that are whole."""
        if self._media is None:
            return None
        from safetensors import SafetensorError
        from safetensors.torch import load

        try:
            with self._media.open(name_of(kind, key)) as file:
                return load(file.read())
        except FileNotFoundError:
            return None
        except (OSError, SafetensorError) as error:
            _log.warning("%s cannot be read: %s", name_of(kind, key), error)
            return None

    def put(self, kind: Kind, key: str, **tensors: "Tensor | float") -> None:
        """Keeps them in place of those that lie there; a number as a tensor without dimensions."""
        if self._media is None:
            return
        import torch
        from safetensors.torch import save

        values = {name: torch.as_tensor(each) for name, each in tensors.items()}
        data = save({name: each.contiguous().cpu() for name, each in values.items()})
        try:
            self._media.put(name_of(kind, key), data)
        except OSError as error:
            _log.warning("%s cannot be kept: %s", name_of(kind, key), error)

    def forget(self, kind: Kind, key: str) -> None:
        """Removes them, if they are there."""
        if self._media is None:
            return
        try:
            self._media.remove(name_of(kind, key))
        except OSError as error:
            _log.warning("%s cannot be removed: %s", name_of(kind, key), error)


NOTHING_KEPT = KeptTensors(None)


def name_of(kind: Kind, key: str) -> str:
    """Where they lie in the media root."""
    return f"{FOLDER}/{kind}/{key[:2]}/{key}.safetensors"
