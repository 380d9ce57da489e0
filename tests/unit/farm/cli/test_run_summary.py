"""What a run says at its end, counted from its events."""

import dataclasses
import datetime as dt

import pytest

from farm.cli.display.run_end import sentences
from farm.domain.events import Event, EventKind
from farm.operations.run_summary import Summary


def failed(failure_class: str) -> Event:
    return Event(
        kind=EventKind.TAKE_FAILED,
        at=dt.datetime.now(dt.UTC),
        production="ads",
        shot="sh010",
        take=1,
        attempt=1,
        who="farm",
        data={"failure_class": failure_class, "reason": "it is so", "seconds": 1.0},
    )


def made(verdict: str, take: int = 1, shot: str = "sh010") -> Event:
    return dataclasses.replace(
        failed("shot"),
        kind=EventKind.TAKE_SUCCEEDED,
        shot=shot,
        take=take,
        data={"verdict": verdict},
    )


def reviewed(after: str, take: int | None = 1, shot: str = "sh010") -> Event:
    return dataclasses.replace(
        failed("shot"),
        kind=EventKind.REVIEW_MOVED,
        shot=shot,
        take=None,
        data={"before": "pending", "after": after, "why": "so", "selected_take": take},
    )


@pytest.mark.parametrize("failure_class", ["shot", "machine", "fatal"])
def test_a_take_that_failed_for_good_fails_the_run(failure_class: str) -> None:
    summary = Summary()
    summary(failed(failure_class))
    assert summary.failed == ["ads/sh010: it is so"]
    assert [*sentences(summary)][-1] == (
        "farm: 1 failed; why: `farm logs ads sh010`; once mended: `farm retake ads --state failed`"
    )


def test_what_a_run_did_for_productions_that_it_does_not_serve_is_not_its_own() -> None:
    summary = Summary(productions=["film"])
    summary(failed("machine"))
    assert (summary.failed, summary.seen) == ([], {"film"})
    everything = Summary()
    everything(failed("machine"))
    assert everything.seen == {"ads"}


def test_a_take_that_was_declined_is_told_and_fails_nothing() -> None:
    summary = Summary()
    summary(failed("content"))
    assert summary.failed == []
    assert "not rendered: ads/sh010: it is so" in list(sentences(summary))


@pytest.mark.parametrize("verdict", ["accepted", "partly"])
def test_a_draft_is_made_and_is_no_clip_that_is_accepted(verdict: str) -> None:
    summary = Summary()
    made = dataclasses.replace(
        failed("shot"), kind=EventKind.TAKE_SUCCEEDED, data={"verdict": verdict, "draft": True}
    )
    summary(made)
    summary(reviewed("accepted"))
    assert (summary.made, summary.drafts, summary.accepted, summary.partly) == (1, 1, 0, 0)
    assert [*sentences(summary)] == ["1 draft made, 0 retakes ordered."]


def test_what_is_accepted_is_said_of_full_takes_alone() -> None:
    summary = Summary(made=5, drafts=3, accepted=1, partly=1, climbed=2)
    assert [*sentences(summary)] == [
        "3 drafts made, and 2 full takes: 1 accepted, 2 retakes ordered.",
        "1 shot with a take that shows only a part of what was asked for.",
    ]
    plain = Summary(made=2, accepted=1)
    assert [*sentences(plain)] == ["2 takes made, 1 of them accepted, 0 retakes ordered."]


def test_a_take_that_the_gate_accepts_in_part_is_counted_as_the_status_counts_it() -> None:
    """With `partial = "accept"` in the profile."""
    summary = Summary()
    for event in (
        made("accepted"), reviewed("accepted"),
        made("partly", shot="sh020"), reviewed("accepted", shot="sh020"),
        made("partly", shot="sh030"), reviewed("needs_review", shot="sh030"),
    ):  # fmt: skip
        summary(event)
    assert (summary.made, summary.accepted, summary.partly) == (3, 2, 2)
    assert [*sentences(summary)] == [
        "3 takes made, 2 of them accepted, 0 retakes ordered.",
        "2 shots with a take that shows only a part of what was asked for.",
    ]


def test_a_take_that_does_not_stand_for_its_shot_is_no_part_of_what_is_counted() -> None:
    summary = Summary()
    summary(made("partly"))
    assert (summary.accepted, summary.partly) == (0, 0), "the gate asks for another one"
    summary(made("accepted", take=2))
    summary(reviewed("accepted", take=2))
    assert (summary.accepted, summary.partly) == (1, 0)
    # Somebody orders it again, and it is made in the same run.
    summary(made("low_match", take=3))
    summary(reviewed("needs_review", take=1))
    assert (summary.made, summary.accepted, summary.partly) == (3, 0, 1)
    summary(reviewed("rejected", take=1))
    assert (summary.accepted, summary.partly) == (0, 0)
