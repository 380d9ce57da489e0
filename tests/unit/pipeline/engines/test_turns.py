"""Who computes when: one take at a time, a wave's high phases before its low ones."""

import threading

import pytest

from pipeline.engines.turns import BESIDE, Phase, Turn, Turns
from pipeline.errors import RenderStopped

PATIENCE = 120


def who(*turns: Turn) -> list[int]:
    """Which of them may compute, by their places."""
    return [place for place, turn in enumerate(turns) if turn.comes(0)]


def test_one_computes_at_a_time_in_the_order_of_asking() -> None:
    turns = Turns(3)
    asked = [turns.ask() for _ in range(3)]
    for place, turn in enumerate(asked):
        assert who(*asked) == [place]
        turn.end()
    assert who(*asked) == []


def test_a_wave_goes_through_its_high_phases_and_then_through_its_low_ones_the_oldest_first() -> (
    None
):
    turns = Turns(4)
    asked = [turns.ask() for _ in range(4)]
    for place, turn in enumerate(asked):
        assert who(*asked) == [place]
        turn.park()
    for place, turn in enumerate(asked):
        assert who(*asked) == [place]
        assert turn.phase is Phase.LOW
        turn.end()


def test_a_take_that_parks_goes_on_at_once_where_none_waits_with_its_high_phase() -> None:
    turns = Turns(4)
    turn = turns.ask()
    turn.park()
    assert turn.comes(0)
    later = turns.ask()
    assert who(turn, later) == [0]
    turn.end()
    assert later.comes(0)


def test_who_comes_while_low_phases_run_is_of_the_next_wave() -> None:
    turns = Turns(4)
    first, second = turns.ask(), turns.ask()
    first.park()
    second.park()
    late = turns.ask()
    assert who(first, second, late) == [0]
    first.end()
    assert who(second, late) == [0], "the experts changed places within a wave"
    second.end()
    assert late.comes(0)


def test_no_more_are_parked_than_a_wave_holds() -> None:
    turns = Turns(2)
    asked = [turns.ask() for _ in range(3)]
    asked[0].park()
    assert who(*asked) == [1]
    asked[1].park()
    assert who(*asked) == [0]


def test_without_waves_a_take_that_parks_goes_on_before_all_others() -> None:
    turns = Turns()
    first, second = turns.ask(), turns.ask()
    first.park()
    assert who(first, second) == [0]


def test_latents_that_were_kept_are_decoded_among_the_low_phases() -> None:
    turns = Turns(3)
    first = turns.ask()
    kept = turns.ask(Phase.LOW)
    second = turns.ask()
    first.park()
    assert who(first, kept, second) == [2]
    second.end()
    assert who(first, kept) == [1], "the one that asked first comes first"
    kept.end()
    assert first.comes(0)


@pytest.mark.parametrize("parked", [False, True])
def test_who_is_ended_while_it_waits_keeps_nobody(parked: bool) -> None:
    turns = Turns(3)
    first, second, third = (turns.ask() for _ in range(3))
    if parked:
        first.park()
        first.end()
        assert who(second, third) == [0]
        second.end()
    else:
        second.end()
        first.end()
    assert third.comes(0)


def test_after_a_fault_of_the_machine_none_that_waits_computes_and_who_comes_later_does() -> None:
    turns = Turns(3)
    parked, broken, waiting = (turns.ask() for _ in range(3))
    parked.park()
    assert broken.comes(0)
    broken.end(broken=True)
    for turn in (parked, waiting):
        with pytest.raises(RenderStopped, match=BESIDE):
            turn.comes(0)
        turn.end()
    assert turns.ask().comes(0)


def test_a_turn_is_waited_for_in_a_thread_of_its_own_until_it_comes() -> None:
    turns = Turns(2)
    first = turns.ask()
    asks, came = threading.Event(), threading.Event()

    def waits() -> None:
        second = turns.ask()
        asks.set()
        if second.comes(PATIENCE):
            came.set()
        second.end()

    thread = threading.Thread(target=waits)
    thread.start()
    assert asks.wait(PATIENCE)
    assert not came.is_set()
    first.park()
    assert came.wait(PATIENCE)
    thread.join(PATIENCE)
    assert first.comes(0)


def test_a_decode_of_kept_latents_asks_no_expert_and_leaves_the_one_that_is_there() -> None:
    turns = Turns(4)
    first, second = turns.ask(), turns.ask()
    decode = turns.ask(Phase.DECODE)
    first.park()
    assert decode.comes(0), "it is soon over, and its take is paid for"
    decode.end()
    assert second.comes(0), "the expert of the high phase is there still"
    second.end()
    assert first.comes(0)
    first.end()
