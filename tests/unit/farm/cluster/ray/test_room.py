"""How many workers a cluster has room for: by the machines that are there and may have one."""

from collections.abc import Mapping
from typing import Any

import pytest

from farm.cluster.loading import WorkerSettings
from farm.cluster.ray import room as room_module
from farm.cluster.ray.room import Room
from farm.cluster.ray.session import Session
from pipeline.profiles.profile import load

TOY = load("toy")
ON_GPUS = TOY.model_copy(update={"worker": TOY.worker.model_copy(update={"cpus": 1, "gpus": 1})})
ENDPOINT = ("127.0.0.1", 1)


def node(
    name: str, gpus: float, labels: Mapping[str, str] = {}, *, alive: bool = True
) -> Mapping[str, Any]:
    """As Ray tells of it."""
    has = {"CPU": 8.0, "GPU": gpus}
    return {"NodeID": name, "Alive": alive, "Resources": has if alive else {}, "Labels": labels}


@pytest.fixture
def nodes(monkeypatch: pytest.MonkeyPatch) -> list[Mapping[str, Any]]:
    import ray

    there = [node("head", 0.0), node("a", 2.0), node("b", 1.0, alive=False)]
    monkeypatch.setattr(ray, "nodes", lambda: there)
    return there


def a_room(*tags: str, embedded: bool = False) -> Room:
    session = Session(None, embedded, owned=False, head=ENDPOINT, node=ENDPOINT, folder=None)
    return Room(session, WorkerSettings(profile=ON_GPUS, media="/media", tags=tags))


def test_there_is_room_on_every_gpu_that_is_there(
    nodes: list[Mapping[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    room = a_room()
    assert room.plan(None).workers == 2
    assert room.count() is None, "it was counted just now"

    monkeypatch.setattr(room_module, "COUNT_EVERY", 0.0)
    room.plan(None)
    nodes.append(node("c", 1.0))
    counted = room.count()

    assert counted is not None
    assert (counted[0], set(counted[1])) == (3, {"head", "a", "c"})


def test_machines_without_the_tags_of_the_profile_have_no_room(
    nodes: list[Mapping[str, Any]],
) -> None:
    nodes.append(node("tagged", 4.0, {"farm/a14b": "yes", "zone": "x"}))
    assert a_room("a14b").plan(None).workers == 4
    assert a_room("a14b", "fast").plan(None).workers == 1, "it waits for one"
    assert a_room().plan(None).workers == 6


def test_a_cluster_of_ones_own_is_counted_once(
    nodes: list[Mapping[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room_module, "COUNT_EVERY", 0.0)
    room = a_room("a14b", embedded=True)
    assert room.plan(None).workers == 2
    nodes.append(node("c", 1.0))
    assert room.count() is None
