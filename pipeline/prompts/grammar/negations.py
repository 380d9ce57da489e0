"""What a prompt does not want, without its negation: of `there is no text` it is `text`."""

import re
from collections.abc import Iterable, Iterator

from pipeline.prompts.grammar.clauses import HAN, Span, is_han
from pipeline.prompts.words import english

_NEGATION = re.compile(
    rf"{english.NEGATION}|不要|不能|不可以?|不得|不许|不准|不会|不再|不应该?|不需要|不带|不含|不露|不出镜|避免|禁止|没有|无需|"
    r"请勿|切勿|勿|切忌|千万别|杜绝|防止|去除|去掉|除去|排除|免除|[不别](?![锈倒同])|无(?![人线缝骨袖糖尘籽])",
    re.IGNORECASE,
)
_FILLER = re.compile(
    r"\s*(?:be|to|do|show|showing|add|adding|include|including|have|having|use|using|let|any|a|an|the|"
    r"there|is|are)\b|\s*(?:出现|任何|有|让|把|要|能|可以|会|再|的)(?=.)",
    re.IGNORECASE,
)
_ALTERNATIVE = re.compile(
    rf"\s*(?:[,，、;；/]|\b(?:and|or|nor)\b|(?<=[{HAN}])(?:和|或者?|及|与))\s*", re.IGNORECASE
)
"""What parts one thing from the next."""
_ENDS = " \t\r\n,;:.!?。，；：！？、"


def negation(text: str, span: Span) -> int | None:
    """Where a clause begins to say what must not be."""
    found = _NEGATION.search(text, *span)
    return found.start() if found else None


def unwanted(clause: str, written: str = "") -> str:
    """The words after the negation, several parted by commas; nothing where it says no more than that.

    `written` is the clause in the author's characters, where it was read from a plain copy of as many.
    """
    found = _NEGATION.search(clause)
    if found is None:
        return ""
    rest = clause[found.end() :]
    while (again := _NEGATION.match(rest)) or (again := _FILLER.match(rest)):
        rest = rest[again.end() :]
    listed = [each for part in _ALTERNATIVE.split(rest) for each in _again(part, found.group())]
    parts = [_bare(part.strip(_ENDS)) for part in listed]
    own = _as_written(filter(None, parts), clause, written or clause, len(clause) - len(rest))
    return ("，" if is_han(clause) else ", ").join(own)


def _as_written(parts: Iterable[str], clause: str, written: str, at: int) -> Iterator[str]:
    for part in parts:
        at = clause.find(part, at)
        yield " ".join(written[at : at + len(part)].split())
        at += len(part)


def _again(part: str, word: str) -> list[str]:
    """In 无文字无水印 the same negation parts one thing from the next; in 毫无生气 it is a word's own."""
    if not is_han(word):
        return [part]
    own = "(?<![毫面空史一虚])无(?![人线缝骨袖糖尘籽限比前际])" if word == "无" else re.escape(word)
    return re.split(rf"(?<=[{HAN}A-Za-z])(?={own}[{HAN}A-Za-z])", part)


def _bare(part: str) -> str:
    """`no watermark` after `no text and` is a watermark too."""
    again = _NEGATION.match(part)
    return part[again.end() :].strip(_ENDS) if again else part
