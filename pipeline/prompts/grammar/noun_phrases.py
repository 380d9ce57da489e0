"""Tells English noun phrases by their words: open ones, those that name one thing, those with a place."""

import re

from pipeline.prompts.grammar.tokens import Token, words
from pipeline.prompts.words import english, praise

_OPENS = re.compile(rf"(?:{'|'.join(english.DETERMINERS)})\b", re.IGNORECASE)
_NAMES_ONE = re.compile(
    r"(?:an?|the|one|two|three|four|five|his|her|my|our|your|this|that)\s"
    r"|.*\b(?:shot|view|close-?up|scene|footage|photo|clip|video) of\b",
    re.IGNORECASE,
)
_ADJECTIVE = re.compile(r"[a-z]{3,}(?:less|ful|ous|ive|ish|able|ible)")
_RELATIVE = re.compile(r"(?:which|who|whose|whom)\b", re.IGNORECASE)
_DESCRIBING = english.ADJECTIVES | praise.CUT_ADJECTIVES | {"and", "very"}


def is_open_noun_phrase(stretch: str) -> bool:
    """`a soft`, `an elegant, dreamy`: an article and adjectives that still wait for their noun."""
    if not _OPENS.match(stretch):
        return False
    said = words(stretch)
    opens, described = next(said, "") in english.DETERMINERS, False
    for word in said:
        described = word in _DESCRIBING or bool(_ADJECTIVE.fullmatch(word))
        if not described:
            break
    return opens and described


def goes_on(text: str, end: int, start: int) -> bool:
    """Whether a comma alone, and no new article, stands between an open noun phrase and the next words."""
    following = next(words(text, start), "")
    new = not following or following in english.DETERMINERS
    return text[end:start].strip() == "," and not new


def is_relative(text: str, start: int) -> bool:
    """`which flies off`: belongs to the noun before it."""
    return bool(_RELATIVE.match(text, start))


def names_one(words: str) -> bool:
    """`a dog`, `close-up of a dog`; `watermarks` names none."""
    return bool(_NAMES_ONE.match(words))


def has_place(named: list[Token]) -> bool:
    """`fresh croissants on a plate`: a thing and where it is."""
    return any(token.text in english.PREPOSITIONS for token in named)
