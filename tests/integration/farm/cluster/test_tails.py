"""Takes on one worker of this process: the tail of one runs beside the denoise of the next."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from farm.cluster.inline import InlineCluster
from farm.cluster.loading import WorkerSettings, load_tools
from farm.cluster.outcome import Made, Outcome, Stopped
from farm.cluster.worker import Worker
from pipeline import take
from pipeline.clips import encode
from pipeline.profiles import profile
from pipeline.recipe import TakeOrder
from pipeline.result import TakeResult
from pipeline.stages import WAITING
from pipeline.storage.folder import MediaFolder
from tests.played_tools import Hook, a_still, an_order_for, played_tools, told_nobody

PATIENCE = 60
SETTINGS = WorkerSettings(profile=profile.load("toy"), media="/media")


class Nobody:
    def stage(self, name: str) -> None: ...

    def step(self, step: int, steps: int) -> None: ...


class Farm:
    """A media root with one still, and clusters of one worker with it."""

    def __init__(self, folder: Path) -> None:
        self.media = MediaFolder(folder)
        self._still = a_still(folder, self.media)

    def order(self, name: str, **changes: Any) -> TakeOrder:
        return an_order_for(self._still, name, **changes)

    @contextmanager
    def cluster(self, hook: Hook = told_nobody) -> Iterator[InlineCluster]:
        tools = played_tools(self.media.folder, hook, keeps=True)
        cluster = InlineCluster(SETTINGS, 1, lambda each: Worker(each, load=lambda _: tools))
        try:
            yield cluster
        finally:
            cluster.close(grace=PATIENCE)

    def frames_of(self, clip: str) -> bytes:
        place = self.media.local(clip)
        assert place is not None
        return encode.read(place).tobytes()


@pytest.fixture
def farm(tmp_path: Path) -> Farm:
    return Farm(tmp_path)


def wait_for(happens: Callable[[], Any]) -> Any:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if value := happens():
            return value
        time.sleep(0.005)
    raise AssertionError("it never happened")


def send(cluster: InlineCluster, key: str, order: TakeOrder, lease_seconds: float = 600) -> None:
    """Gives the worker a take as soon as it has room; nothing may come to its end until then."""
    (worker,) = wait_for(lambda: not cluster.collect(0) and cluster.free())
    cluster.send(worker, key, order, lease_seconds)


def outcomes(cluster: InlineCluster, number: int) -> dict[str, Outcome]:
    told: dict[str, Outcome] = {}

    def all_told() -> bool:
        told.update({each.key: each.outcome for each in cluster.collect(0.05)})
        return len(told) == number

    wait_for(all_told)
    return told


def in_stage(cluster: InlineCluster, key: str, stage: str) -> None:
    """Waits until the take is there, and lets what has its frames go on meanwhile."""

    def there() -> bool:
        assert cluster.collect(0) == []
        return key in (at := cluster.progress()) and at[key].stage == stage

    wait_for(there)


def test_the_next_denoise_begins_before_the_seal_and_changes_nothing_of_either_take(
    farm: Farm,
) -> None:
    next_denoise, sealed_late = threading.Event(), threading.Event()

    def hook(stage: str, name: str) -> None:
        if (stage, name) == ("denoise", "sh020"):
            next_denoise.set()
        if (stage, name) == ("seal", "sh010"):
            assert next_denoise.wait(PATIENCE), "the tail and the denoise never met"
            sealed_late.set()

    orders = {name: farm.order(name, seed=seed) for name, seed in (("sh010", 7), ("sh020", 30))}
    with farm.cluster(hook) as cluster:
        for name, order in orders.items():
            send(cluster, name, order)
        told = outcomes(cluster, 2)
    assert sealed_late.is_set()

    for name, order in orders.items():
        alone = replace(order, clip=f"clips/{name}_alone.mp4")
        expected = take.make(alone, played_tools(farm.media.folder), Nobody())
        outcome = told[name]
        assert isinstance(outcome, Made)
        assert isinstance(expected, TakeResult)
        seconds = outcome.result.seconds
        clip = replace(expected.clip, path=order.clip, sha256=outcome.result.clip.sha256)
        size = replace(clip, size=outcome.result.clip.size)  # the clip's own name is in it
        assert outcome.result == replace(expected, clip=size, seconds=seconds)
        assert farm.frames_of(order.clip) == farm.frames_of(alone.clip)
        assert set(seconds) == set(expected.seconds)
    assert farm.frames_of(orders["sh010"].clip) != farm.frames_of(orders["sh020"].clip)


def test_the_scorer_is_asked_by_one_take_at_a_time(farm: Farm) -> None:
    asking: list[str] = []
    most: list[int] = []
    may_score = threading.Event()

    def hook(stage: str, name: str) -> None:
        if stage not in ("precheck", "score"):
            return
        asking.append(stage)
        most.append(len(asking))
        if (stage, name) == ("score", "sh010"):
            assert may_score.wait(PATIENCE)
        asking.pop()

    with farm.cluster(hook) as cluster:
        send(cluster, "k1", farm.order("sh010"))
        in_stage(cluster, "k1", "score")
        send(cluster, "k2", farm.order("sh020"))
        in_stage(cluster, "k2", WAITING)
        may_score.set()
        told = outcomes(cluster, 2)
    assert all(isinstance(outcome, Made) for outcome in told.values())
    assert most == [1] * 4


@pytest.mark.parametrize("by", ["stop", "lease"])
def test_what_ends_in_its_tail_leaves_no_clip_and_its_next_attempt_decodes_only(
    farm: Farm, by: str
) -> None:
    asked: list[str] = []
    may_score = threading.Event()

    def hook(stage: str, _name: str) -> None:
        asked.append(stage)
        if stage == "score":
            assert may_score.wait(PATIENCE)

    order = farm.order("sh010")
    with farm.cluster(hook) as cluster:
        send(cluster, "k1", order)
        in_stage(cluster, "k1", "score")
        if by == "stop":
            cluster.stop("k1")
        else:
            cluster.extend(["k1"], -1)
        may_score.set()
        why = "asked to stop" if by == "stop" else "its lease was not extended in time"
        assert outcomes(cluster, 1) == {"k1": Stopped(why)}
        assert not list(farm.media.files_below("clips/"))
        asked.clear()

        send(cluster, "k2", order)

        assert isinstance(outcomes(cluster, 1)["k2"], Made)
    assert (asked.count("decode"), asked.count("denoise")) == (1, 0)
    assert not list(farm.media.files_below("kept/"))


def test_takes_of_the_real_toy_are_the_same_beside_each_other_as_in_a_row(farm: Farm) -> None:
    settings = WorkerSettings(profile=profile.load("toy"), media=farm.media.root)
    tools = load_tools(settings)
    orders = [farm.order(f"sh0{n}0", seed=n, steps=8) for n in range(1, 4)]
    cluster = InlineCluster(settings, 1, lambda each: Worker(each, load=lambda _: tools))
    beside: dict[str, Outcome] = {}
    left = list(orders)
    try:
        while len(beside) < len(orders):
            for worker in cluster.free() if left else ():
                order = left.pop(0)
                cluster.send(worker, order.title, order, 600)
            beside.update({each.key: each.outcome for each in cluster.collect(0.05)})
    finally:
        cluster.close(grace=PATIENCE)

    for order in orders:
        alone = replace(order, clip=f"clips/{order.title.split('/')[1]}_alone.mp4")
        expected = take.make(alone, tools, Nobody())
        outcome = beside[order.title]
        assert isinstance(outcome, Made)
        assert isinstance(expected, TakeResult)
        assert farm.frames_of(order.clip) == farm.frames_of(alone.clip)
        assert outcome.result.match == expected.match
        assert outcome.result.misses == expected.misses
        assert outcome.result.verdict == expected.verdict
