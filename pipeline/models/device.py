"""The device that models run on: which there is, what it is called, and what on it comes first.

Nothing else asks whether there is an accelerator, or of which kind.
"""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from pipeline.errors import Cause, RenderFault

if TYPE_CHECKING:
    import torch

CPU, ACCELERATED = "cpu", "cuda"
AUTO = "auto"
NAMES = (CPU, ACCELERATED)
"""The devices that a model can be put on, as torch names them."""


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


def synchronise(device: str) -> None:
    """Waits until the device of this name has done all that it was asked for; a CPU has when it returns."""
    import torch

    if not is_cpu(device):
        torch.cuda.synchronize()


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
