"""The two foreign word stores: which classes an English word may have, and where Chinese words end."""

import re
from functools import cache, lru_cache
from typing import NamedTuple

Span = tuple[int, int]

_SURROGATE = re.compile("[\ud800-\udfff]")


class Tagged(NamedTuple):
    """One Chinese word with its tag: `v` verb, `n` noun, `d` adverb …"""

    text: str
    tag: str
    start: int
    end: int
    known: bool
    """A dictionary lists it; else it was only guessed where it ends."""


@cache
def classes(word: str) -> frozenset[str]:
    """What a lower-case English word can be: NOUN, VERB, ADJ, ADV …; empty for an unknown one."""
    from lemminflect import getAllLemmas

    return frozenset(getAllLemmas(word))


def segmented(text: str, span: Span) -> list[Tagged]:
    """The words of a stretch of Chinese in order, with their places in the text."""
    at = span[0]
    found: list[Tagged] = []
    for word, tag, known in _segmented(text[slice(*span)]):
        found.append(Tagged(word, tag, at, at + len(word), known))
        at += len(word)
    return found


@cache
def stem(verb: str) -> str:
    """The form that a dictionary lists: `throw` for `thrown`; an unknown word is its own."""
    from lemminflect import getAllLemmas

    return getAllLemmas(verb, upos="VERB").get("VERB", (verb,))[0]


@lru_cache(maxsize=1024)
def _segmented(stretch: str) -> tuple[tuple[str, str, bool], ...]:
    import rjieba

    tagged = rjieba.tag(_SURROGATE.sub("?", stretch))
    return tuple((word, tag, rjieba.has_word(word)) for word, tag in tagged)
