"""One expert's place for both: the same clips, and one of them on the device at a time."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipeline.engines import acceleration, wan, wan_exchange
from pipeline.engines.wan_exchange import Exchange, Side
from pipeline.engines.wan_experts import EXPERTS
from pipeline.errors import Cause, RenderFault, RenderStopped
from pipeline.models import weights
from pipeline.profiles.profile import Profile
from pipeline.profiles.sections import QuantisationSection, SpeedSection
from tests.integration.pipeline.engines.test_wan import TOY, frames_of

HIGH, LOW = EXPERTS


@pytest.fixture(scope="module")
def folder() -> Path:
    return weights.folder("builtin:toy-i2v", None)


def exchanged(profile: Profile = TOY) -> Profile:
    worker = profile.worker.model_copy(update={"experts": "exchanged"})
    return profile.model_copy(update={"worker": worker})


@pytest.fixture
def engine(folder: Path) -> wan.WanEngine:
    return wan.load(exchanged(), folder, "cpu")


def exchange_of(engine: wan.WanEngine) -> Exchange:
    side: Any = engine._model.transformer
    assert isinstance(side, Side)
    return side._exchange


def puts(engine: wan.WanEngine, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Which expert comes to the device from now on, one after the other."""
    exchange, seen = exchange_of(engine), list[str]()
    put = exchange.put

    def noted(part: str) -> None:
        if part != exchange._part:
            seen.append(part)
        put(part)

    monkeypatch.setattr(exchange, "put", noted)
    return seen


@pytest.mark.parametrize("speed", [{}, {"quantisation": {"high": "int8", "low": "int8"}}])
def test_take_after_take_is_what_resident_experts_make(folder: Path, speed: Any) -> None:
    sort = TOY.model_copy(update={"speed": SpeedSection.model_validate(speed)})
    right = frames_of(wan.load(sort, folder, "cpu"))
    engine = wan.load(exchanged(sort), folder, "cpu")
    for _ in range(2):
        assert np.array_equal(frames_of(engine), right)


def test_experts_change_places_once_at_the_boundary_and_once_for_the_next_take(
    engine: wan.WanEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = puts(engine, monkeypatch)
    frames_of(engine)
    assert seen == [LOW]
    frames_of(engine)
    assert seen == [LOW, HIGH, LOW]


def test_both_share_the_tensors_of_one_model(engine: wan.WanEngine) -> None:
    exchange = exchange_of(engine)
    here = {name: each.data_ptr() for name, each in exchange.model.state_dict().items()}
    frames_of(engine)
    assert {name: each.data_ptr() for name, each in exchange.model.state_dict().items()} == here
    assert {each.data_ptr() for each in exchange._waiting.values()}.isdisjoint(here.values())


def test_waiting_weights_share_memory_that_pinning_does_not_enlarge(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import torch

    asked: list[int] = []
    take = wan_exchange.waiting_memory
    monkeypatch.setattr(
        wan_exchange, "waiting_memory", lambda size, on: asked.append(size) or take(size, on)
    )
    monkeypatch.setattr(wan_exchange, "BLOCK", 4096)
    weights = {
        "a.weight": torch.randn(30, 7),
        "a.scale": torch.randn(3).bfloat16(),
        "b.weight": torch.randint(-9, 9, (2000,), dtype=torch.int8),
        "c.weight": torch.randn(2, 3, 400).to(torch.float8_e4m3fn),
        "d.weight": torch.randn(1500),
    }
    waiting = wan_exchange.waiting_weights(weights.items(), "cpu")
    assert asked == [0, 4096, 4096, 8192]
    assert len({each.untyped_storage().data_ptr() for each in waiting.values()}) == 3
    for name, weight in weights.items():
        copy = waiting[name]
        assert (copy.shape, copy.dtype) == (weight.shape, weight.dtype)
        assert copy.view(torch.uint8).equal(weight.view(torch.uint8))
        assert copy.storage_offset() * copy.itemsize % wan_exchange.ALIGNED == 0


@pytest.mark.parametrize("at", [1, 4, 7])
def test_a_render_that_is_broken_off_leaves_the_right_expert_for_the_next(
    folder: Path, engine: wan.WanEngine, at: int
) -> None:
    def stop(step: int, _steps: int) -> None:
        if step == at:
            raise RenderStopped("enough")

    with pytest.raises(RenderStopped):
        frames_of(engine, on_step=stop)
    assert np.array_equal(frames_of(engine), frames_of(wan.load(TOY, folder, "cpu")))


def test_an_exchange_that_is_broken_off_costs_the_worker_and_no_clip(
    engine: wan.WanEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    exchange, last = exchange_of(engine), [*exchange_of(engine)._waiting][-1]
    broken = {name: each for name, each in exchange._waiting.items() if name != last}
    monkeypatch.setattr(exchange, "_waiting", broken)
    with pytest.raises(KeyError):
        frames_of(engine)
    with pytest.raises(RenderFault, match="broken off half way") as fault:
        frames_of(engine)
    assert fault.value.cause is Cause.MACHINE


def test_one_graph_serves_both(folder: Path) -> None:
    import torch

    torch._dynamo.reset()
    torch._dynamo.utils.counters.clear()
    engine = wan.load(exchanged(), folder, "cpu")
    acceleration.compile_blocks([exchange_of(engine).model], backend="eager")
    compiled = frames_of(engine)
    assert torch._dynamo.utils.counters["stats"]["unique_graphs"] == 1
    assert np.array_equal(compiled, frames_of(wan.load(TOY, folder, "cpu")))
    torch._dynamo.reset()


def test_other_precisions_cannot_change_places() -> None:
    mixed = {"quantisation": {"low": "int8"}}
    given = {**exchanged().model_dump(), "speed": mixed}
    with pytest.raises(ValueError, match="one precision for both"):
        Profile.model_validate(given)


def test_a_step_cache_knows_experts_that_stay(folder: Path) -> None:
    given = {**exchanged().model_dump(), "speed": {"cache": {"threshold": 0.1}}}
    with pytest.raises(ValueError, match=r"worker\.experts"):
        Profile.model_validate(given)
    assert QuantisationSection() == SpeedSection().quantisation
