"""Texts as the experts read them: encoded once, then kept for every worker of the farm.

The encoder (UMT5, 10.6 GiB) is read when a text is missing, and leaves a card again at once on which the
experts want its place. Its seconds are few beside theirs, but every retake and every worker asks again.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from pipeline.models.device_memory import free_unused
from pipeline.storage.tensors import KeptTensors, Kind, key_of

if TYPE_CHECKING:
    from diffusers import WanImageToVideoPipeline
    from torch import Tensor
    from transformers import UMT5EncoderModel

IN_MEMORY = 16
"""Encoded texts that stay in memory; the negative prompt is one, since every take asks for it."""


class Texts:
    """Encodes texts of one model. Not for use by two threads at once."""

    def __init__(
        self,
        model: "WanImageToVideoPipeline",
        read_encoder: "Callable[[], UMT5EncoderModel]",
        *,
        tokens: int,
        device: str,
        stays: bool,
        many_at_once: bool = False,
        kept: KeptTensors,
        identity: str,
    ) -> None:
        """`read_encoder` gives the encoder on `device`, where it `stays` once it is read, or does not; to
        read it is what costs, where `many_at_once` cost little more. `identity` tells it from any other."""
        self._model, self._read_encoder = model, read_encoder
        self._tokens, self._device, self._stays = tokens, device, stays
        self._many_at_once = many_at_once
        self._kept, self._identity = kept, identity
        self._in_memory = lru_cache(maxsize=IN_MEMORY)(self._padded)

    def encode(self, texts: Sequence[str], ahead: Sequence[str] = ()) -> "list[Tensor]":
        """Each as the experts read it, (1, tokens, width), on the device.

        Those that are wanted later are kept, where the encoder had to be read anyhow.
        """
        try:
            made = [self._in_memory(text) for text in texts]
            if self._many_at_once and self._model.text_encoder is not None:
                for text in ahead:
                    self._real_tokens(text)
            return made
        finally:
            if not self._stays:
                self._model.text_encoder = None
                free_unused(self._device)

    def _padded(self, text: str) -> "Tensor":
        """The real tokens are what is kept; the rest of the width is zeros."""
        import torch

        tokens = self._real_tokens(text).to(self._device)
        padding = tokens.new_zeros(self._tokens - tokens.shape[0], tokens.shape[1])
        return torch.cat([tokens, padding])[None]

    def _real_tokens(self, text: str) -> "Tensor":
        key = key_of(encoder=self._identity, tokens=self._tokens, text=text)
        if found := self._kept.get(Kind.TEXT, key):
            return found["tokens"]
        tokens = self._encode_anew(text)
        self._kept.put(Kind.TEXT, key, tokens=tokens)
        return tokens

    def _encode_anew(self, text: str) -> "Tensor":
        """(real tokens, width): diffusers fills up with zeros what the text leaves of its width."""
        import torch

        model = self._model
        if model.text_encoder is None:
            model.text_encoder = self._read_encoder()
        with torch.no_grad():
            (padded,) = model.encode_prompt(
                text,
                do_classifier_free_guidance=False,
                max_sequence_length=self._tokens,
                device=torch.device(self._device),
            )[0]
        real = int(padded.any(dim=1).nonzero().max()) + 1
        return padded[:real]
