"""What a model that answers questions is asked, what its answers mean, and when it is not believed."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pytest
from PIL import Image

from pipeline.profiles import profile
from pipeline.scoring import matching, questions
from pipeline.scoring.vqa import VqaScorer, one_token

STILL = Image.new("RGB", (16, 16))
FRAMES = np.zeros((9, 16, 16, 3), np.uint8)
STAGED = "A woman in a red coat waves at the cup, then she smiles."


@dataclass
class Witness:
    """Says yes to everything but what it was told to deny; remembers what it was asked."""

    deny: Sequence[str] = ()
    name: str = "witness"
    asked: list[tuple[int, str]] = field(default_factory=list[tuple[int, str]])

    def lean(self, pictures: Sequence[Image.Image], question: str) -> float:
        self.asked.append((len(pictures), question))
        return -4.0 if any(words in question for words in self.deny) else 4.0


BACKWARDS = "“A woman smiles” come first"
"""What an honest witness of STAGED denies: the reversed order."""


def judged(witness: Witness, prompt: str = STAGED) -> tuple[matching.Match, list[str]]:
    scorer = VqaScorer(witness, frames=4)
    before = matching.judge_still(scorer, STILL, prompt)
    match = matching.judge_clip(scorer, FRAMES, STILL, prompt, before)
    section = profile.load("toy").match
    misses = (*matching.misses_before(match, section), *matching.misses_after(match, section))
    return match, [miss.kind.value for miss in misses]


def test_the_still_is_asked_for_who_is_there_what_is_needed_and_what_can_begin() -> None:
    witness = Witness()
    VqaScorer(witness, frames=4).ask_still(STILL, STAGED)
    assert [question.partition("?")[0] for _, question in witness.asked] == [
        "Does the picture show “A woman in a coat”",
        "Is “coat” red, and of no other colour",
        "Can “the cup” be seen in the picture",
        "Can “hand” be seen in the picture",
        "Could the next moment show “A woman in a red coat waves at the cup”",
    ]
    assert all(question.endswith("Answer yes or no.") for _, question in witness.asked)


def test_a_chinese_prompt_is_asked_about_in_chinese() -> None:
    witness = Witness()
    scorer = VqaScorer(witness, frames=4)
    scorer.ask_still(STILL, "红色圆形先向左移动，再变大。")
    assert [question for _, question in witness.asked] == [
        "画面里有“圆形”吗？ 请回答“是”或“否”。",
        "“圆形”是红色，而不是别的颜色吗？ 请回答“是”或“否”。",
        "下一刻可能出现“红色圆形先向左移动”吗？ 请回答“是”或“否”。",
    ]


def test_the_clip_is_asked_for_each_stage_for_their_order_and_for_the_subject() -> None:
    witness = Witness(deny=[BACKWARDS])
    match, misses = judged(witness)
    assert misses == []
    assert match.score == pytest.approx(1 / (1 + np.exp(-4)))
    asked = [question for count, question in witness.asked if count == 4]
    assert [question.startswith("These are frames of one clip") for question in asked] == [True] * 4
    assert sum("come first" in question for question in asked) == 2


@pytest.mark.parametrize(
    ("deny", "kind"),
    [
        ("Does the picture show", "subject_missing"),
        ("of no other colour", "attribute_contradicted"),
        ("Can “hand” be seen", "action_impossible"),
        ("Could the next moment", "action_impossible"),
        ("Does the clip show “A woman smiles”", "action_absent"),
        ("“A woman in a red coat waves at the cup” come first", "wrong_order"),
        ("the same in the last frame", "subject_replaced"),
    ],
)
def test_each_no_names_its_kind(deny: str, kind: str) -> None:
    match, misses = judged(Witness(deny=[deny, BACKWARDS]))
    assert misses == [kind]
    lowest = min(answer.value for answer in match.answers if answer.value is not None)
    assert lowest == pytest.approx(1 / (1 + np.exp(4)))


def test_who_says_yes_to_both_orders_is_not_believed() -> None:
    match, misses = judged(Witness())
    assert (match.clip_prompt, match.clip_still, match.score) == (None, None, None)
    assert match.still_prompt is not None
    assert "says yes to both orders" in match.note
    assert [answer.value for answer in match.answers if not answer.kind.before] == [None] * 5
    assert misses == []


@pytest.mark.parametrize(
    "prompt",
    [
        "The dog barks, then it barks again.",
        "The dog barks, then it barks, then it barks once more.",
        "The dog jumps, then it spins, then it jumps again.",
        "小狗先跳起来，再转一圈，然后又跳起来。",
    ],
)
def test_what_happens_twice_is_not_asked_for_its_order(prompt: str) -> None:
    """An honest witness says yes to both orders of it."""
    match, misses = judged(Witness(), prompt)
    assert (match.note, misses) == ("", [])
    assert match.score == pytest.approx(1 / (1 + np.exp(-4)))


def test_what_happens_once_beside_it_is_asked_for_its_order() -> None:
    witness = Witness()
    match, _ = judged(witness, "The dog barks, barks again, lies down and sleeps.")
    assert "both orders of “The dog lies down” and “The dog sleeps”" in match.note


def test_a_prompt_of_one_action_has_no_order_to_ask_for() -> None:
    match, _ = judged(Witness(), "A dog runs across the beach.")
    assert match.note == ""
    assert "come first" not in " ".join(answer.question for answer in match.answers)


def test_a_prompt_that_no_rule_can_read_is_asked_about_as_a_whole() -> None:
    match, misses = judged(Witness(deny=["show"]), "Ein Hund läuft über den Strand.")
    assert misses == ["subject_missing"]
    assert match.score is not None


@pytest.mark.parametrize("lean", [np.nan, -np.inf])
def test_a_witness_without_an_answer_leaves_no_score(lean: float) -> None:
    class Mute(Witness):
        def lean(self, pictures: Sequence[Image.Image], question: str) -> float:
            return float(lean)

    match, _ = judged(Mute())
    assert match.score is None or match.score < 0.01


def test_only_words_of_one_token_can_be_an_answer() -> None:
    class Tokenizer:
        unk_token_id = 0

        def encode(self, text: str, add_special_tokens: bool) -> list[int]:
            assert not add_special_tokens
            known = {"yes": [5], " yes": [6], "Yes": [5], "是": [7], " 是": [8, 7]}
            return known.get(text, [0])

    assert one_token(Tokenizer(), ("yes", "Yes", "是", "absent")) == [5, 6, 7]


@pytest.mark.parametrize(
    ("prompt", "needed"),
    [
        ("The barista pours the milk into the cup, steam rises", ["the milk", "the cup"]),
        ("A girl waves at the camera", ["hand"]),
        ("A girl raises her hand and waves", ["her hand"]),
        ("The car turns to the left", []),
        ("Water sprays over a stone", []),
        ("女孩对着镜头挥手", ["手"]),
    ],
)
def test_what_an_action_needs_is_what_the_prompt_takes_for_granted(
    prompt: str, needed: list[str]
) -> None:
    assert [words.text for words in questions.needed(prompt)] == needed


def test_what_is_asked_about_stands_where_the_answer_says() -> None:
    match, _ = judged(Witness(deny=[BACKWARDS]))
    spans = {STAGED[slice(*answer.span)] for answer in match.answers if answer.span}
    assert spans == {
        "A woman in a red coat",
        "the cup",
        "waves",
        "A woman in a red coat waves at the cup",
        "she smiles",
        "A woman in a red coat waves at the cup, then she smiles",
    }
