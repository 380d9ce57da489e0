"""Where a run has no display, a line says that a model loads, and one that it has loaded."""

import datetime as dt
from typing import Any

import pytest

from farm.cli.display.loads import Loads
from farm.domain.events import Event, EventKind
from tests.played_cluster import PlayedCluster

Told = list[tuple[str, dict[str, Any]]]


class OneMachine(PlayedCluster):
    """Whose workers are on no machine before they have loaded, as real ones."""

    def nodes(self) -> dict[str, str]:
        return {each: "node" for each in self.workers if each not in self.loading}


@pytest.fixture
def cluster() -> OneMachine:
    return OneMachine("w1", "w2")


@pytest.fixture
def told() -> Told:
    return []


def watched(cluster: OneMachine, told: Told) -> Loads:
    return Loads(cluster, lambda what, **data: told.append((what, data)))


def test_each_load_is_told_once_as_it_begins_and_once_as_it_ends(
    cluster: OneMachine, told: Told
) -> None:
    cluster.loading = {"w1", "w2"}
    loads = watched(cluster, told)
    assert told == [
        ("model_loading", {"worker": "w1", "profile": "toy"}),
        ("model_loading", {"worker": "w2", "profile": "toy"}),
    ]
    loads.progress({})
    assert len(told) == 2, "they still load"

    cluster.loading, cluster.load_seconds = {"w2"}, {"toy": 7.5}
    loads.progress({})
    loads.progress({})
    assert told[2:] == [("model_loaded", {"worker": "w1", "profile": "toy", "seconds": 7.5})]


def test_a_worker_has_loaded_before_it_is_told_to_have_a_take(
    cluster: OneMachine, told: Told
) -> None:
    cluster.loading = {"w1"}
    loads = watched(cluster, told)
    cluster.loading = set()
    loads(Event(kind=EventKind.TAKE_STARTED, at=dt.datetime.now(dt.UTC)))
    assert [what for what, _ in told] == ["model_loading", "model_loaded"]


def test_a_worker_that_changes_to_another_model_is_told_of_again(
    cluster: OneMachine, told: Told
) -> None:
    loads = watched(cluster, told)
    assert told == []
    cluster.change("w1", "toy-draft")
    loads.progress({})
    cluster.loaded()
    loads.progress({})
    assert told == [
        ("model_loading", {"worker": "w1", "profile": "toy-draft"}),
        ("model_loaded", {"worker": "w1", "profile": "toy-draft", "seconds": None}),
    ]


def test_one_that_could_not_load_is_not_said_to_have_loaded(
    cluster: OneMachine, told: Told
) -> None:
    cluster.loading = {"w1"}
    loads = watched(cluster, told)
    cluster.loading, cluster.workers = set(), ["w2"]
    loads.progress({})
    assert [what for what, _ in told] == ["model_loading"]


def test_one_that_went_back_to_its_model_is_not_said_to_have_loaded_the_other(
    cluster: OneMachine, told: Told
) -> None:
    loads = watched(cluster, told)
    cluster.change("w1", "toy-draft")
    loads.progress({})
    cluster.change("w1", "toy")
    cluster.loaded()
    loads.progress({})
    assert [what for what, _ in told] == ["model_loading"]


def test_of_workers_that_are_ready_at_once_nobody_knows_the_seconds_of_each(
    cluster: OneMachine, told: Told
) -> None:
    cluster.loading = {"w1", "w2"}
    loads = watched(cluster, told)
    cluster.loading, cluster.load_seconds = set(), {"toy": 92.0}
    loads.progress({})
    assert [data["seconds"] for _, data in told[2:]] == [None, None]
