"""A worker is sick when take after take fails on it alone."""

from farm.scheduler.worker_health import WorkerHealth


def failures(health: WorkerHealth, worker: str, *takes: int) -> list[str | None]:
    return [health.failed(worker, take, "CUDA error") for take in takes]


def test_the_third_different_take_in_a_row_makes_a_worker_sick_in_a_sentence() -> None:
    assert failures(WorkerHealth(3), "w1", 1, 2, 3) == [
        None,
        None,
        "w1 failed 3 different takes in a row; the last: CUDA error",
    ]


def test_the_same_take_three_times_says_nothing_of_the_worker() -> None:
    assert failures(WorkerHealth(3), "w1", 1, 1, 1) == [None] * 3


def test_a_take_that_was_made_in_between_begins_the_count_anew() -> None:
    health = WorkerHealth(3)
    failures(health, "w1", 1, 2)
    health.made("w1", 9)

    assert failures(health, "w1", 3, 4) == [None, None]


def test_takes_that_fail_everywhere_do_not_make_their_workers_sick() -> None:
    health = WorkerHealth(3)

    told = [
        health.failed(worker, take, "the worker died")
        for take in (1, 2, 3, 4, 5)
        for worker in ("w1", "w2", "w3")
    ]

    assert told == [None] * 15


def test_a_sick_worker_is_found_among_well_ones_whatever_they_do() -> None:
    health = WorkerHealth(3)
    told: list[str | None] = []
    for take in (1, 2, 3):
        told.append(health.failed("w1", take, "CUDA error"))
        health.made("w2", take)

    assert told[2] is not None


def test_a_worker_that_is_tried_again_begins_with_a_clean_record() -> None:
    health = WorkerHealth(3)
    failures(health, "w1", 1, 2, 3)

    assert failures(health, "w1", 4, 5) == [None, None]
