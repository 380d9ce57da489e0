"""People are told of trouble when it changes, and only then."""

from collections.abc import Sequence

from farm.scheduler.trouble import Trouble


def test_the_same_trouble_is_told_once() -> None:
    told: list[Sequence[str]] = []
    trouble = Trouble(told.append)
    for sentences in ([], ["the disk is full"], ["the disk is full"], []):
        trouble.is_now(sentences)
    assert told == [("the disk is full",), ()]


def test_what_comes_beside_it_is_told_once_and_gone_with_the_next() -> None:
    told: list[Sequence[str]] = []
    trouble = Trouble(told.append)
    trouble.is_now(["the disk is full"])
    trouble.also("it hangs")
    trouble.also("it hangs")
    trouble.is_now(["the disk is full"])
    assert told == [("the disk is full",), ("the disk is full", "it hangs"), ("the disk is full",)]
