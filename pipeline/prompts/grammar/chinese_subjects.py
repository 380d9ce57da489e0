"""Finds who acts in a Chinese clause, and where its predicate begins."""

import re
from collections.abc import Sequence
from itertools import pairwise

from pipeline.prompts.grammar import actors
from pipeline.prompts.grammar.chinese_verbs import Mark, Stretch
from pipeline.prompts.grammar.clauses import HAN, Span, trimmed

_PRONOUN_ALONE = re.compile("[他她它]们?(?![的们])")
_MEASURE = "位|个|只|辆|名|瓶|杯|双|条|群|对|台|架|块|片|朵|把|件|头|匹|艘|座|颗|滴|束|盘|碗|款"
_MEASURED = re.compile(
    rf"(?:只有|只见|唯有|唯独|但见)?[一两三四五六七八九十几这那数多]*(?:{_MEASURE})?"
)
_WITH = re.compile("[和与跟同给替帮](?![平谐气睦])")
_NAMES_NOBODY = re.compile(f"一[{HAN}]|[大小开]口|[{HAN}]{{1,2}}[了着过][^的]{{0,8}}")
"""一拳击飞沙袋, 大口喝水, 打了几下空拳."""
_HOW = set("adoz")
"""First letters of tags: how something is done, or a sound."""
_LONGEST_MANNER = 10
_PLACE = re.compile(
    "(?:[里中上下边旁前内外夜]|时分|街头|室内|清晨|夜晚|傍晚|黄昏|白天|午后|早晨|深夜)$"
)


def subject_of(stretch: Stretch, span: Span) -> tuple[Span | None, int]:
    """The words before the first verb or word of manner, and where the predicate begins."""
    text, (body, end) = stretch.text, span
    found = stretch.marks(span)
    first = found[0].at if found else end
    if _WITH.match(text, body, end):
        return None, body
    if found and _MEASURED.fullmatch(text, body, first):
        return _described_subject(text, span, found)
    if not found and _PLACE.search(text, body, end):
        return None, body
    named = trimmed(text, (body, first))
    acts = _acts_first(stretch, named)
    if acts:
        return (body, acts), acts
    alone = _PRONOUN_ALONE.match(text, *named)
    if alone:
        return alone.span(), alone.end()
    return (
        (_past_its_place(stretch, named), first) if _names(stretch, named, span) else (None, body)
    )


def _acts_first(stretch: Stretch, named: Span) -> int:
    """Where what somebody does begins inside what seemed to name him: 老爷爷弯下腰, 门童赶紧迎."""
    text = stretch.text
    if actors.acts_alone(text[slice(*named)]) or not actors.names_a_person(text[slice(*named)]):
        return 0
    for word, follower in pairwise(stretch.words(named)):
        who = text[named[0] : word.end]
        if follower.tag[0] in "vdilzp" and word.tag[0] in "nrm" and actors.is_person(who):
            return follower.start
    return 0


def _names(stretch: Stretch, named: Span, span: Span) -> bool:
    """自信微笑, 哈哈大笑 say how, and 点了点头 what: who acts is not in them."""
    text = stretch.text
    if named[1] - named[0] > _LONGEST_MANNER or actors.acts_alone(text[slice(*named)]):
        return True
    if _NAMES_NOBODY.fullmatch(text, *named):
        return False
    told = [word for word in stretch.words(span) if word.start < named[1]]
    tags = "".join(word.tag[0] for word in told)
    return not (tags == "mv" or (set(tags) <= _HOW and all(word.known for word in told)))


def _past_its_place(stretch: Stretch, named: Span) -> Span:
    """昏暗车库里车灯 names the lights."""
    told = stretch.words(named)
    places = [i for i, word in enumerate(told[:-1]) if word.tag in {"f", "s"}]
    if not places or not told[places[-1] + 1].tag.startswith("n"):
        return named
    return told[places[-1] + 1].start, named[1]


def _described_subject(text: str, span: Span, found: Sequence[Mark]) -> tuple[Span | None, int]:
    """一位穿着红裙的女孩, 奔跑的男孩: a verb that describes the subject, which stands after its 的."""
    body, end = span
    first = found[0]
    after = text.find("的", first.end, end)
    describes = first.at > body or first.weight == 0 or text[first.end : first.end + 1] in "的着"
    describes = describes or text[first.at : first.end] in {"被", "在", "从"}
    later = [mark.at for mark in found if mark.at > after]
    if after >= 0 and describes and not later:
        return span, end
    if after >= 0 and describes and later[0] > after + 1:
        return (body, later[0]), later[0]
    return ((body, first.at), first.at) if first.at - body > 1 else (None, body)
