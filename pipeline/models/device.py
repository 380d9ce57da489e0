"""The device that models run on: which there is, what it is called, and what its errors mean.

Nothing else asks whether there is an accelerator, or of which kind.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.errors import Cause, RenderFault
from pipeline.models.folders import first_line

if TYPE_CHECKING:
    import torch
    from torch import Tensor

CPU, ACCELERATED = "cpu", "cuda"
AUTO = "auto"
NAMES = (CPU, ACCELERATED)
"""The devices that a model can be put on, as torch names them."""

ALLOCATOR_VARIABLES = {
    "PYTORCH_ALLOC_CONF",
    "PYTORCH_CUDA_ALLOC_CONF",
    "PYTORCH_HIP_ALLOC_CONF",
}

_CONTAINER_LIMIT = Path("/sys/fs/cgroup/memory.max")


@dataclass(frozen=True, slots=True, kw_only=True)
class Accelerator:
    """What this process may use to render faster than a CPU does."""

    name: str
    """As its maker calls it."""
    memory: int
    """Bytes, in all."""
    capability: tuple[int, int] = (0, 0)
    """CUDA's compute capability: (9, 0) on an H100, (8, 9) on an RTX 4090, (8, 6) on an RTX 3090."""


def has_accelerator() -> bool:
    """Whether there is one here; asks no more of it than that."""
    import torch

    return torch.cuda.is_available()


def accelerator() -> Accelerator | None:
    """The first accelerator that this process may use; None where there is none."""
    import torch

    if not has_accelerator():
        return None
    found = torch.cuda.get_device_properties(0)
    return Accelerator(
        name=found.name, memory=found.total_memory, capability=(found.major, found.minor)
    )


def host_memory() -> int:
    """Bytes of the machine's own memory, or as many of them as its container may use."""
    whole = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    try:
        return min(whole, int(_CONTAINER_LIMIT.read_text()))
    except (OSError, ValueError):  # no container, or one without a limit, which reads `max`
        return whole


def best_device() -> str:
    """The device that a model should run on here, one of `NAMES`."""
    return ACCELERATED if has_accelerator() else CPU


def chosen(wanted: str) -> str:
    """The device that a profile wants: `auto`, `cpu`, `cuda` or `cuda:1`.

    Raises `RenderFault` (fatal) where this machine does not show it to this process.
    """
    if wanted == AUTO:
        return best_device()
    if is_cpu(wanted):
        return CPU
    import torch

    number, there = int(wanted.partition(":")[2] or 0), torch.cuda.device_count()
    if number < there:
        return wanted
    raise RenderFault(
        Cause.FATAL,
        f"the profile's [match] device is {wanted!r}, and {there} GPUs are there for this process: set "
        '"auto" or "cpu", or give the worker more with [worker] gpus',
    )


def is_another_card(device: str) -> bool:
    """Whether the device of this name is another card than the first that a process may use."""
    return int(device.partition(":")[2] or 0) > 0


def is_cpu(device: str) -> bool:
    """Whether the device of this name is no accelerator."""
    return device == CPU


def card_of(device: str) -> Accelerator | None:
    """The accelerator that the device of this name is here; None for a CPU."""
    return None if is_cpu(device) else accelerator()


def kind_of(device: str) -> str:
    """What the device of this name is here, as its maker calls it: others of its kind compute alike."""
    found = card_of(device)
    return found.name if found else CPU


def builds(device: str) -> dict[str, str]:
    """What may have the device of this name compute otherwise in the last bits than another like it."""
    import torch

    if is_cpu(device):
        return {"instructions": torch.backends.cpu.get_cpu_capability()}
    found = {"cuda": torch.version.cuda, "cudnn": torch.backends.cudnn.version()}
    return {name: str(value) for name, value in found.items() if value}


def has_bfloat16(device: str) -> bool:
    """Whether the device of this name multiplies in bfloat16; to imitate it takes 30 times as long."""
    import torch

    return not is_cpu(device) or torch.backends.cpu.get_cpu_capability().startswith("AVX512")


def place(numbers: Sequence[str]) -> str:
    """What people read of a worker's place, by the numbers of its GPUs: `gpu0`, `gpu2+3`, or `cpu`."""
    return "gpu" + "+".join(numbers) if numbers else CPU


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


def synchronise(device: str) -> None:
    """Waits until the device of this name has done all that it was asked for; a CPU has when it returns."""
    import torch

    if not is_cpu(device):
        torch.cuda.synchronize()


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


@contextmanager
def beside_others(device: str) -> Iterator[None]:
    """What is computed within does not stand in line behind all that another thread has ordered already.

    It has the device between two kernels of theirs, and is done when the context ends. Inputs from the CPU
    have to be brought to the device within.
    """
    if is_cpu(device):
        yield
        return
    stream = _urgent_stream(device)
    with _on(stream):
        yield
    stream.synchronize()


def _on(stream: "torch.cuda.Stream") -> AbstractContextManager[object]:
    import torch

    return torch.cuda.stream(stream)


@cache
def _urgent_stream(device: str) -> "torch.cuda.Stream":
    import torch

    return torch.cuda.Stream(device, priority=-1)


@contextmanager
def faults(doing: str, device: str) -> Iterator[None]:
    """Turns torch's errors into `RenderFault`: no memory is capacity, anything else machine."""
    import torch

    try:
        yield
    except torch.OutOfMemoryError as error:
        free_unused(device)
        raise RenderFault(
            Cause.CAPACITY,
            f"the memory of {device} ran out while {doing}: free it of other programs, or choose "
            f"a profile with a smaller area ({first_line(error)})",
        ) from error
    except RuntimeError as error:
        raise RenderFault(
            Cause.MACHINE, f"{doing} failed on {device}: {first_line(error)}"
        ) from error


@contextmanager
def counted_as_one(device: str) -> Iterator[None]:
    """A CPU counts as an accelerator as long as the `with` lasts: diffusers divides by their number where
    ranks share a take, also where there is none."""
    import torch

    counts = torch.accelerator.device_count
    if is_cpu(device):
        torch.accelerator.device_count = lambda: 1
    try:
        yield
    finally:
        torch.accelerator.device_count = counts
