"""How answers become a match and misses, and what becomes of a scorer that cannot judge."""

import math
from collections.abc import Callable, Sequence

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from pydantic import ValidationError

from pipeline.misses import Answer, MissKind
from pipeline.profiles import profile
from pipeline.profiles.match_section import MatchSection
from pipeline.prompts.grammar.clauses import Language
from pipeline.result import Match
from pipeline.scoring import matching, questions, sampling, two_tower
from pipeline.scoring.protocol import CannotJudge
from pipeline.scoring.questions import Words

PICTURE = Image.new("RGB", (16, 16))
SECTION = profile.load("toy").match  # its threshold is 0.5
FRAMES = np.zeros((5, 16, 16, 3), dtype=np.uint8)


Given = float | Exception


class Saying:
    """A scorer that gives the answers it was made with; an exception among them is raised."""

    name = "saying"

    def __init__(
        self, still_prompt: Given = 0.5, clip_prompt: Given = 0.5, clip_still: Given = 0.5
    ) -> None:
        self._before, self._after = still_prompt, (clip_prompt, clip_still)

    def ask_still(self, picture: Image.Image, prompt: str) -> tuple[Answer, ...]:
        return (an_answer(given(self._before), MissKind.SUBJECT_MISSING),)

    def ask_clip(
        self, frames: NDArray[np.uint8], picture: Image.Image, prompt: str
    ) -> tuple[Answer, ...]:
        kinds = (MissKind.ACTION_ABSENT, MissKind.SUBJECT_REPLACED)
        return tuple(
            an_answer(given(value), kind) for value, kind in zip(self._after, kinds, strict=True)
        )

    def ask_stages(self, frames: NDArray[np.uint8], stages: Sequence[Words]) -> tuple[Answer, ...]:
        return tuple(an_answer(given(self._after[0]), MissKind.ACTION_ABSENT) for _ in stages)


def an_answer(
    value: float | None, kind: MissKind, clause: str = "x", span: tuple[int, int] | None = (0, 1)
) -> Answer:
    return Answer(question=f"{clause}?", value=value, clause=clause, span=span, kind=kind)


def given(answer: Given) -> float:
    if isinstance(answer, Exception):
        raise answer
    return answer


def fits_in(letters: int) -> Callable[[str], bool]:
    return lambda text: len(text) <= letters


def test_a_prompt_is_read_sentence_by_sentence() -> None:
    prompt = "A woman smiles. The camera pans 1.5 m to the left; light falls! Done?"
    assert two_tower.sentences(prompt, fits_in(99)) == [
        "A woman smiles",
        "The camera pans 1.5 m to the left",
        "light falls",
        "Done",
    ]


def test_a_chinese_prompt_is_read_sentence_by_sentence() -> None:
    found = two_tower.sentences("女人微笑。镜头推进；光线变暖！\n结束", fits_in(99))
    assert found == ["女人微笑", "镜头推进", "光线变暖", "结束"]


def test_a_sentence_that_fits_keeps_its_commas() -> None:
    assert two_tower.sentences("A red, round ball.", fits_in(99)) == ["A red, round ball"]


def test_a_sentence_that_does_not_fit_falls_apart_at_its_commas() -> None:
    prompt = "Short. A red ball rolls, the light fades，镜头推进、慢慢变暗."
    assert two_tower.sentences(prompt, fits_in(10)) == [
        "Short",
        "A red ball rolls",
        "the light fades",
        "镜头推进",
        "慢慢变暗",
    ]


def test_a_prompt_of_nothing_but_marks_is_still_read() -> None:
    assert two_tower.sentences("...", fits_in(99)) == ["..."]


@pytest.mark.parametrize(
    ("prompt", "asked"),
    [
        (
            "Warm light. The red circle moves left. Then it grows! A bird circles.",
            {
                "Warm light": "Warm light",
                "The red circle moves left. Then it grows": "The red circle moves left. Then it grows",
                "A bird circles": "A bird circles",
            },
        ),
        (
            "红色圆形向左移动。接着它变大。",
            {"红色圆形向左移动。接着它变大": "红色圆形向左移动。接着它变大"},
        ),
        ("She smiles. He waves.", {"She smiles": "She smiles", "He waves": "He waves"}),
        (
            "A woman in red stands at a window. She turns around. Then she smiles.",
            {
                "A woman in red stands at a window. She turns around. Then she smiles": (
                    "A woman in red stands at a window. She turns around. Then she smiles"
                ),
            },
        ),
        (
            "Soft light. A man sits on a bench. In the end he eats a mango. The camera pans left.",
            {
                "Soft light": "Soft light",
                "A man sits on a bench. In the end he eats a mango": (
                    "A man sits on a bench. In the end he eats a mango"
                ),
                "The camera pans left": "The camera pans left",
            },
        ),
        (
            "The ground is cream. The red circle moves left. The camera pans right.",
            {
                "The ground is cream": "The ground is cream",
                "The red circle moves left": "The red circle moves left",
                "The camera pans right": "The camera pans right",
            },
        ),
    ],
)
def test_what_the_main_subject_does_is_one_question_in_however_many_sentences(
    prompt: str, asked: dict[str, str]
) -> None:
    found = questions.passages(prompt, two_tower.told(prompt, fits_in(99)), fits_in(99))
    assert {words.text: prompt[slice(*words.span)] for words in found} == asked


def test_a_wish_that_the_scorer_would_not_read_to_its_end_is_asked_sentence_by_sentence() -> None:
    prompt = "The red circle moves left. Then it grows."
    found = questions.passages(prompt, two_tower.told(prompt, fits_in(30)), fits_in(30))
    assert [words.text for words in found] == [
        "The red circle moves left",
        "Then it grows",
    ]


@pytest.mark.parametrize(
    ("frames", "wanted", "expected"),
    [(17, 4, [0, 5, 11, 16]), (81, 2, [0, 80]), (5, 8, [0, 1, 2, 3, 4]), (1, 4, [0])],
)
def test_sampled_frames_are_spread_from_the_first_to_the_last(
    frames: int, wanted: int, expected: list[int]
) -> None:
    assert sampling.sample(frames, wanted) == expected


@pytest.mark.parametrize(
    ("cosine", "match"), [(0.1, 0.0), (0.15, 0.0), (0.225, 0.5), (0.30, 1.0), (0.9, 1.0)]
)
def test_a_cosine_lies_on_the_line_between_its_ends(cosine: float, match: float) -> None:
    assert two_tower.calibrate(cosine, (0.15, 0.30)) == pytest.approx(match)


def test_a_cosine_that_is_no_number_does_not_become_a_pass() -> None:
    assert math.isnan(two_tower.calibrate(math.nan, (0.15, 0.30)))


def test_the_still_is_judged_before_and_the_clip_on_top_of_it() -> None:
    scorer = Saying(0.4, 0.6, 0.7)
    before = matching.judge_still(scorer, PICTURE, "x")
    assert (before.still_prompt, before.clip_prompt, before.clip_still) == (0.4, None, None)
    after = matching.judge_clip(scorer, FRAMES, PICTURE, "x", before)
    assert (after.still_prompt, after.clip_prompt, after.clip_still) == (0.4, 0.6, 0.7)
    assert [each.value for each in after.answers] == [0.4, 0.6, 0.7]
    assert after.score == 0.6


@pytest.mark.parametrize("answer", [math.nan, math.inf, -0.1, 1.1, RuntimeError("out of order")])
def test_a_scorer_that_cannot_judge_the_still_leaves_a_note_and_no_number(
    answer: Given,
) -> None:
    match = matching.judge_still(Saying(still_prompt=answer), PICTURE, "x")
    assert match.still_prompt is None
    assert "the scorer" in match.note


@pytest.mark.parametrize("answer", [math.nan, -0.1, RuntimeError("out of order")])
@pytest.mark.parametrize("side", ["clip_prompt", "clip_still"])
def test_a_scorer_that_cannot_judge_one_side_of_the_clip_scores_neither(
    side: str, answer: Given
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
    strip = sampling.filmstrip([Image.new("RGB", (6, 4), (shade,) * 3) for shade in shades])
    assert strip.size == (6 * columns, 4 * rows)
    read = np.asarray(strip)[::4, ::6, 0].flatten().tolist()
    assert read == shades + [0] * (columns * rows - pictures)


class Answering(Saying):
    """A scorer that gives the same answers to everything."""

    def __init__(self, *answers: Answer) -> None:
        super().__init__()
        self._answers = answers

    def ask_still(self, picture: Image.Image, prompt: str) -> tuple[Answer, ...]:
        return self._answers

    def ask_clip(
        self, frames: NDArray[np.uint8], picture: Image.Image, prompt: str
    ) -> tuple[Answer, ...]:
        return self._answers


def test_the_lowest_answer_is_the_match_and_one_that_was_not_judged_is_none() -> None:
    answers = [an_answer(value, MissKind.SUBJECT_MISSING) for value in (0.9, 0.3, None, 0.7)]
    match = matching.judge_still(Answering(*answers), PICTURE, "x")
    assert (match.still_prompt, match.answers) == (0.3, tuple(answers))


def test_answers_that_do_not_count_are_kept_with_the_reason_and_give_no_score() -> None:
    class Wavering(Saying):
        def ask_clip(
            self, frames: NDArray[np.uint8], picture: Image.Image, prompt: str
        ) -> tuple[Answer, ...]:
            raise CannotJudge("it says yes to all", (an_answer(None, MissKind.ACTION_ABSENT),))

    before = matching.judge_still(Wavering(0.9), PICTURE, "x")
    after = matching.judge_clip(Wavering(), FRAMES, PICTURE, "x", before)
    assert (after.score, after.note) == (None, "it says yes to all")
    assert [each.value for each in after.answers] == [0.9, None]


def kinds(*answers: Answer) -> list[str]:
    match = Match(scorer="saying", answers=answers)
    both = (*matching.misses_before(match, SECTION), *matching.misses_after(match, SECTION))
    return [miss.kind.value for miss in both]


def test_only_answers_below_the_threshold_are_misses() -> None:
    kind = MissKind.ACTION_ABSENT
    assert kinds(an_answer(0.5, kind), an_answer(0.51, kind), an_answer(None, kind)) == []
    match = Match(scorer="x", answers=(an_answer(0.49, kind, "it falls"),))
    (miss,) = matching.misses_after(match, SECTION)
    assert (miss.value, miss.threshold) == (0.49, 0.5)
    assert miss.message == "the clip does not show “it falls”: 0.49, below 0.50"


def test_nothing_is_said_of_the_colour_and_the_action_of_who_is_not_there() -> None:
    assert kinds(
        an_answer(0.1, MissKind.SUBJECT_MISSING),
        an_answer(0.0, MissKind.ATTRIBUTE_CONTRADICTED),
        an_answer(0.0, MissKind.ACTION_ABSENT),
    ) == ["subject_missing"]


def test_an_action_is_missed_beside_another_subject_that_is_not_there() -> None:
    assert kinds(
        an_answer(0.1, MissKind.SUBJECT_MISSING, "A cat sits", (20, 30)),
        an_answer(0.2, MissKind.ACTION_ABSENT, "The ball rolls", (0, 14)),
        an_answer(0.1, MissKind.ACTION_ABSENT, "A cat sits", (20, 30)),
    ) == ["subject_missing", "action_absent"]


def test_a_clip_that_loses_the_picture_is_told_beside_a_missing_subject() -> None:
    assert kinds(
        an_answer(0.1, MissKind.SUBJECT_MISSING),
        an_answer(0.2, MissKind.SUBJECT_REPLACED, "", None),
    ) == ["subject_missing", "subject_replaced"]


@pytest.mark.parametrize(
    ("lead", "sure"), [(0.3, 1.0), (0.0, 1.0), (-0.05, 0.5), (-0.1, 0.0), (-9, 0.0)]
)
def test_another_wording_must_fit_clearly_better_to_contradict(lead: float, sure: float) -> None:
    assert two_tower.against(lead, 0.1) == pytest.approx(sure)


def test_null_prompts_are_of_the_language_that_is_asked_in() -> None:
    nulls: dict[str, Language] = {
        "A man cuts bread.": "en",
        "A dog runs.": "en",
        "男人切面包。": "zh",
        "狗在跑。": "zh",
    }
    man, dog, cutting, running = nulls
    assert two_tower.nulls_for("A red ball rolls", nulls) == (man, dog)
    assert two_tower.nulls_for("红色的球滚动", nulls) == (cutting, running)
    assert two_tower.nulls_for("A dog runs.", nulls) == (man, cutting, running)


def test_the_parts_of_a_clip_meet_in_one_frame() -> None:
    frames = np.arange(17, dtype=np.uint8)
    assert [part.tolist() for part in sampling.parts(frames, 2)] == [
        [*range(9)],
        [*range(8, 17)],
    ]


def test_a_scorer_of_cosines_must_be_told_their_ranges_and_one_of_questions_has_none() -> None:
    common = {"weights": "any", "threshold": 0.5, "sampled_frames": 4}
    assert MatchSection.model_validate({**common, "kind": "vqa"}).kind == "vqa"
    with pytest.raises(ValidationError, match="clip needs prompt_cosine and still_cosine"):
        MatchSection.model_validate(common)


def test_a_profile_from_before_there_were_questions_reads_whole_sentences() -> None:
    old = {"weights": "any", "threshold": 0.5, "sampled_frames": 4}
    section = MatchSection.model_validate(
        {**old, "prompt_cosine": (0.1, 0.3), "still_cosine": (0.6, 0.9)}
    )
    asked = (section.reads, section.nulls, section.colours, section.order_margin)
    assert asked == ("sentences", (), (), None)
