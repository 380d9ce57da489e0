"""Takes the bare name out of words that name somebody: of `a barista in a green apron` it is `barista`."""

import re

from pipeline.prompts.grammar.clauses import Span, is_han, trimmed
from pipeline.prompts.grammar.english_verbs import is_participle
from pipeline.prompts.grammar.tokens import Token, tokens_within
from pipeline.prompts.words import english
from pipeline.prompts.words.actors import ACTORS

_NOBODY = re.compile(
    r"(?:it|he|she|they|we|you|i|him|her|them|this|that|these|those|everything|something|someone|"
    r"(?:the |this |an? )?(?:image|picture|photo|scene|video|shot|clip|frame|footage|still))"
    r"|[他她它这那我你]们?|(?:整个)?(?:画面|图片|照片|视频|场景|镜头|图像|静物)(?:[里中]的?)?",
    re.IGNORECASE,
)
_LEADING = re.compile(
    r"(?:introducing|presenting|meet|imagine|picture|create|generate|make|show(?: me)?|film|render)\s+"
    r"|(?:(?:an?|the)\s+)?(?:[\w-]+\s+){0,3}(?:shot|view|close-?up|scene|footage|photo|clip|video|image)\s+of\s+",
    re.IGNORECASE,
)
_LEADING_ZH = re.compile(
    r"(?:画面|图片|照片|图|视频|镜头)(?:里|中|上)?的?|"
    r"(?:[一两三四五六七八九十几这那数]|(?<=\d))+(?:位|个|只|辆|名|瓶|杯|双|条|群|对|台|架|块|片|朵|把|件|头|匹|艘|座|颗|滴|束|盘|碗|款)"
)


def name(text: str, span: Span) -> str:
    """Without article and details; of 一辆银色轿车 it is 银色轿车."""
    if is_han(text[slice(*span)]):
        lead = _LEADING_ZH.match(text, *span)
        return text[lead.end() if lead and lead.end() < span[1] else span[0] : span[1]].strip()
    start, end = span
    while (lead := _LEADING.match(text, start, end)) and lead.end() < end:
        start = lead.end()
    line = tokens_within(text, (start, end))
    while len(line) > 1 and line[0].text in english.DETERMINERS:
        line = line[1:]
    stops = (i for i, t in enumerate(line) if i and t.text in english.PREPOSITIONS_BUT_OF)
    line = line[: next(stops, len(line))]
    line = line[:-1] if ends_with_a_participle(line) else line
    return text[line[0].start : line[-1].end] if line else text[slice(*span)].strip()


def ends_with_a_participle(named: list[Token]) -> bool:
    """`a woman smiling`, where she walks."""
    return len(named) > 1 and named[-2].text in ACTORS and is_participle(named[-1].text)


def is_nobody(named: str) -> bool:
    """`it`, `everything`, `the picture`."""
    return bool(_NOBODY.fullmatch(named))


def with_article(text: str, span: Span, named: str) -> str:
    """The name that is in these words with its article, as a sentence can begin with it."""
    start = text.find(named, *span)
    line = tokens_within(text, (span[0], start)) if start > span[0] else []
    article = line[-1:] if line and line[-1].text in english.DETERMINERS else []
    return text[article[0].start if article else start : start + len(named)]


def details(text: str, span: Span) -> list[Span]:
    """What is told beside the name: `with 17-inch wheels and a panoramic roof`; nothing in Chinese."""
    if is_han(text[slice(*span)]):
        return []
    named = name(text, span)
    start = text.find(named, *span)
    told = trimmed(text, (start + len(named), span[1]))
    return [told] if start >= 0 and told[0] < told[1] else []
