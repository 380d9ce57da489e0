"""A run of several profiles: workers get takes of the models that they hold, and change where that pays."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from farm.domain import model_changes
from farm.domain.events import EventKind
from farm.domain.lifecycle import ShotState
from farm.errors import FarmError, StoreError
from farm.scheduler.loop import Scheduler
from farm.scheduler.pace import COUNT_EVERY, Pace
from farm.scheduler.run import Listeners, Run
from farm.store import workers
from farm.store.queries import gauges, overview
from farm.store.queue import claims
from farm.store.shots import intake
from pipeline.profiles import profile
from pipeline.result import Verdict
from pipeline.storage.folder import MediaFolder
from tests.audit import Auditor
from tests.conftest import a_new_shot, a_recipe
from tests.integration.farm.scheduler.test_scheduler_workers import Played

TOY, DRAFT = "toy", "toy-draft"


class Farm(Played):
    """A scheduler that serves the toy and its drafts."""

    def __init__(self, folder: Path, *names: str) -> None:
        super().__init__(folder, *names)
        self.cluster.load_seconds = {TOY: 10.0, DRAFT: 10.0}
        serves = Run(
            owner="farm-a",
            profiles=(profile.load(TOY), profile.load(DRAFT)),
            media=MediaFolder(folder),
            pace=Pace(beat_seconds=1.0, until_idle=True),
            least_free=1,
        )
        listeners = Listeners(events=[self.heard.append], on_trouble=self._on_trouble)
        self.scheduler = Scheduler(serves, self.store, self.cluster, listeners, self.clock)

    def wants(self, profile_name: str, *codes: str) -> None:
        recipe = a_recipe(profile=profile_name)
        shots = [a_new_shot(code, recipe=recipe) for code in codes]
        intake.submit(self.store, "ads", shots, who="anna")

    def rendered(self) -> dict[str, str]:
        """The profile of what each busy worker renders."""
        return {worker: order.recipe.profile for worker, (_, order) in self.cluster.busy.items()}

    def all_make(self) -> None:
        for worker in [*self.cluster.busy]:
            self.cluster.made(worker, Verdict.ACCEPTED, 0.9)


@pytest.fixture
def farm(tmp_path: Path) -> Iterator[Farm]:
    made = Farm(tmp_path, "w1", "w2")
    yield made
    assert Auditor(made.store.engine).audit() == []
    made.store.close()


def test_each_worker_gets_takes_of_the_model_that_it_holds(farm: Farm) -> None:
    farm.cluster.holds["w2"] = DRAFT
    farm.wants(TOY, "sh010", "sh020")
    farm.wants(DRAFT, "sh030", "sh040")
    farm.ticks(1)
    assert farm.rendered() == {"w1": TOY, "w2": DRAFT}
    assert farm.cluster.changed == []


def test_what_is_leased_is_sent_though_the_database_goes_away_between_two_profiles(
    farm: Farm, monkeypatch: pytest.MonkeyPatch
) -> None:
    claim, asked = claims.claim, list[str]()

    def goes_away(store: Any, owner: str, profile_name: str, *rest: Any, **more: Any) -> Any:
        asked.append(profile_name)
        if profile_name == DRAFT and len(asked) == 2:
            raise StoreError("the database is away")
        return claim(store, owner, profile_name, *rest, **more)

    monkeypatch.setattr(claims, "claim", goes_away)
    farm.cluster.holds["w2"] = DRAFT
    farm.wants(TOY, "sh010")
    farm.wants(DRAFT, "sh030")
    farm.ticks(1)
    assert asked == [TOY, DRAFT]
    assert farm.rendered() == {"w1": TOY}
    farm.ticks(1)
    assert farm.rendered() == {"w1": TOY, "w2": DRAFT}


def test_the_last_worker_that_holds_a_model_which_none_can_load_keeps_it(farm: Farm) -> None:
    farm.cluster.holds["w2"] = DRAFT
    farm.cluster.given_up = {DRAFT: "toy-draft cannot be loaded: a broken card"}
    farm.wants(TOY, *(f"full{number}" for number in range(6)))
    farm.wants(DRAFT, "sh030")
    farm.ticks(1)
    assert farm.rendered() == {"w1": TOY, "w2": DRAFT}
    assert farm.cluster.changed == []


def test_a_worker_without_takes_changes_for_those_that_nobody_holds(farm: Farm) -> None:
    farm.wants(DRAFT, "sh030")
    farm.ticks(2)
    assert farm.cluster.changed == [("w1", DRAFT)] or farm.cluster.changed == [("w2", DRAFT)]
    assert farm.rendered() == {}
    farm.cluster.loaded()
    farm.ticks(2)
    ((worker, made),) = farm.rendered().items()
    assert (worker, made) == farm.cluster.changed[0]
    (event,) = (each for each in farm.heard if each.kind is EventKind.WORKER_CHANGED)
    assert event.data == {
        "worker": worker, "node": f"node-{worker}", "owner": "farm-a", "before": TOY,
        "after": DRAFT, "waiting": 1,
    }  # fmt: skip


def test_a_long_queue_of_short_takes_gets_the_workers_that_have_nothing_to_do(
    farm: Farm, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Four of them are made in less than a load, as they are counted for two workers; here are forty."""
    monkeypatch.setattr(model_changes, "LEAST_COUNTED", 1)
    farm.cluster.holds["w2"] = DRAFT
    farm.wants(TOY, "full")
    farm.wants(DRAFT, *(f"draft{number}" for number in range(40)))
    farm.ticks(1)
    assert farm.rendered() == {"w1": TOY, "w2": DRAFT}
    farm.makes("w2")
    farm.ticks(1)
    farm.makes("w1")
    farm.clock.now += COUNT_EVERY
    farm.ticks(2)
    assert farm.cluster.changed == [("w1", DRAFT)]


def test_finals_wait_no_more_than_drafts_do_and_the_run_ends_when_both_are_made(
    farm: Farm,
) -> None:
    farm.wants(TOY, *(f"full{number}" for number in range(6)))
    farm.wants(DRAFT, *(f"draft{number}" for number in range(6)))
    ticks = 0
    while not farm.scheduler.idle():
        farm.ticks(1)
        farm.cluster.loaded()
        farm.all_make()
        ticks += 1
        assert ticks < 200, "it comes to an end"
    states = {shot.code: shot.state for shot in overview.shots(farm.store, "ads")}
    assert set(states.values()) == {ShotState.ACCEPTED}
    assert len(states) == 12
    assert 1 <= len(farm.cluster.changed) <= 4
    assert len(farm.cluster.changed) == sum(
        each.kind is EventKind.WORKER_CHANGED for each in farm.heard
    )


def test_what_each_worker_holds_is_told(farm: Farm) -> None:
    farm.cluster.holds["w2"] = DRAFT
    farm.ticks(1)
    told = {each.name: each.profile for each in workers.workers(farm.store)}
    assert told == {"w1": TOY, "w2": DRAFT}
    assert gauges.look(farm.store).holding == {TOY: 1, DRAFT: 1}
    farm.cluster.holds["w1"] = DRAFT
    farm.ticks(40)
    told = {each.name: each.profile for each in workers.workers(farm.store)}
    assert told == {"w1": DRAFT, "w2": DRAFT}


def test_new_workers_are_asked_for_by_all_that_waits_and_told_of_what(farm: Farm) -> None:
    farm.cluster.workers.clear()
    farm.cluster.most = 9
    farm.ticks(1)
    farm.wants(TOY, "sh010")
    farm.wants(DRAFT, "sh020", "sh030")
    farm.ticks(40)
    assert farm.cluster.demands[-1] == 3
    assert {name: each.waiting for name, each in farm.cluster.expected.items()} == {
        TOY: 1,
        DRAFT: 2,
    }


def test_nobody_changes_for_a_model_that_does_not_fit_where_he_is(farm: Farm) -> None:
    farm.cluster.unfit = {DRAFT: frozenset({"node-w1"})}
    farm.wants(DRAFT, *(f"sh{number}" for number in range(9)))
    farm.ticks(3)
    assert farm.cluster.changed == [("w2", DRAFT)]


def test_a_run_that_has_nothing_left_but_what_it_cannot_load_ends_with_the_sentence(
    farm: Farm,
) -> None:
    farm.cluster.given_up = {DRAFT: "toy-draft cannot be loaded: no weights"}
    farm.wants(TOY, "sh010")
    farm.wants(DRAFT, "sh020")
    farm.ticks(2)
    assert farm.cluster.changed == []
    assert not farm.scheduler.idle()
    farm.all_make()
    farm.ticks(2)
    with pytest.raises(FarmError, match="toy-draft cannot be loaded: no weights"):
        farm.scheduler.idle()


def test_a_take_that_failed_on_the_only_worker_of_its_model_is_tried_there_again(
    farm: Farm,
) -> None:
    from tests.integration.farm.scheduler.test_scheduler_workers import BROKEN

    farm.cluster.holds["w2"] = DRAFT
    farm.wants(TOY, "keeps_w1_off")
    farm.wants(DRAFT, "sh020")
    farm.ticks(1)
    farm.cluster.answer("w2", BROKEN)
    end = time.monotonic() + 200  # the database's own clock says when it may be tried again
    while "w2" not in farm.cluster.busy and time.monotonic() < end:
        farm.ticks(1)
        time.sleep(0.02)
    assert farm.rendered()["w2"] == DRAFT
