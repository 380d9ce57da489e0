"""Two experts in the place of one: while one computes, the other waits in the machine's memory.

There is one model on the device. At the boundary each of its tensors changes places with the one that
waits, one after the other, so that nothing but the largest of them is there twice.
"""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from pipeline.errors import Cause, RenderFault
from pipeline.models.device_memory import waiting_memory

if TYPE_CHECKING:
    from diffusers import WanTransformer3DModel
    from torch import Tensor


BLOCK = 2**30
"""Bytes of the machine's memory that are taken at once."""
ALIGNED = 512
"""Each weight begins at a multiple of so many bytes."""


class Exchange:
    """The model on the device, and the weights that wait. Not for use by two threads at once."""

    def __init__(
        self, model: "WanTransformer3DModel", part: str, waiting: "Mapping[str, Tensor]"
    ) -> None:
        """`part` names the expert that `model` is now; `waiting` are the other's weights by name."""
        self.model = model
        self._here = model.state_dict()
        self._waiting = waiting
        self._part: str | None = part

    def put(self, part: str) -> None:
        """The expert of this name computes from now on.

        Raises `RenderFault` after an exchange that was broken off: half of the weights are another's.
        """
        if part == self._part:
            return
        if self._part is None:
            raise RenderFault(Cause.MACHINE, "an exchange of experts was broken off half way")
        self._part = None
        for name, here in self._here.items():
            other = self._waiting[name]
            staged = here.clone()
            here.copy_(other, non_blocking=True)
            other.copy_(staged, non_blocking=True)
        self._part = part


class Side:
    """One of the experts, as diffusers' model holds them both: whoever calls it finds it on the device."""

    def __init__(self, exchange: Exchange, part: str) -> None:
        self._exchange = exchange
        self._part = part

    def __call__(self, *given: Any, **named: Any) -> Any:
        self._exchange.put(self._part)
        return self._exchange.model(*given, **named)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._exchange.model, name)


def waiting_weights(tensors: "Iterable[tuple[str, Tensor]]", device: str) -> "dict[str, Tensor]":
    """The weights in the memory of the machine, from where the device of this name takes them fast.

    Many share a block: pinned one by one, an expert of 13.6 GiB would take 20.8 (`waiting_memory`).
    """
    waiting: dict[str, Tensor] = {}
    block, used = waiting_memory(0, device), 0
    for name, weight in tensors:
        size = weight.nbytes
        if used + size > len(block):
            block, used = waiting_memory(max(BLOCK, _power_of_two(size)), device), 0
        copy = block[used : used + size].view(weight.dtype).view(weight.shape)
        waiting[name] = copy.copy_(weight)
        used += -(-size // ALIGNED) * ALIGNED
    return waiting


def _power_of_two(size: int) -> int:
    """The least that is not below `size`."""
    return 1 << (size - 1).bit_length()
