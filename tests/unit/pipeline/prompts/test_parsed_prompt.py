"""A prompt that was parsed once: read where it is asked for, and again only where its text changed."""

from dataclasses import FrozenInstanceError, fields

import pytest

from pipeline.prompts.grammar import stretches
from pipeline.prompts.grammar.prompt import parse
from pipeline.prompts.grammar.tokens import Token, tokens
from pipeline.prompts.lint import lint
from pipeline.prompts.reorder import better
from pipeline.prompts.simplify import at_level, each_level, simplify
from pipeline.scoring import questions

PROMPTS = [
    "Timeless charm, a barista in a green apron lifts the jug, then pours milk, no text",
    "A swan takes off (slowly:1.2), camera pushes in --no people",
    "氛圍感拉滿，女孩站著，隨後轉身，不要文字",
    "Die Frau dreht langsam den Kopf",
    "",
]


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The stretches that were read, in order: each is divided into tokens once."""
    stretches._read.cache_clear()
    seen: list[str] = []

    def noted(words: str) -> list[Token]:
        seen.append(words)
        return tokens(words)

    monkeypatch.setattr(stretches, "tokens", noted)
    return seen


def test_only_what_changed_is_read_again(read: list[str]) -> None:
    prompt = parse("A dog runs, a cat sleeps")
    assert len(prompt.clauses) == 2
    again = prompt.rewritten("A dog runs, a bird sings")
    assert [again.text[clause.start : clause.end] for clause in again.clauses] == [
        "A dog runs",
        "a bird sings",
    ]
    assert read == ["A dog runs", "a cat sleeps", "a bird sings"]


def test_the_same_text_is_the_same_prompt() -> None:
    prompt = parse("A dog runs")
    assert parse(prompt) is prompt
    assert prompt.rewritten("A dog runs") is prompt
    assert prompt == parse("A dog runs")


def test_no_clause_is_read_for_the_language_alone(read: list[str]) -> None:
    assert parse("A dog runs").language == "en"
    assert lint("Die Frau dreht langsam den Kopf").language == "other"
    assert read == []


def test_no_stretch_is_read_twice_on_the_way_through_the_rules(read: list[str]) -> None:
    prompt = parse(PROMPTS[0])
    lint(prompt)
    list(each_level(prompt))
    better(prompt, seconds=5)
    questions.read(prompt)
    assert len(read) == len(set(read))


@pytest.mark.parametrize("text", PROMPTS)
def test_a_parsed_prompt_is_read_as_its_text_is(text: str) -> None:
    prompt = parse(text)
    assert lint(prompt) == lint(text)
    assert better(prompt, seconds=5) == better(text, seconds=5)
    assert questions.read(prompt) == questions.read(text)
    for level, simplified in each_level(prompt, ["text"]):
        assert simplified == simplify(text, level, ["text"])
        assert at_level(prompt, level, ["text"]).written == simplified.text


def test_it_is_frozen() -> None:
    prompt = parse("A dog runs")
    for each in fields(prompt):
        with pytest.raises(FrozenInstanceError):
            setattr(prompt, each.name, "A cat runs")
