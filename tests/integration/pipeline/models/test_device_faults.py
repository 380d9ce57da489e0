"""What a device's errors mean for the take that met them."""

import pytest

from pipeline.errors import Cause, RenderFault
from pipeline.models.device_faults import faults


def test_a_full_memory_is_a_matter_of_capacity() -> None:
    import torch

    with (
        pytest.raises(RenderFault, match="memory of cuda ran out while denoising") as caught,
        faults("denoising", "cuda"),
    ):
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB")
    assert caught.value.cause is Cause.CAPACITY


def test_a_failing_device_is_a_matter_of_the_machine() -> None:
    import torch

    with (
        pytest.raises(RenderFault, match=r"decoding failed on cuda: CUDA error: ECC$") as caught,
        faults("decoding", "cuda"),
    ):
        raise torch.AcceleratorError("CUDA error: ECC\nCompile with `TORCH_USE_CUDA_DSA`")
    assert caught.value.cause is Cause.MACHINE
