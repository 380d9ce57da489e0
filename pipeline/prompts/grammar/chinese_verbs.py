"""Finds the verbs in a Chinese clause by word lists, and with a segmenter where the lists know none."""

import re
from collections.abc import Iterator
from itertools import zip_longest
from statistics import median_low
from typing import NamedTuple

from pipeline.prompts.grammar.chinese_praise import PRAISES
from pipeline.prompts.grammar.clauses import HAN, Span, quoted
from pipeline.prompts.grammar.lexicons import Tagged, segmented
from pipeline.prompts.words import chinese as words
from pipeline.prompts.words.verbs import GUESS, GUESS_HANDLING

_LONGEST = {word[0]: 0 for word in words.MARKS}
for _word in words.MARKS:
    _LONGEST[_word[0]] = max(_LONGEST[_word[0]], len(_word))

_ADVERB_END = re.compile(rf"(?<=[{HAN}]{{2}})地(?=[{HAN}])(?![面上板毯铁球图点区方])")
_LAST_ONE = re.compile("最后[一两几的那]")
_VERB_TAGS = {"v", "vn", "vi", "l"}
_NO_ACTS = re.compile(
    rf"(?:{words.STATIC}|{words.SCENE_CHANGE}|{words.ABSTRACT_VERBS}|{words.EMPTY_VERBS})+"
)


_AFTER_PLACE = re.compile("[上里中下旁边前后内外间侧]$")
_TOOLS = tuple("机器仪刀锅炉箱板鞋车椅台杯壶架盒笔布剂液膏精粉霜露乳员者手师家场池馆室店")


def _by_first_character() -> dict[str, float]:
    """拨弄, 拨动 → 拨: what a verb that no list knows is worth by those that begin like it."""
    alike: dict[str, list[float]] = {}
    for word, weight in words.MARKS.items():
        if weight and weight > 0:
            alike.setdefault(word[0], []).append(weight)
    return {first: median_low(weights) for first, weights in alike.items()}


_WEIGHTS = _by_first_character()


class Mark(NamedTuple):
    """A verb or a word of manner: the words before the first one name who acts."""

    at: int
    end: int
    weight: float
    listed: bool = True
    """Else the segmenter took it for a verb."""


class Stretch:
    """A stretch of Chinese without punctuation; what stands in a part of it is found once."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.quotes = quoted(text)
        self._marks: dict[Span, tuple[Mark, ...]] = {}
        self._words: dict[Span, list[Tagged]] = {}

    def words(self, span: Span) -> list[Tagged]:
        """As the segmenter divides them."""
        if span not in self._words:
            self._words[span] = segmented(self.text, span)
        return self._words[span]

    def marks(self, span: Span) -> tuple[Mark, ...]:
        """In order; quoted words and praise are left out. Where no verb is listed, one may be guessed."""
        if span not in self._marks:
            self._marks[span] = _marks(self, span)
        return self._marks[span]

    def verbs(self, span: Span) -> list[Mark]:
        """The listed verbs."""
        return [mark for mark in self.marks(span) if mark.listed and mark.weight != words.MANNER]

    def guessed(self, span: Span) -> list[Mark]:
        """What the segmenter takes for a verb where no verb is listed."""
        return [mark for mark in self.marks(span) if not mark.listed]

    def moves(self, span: Span) -> bool:
        """Whether a listed verb there is more than a pose."""
        return any(mark.weight > 0 for mark in self.verbs(span))


def _marks(stretch: Stretch, span: Span) -> tuple[Mark, ...]:
    text = stretch.text
    closed = [*stretch.quotes, *(match.span() for match in PRAISES.finditer(text, *span))]
    listed = list(_listed(stretch, span, closed))
    if any(mark.weight > 0 for mark in listed):
        return tuple(listed)
    poses = [mark for mark in listed if mark.weight == 0]
    found = [mark for mark in _guessed(stretch, span, closed) if not _overlaps(mark, listed)]
    if poses:
        found = [mark for mark in found if _AFTER_PLACE.search(text, poses[-1].end, mark.at)]
    return tuple(sorted([*listed, *found]))


def _overlaps(mark: Mark, others: list[Mark]) -> bool:
    return any(mark.at < other.end and other.at < mark.end for other in others)


def _listed(stretch: Stretch, span: Span, closed: list[Span]) -> Iterator[Mark]:
    text, (start, end) = stretch.text, span
    at = start
    while at < end:
        word = _longest_mark(text, at, end)
        weight = None if _LAST_ONE.match(text, at) else words.MARKS.get(word)
        if weight is not None and not any(a <= at < b for a, b in closed):
            mark = (at, at + len(word))
            whole = _whole_verb(stretch.words(span), mark)
            if not _inside_a_noun(stretch.words(span), mark):
                yield Mark(*whole, weight)
        elif _ADVERB_END.match(text, at, end) and at - 2 >= start:
            yield Mark(at - 2, at + 1, words.MANNER)
        at += len(word) or 1


def _longest_mark(text: str, at: int, end: int) -> str:
    for length in range(min(_LONGEST.get(text[at], 0), end - at), 0, -1):
        if text[at : at + length] in words.MARKS:
            return text[at : at + length]
    return ""


def _inside_a_noun(told: list[Tagged], mark: Span) -> bool:
    """水磨石 holds 磨 and means no grinding, nor does 洗碗机; but 喝水 is drinking."""
    at, end = mark
    for word in told:
        inside = (
            word.known and word.start < at < word.end and word.tag.startswith(("n", "s", "t", "i"))
        )
        if inside and (end - at == 1 or len(word.text) > 2):
            return True
        if word.start != at or word.end <= end or not word.tag.startswith("n"):
            continue
        if word.text.endswith(_TOOLS):
            return True
    return False


def _whole_verb(told: list[Tagged], mark: Span) -> Span:
    """关掉, where only 掉 is listed."""
    for word in told:
        if word.start < mark[0] < word.end and word.tag == "v":
            return word.start, max(mark[1], word.end)
    return mark


def _guessed(stretch: Stretch, span: Span, closed: list[Span]) -> Iterator[Mark]:
    text, inside = stretch.text, stretch.words(span)
    for word, follower in zip_longest(inside, inside[1:]):
        described = text[max(span[0], word.start - 1) : word.start] == "的"
        if described or any(a < word.end and word.start < b for a, b in closed):
            continue
        if _is_verb(word, follower) and word.text not in words.MARKS:
            handles = follower is not None and follower.tag.startswith(("n", "m", "r"))
            guess = GUESS_HANDLING if handles else GUESS
            yield Mark(word.start, word.end, _WEIGHTS.get(word.text[0], guess), listed=False)


def _is_verb(word: Tagged, follower: Tagged | None) -> bool:
    if word.tag not in _VERB_TAGS or _NO_ACTS.match(word.text):
        return False
    if follower is not None and follower.text.startswith("的"):
        return False
    if len(word.text) > 1:
        return True
    if follower is None:
        return False
    if follower.text in {"上", "下"}:
        return True
    return follower.tag == "a" or (follower.tag.startswith("n") and len(follower.text) > 1)
