"""How much memory a process may have of a device, and what of it somebody counts."""

import pytest

from pipeline.models import device, device_memory


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
    with device_memory.memory_limit(device.ACCELERATED, 20 * 2**30):
        assert shares == [0.25]
    assert shares == [0.25, 1.0]
    with pytest.raises(KeyError), device_memory.memory_limit(device.ACCELERATED, 200 * 2**30):
        raise KeyError
    assert shares[2:] == [1.0, 1.0]


def test_on_a_cpu_nobody_counts_and_nothing_is_limited() -> None:
    device_memory.forget_peak(device.CPU)
    with device_memory.memory_limit(device.CPU, 1):
        assert device_memory.waiting_memory(4096, device.CPU).shape == (4096,)
    assert device_memory.memory_peak(device.CPU) is None


def test_memory_that_is_another_process_s_is_left_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[float] = []
    share = f"torch.{device.ACCELERATED}.set_per_process_memory_fraction"
    monkeypatch.setattr(share, told.append)
    monkeypatch.setattr(
        device, "accelerator", lambda: device.Accelerator(name="Card", memory=80 * 2**30)
    )
    device_memory.leave_free("cuda", 20 * 2**30)
    device_memory.leave_free("cuda", 0)
    device_memory.leave_free("cpu", 20 * 2**30)
    assert told == [0.75]


def test_memory_of_a_card_grows_in_place_unless_somebody_has_set_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import torch

    set_to = list[str]()
    monkeypatch.setattr(torch._C, "_accelerator_setAllocatorSettings", set_to.append)
    for name in device_memory.ALLOCATOR_VARIABLES:
        monkeypatch.delenv(name, raising=False)
    device_memory.avoid_fragmentation("cpu")
    assert set_to == []
    device_memory.avoid_fragmentation("cuda")
    assert set_to == ["expandable_segments:True"]
    for name in device_memory.ALLOCATOR_VARIABLES:
        with monkeypatch.context() as patch:
            patch.setenv(name, "max_split_size_mb:512")
            device_memory.avoid_fragmentation("cuda")
    assert len(set_to) == 1
