"""What a take shows of the shot's own prompt: by the words that are left, and what the scorer says."""

from collections.abc import Sequence

import pytest

from pipeline.coverage import Coverage, Shown, Stage
from pipeline.misses import Answer, MissKind
from pipeline.scoring import wish
from pipeline.scoring.questions import Words

TWO = "A masterpiece. The red circle grows, then moves left. A grey cat walks past. No text."


def answers(prompt: str, value: float) -> tuple[Answer, ...]:
    """What a scorer says that asks about the prompt as a whole."""
    return (
        Answer(
            question=f"{prompt}?",
            value=value,
            clause=prompt,
            span=(0, len(prompt)),
            kind=MissKind.ACTION_ABSENT,
        ),
        Answer(question="kept?", value=0.1, clause="", span=None, kind=MissKind.SUBJECT_REPLACED),
    )


class Asked:
    """A scorer that keeps what it is asked and says the same of everything."""

    def __init__(self, value: float | None) -> None:
        self.texts: list[str] = []
        self._value = value

    def __call__(self, stages: Sequence[Words]) -> list[Answer]:
        self.texts += [stage.text for stage in stages]
        return [
            Answer(
                question="?",
                value=self._value,
                clause=stage.text,
                span=stage.span,
                kind=MissKind.ACTION_ABSENT,
            )
            for stage in stages
        ]


def covered(
    prompt: str, value: float, asked: Asked, *, main_only: bool = False, of: str = TWO
) -> list[tuple[str, str]]:
    found, _ = wish.cover(of, prompt, answers(prompt, value), main_only, 0.5, asked)
    return [(stage.text, stage.shown) for stage in found.stages]


def test_a_prompt_as_it_was_written_is_answered_by_what_was_asked_of_it() -> None:
    asked = Asked(None)
    assert covered(TWO, 0.8, asked, main_only=True) == [
        ("The red circle grows", "shown"),
        ("then moves left", "shown"),
    ]
    assert covered(TWO, 0.3, asked, main_only=True) == [
        ("The red circle grows", "not_shown"),
        ("then moves left", "not_shown"),
    ]
    assert asked.texts == []


def test_a_stage_that_was_cut_is_missing_whatever_the_clip_shows() -> None:
    asked = Asked(0.9)
    assert covered("The red circle moves left.", 0.8, asked, main_only=True) == [
        ("The red circle grows", "cut"),
        ("then moves left", "shown"),
    ]
    assert asked.texts == ["The red circle grows"]


def test_of_two_stages_with_one_verb_the_right_one_is_left() -> None:
    of = "The blue star moves up, then moves down."
    assert covered("The blue star moves down.", 0.8, Asked(None), of=of) == [
        ("The blue star moves up", "cut"),
        ("then moves down", "shown"),
    ]
    chinese = "蓝色星星先向上移动，再向下移动。"
    assert [shown for _, shown in covered("蓝色星星向下移动。", 0.8, Asked(None), of=chinese)] == [
        "cut",
        "shown",
    ]


def test_what_others_do_is_wished_too_but_no_praise_and_nothing_that_is_forbidden() -> None:
    stages = covered("The red circle grows, then moves left.", 0.8, Asked(0.9))
    assert stages == [
        ("The red circle grows", "shown"),
        ("then moves left", "shown"),
        ("A grey cat walks past", "cut"),
    ]


def test_a_move_of_the_camera_is_wished_and_nobody_can_tell_whether_it_came() -> None:
    of = "A woman waves, the camera slowly pans left."
    whole, unanswered = wish.cover(of, of, (), False, 0.5, Asked(0.9))
    assert unanswered == []
    assert [stage.shown for stage in whole.stages] == [Shown.SHOWN, Shown.UNJUDGED]
    assert whole.whole
    simpler = covered("A woman waves.", 0.8, Asked(0.9), of=of)
    assert [shown for _, shown in simpler] == ["shown", "cut"]


@pytest.mark.parametrize("value", [None, float("nan")])
def test_a_stage_that_was_asked_for_and_got_no_answer_is_named(value: float | None) -> None:
    found, unanswered = wish.cover("A man waves.", "A man waves.", (), False, 0.5, Asked(value))
    assert [stage.shown for stage in found.stages] == [Shown.UNJUDGED]
    assert unanswered == ["A man waves"]


def test_a_stage_that_was_cut_needs_no_answer() -> None:
    of = "A man waves while a dog runs past the old tower."
    found, unanswered = wish.cover(
        of, "A man waves.", answers("A man waves.", 0.8), False, 0.5, Asked(None)
    )
    assert [stage.shown for stage in found.stages] == [Shown.SHOWN, Shown.CUT]
    assert unanswered == []


def test_a_verb_that_comes_again_is_found_at_each_of_its_places() -> None:
    of = "The cube spins beautifully, then stops, then spins."
    stages = covered("The cube spins, then stops, then spins.", 0.8, Asked(None), of=of)
    assert [shown for _, shown in stages] == ["shown"] * 3


def test_a_clause_whose_verb_nobody_knows_is_found_again_by_its_words() -> None:
    of = "焕活年轻光彩。一位年轻女子把精华涂在脸颊上。窗台上的猫打了个哈欠。"
    stages = covered(of.removeprefix("焕活年轻光彩。"), 0.8, Asked(0.9), of=of)
    assert {shown for _, shown in stages} == {"shown"}


@pytest.mark.parametrize("prompt", ["Ein Mann winkt in die Kamera.", "A bottle on a table."])
def test_a_prompt_that_names_nothing_that_happens_is_whole(prompt: str) -> None:
    assert wish.cover(prompt, prompt, (), False, 0.5, Asked(0.0)) == (Coverage(stages=()), [])
    assert Coverage(stages=()).whole
    assert str(Coverage(stages=())) == "all: nothing that happens was read in the prompt"


def test_it_is_told_in_a_sentence_and_kept_as_json() -> None:
    found = Coverage(
        stages=(
            Stage(text="The circle moves left", shown=Shown.SHOWN, value=0.8),
            Stage(text="then it grows", shown=Shown.CUT),
            Stage(text="it shrinks", shown=Shown.NOT_SHOWN, value=0.1),
        )
    )
    assert str(found) == "1 of 3: “then it grows” was cut, “it shrinks” is not shown"
    assert Coverage.from_dict(found.as_dict()) == found
    assert str(Coverage(stages=found.stages[:1])) == "1 of 1"
