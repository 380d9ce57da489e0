"""When something that is done again and again is due."""

from farm.scheduler.pace import Timer


def test_a_timer_is_due_at_once_and_then_after_its_time() -> None:
    timer = Timer(5.0)
    assert timer.due(0.0)
    timer.restart(10.0)
    assert (timer.due(14.9), timer.due(15.0)) == (False, True)


def test_a_timer_can_be_put_off_and_called_in() -> None:
    timer = Timer(5.0)
    timer.wait(10.0, 60.0)
    assert not timer.due(69.0)
    timer.at_once()
    assert timer.due(10.0)
