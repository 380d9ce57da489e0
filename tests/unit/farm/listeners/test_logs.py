"""One event on one line: whatever is there is written, zeros too; what is not there is left out."""

import datetime as dt
import logging
import re
from typing import Any

import pytest

from farm.domain.events import Event, EventKind
from farm.listeners import logs


def line(**data: Any) -> str:
    at = dt.datetime(2026, 11, 28, 12, 0, tzinfo=dt.UTC)
    event = Event(
        kind=EventKind.TAKE_SUCCEEDED, at=at, production="ads", shot="sh010", take=1, data=data
    )
    return logs.line(event).removeprefix("2026-11-28T12:00:00.000Z take_succeeded ads/sh010 take 1")


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0, "0"),
        (0.0, "0"),
        (False, "false"),
        (0.25, "0.25"),
        (12345.6, "12346"),
        ("a b", '"a b"'),
        ("a\nb", '"a\\nb"'),
        ("a=b", '"a=b"'),
        ({"x": 0}, '{"x":0}'),
        ([0], "[0]"),
    ],
)
def test_what_is_there_is_written(value: object, written: str) -> None:
    assert line(key=value) == f" key={written}"


@pytest.mark.parametrize("value", [None, "", {}, [], ()])
def test_what_is_not_there_is_left_out(value: object) -> None:
    assert line(key=value) == ""


def test_a_take_that_missed_altogether_is_told_from_one_that_nobody_scored() -> None:
    assert line(verdict="low_match", rung=0, match=0.0) == " verdict=low_match rung=0 match=0"
    assert line(verdict="unscored", rung=0, match=None) == " verdict=unscored rung=0"


def test_what_is_no_event_is_written_as_events_are(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logging.getLogger("farm"), "handlers", [caplog.handler])
    with caplog.at_level(logging.INFO, "farm"):
        logs.note("model_loaded", worker="w1", profile="toy", seconds=7.5)
    at, told = caplog.messages[-1].split(" ", 1)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", at)
    assert told == "model_loaded farm worker=w1 profile=toy seconds=7.5"
