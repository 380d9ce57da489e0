"""What a device's errors mean for the take that met them."""

import pytest

from pipeline.errors import Cause, RenderFault
from pipeline.models import device


def test_a_full_memory_is_a_matter_of_capacity() -> None:
    import torch

    with (
        pytest.raises(RenderFault, match="memory of cuda ran out while denoising") as caught,
        device.faults("denoising", "cuda"),
    ):
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB")
    assert caught.value.cause is Cause.CAPACITY


def test_a_failing_device_is_a_matter_of_the_machine() -> None:
    import torch

    with (
        pytest.raises(RenderFault, match=r"decoding failed on cuda: CUDA error: ECC$") as caught,
        device.faults("decoding", "cuda"),
    ):
        raise torch.AcceleratorError("CUDA error: ECC\nCompile with `TORCH_USE_CUDA_DSA`")
    assert caught.value.cause is Cause.MACHINE


class Stream:
    """Stands in for one of CUDA's, and notes what happens to it."""

    def __init__(self, told: list[str]) -> None:
        self._told = told

    def __enter__(self) -> None:
        self._told.append("in")

    def __exit__(self, *_: object) -> None:
        self._told.append("out")

    def synchronize(self) -> None:
        self._told.append("done")


def test_what_is_computed_beside_others_is_done_when_it_is_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told: list[str] = []
    monkeypatch.setattr(device, "_urgent_stream", lambda _: Stream(told))
    monkeypatch.setattr(device, "_on", lambda stream: stream)
    with device.beside_others(device.ACCELERATED):
        told.append("computed")
    assert told == ["in", "computed", "out", "done"]
    with device.beside_others(device.CPU):
        told.append("computed")
    assert told[4:] == ["computed"]


def test_a_limit_of_memory_holds_as_long_as_it_is_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shares: list[float] = []
    card = device.Accelerator(name="a card", memory=80 * 2**30)
    monkeypatch.setattr(device, "accelerator", lambda: card)
    for name, stand_in in {
        "set_per_process_memory_fraction": shares.append,
        "empty_cache": lambda: None,
    }.items():
        monkeypatch.setattr(f"torch.{device.ACCELERATED}.{name}", stand_in)
    with device.memory_limit(device.ACCELERATED, 20 * 2**30):
        assert shares == [0.25]
    assert shares == [0.25, 1.0]
    with pytest.raises(KeyError), device.memory_limit(device.ACCELERATED, 200 * 2**30):
        raise KeyError
    assert shares[2:] == [1.0, 1.0]


def test_on_a_cpu_nobody_counts_and_nothing_is_limited() -> None:
    device.synchronise(device.CPU)
    device.forget_peak(device.CPU)
    with device.memory_limit(device.CPU, 1):
        assert device.waiting_memory(4096, device.CPU).shape == (4096,)
    assert device.memory_peak(device.CPU) is None


@pytest.mark.parametrize(
    ("wanted", "there", "chosen"),
    [
        ("auto", 0, "cpu"),
        ("auto", 2, "cuda"),
        ("cpu", 2, "cpu"),
        ("cuda", 1, "cuda"),
        ("cuda:1", 2, "cuda:1"),
    ],
)
def test_a_profile_chooses_among_the_devices_that_are_there(
    monkeypatch: pytest.MonkeyPatch, wanted: str, there: int, chosen: str
) -> None:
    _with_cards(monkeypatch, there)
    assert device.chosen(wanted) == chosen


@pytest.mark.parametrize(("wanted", "there"), [("cuda", 0), ("cuda:1", 1)])
def test_a_device_that_is_not_there_is_told_with_the_remedy(
    monkeypatch: pytest.MonkeyPatch, wanted: str, there: int
) -> None:
    _with_cards(monkeypatch, there)
    with pytest.raises(RenderFault, match=rf"device is '{wanted}', and {there} GPUs are") as caught:
        device.chosen(wanted)
    assert caught.value.cause is Cause.FATAL
    assert 'set "auto" or "cpu"' in caught.value.sentence


def _with_cards(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    monkeypatch.setattr(device, "has_accelerator", lambda: number > 0)
    monkeypatch.setattr(f"torch.{device.ACCELERATED}.device_count", lambda: number)


def test_memory_that_is_another_process_s_is_left_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[float] = []
    share = f"torch.{device.ACCELERATED}.set_per_process_memory_fraction"
    monkeypatch.setattr(share, told.append)
    monkeypatch.setattr(
        device, "accelerator", lambda: device.Accelerator(name="Card", memory=80 * 2**30)
    )
    device.leave_free("cuda", 20 * 2**30)
    device.leave_free("cuda", 0)
    device.leave_free("cpu", 20 * 2**30)
    assert told == [0.75]


def test_memory_of_a_card_grows_in_place_unless_somebody_has_set_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import torch

    set_to = list[str]()
    monkeypatch.setattr(torch._C, "_accelerator_setAllocatorSettings", set_to.append)
    for name in device.ALLOCATOR_VARIABLES:
        monkeypatch.delenv(name, raising=False)
    device.avoid_fragmentation("cpu")
    assert set_to == []
    device.avoid_fragmentation("cuda")
    assert set_to == ["expandable_segments:True"]
    for name in device.ALLOCATOR_VARIABLES:
        with monkeypatch.context() as patch:
            patch.setenv(name, "max_split_size_mb:512")
            device.avoid_fragmentation("cuda")
    assert len(set_to) == 1
