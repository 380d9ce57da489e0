"""`logs`, `status`, `shots`: why a take failed, and when it will be done."""

from farm.domain.evidence import Evidence
from farm.domain.lifecycle import FailureClass
from farm.domain.placement import Seat
from farm.domain.retry import RetryPolicy
from farm.store import Store, workers
from farm.store.queue import faults
from tests.integration.farm.cli.conftest import Farm
from tests.integration.farm.store.conftest import claim, make, say, submit

WHY = Evidence(
    'Traceback (most recent call last):\n  File "a.py", line 5, in deep\nKeyError: [bold]\n',
    ("2026-11-28 12:00:00,000 WARNING a.model: it is hot",),
)
ONCE = RetryPolicy(max_faults=1)


def fail(store: Store) -> None:
    faults.fault(store, claim(store), FailureClass.MACHINE, "KeyError: [bold]", ONCE, WHY)


def test_logs_prints_the_traceback_and_the_last_lines_as_they_are(store: Store, farm: Farm) -> None:
    submit(store, "sh010")
    fail(store)

    answer = farm("logs", "demo", "sh010", "--take", "1")

    assert answer.status == 0
    assert "demo/sh010 take 1, attempt 1 on farm-a/w1" in answer.out
    assert "failed (machine): KeyError: [bold]" in answer.out
    assert '    File "a.py", line 5, in deep\n  KeyError: [bold]\n' in answer.out
    assert "last log lines:\n  2026-11-28 12:00:00,000 WARNING a.model: it is hot" in answer.out
    (told,) = farm("logs", "demo", "sh010", "--json").json["failures"]
    assert told["evidence"] == {"traceback": WHY.traceback, "lines": list(WHY.lines)}


def test_show_points_to_the_logs_where_there_are_any(store: Store, farm: Farm) -> None:
    submit(store, "sh010", "sh020")
    fail(store)

    assert "farm logs demo sh010 --take 1" in farm("show", "demo", "sh010").out
    assert "farm logs" not in farm("show", "demo", "sh020").out


def test_logs_says_what_it_has_nothing_of(store: Store, farm: Farm) -> None:
    submit(store, "sh010")
    assert "No attempt of any take of demo/sh010 has failed." in farm("logs", "demo", "sh010").out
    faults.fault(store, claim(store), FailureClass.SHOT, "still.missing: it is gone", ONCE)
    assert "No traceback was kept" in farm("logs", "demo", "sh010").out
    assert "demo has no shot 'sh011'" in farm("logs", "demo", "sh011").err


def test_logs_wants_a_shot_or_a_job(store: Store, farm: Farm) -> None:
    for arguments in ((), ("demo",), ("demo", "sh010", "--follow"), ("demo", "--job", "farm-x")):
        answer = farm("logs", *arguments)
        assert answer.status == 2, arguments
        assert "Traceback" not in answer.err


def a_farm_at_work(store: Store) -> None:
    """Three takes of 10 s are made, four wait, and two workers are there."""
    submit(store, *(f"sh{number:03d}" for number in range(7)))
    workers.report(store, "farm-a", {"w1": "node7", "w2": "node7"}, 600.0)
    for _ in range(3):
        make(store, claim(store), seconds={"denoise": 10.0})
    say(store, "UPDATE attempts SET started_at = '2026-11-28 12:00:00.000000'")
    say(store, "UPDATE attempts SET ended_at = '2026-11-28 12:00:10.000000'")


def test_status_and_shots_say_when_it_will_be_done(store: Store, farm: Farm) -> None:
    a_farm_at_work(store)

    status, shots = farm("status"), farm("shots", "demo")

    said = "demo: done in 20 to 80 s (rests on 3 takes)"
    assert said in status.out
    assert said in shots.out
    expected = {
        "low_seconds": 20.0, "high_seconds": 80.0, "workers": 2, "takes_known": 3, "chance": None
    }  # fmt: skip
    assert farm("status", "--json").json["forecast"] == {"demo": expected}
    assert farm("shots", "demo", "--json").json["forecast"] == expected


def test_nothing_is_said_before_some_takes_are_known(store: Store, farm: Farm) -> None:
    submit(store, "sh010")
    assert "done in" not in farm("status").out
    assert farm("status", "--json").json["forecast"] == {"demo": None}


def test_a_run_for_a_production_that_there_is_not_says_which_come_near(
    store: Store, farm: Farm
) -> None:
    submit(store, "sh010", production="nike_ss27")
    answer = farm("run", "--production", "nike_ss72", "--cluster", "inline")
    assert (answer.status, answer.err) == (
        1,
        "farm: there is no production 'nike_ss72'; did you mean nike_ss27?\n",
    )


def test_a_sick_worker_makes_nothing(store: Store, farm: Farm) -> None:
    a_farm_at_work(store)
    for worker in ("w1", "w2"):
        workers.fall_sick(store, "farm-a", Seat(worker, "node7"), "it failed", 600.0)
    assert "demo: 40 s to 3 min of one worker's time" in farm("status").out
