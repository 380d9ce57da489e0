"""Finds praise and mood in Chinese: clauses that say nothing else, and words inside other clauses."""

import re

from pipeline.prompts.grammar.clauses import Span
from pipeline.prompts.grammar.lexicons import segmented
from pipeline.prompts.words import chinese as words

_NOUNS = rf"(?:{words.ABSTRACT_NOUNS})"
_VERB_TO = rf"(?:{words.ABSTRACT_VERBS})[^，。；、\s]"
_PRAISE = rf"(?:{_VERB_TO}{{0,6}}?{_NOUNS}|{words.QUALITY}|{_NOUNS})"
PRAISES = re.compile(_PRAISE)
_INSIDE = re.compile(
    rf"(?:{_VERB_TO}{{0,4}}?{_NOUNS}|{words.QUALITY})+(?:[、和与且又](?:{_PRAISE})+)*(?:[的地]|(?=特写|镜头|画面|风))"
)
_SLOGAN = re.compile(
    rf"(?:{_NOUNS})?(?:{words.SLOGAN_VERBS})(?:[^，。；]{{0,12}}(?:{words.SLOGAN_OBJECTS}))|为[^，。；]{{1,5}}而[生来造]"
)
_RISES = re.compile(words.METAPHORS)
_FULL = re.compile("(?:拉满|满满|十足|爆棚|爆表)$")
_SHOWS = re.compile(
    "(?:彰显|尽显|凸显|诠释|传递|传达|体现|象征|寓意|代表|堪称|堪比|简直是|不愧[是为]|惊艳)"
)
_FILLER = re.compile(
    r"画面|结合|速度|整体|风格|效果|作品|镜头|影像|视频|呈现|一种|的|地|和|与|极具|充满|无比|非常|"
    r"十分|极其|超级|品牌|产品|我们|你我|每一|一个|每|，|、|[\s:：.]|[a-zA-Z0-9]+"
)


def is_slogan(clause: str) -> bool:
    """开启尊享之旅, 致敬每一个勇敢的灵魂, 科技点亮生活."""
    return bool(_SLOGAN.fullmatch(clause))


def is_of_praise(text: str, named: Span, verb: int) -> bool:
    """自信绽放, 自由由此开启: what acts is an idea; 自信微笑 is a way to smile."""
    idea = text[slice(*named)]
    if not PRAISES.match(idea) or _FILLER.sub("", PRAISES.sub("", idea)):
        return False
    return bool(_RISES.match(text, verb))


def is_praise(text: str, span: Span) -> bool:
    """Whether hardly anything is left of the clause without its praise."""
    clause = text[slice(*span)]
    if _SHOWS.match(clause) or _FULL.search(clause):
        return True
    if not PRAISES.search(clause):
        return False
    rest = _FILLER.sub("", PRAISES.sub("", clause))
    return len(rest) <= 1 or (
        len(rest) <= max(2, len(clause) // 3) and not _names(text, span, rest)
    )


def _names(text: str, span: Span, rest: str) -> bool:
    """Whether what is left is a thing: 奢华腕表 still shows a watch."""
    return any(
        word.text in rest and word.tag.startswith(("n", "r")) and len(word.text) > 1
        for word in segmented(text, span)
    )


def praise_inside(text: str, span: Span) -> list[Span]:
    """Praise before 的 or 地 that can be cut out of a clause which says more than that."""
    return [match.span() for match in _INSIDE.finditer(text, *span)]
