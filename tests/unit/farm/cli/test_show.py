"""`farm show` tells people what a take misses and what its scorer answered."""

from dataclasses import asdict, replace
from typing import Any

import pytest

from farm.cli.display import story as stories
from farm.domain.lifecycle import ReviewStatus, ShotState, TakeStatus
from farm.store.queries.shot_story import ShotStory, TakeStory
from pipeline.coverage import Coverage, Shown, Stage
from pipeline.early_look import EarlyLook
from pipeline.findings import Finding, Severity
from pipeline.misses import Answer, Miss, MissKind
from pipeline.result import Match, Verdict
from tests.conftest import a_recipe

ANSWER = Answer(
    question="Does the picture show “the red square”?",
    value=0.123,
    clause="the red square",
    span=(0, 14),
    kind=MissKind.SUBJECT_MISSING,
)
UNJUDGED = Answer(
    question="Does it fall [first]?", value=None, clause="falls", kind=MissKind.ACTION_ABSENT
)
MISS = Miss(
    kind=MissKind.SUBJECT_MISSING, value=0.123, threshold=0.5, message="it is not to be seen"
)


def told(
    capsys: pytest.CaptureFixture[str],
    result: dict[str, Any] | None,
    coverage: Coverage | None = None,
    **more: Any,
) -> str:
    take = TakeStory(
        number=1, status=TakeStatus.SUCCEEDED, step=8, rung=0, why="first take", changes={},
        recipe=a_recipe().as_dict(), recipe_hash="0" * 64, verdict=Verdict.LOW_MATCH, match=0.12,
        coverage=coverage, result=result, failure_class=None, clip="clips/a.mp4",
        **{"reason": "", "attempts": (), **more},
    )  # fmt: skip
    story = ShotStory(
        production="demo", code="sh010", state=ShotState.NEEDS_REVIEW, review=ReviewStatus.NEEDS_REVIEW,
        image="a.png", prompt="the red square falls", notes="", priority=0, selected=1, must_keep=(),
        findings=(), takes=(take,), events=(),
    )  # fmt: skip
    stories.show_story(story)
    return capsys.readouterr().out


@pytest.mark.parametrize(
    ("look", "final_of", "then"),
    [
        ({"score": 0.2, "ended": True}, None, "match 0.20 at step 5 of 8, below 0.50: ended"),
        ({"score": 0.2}, None, "below 0.50: rendered on"),
        ({"score": 0.2, "audit": True}, 1, "below 0.50: rendered on, as an audit"),
        ({"score": 0.2}, 1, "below 0.50: rendered on, as the final of an approved draft"),
        ({"score": 0.7}, 1, "not below 0.50: rendered on"),
    ],
)
def test_what_followed_a_look_is_told_and_why(
    capsys: pytest.CaptureFixture[str], look: dict[str, Any], final_of: int | None, then: str
) -> None:
    seen = EarlyLook(step=5, steps=8, threshold=0.5, **look)
    [line] = [
        each
        for each in told(capsys, None, early=seen, final_of=final_of).splitlines()
        if each.startswith("  early")
    ]
    assert line.endswith(then)


def test_a_take_is_told_with_its_misses_and_its_answers(capsys: pytest.CaptureFixture[str]) -> None:
    match = Match(
        scorer="toy-clip", still_prompt=0.12, answers=(ANSWER, UNJUDGED), note="it wavers"
    )
    out = told(capsys, {"match": asdict(match), "misses": [asdict(MISS)]})
    assert "subject missing: it is not to be seen" in out
    assert "0.12  Does the picture show “the red square”?" in out
    assert "–  Does it fall [first]?" in out
    assert "unscored: it wavers" in out


@pytest.mark.parametrize(
    "old", [None, {"match": {"scorer": "toy-clip", "note": ""}, "findings": []}]
)
def test_a_take_from_before_there_were_misses_is_told_as_ever(
    capsys: pytest.CaptureFixture[str], old: dict[str, Any] | None
) -> None:
    assert "clip    clips/a.mp4" in told(capsys, old)


def test_a_take_is_told_with_what_it_shows_of_the_wish(capsys: pytest.CaptureFixture[str]) -> None:
    moves = Stage(text="the red square falls", shown=Shown.SHOWN, value=0.81)
    grows = Stage(text="then it grows [slowly]", shown=Shown.CUT)
    out = told(capsys, {}, Coverage(stages=(moves, grows)))
    assert "shows   1 of 2: “then it grows [slowly]” was cut" in out
    assert "0.81  shown: the red square falls" in out
    assert "–  cut: then it grows [slowly]" in out
    assert "shows   1 of 1\n" in told(capsys, {}, Coverage(stages=(moves,)))
    assert "shows   coverage unknown" in told(capsys, {}, None)


def test_a_take_is_told_with_what_became_of_its_label(capsys: pytest.CaptureFixture[str]) -> None:
    lost = Miss(kind=MissKind.LABEL_LOST, value=0.6, threshold=0.2, message="‘TEA’ is gone")
    stays = Finding("clip.label_followed", Severity.INFO, "‘[NOVA]’ stays readable in all 8 frames")
    unread = Finding("clip.lettering_unread", Severity.INFO, "nobody read")
    out = told(capsys, {"misses": [asdict(lost)], "findings": [asdict(stays)]})
    assert "label followed: ‘[NOVA]’ stays readable in all 8 frames" in out
    assert out.count("‘TEA’ is gone") == 1
    seldom = asdict(replace(stays, severity=Severity.WARNING))
    assert "label seldom read: ‘[NOVA]’" in told(capsys, {"findings": [seldom]})
    assert "label unread: nobody read" in told(capsys, {"findings": [asdict(unread)]})


def test_a_long_reason_stays_on_its_line_for_who_searches_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    why = "“The blue circle moves right” is not what the still shows: 0.00, below 0.30"
    attempt = {"attempt": 1, "worker": "w1", "outcome": "failed", "reason": f"{why}, {why}"}

    lines = told(capsys, None, reason=f"{why}, {why}", attempts=(attempt,)).splitlines()

    assert f"  {why}, {why}" in lines
    assert f"  attempt 1 on w1: failed: {why}, {why}" in lines
