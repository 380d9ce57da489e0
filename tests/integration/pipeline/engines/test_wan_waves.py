"""Takes of a wave on experts that change places: the same frames as one by one, and fewer exchanges."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from farm.cluster.loading import WorkerSettings
from farm.cluster.outcome import Faulted, FramesMade, Outcome, Stopped
from farm.cluster.worker import BESIDE, Worker
from pipeline import take
from pipeline.engines import wan
from pipeline.engines.protocol import AtBoundary, OnStep
from pipeline.engines.wan_experts import EXPERTS
from pipeline.errors import Cause, RenderFault
from pipeline.models import weights
from pipeline.recipe import Recipe, TakeOrder
from pipeline.recipe_changes import each_segment, in_segments
from pipeline.stages import WAITING
from pipeline.stills import prepare
from pipeline.storage.files import Frames
from pipeline.storage.folder import MediaFolder
from tests.integration.pipeline.engines.test_wan import TOY
from tests.integration.pipeline.engines.test_wan_exchange import puts
from tests.played_tools import a_still, an_order_for, in_waves, name_in, played_tools

HIGH, LOW = EXPERTS
PATIENCE = 120
SORTS: dict[str, dict[str, Any]] = {
    "sh010": {"seed": 1, "steps": 8},
    "sh020": {"seed": 2, "steps": 6, "cfg_high": 5.0},
    "sh030": {"seed": 3, "steps": 8, "cfg_high": 1.0, "cfg_low": 1.0},
    "sh040": {"seed": 4, "steps": 4},
}
"""Takes of which no two are made alike."""


class Held:
    """The engine, whose text the first take waits for until all are there."""

    def __init__(self, engine: wan.WanEngine) -> None:
        self.engine = engine
        self.abilities = engine.abilities
        self.all_there = threading.Event()
        self.steps: list[tuple[str, int]] = []
        """Which take made which step, in their order."""
        self.on_step: Callable[[str, int], None] = lambda name, step: None

    def encode_text(self, prompt: str, negative: str, ahead: Sequence[str] = ()) -> wan.Text:
        assert self.all_there.wait(PATIENCE)
        return self.engine.encode_text(prompt, negative, ahead)

    def denoise(
        self,
        picture: Image.Image,
        text: Any,
        recipe: Recipe,
        on_step: OnStep,
        at_boundary: AtBoundary | None = None,
    ) -> Any:
        def noted(step: int, steps: int) -> None:
            self.steps.append((name_in(recipe.prompt), step))
            self.on_step(name_in(recipe.prompt), step)
            on_step(step, steps)

        return self.engine.denoise(picture, text, recipe, noted, at_boundary)

    def decode(self, latents: Any) -> Frames:
        return self.engine.decode(latents)


class Farm:
    """A worker with the toy's own experts in one place, for waves of four; its frames are looked at."""

    def __init__(self, folder: Path, engine: wan.WanEngine, right: wan.WanEngine) -> None:
        self.media = MediaFolder(folder)
        still = a_still(folder, self.media)
        self.orders = {
            name: an_order_for(still, name, frames=5, **values) for name, values in SORTS.items()
        }
        self.held = Held(engine)
        self.frames: dict[str, Frames] = {}
        self._right = right
        tools = played_tools(folder, wave=4)
        settings = WorkerSettings(profile=in_waves(4), media=str(folder))
        self.worker = Worker(
            settings, load=lambda _: replace(tools, engine=self.held), make=self._make
        )
        self._answers: dict[str, Outcome | FramesMade] = {}
        self._threads: list[threading.Thread] = []

    def _make(self, order: TakeOrder, tools: take.Tools, watcher: Any) -> Any:
        made = take.render(order, tools, watcher)
        assert isinstance(made, take.Rendered)
        self.frames[name_in(order.recipe.prompt)] = made.frames
        return made

    def begin(self, *names: str) -> None:
        """All of them at once; none computes before all are there."""
        for number, name in enumerate(names):
            self._threads.append(threading.Thread(target=self._render, args=(name,)))
            self._threads[-1].start()
            stage = WAITING if number else "text"
            wait_for(lambda name=name, stage=stage: self.stage(name) == stage)
        self.held.all_there.set()

    def _render(self, name: str) -> None:
        self._answers[name] = self.worker.render(name, self.orders[name], 600)

    def stage(self, name: str) -> str | None:
        return next((at.stage for at in self.worker.positions() if at.key == name), None)

    def answers(self) -> dict[str, Outcome | FramesMade]:
        for thread in self._threads:
            thread.join(PATIENCE)
        return self._answers

    def right(self, name: str) -> Frames:
        """What resident experts make of it alone."""
        first, *later = each_segment(self.orders[name].recipe)
        frames = self._segment(prepare.load(self.media, first.still), first)
        for recipe in later:
            after = self._segment(Image.fromarray(frames[-1]), recipe)
            frames = np.concatenate([frames, after[1:]])
        return frames

    def _segment(self, picture: Image.Image, recipe: Recipe) -> Frames:
        text = self._right.encode_text(recipe.prompt, recipe.negative)
        return self._right.decode(self._right.denoise(picture, text, recipe, lambda *_: None))

    def all_are_right(self, *names: str) -> None:
        assert set(self.frames) == set(names)
        for name in names:
            assert np.array_equal(self.frames[name], self.right(name)), name


def wait_for(happens: Callable[[], Any]) -> Any:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if value := happens():
            return value
        time.sleep(0.005)
    raise AssertionError("it never happened")


@pytest.fixture(scope="module")
def folder() -> Path:
    return weights.folder("builtin:toy-i2v", None)


@pytest.fixture(scope="module")
def right(folder: Path) -> wan.WanEngine:
    return wan.load(TOY, folder, "cpu")


@pytest.fixture
def farm(folder: Path, right: wan.WanEngine, tmp_path: Path) -> Iterator[Farm]:
    made = Farm(tmp_path, wan.load(in_waves(4), folder, "cpu"), right)
    yield made
    made.held.all_there.set()
    made.answers()


def test_four_takes_are_those_of_one_by_one_and_cost_two_exchanges_in_place_of_eight(
    farm: Farm, monkeypatch: pytest.MonkeyPatch
) -> None:
    exchanges = puts(farm.held.engine, monkeypatch)
    farm.begin("sh010")
    farm.answers()
    assert exchanges == [LOW]
    exchanges.clear()
    farm.held.all_there.clear()

    farm.begin(*SORTS)

    assert set(farm.answers().values()) == {FramesMade()}
    assert exchanges == [HIGH, LOW]
    farm.all_are_right(*SORTS)
    for name in SORTS:
        assert farm.worker.render(name, farm.orders[name], 600) == FramesMade()
    assert exchanges == [HIGH, LOW] * 5


def test_a_wave_goes_by_phase_and_each_take_makes_its_steps_in_their_order(farm: Farm) -> None:
    farm.begin(*SORTS)
    farm.answers()
    turns = [name for name, _ in farm.held.steps]
    changes = [name for before, name in zip(["", *turns], turns, strict=False) if name != before]
    assert changes == [*SORTS, *SORTS]
    for name, order in farm.orders.items():
        made = [step for each, step in farm.held.steps if each == name]
        assert made == [*range(1, order.recipe.steps + 1)]


def test_a_take_is_stopped_while_it_is_parked_and_the_others_are_made(farm: Farm) -> None:
    def on_step(name: str, step: int) -> None:
        if (name, step) == ("sh030", 1):
            assert farm.stage("sh010") == WAITING
            farm.worker.stop("sh010")
            wait_for(lambda: farm.stage("sh010") is None)

    farm.held.on_step = on_step
    farm.begin(*SORTS)
    answers = farm.answers()
    assert answers.pop("sh010") == Stopped("asked to stop")
    assert set(answers.values()) == {FramesMade()}
    farm.all_are_right(*answers)


def test_no_take_that_is_parked_computes_after_a_fault_of_the_machine(farm: Farm) -> None:
    def on_step(name: str, step: int) -> None:
        if (name, step) == ("sh030", 1):
            raise RenderFault(Cause.MACHINE, "CUDA error")

    farm.held.on_step = on_step
    farm.begin(*SORTS)
    answers = farm.answers()
    assert answers.pop("sh030") == Faulted(Cause.MACHINE, "CUDA error")
    assert set(answers.values()) == {Stopped(BESIDE)}
    assert farm.held.steps[-1] == ("sh030", 1)
    assert farm.frames == {}


def test_what_is_no_fault_of_the_machine_leaves_those_that_are_parked_alone(farm: Farm) -> None:
    def on_step(name: str, step: int) -> None:
        if (name, step) == ("sh020", 1):
            raise RenderFault(Cause.CAPACITY, "the memory of cuda ran out")

    farm.held.on_step = on_step
    farm.begin(*SORTS)
    answers = farm.answers()
    assert answers.pop("sh020") == Faulted(Cause.CAPACITY, "the memory of cuda ran out")
    assert set(answers.values()) == {FramesMade()}
    farm.all_are_right(*answers)


def test_takes_of_several_segments_in_a_wave_are_those_of_one_by_one(farm: Farm) -> None:
    for name in ("sh020", "sh030"):
        order = farm.orders[name]
        recipe = in_segments(order.recipe, (5, 5))
        farm.orders[name] = replace(order, recipe=recipe)
    farm.begin(*SORTS)
    assert set(farm.answers().values()) == {FramesMade()}
    farm.all_are_right(*SORTS)
    assert farm.frames["sh030"].shape[0] == 9


def test_a_take_is_stopped_in_its_second_segment_and_the_others_are_made(farm: Farm) -> None:
    steps = SORTS["sh020"]["steps"]

    def on_step(name: str, step: int) -> None:
        if farm.held.steps.count((name, 1)) == 2 and (name, step) == ("sh020", 1):
            (at,) = (each for each in farm.worker.positions() if each.key == "sh020")
            assert (at.step, at.steps) == (steps, 2 * steps)
            farm.worker.stop("sh020")

    farm.held.on_step = on_step
    order = farm.orders["sh020"]
    farm.orders["sh020"] = replace(order, recipe=in_segments(order.recipe, (5, 5)))
    farm.begin(*SORTS)
    answers = farm.answers()
    assert answers.pop("sh020") == Stopped("asked to stop")
    assert set(answers.values()) == {FramesMade()}
    farm.all_are_right(*answers)
