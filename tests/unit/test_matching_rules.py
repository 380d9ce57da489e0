"""How scores are made out of cosines and sentences, and what becomes of a scorer that cannot judge."""

import math
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from pipeline import matching
from pipeline.recipe import Match

PICTURE = Image.new("RGB", (16, 16))
FRAMES = np.zeros((5, 16, 16, 3), dtype=np.uint8)


Answer = float | Exception


class Saying:
    """A scorer that gives the answers it was made with; an exception among them is raised."""

    name = "saying"

    def __init__(
        self, still_prompt: Answer = 0.5, clip_prompt: Answer = 0.5, clip_still: Answer = 0.5
    ) -> None:
        self._before, self._after = still_prompt, (clip_prompt, clip_still)

    def still_prompt(self, picture: Image.Image, prompt: str) -> float:
        return given(self._before)

    def clip(
        self, frames: NDArray[np.uint8], picture: Image.Image, prompt: str
    ) -> tuple[float, float]:
        return given(self._after[0]), given(self._after[1])


def given(answer: Answer) -> float:
    if isinstance(answer, Exception):
        raise answer
    return answer


def fits_in(letters: int) -> Callable[[str], bool]:
    return lambda text: len(text) <= letters


def test_a_prompt_is_read_sentence_by_sentence() -> None:
    prompt = "A woman smiles. The camera pans 1.5 m to the left; light falls! Done?"
    assert matching.clauses(prompt, fits_in(99)) == [
        "A woman smiles",
        "The camera pans 1.5 m to the left",
        "light falls",
        "Done",
    ]


def test_a_chinese_prompt_is_read_sentence_by_sentence() -> None:
    found = matching.clauses("女人微笑。镜头推进；光线变暖！\n结束", fits_in(99))
    assert found == ["女人微笑", "镜头推进", "光线变暖", "结束"]


def test_a_sentence_that_fits_keeps_its_commas() -> None:
    assert matching.clauses("A red, round ball.", fits_in(99)) == ["A red, round ball"]


def test_a_sentence_that_does_not_fit_falls_apart_at_its_commas() -> None:
    prompt = "Short. A red ball rolls, the light fades，镜头推进、慢慢变暗."
    assert matching.clauses(prompt, fits_in(10)) == [
        "Short",
        "A red ball rolls",
        "the light fades",
        "镜头推进",
        "慢慢变暗",
    ]


def test_a_prompt_of_nothing_but_marks_is_still_read() -> None:
    assert matching.clauses("...", fits_in(99)) == ["..."]


@pytest.mark.parametrize(
    ("frames", "wanted", "expected"),
    [(17, 4, [0, 5, 11, 16]), (81, 2, [0, 80]), (5, 8, [0, 1, 2, 3, 4]), (1, 4, [0])],
)
def test_sampled_frames_are_spread_from_the_first_to_the_last(
    frames: int, wanted: int, expected: list[int]
) -> None:
    assert matching.sample(frames, wanted) == expected


@pytest.mark.parametrize(
    ("cosine", "match"), [(0.1, 0.0), (0.15, 0.0), (0.225, 0.5), (0.30, 1.0), (0.9, 1.0)]
)
def test_a_cosine_lies_on_the_line_between_its_ends(cosine: float, match: float) -> None:
    assert matching.calibrate(cosine, (0.15, 0.30)) == pytest.approx(match)


def test_a_cosine_that_is_no_number_does_not_become_a_pass() -> None:
    assert math.isnan(matching.calibrate(math.nan, (0.15, 0.30)))


def test_the_still_is_judged_before_and_the_clip_on_top_of_it() -> None:
    scorer = Saying(0.4, 0.6, 0.7)
    before = matching.judge_still(scorer, PICTURE, "x")
    assert before == Match(scorer="saying", still_prompt=0.4)
    after = matching.judge_clip(scorer, FRAMES, PICTURE, "x", before)
    assert after == Match(scorer="saying", still_prompt=0.4, clip_prompt=0.6, clip_still=0.7)
    assert after.score == 0.6


@pytest.mark.parametrize("answer", [math.nan, math.inf, -0.1, 1.1, RuntimeError("out of order")])
def test_a_scorer_that_cannot_judge_the_still_leaves_a_note_and_no_number(
    answer: Answer,
) -> None:
    match = matching.judge_still(Saying(still_prompt=answer), PICTURE, "x")
    assert match.still_prompt is None
    assert "the scorer" in match.note


@pytest.mark.parametrize("answer", [math.nan, -0.1, RuntimeError("out of order")])
@pytest.mark.parametrize("side", ["clip_prompt", "clip_still"])
def test_a_scorer_that_cannot_judge_one_side_of_the_clip_scores_neither(
    side: str, answer: Answer
) -> None:
    before = Match(scorer="saying", still_prompt=0.9)
    match = matching.judge_clip(Saying(**{side: answer}), FRAMES, PICTURE, "x", before)
    assert (match.still_prompt, match.clip_prompt, match.clip_still) == (0.9, None, None)
    assert match.score is None
    assert "the scorer" in match.note


def test_the_note_says_what_a_scorer_died_of() -> None:
    match = matching.judge_still(Saying(still_prompt=RuntimeError("out of order")), PICTURE, "x")
    assert match.note == "the scorer failed: RuntimeError: out of order"


@pytest.mark.parametrize(
    ("pictures", "columns", "rows"), [(1, 1, 1), (2, 2, 1), (4, 2, 2), (5, 3, 2), (9, 3, 3)]
)
def test_a_filmstrip_shows_every_picture_in_reading_order(
    pictures: int, columns: int, rows: int
) -> None:
    shades = [10 * number + 10 for number in range(pictures)]
    strip = matching.filmstrip([Image.new("RGB", (6, 4), (shade,) * 3) for shade in shades])
    assert strip.size == (6 * columns, 4 * rows)
    read = np.asarray(strip)[::4, ::6, 0].flatten().tolist()
    assert read == shades + [0] * (columns * rows - pictures)
