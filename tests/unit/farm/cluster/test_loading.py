"""A machine that is too small for a profile says so before it loads anything."""

import pytest

from farm.cluster.loading import WorkerSettings, load_tools, why_unfit
from pipeline.errors import Cause, RenderFault
from pipeline.models import device
from pipeline.models.device import Accelerator
from pipeline.profiles.profile import load

WANTS_80 = WorkerSettings(profile=load("toy"), media="/media", gpu_memory_gb=80)


@pytest.mark.parametrize(
    ("found", "why"),
    [
        (None, "toy wants a GPU with 80 GB, and there is none; see `limits` in farm.toml"),
        (
            Accelerator(name="Card", memory=24 * 10**9),
            "toy wants a GPU with 80 GB, and Card has 24; see `limits` in farm.toml",
        ),
        (Accelerator(name="Card", memory=80 * 10**9), None),
    ],
    ids=["none", "small", "fit"],
)
def test_a_machine_is_fit_where_its_accelerator_has_the_memory(
    monkeypatch: pytest.MonkeyPatch, found: Accelerator | None, why: str | None
) -> None:
    monkeypatch.setattr(device, "accelerator", lambda: found)
    assert why_unfit(WANTS_80) == why


def test_a_profile_without_a_gpu_asks_for_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device, "accelerator", lambda: pytest.fail("nobody needs to know"))
    assert why_unfit(WorkerSettings(profile=load("toy"), media="/media")) is None


def test_an_unfit_machine_loads_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device, "accelerator", lambda: None)
    with pytest.raises(RenderFault, match=r"there is none; see `limits` in farm\.toml") as caught:
        load_tools(WANTS_80)
    assert caught.value.cause is Cause.FATAL
