"""A take in its two parts: what the tail needs and leaves alone, and whose turn it is at the scorer."""

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline import stage_clock, take
from pipeline.engines.turns import Turn
from pipeline.errors import Cause, RenderFault, RenderStopped
from pipeline.recipe import TakeOrder
from pipeline.result import TakeResult
from pipeline.stages import STAGES, TAIL, WAITING
from pipeline.storage.folder import MediaFolder
from tests.played_tools import a_still, an_order_for, played_tools


class Watching:
    """Keeps the stages that it is told, and ends the take at one of them."""

    def __init__(self, last: str = "") -> None:
        self.stages: list[str] = []
        self._last = last

    def stage(self, name: str) -> None:
        self.stages.append(name)
        if name == self._last:
            raise RenderStopped("asked to stop")

    def step(self, step: int, steps: int) -> None: ...


@pytest.fixture
def media(tmp_path: Path) -> MediaFolder:
    return MediaFolder(tmp_path)


@pytest.fixture
def order(tmp_path: Path, media: MediaFolder) -> TakeOrder:
    return an_order_for(a_still(tmp_path, media), "sh010")


def rendered(order: TakeOrder, tools: take.Tools) -> take.Rendered:
    found = take.render(order, tools, Watching())
    assert isinstance(found, take.Rendered)
    return found


def latents(media: MediaFolder) -> list[str]:
    return [file.name for file in media.files_below("kept/latents/")]


def test_both_parts_in_a_row_are_the_whole_take(order: TakeOrder, media: MediaFolder) -> None:
    tools = played_tools(media.folder)
    first, tail = Watching(), Watching()
    half = take.render(order, tools, first)
    assert isinstance(half, take.Rendered)
    assert first.stages == [*STAGES[: -len(TAIL)]]

    result = take.finish(half, tools, tail)

    assert tail.stages == [*TAIL]
    assert tuple(result.seconds) == STAGES
    whole = take.make(replace(order, clip="clips/whole.mp4"), tools, Watching())
    assert isinstance(whole, TakeResult)
    assert (
        replace(whole, clip=replace(whole.clip, path=order.clip), seconds=result.seconds) == result
    )


def test_the_tail_asks_nothing_of_the_engine(order: TakeOrder, media: MediaFolder) -> None:
    asked: list[str] = []
    tools = played_tools(media.folder, lambda stage, _: asked.append(stage))
    half = rendered(order, tools)
    asked.clear()
    take.finish(half, tools, Watching())
    assert asked == ["score", "seal"]


def test_latents_are_kept_until_the_clip_is_sealed(order: TakeOrder, media: MediaFolder) -> None:
    tools = played_tools(media.folder, keeps=True)
    half = rendered(order, tools)
    assert len(latents(media)) == 1
    take.finish(half, tools, Watching())
    assert latents(media) == []


@pytest.mark.parametrize("last", TAIL)
def test_a_take_that_ends_in_its_tail_is_only_decoded_by_the_next_attempt(
    order: TakeOrder, media: MediaFolder, last: str
) -> None:
    asked: list[str] = []
    tools = played_tools(media.folder, lambda stage, _: asked.append(stage), keeps=True)
    with pytest.raises(RenderStopped):
        take.finish(rendered(order, tools), tools, Watching(last))
    assert not list(media.files_below("clips/"))
    assert asked.count("denoise") == order.recipe.steps
    asked.clear()

    again = take.make(order, tools, Watching())

    assert isinstance(again, TakeResult)
    assert (asked.count("decode"), asked.count("denoise")) == (1, 0)


def test_a_clip_that_cannot_be_written_costs_the_next_attempt_a_decode(
    order: TakeOrder, media: MediaFolder
) -> None:
    def full(stage: str, _name: str) -> None:
        if stage == "seal":
            raise RenderFault(Cause.CAPACITY, "the media folder has no room left")

    with pytest.raises(RenderFault, match="no room left"):
        take.make(order, played_tools(media.folder, full, keeps=True), Watching())
    asked: list[str] = []
    tools = played_tools(media.folder, lambda stage, _: asked.append(stage), keeps=True)

    assert isinstance(take.make(order, tools, Watching()), TakeResult)

    assert (asked.count("decode"), asked.count("denoise")) == (1, 0)


class Held:
    """A watcher of a take that waits for its turn: the wait lasts 1000 s and then is over."""

    def __init__(self, tools: take.Tools, clock: "PlayedTime") -> None:
        self.stages: list[str] = []
        self._tools, self._clock = tools, clock

    def stage(self, name: str) -> None:
        self.stages.append(name)
        if name == WAITING:
            self._clock.now += 1000
            self._tools.judging.release()

    def step(self, step: int, steps: int) -> None: ...


class PlayedTime:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[PlayedTime]:
    played = PlayedTime()
    with monkeypatch.context() as patch:
        patch.setattr(time, "perf_counter", played)
        patch.setattr(stage_clock, "TURN_SECONDS", 0.001)
        yield played


def test_the_wait_for_the_scorer_is_told_and_is_no_stages_time(
    order: TakeOrder, media: MediaFolder, clock: PlayedTime
) -> None:
    tools = played_tools(media.folder)
    first, tail = Held(tools, clock), Held(tools, clock)
    tools.judging.acquire()
    half = take.render(order, tools, first)
    assert isinstance(half, take.Rendered)
    tools.judging.acquire()
    result = take.finish(half, tools, tail)

    assert first.stages[:3] == ["prepare", WAITING, "precheck"]
    assert tail.stages == ["check", WAITING, "score", "encode"]
    assert (clock.now, set(result.seconds.values())) == (2000, {0.0})
    assert tools.judging.acquire(blocking=False)


def test_a_take_may_be_ended_while_it_waits_for_its_turn_and_leaves_the_turn_to_others(
    order: TakeOrder, media: MediaFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stage_clock, "TURN_SECONDS", 0.001)
    tools = played_tools(media.folder)
    tools.judging.acquire()
    with pytest.raises(RenderStopped):
        take.render(order, tools, Watching(WAITING))
    assert not tools.judging.acquire(blocking=False), "it is still the other's"
    tools.judging.release()
    with pytest.raises(RenderStopped):
        take.render(order, tools, Watching("precheck"))
    assert tools.judging.acquire(blocking=False)


class Beside:
    """A watcher of a take that parks: another one's high phase lasts 1000 s, then it parks, too."""

    def __init__(self, tools: take.Tools, clock: PlayedTime) -> None:
        self.told: list[str | int] = []
        self.other: Turn | None = None
        self._tools, self._clock = tools, clock

    def stage(self, name: str) -> None:
        self.told.append(name)
        if name == "denoise" and self.other is None:
            self.other = self._tools.turns.ask()
        if name == WAITING:
            assert self.other
            assert self.other.comes(0)
            self._clock.now += 1000
            self.other.park()

    def step(self, step: int, steps: int) -> None:
        self.told.append(step)


def test_a_take_that_is_parked_waits_and_goes_on_with_its_denoise_and_no_stage_counts_that(
    order: TakeOrder, media: MediaFolder, clock: PlayedTime
) -> None:
    tools = played_tools(media.folder, wave=2)
    watcher = Beside(tools, clock)
    half = take.render(order, tools, watcher)
    assert isinstance(half, take.Rendered)
    assert watcher.told[2:] == ["text", "denoise", 1, 2, WAITING, "denoise", 3, 4, "decode"]
    assert (clock.now, set(half.seconds.values())) == (1000, {0.0})
    assert tuple(half.seconds) == STAGES[: -len(TAIL)]
    assert watcher.other
    assert watcher.other.comes(0), "the turn was not passed on"


@pytest.mark.parametrize("parked", [False, True])
def test_a_take_may_be_ended_while_it_waits_for_the_engine_and_leaves_the_turn_to_others(
    order: TakeOrder, media: MediaFolder, parked: bool
) -> None:
    tools = played_tools(media.folder, wave=2)
    computes = None if parked else tools.turns.ask()

    class Ended(Watching):
        def step(self, step: int, steps: int) -> None:
            nonlocal computes
            computes = computes or tools.turns.ask()

    watcher = Ended(WAITING)
    with pytest.raises(RenderStopped):
        take.render(order, tools, watcher)
    assert ("denoise" in watcher.stages) is parked
    assert computes
    assert computes.comes(0), "it is still the other's"
    computes.end()
    assert isinstance(take.make(order, tools, Watching()), TakeResult)


def test_the_machine_that_fails_one_take_fails_none_that_waits_and_none_that_comes_later(
    order: TakeOrder, media: MediaFolder
) -> None:
    tools = played_tools(media.folder, wave=2)
    waiting: list[Turn] = []

    class Failing(Watching):
        def step(self, step: int, steps: int) -> None:
            waiting.append(tools.turns.ask())
            raise ValueError("a defect")

    with pytest.raises(ValueError, match="a defect"):
        take.render(order, tools, Failing())
    with pytest.raises(RenderStopped, match="beside it"):
        waiting[0].comes(0)
    assert isinstance(take.make(order, tools, Watching()), TakeResult)
