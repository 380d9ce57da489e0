"""Counts what a computation would take without computing it: operations, and bytes that live at once."""

import weakref
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_iter
from torch.utils.flop_counter import FlopCounterMode


@dataclass(frozen=True)
class Count:
    """What one computation takes."""

    operations: int
    peak: int
    """Bytes, beside what lay there before."""


def count(compute: Callable[[], Any], *modules: torch.nn.Module) -> Count:
    """What `compute` takes on tensors of the device `meta`, beside the weights of `modules`."""
    held = [weight for module in modules for weight in (*module.parameters(), *module.buffers())]
    with (
        torch.no_grad(),
        _attention_at_once() as attention,
        FlopCounterMode(display=False) as flops,
        _Live(held) as live,
    ):
        compute()
    return Count(flops.get_total_flops() + sum(attention), live.peak)


class _Live(TorchDispatchMode):
    """Adds up storages as they come and takes them away as they go."""

    def __init__(self, held: Iterable[torch.Tensor]) -> None:
        super().__init__()
        self.peak = self._now = 0
        self._known = {each.untyped_storage()._cdata for each in held}

    def __torch_dispatch__(
        self,
        function: Any,
        types: Any,
        args: tuple[Any, ...] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        made = function(*args, **(kwargs or {}))
        for each in tree_iter(made):
            if isinstance(each, torch.Tensor):
                self._see(each.untyped_storage())
        self.peak = max(self.peak, self._now)
        return made

    def _see(self, storage: torch.UntypedStorage) -> None:
        key, size = storage._cdata, storage.nbytes()
        if key not in self._known:
            self._known.add(key)
            self._now += size
            weakref.finalize(storage, self._gone, key, size)

    def _gone(self, key: int, size: int) -> None:
        self._known.discard(key)
        self._now -= size


@contextmanager
def _attention_at_once() -> Iterator[list[int]]:
    """Attention as cards compute it: without one, torch holds each token against each at once. Gives a list
    that takes up the operations of each."""
    functional: Any = torch.nn.functional
    whole = functional.scaled_dot_product_attention
    operations: list[int] = []

    def attend(query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, **_: Any) -> Any:
        operations.append(2 * query.numel() * key.shape[-2] + 2 * value.numel() * query.shape[-2])
        return torch.empty_like(query)

    functional.scaled_dot_product_attention = attend
    try:
        yield operations
    finally:
        functional.scaled_dot_product_attention = whole
