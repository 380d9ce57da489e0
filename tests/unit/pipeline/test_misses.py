"""Answers and misses cross from worker to farm and into the database, and old results still read."""

import json
import pickle
from dataclasses import asdict

import pytest

from pipeline import misses
from pipeline.misses import Answer, Miss, MissKind
from pipeline.result import Match
from tests.conftest import a_result

ANSWER = Answer(
    question="Is the red square in the picture?",
    value=0.25,
    clause="The red square",
    span=(0, 14),
    kind=MissKind.SUBJECT_MISSING,
)
UNJUDGED = Answer(question="Does it move?", value=None, clause="moves", kind=MissKind.ACTION_ABSENT)
MISS = Miss(kind=MissKind.BLACK, value=3.0, threshold=8.0, message="frame 3 is black")
MATCH = Match(scorer="toy-clip", still_prompt=0.25, answers=(ANSWER, UNJUDGED))


def test_a_match_with_answers_comes_back_from_json() -> None:
    assert Match.from_dict(json.loads(json.dumps(asdict(MATCH)))) == MATCH


def test_a_match_stored_before_there_were_answers_still_reads() -> None:
    old = {
        "scorer": "toy-clip",
        "still_prompt": 0.7,
        "clip_prompt": 0.8,
        "clip_still": 0.9,
        "note": "",
    }
    match = Match.from_dict(old)
    assert (match.answers, match.score) == ((), 0.8)


def test_misses_come_back_from_a_stored_result() -> None:
    result = {"misses": json.loads(json.dumps([asdict(MISS)]))}
    assert misses.stored(result) == (MISS,)


@pytest.mark.parametrize("old", [None, {}, {"findings": []}])
def test_a_result_stored_before_there_were_misses_has_none(old: dict[str, object] | None) -> None:
    assert misses.stored(old) == ()


def test_a_result_with_answers_and_misses_crosses_to_another_process() -> None:
    result = a_result("clips/a.mp4", match=MATCH, misses=(MISS,))
    assert pickle.loads(pickle.dumps(result)) == result


def test_what_a_still_can_show_is_told_before_rendering() -> None:
    assert [kind.value for kind in MissKind if kind.before] == [
        "subject_missing",
        "attribute_contradicted",
        "action_impossible",
    ]
