"""What one worker is busy with: no more renders than a wave, and no more frames than there is room for."""

from farm.cluster.attempts import Attempts, beside, blamed, is_gone
from farm.cluster.outcome import Faulted, Lost, Made, Stopped
from farm.domain.evidence import Evidence
from pipeline.errors import Cause
from tests.conftest import a_result

TOLD = Faulted(Cause.MACHINE, "CUDA error", Evidence("Traceback …"))
DIED = Faulted(Cause.MACHINE, "worker renderer-01 died")


def test_beside_a_render_there_is_no_room_for_another() -> None:
    attempts = Attempts[str]()
    assert attempts.room
    attempts.render("k1")
    assert not attempts.room


def test_beside_one_tail_there_is_room_for_a_render_and_beside_two_there_is_none() -> None:
    attempts = Attempts[str]()
    attempts.tail("k1")
    assert attempts.room
    attempts.tail("k2")
    assert not attempts.room
    attempts.end("k1")
    assert attempts.room


def test_a_wave_has_room_for_as_many_renders_and_for_one_take_more_in_all() -> None:
    attempts = Attempts[str](3)
    for key in ("k1", "k2", "k3"):
        assert attempts.room
        attempts.render(key)
    assert not attempts.room
    attempts.end("k1")
    attempts.tail("k1")
    assert attempts.room
    attempts.render("k4")
    attempts.end("k3")
    attempts.tail("k3")
    assert not attempts.room, "frames of more takes than there is room for"
    assert (attempts.all, attempts.renders) == (["k1", "k3", "k2", "k4"], ["k2", "k4"])
    assert attempts.end_all() == ["k1", "k3", "k2", "k4"]
    assert attempts.room


def test_all_are_told_the_oldest_first_and_forgotten_together() -> None:
    attempts = Attempts[str]()
    attempts.tail("k1")
    attempts.render("k2")
    assert attempts.all == ["k1", "k2"]
    assert attempts.end_all() == ["k1", "k2"]
    assert (attempts.all, attempts.room) == ([], True)


def test_a_worker_is_of_no_more_use_after_a_fault_of_its_machine_or_with_its_machine_gone() -> None:
    assert is_gone(TOLD)
    assert is_gone(Lost("its node was taken away"))
    full = Faulted(Cause.CAPACITY, "the memory of cuda ran out")
    assert not any(map(is_gone, (full, Stopped("asked to stop"), Made(a_result("clips/a.mp4")))))


def test_a_fault_that_the_worker_tells_of_costs_its_other_take_nothing() -> None:
    other = beside(TOLD, "ads/sh010 take 1")
    assert other == Lost("its worker was replaced, since ads/sh010 take 1 failed on it: CUDA error")


def test_a_death_that_nobody_tells_of_counts_for_both_takes() -> None:
    assert beside(DIED, "ads/sh010 take 1") == DIED
    gone = Lost("its node was taken away")
    assert beside(gone, "ads/sh010 take 1") == gone


def test_a_death_that_nobody_tells_of_costs_a_take_nothing_that_waited() -> None:
    assert blamed(DIED, waited=True) == Lost("worker renderer-01 died")
    for outcome in (TOLD, Stopped("asked to stop"), Made(a_result("clips/a.mp4"))):
        assert blamed(outcome, waited=True) == outcome
    assert blamed(DIED, waited=False) == DIED
