"""A language model may propose a simpler prompt; what does more than cut is thrown away."""

from dataclasses import dataclass

import pytest

from pipeline.prompts.grammar.prompt import parse
from pipeline.prompts.propose import RULE, Proposer, each_level_with, refusal
from pipeline.prompts.simplify import Level, Simplified, simplify

PROMPT = (
    "Timeless charm, the clerk in a green cap opens the NORVA box, takes out 3 pens and bows slowly"
)


def simplify_with(proposer: Proposer | None, prompt: str, level: Level) -> Simplified:
    return dict(each_level_with(proposer, parse(prompt)))[level]


@dataclass
class Echo:
    """A model that answers what it was told to."""

    answer: str

    def propose(self, prompt: str, level: Level) -> str:
        return self.answer


@pytest.mark.parametrize(
    ("proposal", "reason"),
    [
        ("the clerk opens the NORVA box, takes out 3 pens", ""),
        ("the clerk in a green cap opens the NORVA box, takes out 3 pens and bows slowly.", ""),
        ("", "it says nothing"),
        ("…", "it says nothing"),
        ("the cashier opens the NORVA box, takes out 3 pens", "words of its own: cashier"),
        ("the clerk opened the NORVA box, takes out 3 pens", "words of its own: opened"),
        ("takes out 3 pens, the clerk opens the NORVA box", "the order"),
        ("the clerk clerk opens the NORVA box, takes out 3 pens", "the order"),
        ("the clerk opens the NORVA box, takes out pens", "loses the number 3"),
        ("the clerk opens the box, takes out 3 pens", "loses the brand NORVA"),
        ("the clerk opens the NORVA box, takes out 4 pens", "words of its own: 4"),
        ("店员 opens the NORVA box, takes out 3 pens", "words of its own: 店"),
    ],
)
def test_a_proposal_may_only_cut(proposal: str, reason: str) -> None:
    assert reason in refusal(PROMPT, proposal)
    assert bool(refusal(PROMPT, proposal)) == bool(reason)


def test_a_proposal_keeps_what_must_be_kept() -> None:
    proposal = "the clerk opens the NORVA box, takes out 3 pens"
    assert refusal(PROMPT, proposal, ["green cap"]) == "it loses green cap, which must be kept"
    assert refusal(PROMPT, proposal, ["NORVA", "absent"]) == ""


def test_names_in_quotes_are_brands_in_chinese_too() -> None:
    prompt = "店员打开「诺瓦」盒子，取出3支笔，缓缓鞠躬"
    assert refusal(prompt, "店员打开「诺瓦」盒子，取出3支笔") == ""
    assert refusal(prompt, "店员打开盒子，取出3支笔") == "it loses the brand 诺瓦"
    assert "words of its own" in refusal(prompt, "店员打开「诺瓦」盒子，拿出3支笔")


def test_a_good_proposal_is_taken_with_the_pieces_it_cut() -> None:
    proposal = "the clerk opens the NORVA box, takes out 3 pens"
    made = simplify_with(Echo(proposal), PROMPT, "L2")
    assert made.text == proposal
    assert {piece.rule for piece in made.removals} == {RULE}
    rest, at = "", 0
    for piece in made.removals:
        assert PROMPT[piece.start : piece.end] == piece.text
        rest, at = rest + PROMPT[at : piece.start], piece.end
    assert rest + PROMPT[at:] == proposal


@pytest.mark.parametrize("answer", ["", "A clerk waves happily", "I cannot help with that."])
def test_a_bad_proposal_leaves_what_the_rules_make(answer: str) -> None:
    for level in ("L1", "L2", "L3"):
        assert simplify_with(Echo(answer), PROMPT, level) == simplify(PROMPT, level)


def test_without_a_model_the_rules_work_alone() -> None:
    assert simplify_with(None, PROMPT, "L3") == simplify(PROMPT, "L3")


def test_a_prompt_as_written_is_not_asked_about() -> None:
    assert simplify_with(Echo("the clerk bows"), PROMPT, "L0").text == PROMPT
