"""Tells what an English word can be: which form of a verb, an adverb, a helping word."""

import re
from functools import cache

from pipeline.prompts.grammar import lexicons
from pipeline.prompts.grammar.tokens import Token
from pipeline.prompts.words import english
from pipeline.prompts.words import verbs as words_verbs

FINITE = re.compile(r"[a-z]{2,}[^su']s")
ADVERB = re.compile(r"[a-z]+ly")
_AUXILIARIES = english.word_set(
    "does do did doesn't don't can cannot can't will won't must should never has have"
)
HELPING = english.BE | _AUXILIARIES


def is_adverb(token: Token) -> bool:
    return bool(ADVERB.fullmatch(token.text))


def word_after(line: list[Token], i: int) -> str:
    return line[i + 1].text if i + 1 < len(line) else ""


def word_before(line: list[Token], i: int) -> str:
    """The word before, adverbs passed over."""
    while i > 0 and is_adverb(line[i - 1]):
        i -= 1
    return line[i - 1].text if i > 0 else ""


def base_weight(word: str) -> float | None:
    """The weight of a verb as it stands after `let her`; None where the word is none."""
    kind, weight = form(word)
    return weight if kind == "base" else None


def is_participle(word: str) -> bool:
    """`smiling`."""
    return word not in english.NOT_VERBS_ING and kind_of(word) == "ing"


def kind_of(word: str) -> str:
    return form(word)[0]


@cache
def form(word: str) -> tuple[str, float]:
    """Kind and weight of a word that can be a verb; of those no list knows, what is nothing else."""
    if word in words_verbs.VERBS or word in HELPING or word in english.FUNCTION_WORDS:
        return words_verbs.VERBS.get(word, ("", words_verbs.GUESS))
    if lexicons.classes(word) != {"VERB"} or word.endswith(("ing", "ed")):
        return "", words_verbs.GUESS
    stem = lexicons.stem(word)
    if stem in words_verbs.UNSEEN_VERBS:
        return "", words_verbs.GUESS
    if stem == word:
        return "base", words_verbs.GUESS
    if word.endswith("s"):
        return "s", words_verbs.GUESS
    return (
        ("ed", words_verbs.VERBS[stem][1]) if stem in words_verbs.VERBS else ("", words_verbs.GUESS)
    )


def may_be_finite(token: Token) -> bool:
    known = lexicons.classes(token.text)
    seen = lexicons.stem(token.text) not in words_verbs.UNSEEN_VERBS
    return bool(FINITE.fullmatch(token.text)) and (not known or "VERB" in known) and seen
