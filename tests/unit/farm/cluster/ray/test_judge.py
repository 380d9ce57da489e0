"""A judge's process: what it answers, and when it makes way for a fresh one. No Ray."""

import os
from collections.abc import Sequence
from typing import Any

import pytest
from PIL import Image

from farm.cluster.loading import WorkerSettings
from farm.cluster.outcome import Faulted
from farm.cluster.ray.judge import FAILURES, Judge, Said
from farm.cluster.ray.shared_scorer import (
    CLIPS,
    FIRST_PATIENCE,
    LEAST_PATIENCE,
    MOST_PATIENCE,
    PATIENCE,
    STILLS,
    SharedEye,
    SharedScorer,
    patience,
)
from farm.scheduler.stalls import FIRST_LIMITS, StallLimits
from pipeline import terminal
from pipeline.errors import Cause, RenderFault
from pipeline.misses import Answer, MissKind
from pipeline.models import image_features
from pipeline.profiles.profile import load
from pipeline.scoring.protocol import CannotJudge, Scorer
from pipeline.scoring.questions import Words
from pipeline.storage.files import Frames
from tests.pictures import ground

SETTINGS = WorkerSettings(profile=load("toy"), media="/media")
ANSWER = Answer(question="is it there?", value=0.8, clause="it", kind=MissKind.SUBJECT_MISSING)
STILL = ground((64, 64), "grey")


class Played:
    """A scorer that answers, or raises what it is given."""

    name = "played"

    def __init__(self) -> None:
        self.raises: Exception | None = None

    def ask_still(self, picture: Image.Image, prompt: str) -> tuple[Answer, ...]:
        if self.raises:
            raise self.raises
        return (ANSWER,)

    def ask_clip(self, frames: Frames, picture: Image.Image, prompt: str) -> tuple[Answer, ...]:
        return (ANSWER,)

    def ask_stages(self, frames: Frames, stages: Sequence[Words]) -> tuple[Answer, ...]:
        return (ANSWER,) * len(stages)


class Left(BaseException):
    """The process has ended."""


@pytest.fixture
def scorer() -> Played:
    return Played()


@pytest.fixture
def judge(monkeypatch: pytest.MonkeyPatch, scorer: Played) -> Judge:
    def leave(_status: int) -> None:
        raise Left

    monkeypatch.setattr(os, "_exit", leave)
    monkeypatch.setattr(terminal, "leave", lambda: None)
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    return Judge(lambda _: scorer, SETTINGS, 2)


def test_what_the_scorer_will_not_judge_is_said_with_its_answers(
    judge: Judge, scorer: Played
) -> None:
    scorer.raises = CannotJudge("it says yes to both orders", (ANSWER,))
    for _ in range(FAILURES + 2):
        assert judge.ask_still(STILL, "a cup") == Said((ANSWER,), "it says yes to both orders")


def test_defects_in_a_row_end_the_process_and_one_answer_between_forgives_them(
    judge: Judge, scorer: Played
) -> None:
    for _ in range(3):
        scorer.raises = RuntimeError("CUDA error: ECC\nsee the log")
        for _ in range(FAILURES - 1):
            told = judge.ask_still(STILL, "a cup")
            assert told == Said((), "the scorer failed: RuntimeError: CUDA error: ECC")
        scorer.raises = None
        assert judge.ask_still(STILL, "a cup") == Said((ANSWER,))
    scorer.raises = RuntimeError("CUDA error: ECC")
    for _ in range(FAILURES - 1):
        judge.ask_still(STILL, "a cup")
    with pytest.raises(Left):
        judge.ask_still(STILL, "a cup")


def test_a_scorer_that_could_not_be_loaded_is_tried_again_with_the_next_question(
    monkeypatch: pytest.MonkeyPatch, scorer: Played
) -> None:
    monkeypatch.setattr(terminal, "leave", lambda: None)
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    missing: list[Exception] = [RenderFault(Cause.FATAL, "the scorer's folder holds nothing")]

    def loads(_settings: WorkerSettings) -> Scorer:
        if missing:
            raise missing.pop()
        return scorer

    judge = Judge(loads, SETTINGS, 2)
    assert judge.load() == Faulted(Cause.FATAL, "the scorer's folder holds nothing")
    assert judge.ask_still(STILL, "a cup") == Said((ANSWER,))


def test_two_questions_that_are_given_up_are_no_stall() -> None:
    """A worker that waits in vain must not count as one that hangs."""
    assert 2 * FIRST_PATIENCE[STILLS] < FIRST_LIMITS["precheck"]
    assert 3 * FIRST_PATIENCE[CLIPS] < FIRST_LIMITS["score"]
    limits = StallLimits()
    slow = FIRST_PATIENCE[CLIPS]  # the first was given up, and told how long that took
    assert limits.factor * slow > 2 * MOST_PATIENCE
    assert limits.least > 2 * LEAST_PATIENCE
    assert limits.factor > 2 * PATIENCE


def test_who_was_given_up_once_is_given_more_time_and_not_for_ever() -> None:
    assert patience([], CLIPS) == FIRST_PATIENCE[CLIPS]
    assert patience([1.0, 2.0, 3.0], CLIPS) == LEAST_PATIENCE
    assert patience([20.0], CLIPS) == 20 * PATIENCE
    assert patience([FIRST_PATIENCE[CLIPS]] * 3, CLIPS) == MOST_PATIENCE


def test_only_a_scorer_that_compares_pictures_has_an_eye() -> None:
    handle: Any = None
    match = SETTINGS.profile.match
    assert image_features.of(SharedEye(handle, match, "toy")) is not None
    assert image_features.of(SharedScorer(handle, match, "judge")) is None
