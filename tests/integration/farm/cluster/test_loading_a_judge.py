"""What a worker loads where its scorer is to be shared: with a judge at hand, and where there is no Ray."""

import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from farm.cluster.loading import WorkerSettings, load_scorer, load_tools
from pipeline.engines import loading
from pipeline.profiles.profile import load
from pipeline.result import Zones
from pipeline.scoring import calibration_file
from pipeline.scoring.calibration import Calibration
from pipeline.scoring.protocol import scorer_name
from pipeline.storage.folder import MediaFolder


@pytest.fixture
def settings(tmp_path: Path) -> WorkerSettings:
    """The toy's worker, whose scorer is one for all."""
    toy = load("toy")
    match = toy.match.model_copy(update={"where": "own"})
    return WorkerSettings(profile=toy.model_copy(update={"match": match}), media=str(tmp_path))


def test_where_nobody_offers_a_judge_a_worker_has_its_own_scorer(settings: WorkerSettings) -> None:
    tools = load_tools(settings)
    assert tools.scorer.name == load_scorer(settings).name
    assert isinstance(tools.judging, type(threading.Lock()))


def test_a_worker_takes_the_judge_that_is_offered_once_its_model_is_there(
    settings: WorkerSettings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    order: list[str] = []
    load_engine = loading.load

    def loads(*arguments: Any) -> Any:
        order.append("model")
        return load_engine(*arguments)

    class Shared:
        """A judge elsewhere."""

        name = "elsewhere"

    def offered() -> Any:
        order.append("judge")
        return Shared()

    monkeypatch.setattr(loading, "load", loads)
    lines = Zones(accept=0.9, retake=0.2)
    made = Calibration(
        profile="toy", scorer="elsewhere", source="labels", zones=lines, limit=0.1, good=40, bad=20
    )
    calibration_file.keep(MediaFolder(tmp_path), made)
    tools = load_tools(replace(settings, judge=offered))
    assert order == ["model", "judge"]
    assert isinstance(tools.scorer, Shared)
    assert tools.judging is tools.scorer, "it is asked by several at once, and waited for"
    assert tools.zones == lines


def test_where_a_scorer_is_asked_changes_neither_its_name_nor_the_revision(
    settings: WorkerSettings,
) -> None:
    toy, folder = load("toy"), Path("/weights/of/it")
    for changes in ({"where": "own"}, {"device": "cpu"}, {"gpus": 0.4}):
        match = toy.match.model_copy(update=changes)
        assert scorer_name(match, folder) == scorer_name(toy.match, folder)
        assert toy.model_copy(update={"match": match}).revision == toy.revision
    wider = toy.match.model_copy(update={"sampled_frames": 8})
    assert scorer_name(wider, folder) != scorer_name(toy.match, folder)
