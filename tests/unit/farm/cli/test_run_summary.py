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
    assert (summary.made, summary.drafts, summary.accepted, summary.partly) == (1, 1, 0, 0)
    assert [*sentences(summary)] == ["1 draft made, 0 retakes ordered."]


def test_what_is_accepted_is_said_of_full_takes_alone() -> None:
    summary = Summary(made=5, drafts=3, accepted=1, partly=1, climbed=2)
    assert [*sentences(summary)] == [
        "3 drafts made, and 2 full takes: 1 accepted, 1 partly, 2 retakes ordered."
    ]
    plain = Summary(made=2, accepted=1)
    assert [*sentences(plain)] == ["2 takes made, 1 of them accepted, 0 retakes ordered."]
