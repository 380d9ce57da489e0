"""What the metrics count, of plain events; which were counted; and gauges while the database is away."""

import json
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from farm.domain.events import EventKind
from farm.domain.fleet_size import Headcount
from farm.domain.lifecycle import FailureClass
from farm.errors import StoreError
from farm.listeners.metrics import FarmMetrics, Fold, Horizon, Keys, Now, Seen, serve
from farm.listeners.metrics.fold import COUNTED, Moment
from farm.listeners.metrics.keys import LOOK_BACK
from farm.listeners.metrics.now import FRESH, REST
from farm.listeners.metrics.serving import HEALTH
from pipeline.storage.folder import MediaFolder

PAIR = 'production="nike",profile="wan"'


def made(verdict: str = "accepted", seconds: float = 40.0, device: str = "cuda") -> dict[str, Any]:
    stages = {"denoise": seconds}
    return {"verdict": verdict, "rung": 0, "stages": stages, "seconds": seconds, "device": device}


def told(fold: Fold) -> str:
    return FarmMetrics(fold=fold).text()


def test_what_can_be_counted_of_a_production_stands_at_0_before_it_happens() -> None:
    fold = Fold()

    fold.count(EventKind.TAKE_ORDERED, "nike", "wan", None)

    for failure in FailureClass:
        assert f'farm_attempts_failed_total{{failure_class="{failure}",{PAIR}}} 0.0' in told(fold)
    for name in ("farm_leases_taken_back_total", "farm_late_results_total"):
        assert f"{name}{{{PAIR}}} 0.0" in told(fold)
    assert f"farm_take_wait_seconds_count{{{PAIR}}} 0.0" in told(fold)
    assert f'farm_takes_total{{{PAIR},rung="0",verdict="accepted"}} 0.0' in told(fold)


def test_an_empty_farm_has_the_series_that_alerts_rest_on() -> None:
    assert (
        'farm_attempts_failed_total{failure_class="machine",production="",profile=""} 0.0'
        in told(Fold())
    )
    assert "farm_workers_taken_out_total 0.0" in told(Fold())
    assert Fold().pairs == []


def test_seconds_per_accepted_clip_are_those_of_all_attempts_and_name_the_device() -> None:
    fold = Fold()
    fault = {"failure_class": "machine", "seconds": 20.0}

    fold.count(EventKind.TAKE_RETURNED, "nike", "wan", fault)
    fold.count(EventKind.TAKE_SUCCEEDED, "nike", "wan", made("low_match"))
    fold.count(EventKind.TAKE_SUCCEEDED, "nike", "wan", made())
    fold.count(EventKind.TAKE_SUCCEEDED, "heist", "toy", made(device="cpu", seconds=3.0))
    fold.count(EventKind.TAKE_SUCCEEDED, "mixed", "toy", made(device="cpu", seconds=2.0))
    fold.count(EventKind.TAKE_SUCCEEDED, "mixed", "toy", made(device="cuda", seconds=4.0))

    name = "farm_gpu_seconds_per_accepted_clip"
    assert f'{name}{{device="cuda",{PAIR}}} 100.0' in told(fold)
    assert f'{name}{{device="cpu",production="heist",profile="toy"}} 3.0' in told(fold)
    assert f'{name}{{device="mixed",production="mixed",profile="toy"}} 3.0' in told(fold)


def began(fold: Fold, attempt: str, at: float) -> None:
    data = {"wait": 0.0, "owner": "farm-a", "worker": "w1"}
    fold.count(EventKind.TAKE_STARTED, "nike", "wan", data, Moment(attempt, at))


def ended(fold: Fold, attempt: str, at: float, seconds: float) -> None:
    fold.count(EventKind.TAKE_SUCCEEDED, "nike", "wan", made(seconds=seconds), Moment(attempt, at))


def kept(fold: Fold) -> Fold:
    return Fold.from_dict(json.loads(json.dumps(fold.as_dict())))


def spent(fold: Fold) -> float:
    return sum(fold.spent.values())


def test_a_tail_beside_the_next_render_counts_once() -> None:
    fold = Fold()
    began(fold, "a", 1000.0)
    began(fold, "b", 1100.0)
    fold = kept(fold)
    ended(fold, "a", 1110.0, 110.0)
    assert spent(fold) == 105.0
    fold = kept(fold)
    ended(fold, "b", 1200.0, 100.0)

    assert spent(fold) == 200.0


def test_what_is_told_late_is_not_shared_for_ever() -> None:
    fold = Fold()
    ended(fold, "a", 1100.0, 100.0)
    fold = kept(fold)
    began(fold, "a", 1000.0)  # PostgreSQL shows it only now
    began(fold, "b", 1200.0)
    ended(fold, "b", 1260.0, 60.0)

    assert spent(fold) == 160.0


def test_an_attempt_that_ended_as_it_began_shares_its_worker_no_longer() -> None:
    fold = Fold()
    began(fold, "a", 1000.0)
    ended(fold, "a", 1000.0, 0.0)
    began(fold, "b", 1000.0)
    ended(fold, "b", 1060.0, 60.0)

    assert spent(fold) == 60.0


def test_a_draft_is_no_accepted_clip() -> None:
    fold = Fold()
    draft = {**made(seconds=5.0), "draft": True}
    fold.count(EventKind.TAKE_SUCCEEDED, "nike", "wan-draft", draft)

    assert fold.accepted == {}
    assert spent(fold) == 5.0
    assert 'profile="wan-draft",rung="0",verdict="accepted"} 1.0' in told(fold)


def test_a_fold_that_was_kept_goes_on_where_it_was() -> None:
    fold = Fold()
    for kind in EventKind:
        data = {**made(), "wait": 1.5, "failure_class": "machine", "before": "a", "after": "b"}
        fold.count(kind, "nike", "wan", data)

    again = Fold.from_dict(json.loads(json.dumps(fold.as_dict())))
    for each in (fold, again):
        each.count(EventKind.TAKE_SUCCEEDED, "heist", "wan", made())

    assert told(again) == told(fold)


def test_events_of_which_nothing_is_counted_need_no_data() -> None:
    whole, bare = Fold(), Fold()
    for kind in set(EventKind) - COUNTED:
        whole.count(kind, "nike", "wan", {"seconds": None, "before": "x"})
        bare.count(kind, "nike", "wan", None)

    assert told(whole) == told(bare)


def test_a_kind_of_a_newer_farm_is_passed_over() -> None:
    fold = Fold()

    fold.count("clip_purged", "nike", "wan", {"seconds": 3.0})

    assert fold.spent == {}


class TestKeys:
    def test_gaps_are_where_rows_may_still_appear(self) -> None:
        keys = Keys()

        for key in (1, 2, 5, 6, 9):
            keys.add(key)

        assert keys.gaps() == [(2, 5), (6, 9)]
        assert keys.newest == 9

    @pytest.mark.parametrize("key", [1, 5, 6])
    def test_nothing_is_counted_twice(self, key: int) -> None:
        keys = Keys(complete=3, ranges=[(5, 6)])

        with pytest.raises(ValueError, match="twice"):
            keys.add(key)

    def test_a_gap_that_is_filled_is_no_gap(self) -> None:
        keys = Keys()
        for key in (1, 3, 2):
            keys.add(key)

        assert keys.gaps() == []
        assert keys.as_dict() == {"complete": 0, "ranges": [[1, 3]]}

    def test_a_gap_stays_open_while_a_transaction_may_fill_it(self) -> None:
        keys = Keys()
        keys.add(1)
        for key in range(4, 3 * LOOK_BACK):
            keys.add(key)

        keys.settle(Horizon(newest=3 * LOOK_BACK - 1, begun=90, ended=70))
        assert keys.gaps() == [(1, 4)]
        keys.settle(Horizon(newest=3 * LOOK_BACK - 1, begun=95, ended=89))
        assert keys.gaps() == [(1, 4)]
        keys.settle(Horizon(newest=3 * LOOK_BACK - 1, begun=99, ended=90))
        assert keys.gaps() == []

    def test_a_gap_closes_at_once_where_no_transaction_is_under_way(self) -> None:
        keys = Keys()
        for key in range(4, 3 * LOOK_BACK):
            keys.add(key)

        keys.settle(Horizon(newest=3 * LOOK_BACK - 1, begun=90, ended=90))

        assert keys.gaps() == []

    def test_the_newest_keys_are_looked_at_again_whatever_the_horizon_says(self) -> None:
        keys = Keys()
        for key in range(1, 2 * LOOK_BACK):
            if key != LOOK_BACK + 5:
                keys.add(key)

        keys.settle(Horizon(newest=2 * LOOK_BACK))

        assert keys.gaps() == [(LOOK_BACK + 4, LOOK_BACK + 6)]

    def test_keys_that_were_kept_are_the_same(self) -> None:
        keys = Keys(complete=3, ranges=[(5, 6), (9, 12)])

        again = Keys.from_dict(json.loads(json.dumps(keys.as_dict())))

        assert again.gaps() == keys.gaps() == [(3, 5), (6, 9)]
        assert again.newest == 12


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def gauges(now: Now) -> dict[str, float]:
    return {
        sample.name + "".join(sorted(sample.labels.values())): sample.value
        for family in now.collect()
        for sample in family.samples
    }


def test_a_queue_of_0_is_0() -> None:
    empty = gauges(Now(Seen))
    known = gauges(Now(Seen, lambda: [("nike", "wan")]))

    assert empty["farm_queue_depth"] == empty["farm_takes_running"] == 0
    assert known["farm_queue_depthnikewan"] == known["farm_takes_heldnikewan"] == 0
    assert known["farm_queue_oldest_wait_seconds"] == 0
    assert known["farm_profile_oldest_wait_secondswan"] == 0
    assert known["farm_workers_live"] == known["farm_workers_sick"] == 0


def test_shots_that_have_a_draft_alone_are_told_apart() -> None:
    told = Seen(shots={("nike", "accepted"): 5}, drafts={"nike": 2, "aurum": 0})
    seen = gauges(Now(lambda: told))
    assert seen["farm_shots_draftednike"] == 2
    assert seen["farm_shots_draftedaurum"] == 0
    assert seen["farm_shotsacceptednike"] == 5


def test_how_many_workers_are_wanted_is_told() -> None:
    seen = gauges(Now(lambda: Seen(headcount=Headcount(2, 3, released=1))))
    told = [seen[f"farm_workers_{each}"] for each in ("wanted", "pending", "released")]
    assert told == [5, 3, 1]


def test_a_database_that_is_away_is_told_and_nothing_is_made_up() -> None:
    away = False

    def read() -> Seen:
        if away:
            raise StoreError("it does not answer")
        return Seen(running={("nike", "wan"): 4})

    clock = Clock()
    now = Now(read, clock=clock)
    assert gauges(now)["farm_outage"] == 0
    away = True
    clock.now += FRESH

    assert gauges(now) == {"farm_outage": 1.0}
    away = False
    clock.now += FRESH
    assert gauges(now)["farm_takes_runningnikewan"] == 4


def test_one_reading_serves_everybody_and_a_slow_one_for_longer() -> None:
    clock = Clock()
    read: list[float] = []

    def slowly() -> Seen:
        clock.now += 1.5
        read.append(clock.now)
        return Seen()

    now = Now(slowly, clock=clock)
    gauges(now)
    clock.now += 1.5 * REST - 1
    gauges(now)
    assert len(read) == 1
    clock.now += 2
    gauges(now)
    assert len(read) == 2


def test_the_media_folder_is_told_from_one_that_is_gone_and_one_that_never_was(
    tmp_path: Path,
) -> None:
    media = tmp_path / "media"
    now = Now(Seen, media=MediaFolder(media), least_room=500)

    assert "farm_media_reachable" not in gauges(now)
    media.mkdir()
    assert gauges(now)["farm_media_reachable"] == 1
    assert gauges(now)["farm_media_free_bytes"] > 0
    assert gauges(now)["farm_media_least_bytes"] == 500
    media.rmdir()
    assert gauges(now)["farm_media_reachable"] == 0
    assert "farm_media_free_bytes" not in gauges(now)


def test_a_probe_reads_nothing() -> None:
    def never() -> Seen:
        raise AssertionError("a probe asked the database")

    port, close = serve(FarmMetrics(Now(never)), "127.0.0.1", 0)
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{HEALTH}", timeout=120) as answer:
            assert answer.status == 200
    finally:
        close()
