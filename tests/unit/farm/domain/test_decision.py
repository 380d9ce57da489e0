"""A gate that was asked before answers at once, and only of what it was asked."""

from dataclasses import replace

from farm.domain.decision import Decision, History, asked_before
from farm.domain.lifecycle import ReviewStatus

HISTORY = History(takes=(), prompts=("a swan",), must_keep=(), alternates=())


def test_a_gate_that_was_asked_before_decides_once_of_the_same_and_anew_of_another_history() -> (
    None
):
    asked: list[History] = []

    def decide(history: History) -> Decision:
        asked.append(history)
        return Decision(review=ReviewStatus.PENDING, why=f"{len(asked)}")

    gate = asked_before(decide, [HISTORY])

    another = replace(HISTORY, must_keep=("swan",))
    assert [gate(each).why for each in (HISTORY, replace(HISTORY), another)] == ["1", "1", "2"]
    assert asked == [HISTORY, another]
