"""The places of a run's workers: made and let go by the rule, each under a name of its own."""

from typing import Any

import pytest

from farm.cluster.ray import crew as crew_module
from farm.cluster.ray.crew import Crew
from farm.domain.fleet_size import ByDemand, ByRoom, Headcount, Standing


class Place:
    """A slot that stands as a test says."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.said = Standing.PENDING
        self.idle_for = 0.0
        self.retired = self.machine_left = self.killed = False
        self.last_node_id = ""

    @property
    def standing(self) -> Standing:
        return Standing.GONE if self.machine_left else self.said

    def loads(self, node: str, idle_for: float = 0.0) -> None:
        self.said, self.last_node_id, self.idle_for = Standing.IDLE, node, idle_for

    def leave(self) -> None:
        self.machine_left = True
        self.kill()

    def kill(self) -> None:
        self.killed = True


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crew_module, "FIT_EVERY", 0.0)


def crew_by(by: ByRoom | ByDemand) -> tuple[Crew, dict[str, Place]]:
    """A crew, and all the places that it ever made."""
    made: dict[str, Place] = {}

    def place(name: str) -> Any:
        assert name not in made, f"{name} is used again"
        made[name] = Place(name)
        return made[name]

    crew = Crew(place, by)
    crew.fit()
    return crew, made


def demand(most: int = 3) -> ByDemand:
    return ByDemand(most, waiting=0, idle_release=300.0)


def test_a_machine_that_leaves_takes_its_room_along_until_the_next_count_says_otherwise() -> None:
    crew, made = crew_by(ByRoom(2))
    made["renderer-01"].loads("a")
    made["renderer-02"].loads("b")
    crew.there_is(2, {"a", "b"})
    made["renderer-02"].leave()
    crew.fit()
    assert list(crew.slots) == ["renderer-01"]
    assert made["renderer-02"].killed

    crew.there_is(2, {"a", "c"})
    crew.fit()
    assert list(crew.slots) == ["renderer-01", "renderer-03"]


def test_where_machines_are_never_counted_a_place_is_made_anew_at_once() -> None:
    crew, made = crew_by(ByRoom(1))
    made["renderer-01"].leave()
    crew.fit()
    assert list(crew.slots) == ["renderer-02"]


def test_what_waits_for_a_place_starts_anew_where_machines_may_work_again() -> None:
    crew, made = crew_by(ByRoom(2))
    made["renderer-01"].loads("a")
    crew.start_anew()
    crew.fit()
    assert list(crew.slots) == ["renderer-01", "renderer-03"]


def test_one_that_was_taken_out_keeps_its_place_while_its_machine_is_there() -> None:
    crew, made = crew_by(ByRoom(1))
    made["renderer-01"].loads("a")
    made["renderer-01"].said, made["renderer-01"].retired = Standing.OUT, True
    crew.there_is(1, {"a"})
    crew.fit()
    assert (list(crew.slots), crew.size()) == (["renderer-01"], 0)

    crew.there_is(1, {"b"})
    crew.fit()
    crew.there_is(1, {"b"})
    crew.fit()
    assert (list(crew.slots), crew.size()) == (["renderer-02"], 1)


def test_a_take_that_was_sent_waits_no_more() -> None:
    crew, made = crew_by(demand())
    assert (crew.slots, crew.most_demand, crew.size()) == ({}, 3, 3)
    crew.demand(2)
    crew.fit()
    made["renderer-01"].said = Standing.BUSY
    crew.sent()
    crew.fit()
    assert list(crew.slots) == ["renderer-01", "renderer-02"]
    assert crew.headcount() == Headcount(1, 1)


def test_an_idle_one_is_let_go_with_a_line_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", logger="farm")
    crew, made = crew_by(demand())
    crew.demand(1)
    crew.fit()
    made["renderer-01"].loads("a", idle_for=299.0)
    crew.demand(0)
    crew.fit()
    assert list(crew.slots) == ["renderer-01"]
    made["renderer-01"].idle_for = 301.0
    held = crew.slots

    crew.fit()

    assert crew.headcount() == Headcount(0, 0, released=1)
    assert list(held) == ["renderer-01"], "it is changed under who reads it from another thread"
    assert caplog.messages == [
        "the fleet grows to 1 workers: with renderer-01",
        "the fleet shrinks to 0 workers: without renderer-01 (idle for 301 s)",
    ]
