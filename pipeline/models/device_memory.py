"""The memory that models have: the machine's, and the device's, as far as this process may use it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.models.device import card_of, has_accelerator, is_cpu

if TYPE_CHECKING:
    from torch import Tensor

ALLOCATOR_VARIABLES = {
    "PYTORCH_ALLOC_CONF",
    "PYTORCH_CUDA_ALLOC_CONF",
    "PYTORCH_HIP_ALLOC_CONF",
}
_CONTAINER_LIMIT = Path("/sys/fs/cgroup/memory.max")


def host_memory() -> int:
    """Bytes of the machine's own memory, or as many of them as its container may use."""
    whole = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    try:
        return min(whole, int(_CONTAINER_LIMIT.read_text()))
    except (OSError, ValueError):  # no container, or one without a limit, which reads `max`
        return whole


def waiting_memory(size: int, device: str) -> "Tensor":
    """Bytes of the machine's memory, (size,), pinned there where the device of this name fetches from them.

    What is pinned takes as many as the next power of two: ask for such a number.
    """
    import torch

    return torch.empty(size, dtype=torch.uint8, pin_memory=not is_cpu(device))


def avoid_fragmentation(device: str) -> None:
    """From now on what this process takes of the device's memory can grow in place, so that gaps between
    tensors do not add up: on a card of 24 GB they were 3.7 GiB. Whoever has set torch's allocator by
    PYTORCH_ALLOC_CONF keeps it so; on a CPU it does nothing."""
    import torch

    if not is_cpu(device) and not ALLOCATOR_VARIABLES & os.environ.keys():
        torch._C._accelerator_setAllocatorSettings("expandable_segments:True")


def free_unused(device: str) -> None:
    """Gives the device's memory back that nothing refers to any more."""
    import torch

    if not is_cpu(device):
        torch.cuda.empty_cache()


def held() -> int:
    """Bytes of GPUs that tensors of this process hold; what none holds is given back first."""
    import torch

    if not has_accelerator():
        return 0
    torch.cuda.empty_cache()
    return sum(torch.cuda.memory_allocated(each) for each in range(torch.cuda.device_count()))


@dataclass(frozen=True, slots=True)
class MemoryPeak:
    """The most bytes that this process had of a device since `forget_peak`."""

    tensors: int
    """At once in tensors and in what operations take for a moment."""
    reserved: int
    """In all, with the gaps between them; CUDA's own context aside."""


def memory_peak(device: str) -> MemoryPeak | None:
    """None for a CPU, on which nobody counts."""
    import torch

    if is_cpu(device):
        return None
    return MemoryPeak(torch.cuda.max_memory_allocated(), torch.cuda.max_memory_reserved())


def forget_peak(device: str) -> None:
    """Gives unused memory back and begins to count peaks anew."""
    import torch

    if not is_cpu(device):
        free_unused(device)
        torch.cuda.reset_peak_memory_stats()


@contextmanager
def memory_limit(device: str, size: int) -> Iterator[None]:
    """As long as the `with` lasts, this process runs out of the device's memory after `size` bytes.

    CUDA's own context is not counted. On a CPU it does nothing.
    """
    import torch

    card = card_of(device)
    if card is None:
        yield
        return
    free_unused(device)
    torch.cuda.set_per_process_memory_fraction(min(1.0, size / card.memory))
    try:
        yield
    finally:
        torch.cuda.set_per_process_memory_fraction(1.0)


def leave_free(device: str, size: int) -> None:
    """From now on this process takes of the device's memory what is left without so many bytes, which are
    another process's. On a CPU it does nothing."""
    import torch

    card = card_of(device)
    if card is not None and size:
        torch.cuda.set_per_process_memory_fraction(max(0.0, 1 - size / card.memory))
