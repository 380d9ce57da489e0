"""The engine of a profile is found by its profile alone, or refused in a sentence."""

from pathlib import Path

import pytest

from pipeline.engines import loading
from pipeline.engines.protocol import StagedEngine
from pipeline.errors import Cause, RenderFault
from pipeline.profiles import profile

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
