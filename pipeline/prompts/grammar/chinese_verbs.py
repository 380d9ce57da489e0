"""Finds the verbs in a Chinese clause by word lists, and with a segmenter where the lists know none."""

import re
from collections.abc import Iterator
from itertools import zip_longest
from statistics import median_low
from typing import NamedTuple

from pipeline.prompts.grammar.actors import is_person
from pipeline.prompts.grammar.chinese_praise import PRAISES
from pipeline.prompts.grammar.clauses import HAN, Span, quoted
from pipeline.prompts.grammar.lexicons import Tagged, segmented
from pipeline.prompts.words import chinese as words
from pipeline.prompts.words.verbs import GUESS, GUESS_HANDLING

_LONGEST = {word[0]: 0 for word in words.MARKS}
for _word in words.MARKS:
    _LONGEST[_word[0]] = max(_LONGEST[_word[0]], len(_word))

_ADVERB_END = re.compile(rf"(?<=[{HAN}]{{2}})地(?=[{HAN}])(?![面上板毯铁球图点区方])")
_AT_ONE_GO = (
    re.compile(
        "一个(?:急|漂亮的?|利落的?)?(?:转身|转弯|翻身|箭步|甩尾|跨步|前扑|俯冲|加速|侧身|滑步|空翻)"
    ),
    re.compile("(?<!第)一[把口头脚手个](?:就)?"),
)
"""一把抓起: how it is done; 一把雨伞 counts."""
_A_LITTLE = re.compile(f"([{HAN}])[了一]\\1")
"""抖了抖: a verb said twice is a verb, whatever it is."""
_LAST_ONE = re.compile("最后[一两几的那]")
_VERB_TAGS = {"v", "vn", "vi", "l"}
_NO_ACTS = re.compile(
    rf"(?:{words.STATIC}|{words.SCENE_CHANGE}|{words.ABSTRACT_VERBS}|{words.EMPTY_VERBS})+"
)


_AFTER_PLACE = re.compile("[上里中下旁边前后内外间侧]$")
_FLUID = frozenset("水火雪雨风烟汗泪泥沙油光茶酒")
_GOES_ON = frozenset("上下在到进入向成出开起给住过满破断回")
"""What stands after a verb of one character: where to, or what comes of it."""
_TOOLS = tuple("子机器仪刀锅炉箱板鞋车椅台杯壶架盒笔布剂液膏精粉霜露乳员者手师家场池馆室店")


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
    most = max((mark.weight for mark in listed), default=0)
    if most == 1:
        # 弯腰割下稻穗: a gesture, and behind it what it leads up to.
        after = max(mark.end for mark in listed)
        behind = [mark for mark in _guessed(stretch, span, closed) if mark.at >= after]
        return (*listed, *(mark for mark in behind if text[mark.end : mark.end + 1] not in "的"))
    if most > 0:
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
        if not word and _A_LITTLE.match(text, at, end):
            yield Mark(at, at + 3, 1.0)
            at += 3
            continue
        if text[at : at + 1] == text[at + 1 : at + 2] and _is_doubled(stretch, at, end):
            yield Mark(at, at + 2, words.MANNER)
            at += 2
            continue
        weight = None if _LAST_ONE.match(text, at) else words.MARKS.get(word)
        if text[at] == "一" and (done := _done_at_once(stretch, at, end)):
            yield Mark(at, done, words.MANNER)
            at = done
            continue
        if weight is not None and not any(a <= at < b for a, b in closed):
            mark = (at, at + len(word))
            whole = _whole_verb(stretch.words(span), mark)
            if not _inside_a_noun(stretch.words(span), mark):
                yield Mark(*whole, weight)
        elif _ADVERB_END.match(text, at, end) and at - 2 >= start:
            yield Mark(at - 2, at + 1, words.MANNER)
        at += len(word) or 1


def _done_at_once(stretch: Stretch, at: int, end: int) -> int:
    """Where 一把 or 一个转身 ends that stands before a verb; 0 where none does."""
    for pattern in _AT_ONE_GO:
        how = pattern.match(stretch.text, at, end)
        if how is None:
            continue
        told = stretch.words((0, len(stretch.text)))
        acts = any(word.start == how.end() and word.tag[0] == "v" for word in told)
        if acts or _acts_at(stretch.text, how.end(), end):
            return how.end()
    return 0


def _is_doubled(stretch: Stretch, at: int, end: int) -> bool:
    """款款走过: a sign said twice before a verb tells how; 奶奶 is somebody."""
    text = stretch.text
    if not _acts_at(text, at + 2, end):
        return False
    named = any(w.start <= at < w.end and w.tag[0] in "nr" for w in stretch.words((0, len(text))))
    return not named and not is_person(text[at : at + 2])


def _acts_at(text: str, at: int, end: int) -> bool:
    weight = words.MARKS.get(_longest_mark(text, at, end)) if at < end else None
    return weight is not None and weight > 0


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
            word.known
            and word.start < at < word.end
            and word.tag.startswith(("n", "s", "t", "i", "z"))
        )
        if word.known and word.start < at < word.end < end and word.tag[0] in "ad":
            return True
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
        if word.start < mark[0] < word.end and word.tag == "v" and word.text[0] not in _FLUID:
            return word.start, max(mark[1], word.end)
    return mark


def _guessed(stretch: Stretch, span: Span, closed: list[Span]) -> Iterator[Mark]:
    text, inside = stretch.text, stretch.words(span)
    named = len(inside) > 2 and inside[0].tag[0] == "v" and inside[1].tag[0] == "n"
    if named and (is_person(inside[1].text) or inside[2].tag == "v"):
        # 理发师傅: a trade, named by what its people do.
        inside = inside[1:]
    for word, follower in zip_longest(inside, inside[1:]):
        described = text[max(span[0], word.start - 1) : word.start] == "的"
        if (
            described
            or is_person(word.text)
            or any(a < word.end and word.start < b for a, b in closed)
        ):
            continue
        if _is_verb(word, follower) and word.text not in words.MARKS:
            handles = follower is not None and follower.tag.startswith(("n", "m", "r"))
            guess = GUESS_HANDLING if handles else GUESS
            yield Mark(word.start, word.end, _WEIGHTS.get(word.text[0], guess), listed=False)


def _is_verb(word: Tagged, follower: Tagged | None) -> bool:
    if word.tag not in _VERB_TAGS | ({"zg"} if len(word.text) == 1 else set()) or _NO_ACTS.match(
        word.text
    ):
        return False
    if follower is not None and follower.text.startswith("的"):
        return False
    if len(word.text) > 1:
        return True
    if follower is None:
        return False
    if follower.text[0] in _GOES_ON or word.tag == "zg":
        return follower.text[0] in _GOES_ON
    return follower.tag == "a" or (follower.tag.startswith("n") and len(follower.text) > 1)
