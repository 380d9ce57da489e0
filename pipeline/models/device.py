"""The device that models run on, and what its errors mean."""

from collections.abc import Iterator
from contextlib import contextmanager

from pipeline.errors import Cause, RenderFault
from pipeline.models.folders import first_line


@contextmanager
def faults(doing: str, device: str) -> Iterator[None]:
    """Turns torch's errors into `RenderFault`: no memory is capacity, anything else machine."""
    import torch

    try:
        yield
    except torch.OutOfMemoryError as error:
        torch.cuda.empty_cache()
        raise RenderFault(
            Cause.CAPACITY,
            f"the memory of {device} ran out while {doing}: free it of other programs, or choose "
            f"a profile with a smaller area ({first_line(error)})",
        ) from error
    except RuntimeError as error:
        raise RenderFault(
            Cause.MACHINE, f"{doing} failed on {device}: {first_line(error)}"
        ) from error


def best_device() -> str:
    """The device that a model should run on here: `cuda` or `cpu`."""
    import torch

    return "cuda" if torch.cuda.is_available() else "cpu"
