"""The engine of a profile is found by its profile alone, or refused in a sentence."""

from pathlib import Path

import pytest

from pipeline.engines import loading
from pipeline.engines.protocol import StagedEngine
from pipeline.errors import Cause, RenderFault
from pipeline.models.device import ACCELERATED, Accelerator
from pipeline.profiles import profile
from pipeline.profiles.sections import QuantisationSection, SpeedSection

TOY = profile.load("toy")


def test_the_engine_of_a_profile_says_what_it_runs_on() -> None:
    engine = loading.load(TOY, None, "cpu")
    assert isinstance(engine, StagedEngine)
    assert engine.abilities.device == "cpu"


def test_a_profile_whose_weights_are_nowhere_has_no_engine(tmp_path: Path) -> None:
    model = TOY.model.model_copy(update={"weights": "builtin:giant"})
    with pytest.raises(RenderFault, match="no weights 'builtin:giant'") as caught:
        loading.load(TOY.model_copy(update={"model": model}), tmp_path, "cpu")
    assert caught.value.cause is Cause.FATAL


def test_a_machine_that_can_render_the_profile_lacks_nothing() -> None:
    assert loading.why_unfit(TOY, None, "cpu") is None


def test_a_missing_compiler_and_a_small_card_are_told_before_anything_is_loaded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    compiled = TOY.model_copy(update={"speed": SpeedSection(compile=True)})
    monkeypatch.setenv("CXX", "no-such-compiler")
    assert loading.why_unfit(compiled, None, "cpu") is None
    told = loading.slower(compiled, "cpu")
    assert told is not None
    assert "install g++, or set speed.compile = false" in told

    small = Accelerator(name="a small card", memory=10**8, capability=(8, 6))
    monkeypatch.setattr(loading, "card_of", lambda device: small)
    told = loading.why_unfit(TOY, None, ACCELERATED)
    assert told is not None
    assert "a small card has 0.1" in told


EIGHT_BITS = TOY.model_copy(
    update={"speed": SpeedSection(quantisation=QuantisationSection(high="float8", low="int8"))}
)


@pytest.mark.parametrize(
    ("capability", "told"),
    [((8, 6), 'set it to "int8"'), ((7, 0), 'set it to "int8"'), ((8, 9), None), ((9, 0), None)],
)
def test_a_card_without_units_for_8_bits_is_told(
    monkeypatch: pytest.MonkeyPatch, capability: tuple[int, int], told: str | None
) -> None:
    card = Accelerator(name="a card", memory=10**12, capability=capability)
    monkeypatch.setattr(loading, "card_of", lambda device: card)
    found = loading.why_unfit(EIGHT_BITS, None, ACCELERATED)
    assert (found is None) == (told is None)
    assert (told or "") in (found or "")


def test_a_machine_without_room_for_the_expert_that_waits_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    card = Accelerator(name="a card", memory=10**12, capability=(8, 6))
    monkeypatch.setattr(loading, "card_of", lambda device: card)
    monkeypatch.setattr(loading, "host_memory", lambda: 4 * 2**30)
    worker = TOY.worker.model_copy(update={"experts": "exchanged"})
    told = loading.why_unfit(TOY.model_copy(update={"worker": worker}), None, ACCELERATED)
    assert told is not None
    assert "of the machine's memory" in told
    assert "this one has 4.0" in told
