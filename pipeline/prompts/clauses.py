"""What a clause of a prompt is, and where a prompt can be cut before any word is understood."""

import re
import unicodedata
from enum import StrEnum
from functools import lru_cache
from typing import Literal, NamedTuple

from pipeline.prompts import lexicons
from pipeline.prompts.words import (
    ADJECTIVES,
    FUNCTION_WORDS,
    OTHER_LANGUAGES,
    SHARED,
)
from pipeline.prompts.words_praise import STRONG
from pipeline.prompts.words_verbs import VERBS

Span = tuple[int, int]
Language = Literal["en", "zh", "other"]
HAN = "\u3400-\u4dbf\u4e00-\u9fff"

_HAN = re.compile(rf"[{HAN}]")
_LETTER = re.compile(r"[^\W\d_]")
_WORD = re.compile(r"[^\W\d_]+")
_ENGLISH_OR_HAN = re.compile(rf"[A-Za-z\u00c0-\u024f{HAN}]")
_LATIN_WORD = re.compile(r"[A-Za-z\u00c0-\u024f]+")
_QUOTED = re.compile(r"\"[^\"\n]*\"|“[^”\n]*”|「[^」\n]*」|『[^』\n]*』|《[^》\n]*》|【[^】\n]*】")
_SEPARATOR = re.compile(
    r"(?:[;!?\n…。，；：！？()（）\[\]{}|]|,(?!\d)|(?<!\d),|[:.](?=\s|$)|[—–]|(?<=\s)-+(?=\s))"
    r"(?:[\s,;:.!?…。，；：！？()（）\[\]{}|—–]|-+(?=\s))*"
)
_ENGLISH = FUNCTION_WORDS | ADJECTIVES | STRONG | frozenset(VERBS)


class Kind(StrEnum):
    ACTION = "action"
    POSE = "pose"
    """The subject stands, sits, holds: a verb, but nothing moves."""
    STATIC = "static"
    """Describes what the still shows already."""
    ABSTRACT = "abstract"
    """Praise, mood, quality: nothing that can be filmed."""
    CAMERA = "camera"
    SCENE = "scene"
    """Asks for another place or time."""
    LIMIT = "limit"
    """Says what must not happen."""
    PHRASE = "phrase"
    """Words without a verb that we know."""


class Clause(NamedTuple):
    """One clause; all numbers are character positions in the text it was read from."""

    start: int
    body: int
    """Where the clause begins after its joining words (and, then, 然后)."""
    end: int
    kind: Kind
    subject: Span | None
    action: int
    """Where its predicate begins."""
    weight: float = 0.0
    """How much its action is worth (`words`)."""
    ambient: bool = False
    """Its subject is light, steam, a background."""
    part: bool = False
    """Its subject is a part of a body: a hand, its tail."""
    target: Span | None = None
    """What a camera move looks at."""
    main: bool = False
    """It tells what the subject of the whole prompt does."""
    still: bool = False
    """It asks its subject to stay as it is: a wish, though nothing moves."""
    actor: Span | None = None
    """Who acts in it, named here or in a clause before."""
    praise: tuple[Span, ...] = ()
    """Praise inside it that can be cut out, since it says more than that."""


def shifted(clause: Clause, by: int) -> Clause:
    """The same clause read from a text in which it stands so many characters later."""
    return clause._replace(
        start=clause.start + by,
        body=clause.body + by,
        end=clause.end + by,
        subject=_moved(clause.subject, by),
        action=clause.action + by,
        target=_moved(clause.target, by),
        praise=tuple((start + by, end + by) for start, end in clause.praise),
    )


def _moved(span: Span | None, by: int) -> Span | None:
    return (span[0] + by, span[1] + by) if span else None


@lru_cache(maxsize=512)
def is_readable(text: str) -> bool:
    """Whether the text is English or Chinese, the languages that the rules know."""
    letters = len(_LETTER.findall(text))
    if not letters or len(_ENGLISH_OR_HAN.findall(text)) < 0.8 * letters:
        return False
    if is_han(text):
        return True
    words = [word.lower() for word in _WORD.findall(text)]
    foreign = sum(map(_is_foreign, words))
    known = [word for word in words if _is_english(word)]
    sure = [word for word in known if not (foreign and word in SHARED)]
    return len(sure) >= foreign + ("the" not in words) and 3 * len(known) >= len(words)


def _is_foreign(word: str) -> bool:
    """A small word of another language, or one with accents that is no café."""
    plain = unicodedata.normalize("NFKD", word).encode("ascii", "ignore").decode()
    return word in OTHER_LANGUAGES or (not word.isascii() and not _is_english(plain))


def _is_english(word: str) -> bool:
    return word in _ENGLISH or (len(word) > 2 and bool(lexicons.classes(word)))


def language_of(text: str) -> Language:
    """The language that most of the text is in; `other` where the rules know neither."""
    if not is_readable(text):
        return "other"
    return "zh" if len(_HAN.findall(text)) > len(_LATIN_WORD.findall(text)) else "en"


def is_han(text: str) -> bool:
    """Whether there is Chinese in it."""
    return bool(_HAN.search(text))


@lru_cache(maxsize=64)
def quoted(text: str) -> list[Span]:
    return [match.span() for match in _QUOTED.finditer(text)]


def segments(text: str, start: int, end: int) -> list[Span]:
    """The stretches between punctuation, quotes kept whole, without the space around them."""
    quotes = quoted(text)
    cuts = [
        match.span()
        for match in _SEPARATOR.finditer(text, start, end)
        if not any(first < match.start() < last - 1 for first, last in quotes)
    ]
    edges = [start, *(edge for cut in cuts for edge in cut), end]
    return [
        trimmed(text, (a, b))
        for a, b in zip(edges[::2], edges[1::2], strict=True)
        if text[a:b].strip()
    ]


def trimmed(text: str, span: Span) -> Span:
    start, end = span
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end
