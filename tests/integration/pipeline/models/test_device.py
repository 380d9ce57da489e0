"""Which device a model runs on, and when it is its turn there."""

import pytest

from pipeline.errors import Cause, RenderFault
from pipeline.models import device


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


def test_a_cpu_has_done_what_it_was_asked_for() -> None:
    device.synchronise(device.CPU)


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
