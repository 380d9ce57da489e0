"""The device that models run on: which there is, what it is called, and what its errors mean.

Nothing else asks whether there is an accelerator, or of which kind.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from pipeline.errors import Cause, RenderFault
from pipeline.models.folders import first_line

CPU, ACCELERATED = "cpu", "cuda"
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


def is_cpu(device: str) -> bool:
    """Whether the device of this name, one of `NAMES`, is no accelerator."""
    return device == CPU


def card_of(device: str) -> Accelerator | None:
    """The accelerator that the device of this name is here; None for a CPU."""
    return None if is_cpu(device) else accelerator()


def kind_of(device: str) -> str:
    """What the device of this name is here, as its maker calls it: others of its kind compute alike."""
    found = card_of(device)
    return found.name if found else CPU


def has_bfloat16(device: str) -> bool:
    """Whether the device of this name multiplies in bfloat16; to imitate it takes 30 times as long."""
    import torch

    return not is_cpu(device) or torch.backends.cpu.get_cpu_capability().startswith("AVX512")


def place(numbers: Sequence[str]) -> str:
    """What people read of a worker's place, by the numbers of its GPUs: `gpu0`, `gpu2+3`, or `cpu`."""
    return "gpu" + "+".join(numbers) if numbers else CPU


def free_unused(device: str) -> None:
    """Gives the device's memory back that nothing refers to any more."""
    import torch

    if not is_cpu(device):
        torch.cuda.empty_cache()


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
