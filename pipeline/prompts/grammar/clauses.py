"""What a clause of a prompt is, and where a prompt can be cut before any word is understood."""

import re
from enum import StrEnum
from typing import Literal, NamedTuple

Span = tuple[int, int]
Language = Literal["en", "zh", "other"]
HAN = "\u3400-\u4dbf\u4e00-\u9fff"

_HAN = re.compile(rf"[{HAN}]")
_QUOTED = re.compile(
    r"\"[^\"\n]*\"|“[^”\n]*”|「[^」\n]*」|『[^』\n]*』|《[^》\n]*》|【[^】\n]*】"
    r"|(?:(?<=says )|(?<=reads )|(?<=saying )|(?<=reading )|(?<=spells ))\[[^\]\n]*\]"
)
_SEPARATOR = re.compile(
    r"(?:[;!?\n…。，；：！？()（）\[\]{}|]|,(?!\d)|(?<!\d),|[:.](?=\s|$)|[—–]|(?<=\s)-+(?=\s))"
    r"(?:[\s,;:.!?…。，；：！？()（）\[\]{}|—–]|-+(?=\s))*"
)


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


def is_han(text: str) -> bool:
    """Whether there is Chinese in it."""
    return bool(_HAN.search(text))


def quoted(text: str) -> list[Span]:
    """What stands in quotes, with them: lettering, or a title."""
    return [match.span() for match in _QUOTED.finditer(text)]


def segments(text: str, start: int, end: int) -> list[Span]:
    """The stretches between punctuation, quotes kept whole, without the space around them."""
    quotes = quoted(text)
    cuts = [
        match.span()
        for match in _SEPARATOR.finditer(text, start, end)
        if not any(first <= match.start() < last for first, last in quotes)
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
