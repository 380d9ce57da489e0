"""What a device's errors mean for the take that meets them."""

from collections.abc import Iterator
from contextlib import contextmanager

from pipeline.errors import Cause, RenderFault
from pipeline.models.device_memory import free_unused
from pipeline.models.folders import first_line


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
