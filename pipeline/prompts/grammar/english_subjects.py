"""Finds who acts in an English clause: before its verb, or behind it where a place comes first."""

import re

from pipeline.prompts.grammar import lexicons
from pipeline.prompts.grammar.clauses import Span
from pipeline.prompts.grammar.english_forms import is_adverb
from pipeline.prompts.grammar.english_verbs import Verb, helping_verbs
from pipeline.prompts.grammar.tokens import Token
from pipeline.prompts.words import english

_LEFT_SO = re.compile(r"\w+(?:ed|wn|en)$|(?:held|lit|set|caught|lost|hung|bound)$")
_BESIDE_VERB = english.word_set(
    "together then first also suddenly next finally now just still both all to"
)
_NO_SUBJECT = english.PREPOSITIONS | english.word_set("there no not never without")
_OWNED = english.word_set("his her its their")


def subject_of(line: list[Token], found: list[Verb], body: int) -> tuple[Span | None, int]:
    """The words before the first verb; where the predicate begins after them."""
    end = min([*(verb.at for verb in found), *helping_verbs(line)], default=len(line))
    while end > 0 and _is_beside_verb(line[end - 1]):
        end -= 1
    inverted = _after_its_verb(line, found)
    if inverted:
        return inverted, body
    start = 0
    while start < end and _is_beside_verb(line[start]):
        start += 1
    if start < end and line[start].text in english.PREPOSITIONS:
        start = _past_its_place(line, start, end)
    if start == end or line[start].text in _NO_SUBJECT:
        return None, body
    action = line[end].start if end < len(line) else line[-1].end
    return (line[start].start, line[end - 1].end), action


def _after_its_verb(line: list[Token], found: list[Verb]) -> Span | None:
    """`By the fireplace lies an old dog`: who is named behind the verb."""
    at = found[0].at if found else 0
    if at < 2 or line[0].text not in english.PREPOSITIONS or at + 2 >= len(line):
        return None
    if line[at + 1].text not in {"a", "an", "one", "two"} or line[at].text.endswith(("ing", "ed")):
        return None
    if any(
        line[n].text in english.DETERMINERS and line[n - 1].text not in english.PREPOSITIONS
        for n in range(2, at)
    ):
        return None
    rest = line[at + 1 :]
    stop = next(
        (n for n, t in enumerate(rest) if n and t.text in english.PREPOSITIONS | {"who"}), len(rest)
    )
    return rest[0].start, rest[stop - 1].end


def _past_its_place(line: list[Token], start: int, end: int) -> int:
    """`with a soft click the lipstick closes` names the lipstick."""
    for i in range(end - 1, start + 1, -1):
        if line[i].text in english.DETERMINERS and line[i - 1].text not in english.PREPOSITIONS:
            return i
    return start


def _is_beside_verb(token: Token) -> bool:
    return is_adverb(token) or token.text in _BESIDE_VERB


def is_part(named: list[Token]) -> bool:
    """`its tail`, `hair`; `a hand` comes from somebody else."""
    first = named[0].text if named else ""
    return first in _OWNED or (
        head(named) in english.BODY_PARTS and first not in {"a", "an", "two"}
    )


def head(named: list[Token]) -> str:
    """The noun that names who acts: the last word before a preposition."""
    after = next(
        (i for i, t in enumerate(named) if i and t.text in english.PREPOSITIONS), len(named)
    )
    return named[after - 1].text if after else ""


def opens_with_a_state(line: list[Token]) -> bool:
    """`carried by four dancers`, `engulfed in smoke`: tells how somebody is who is named later."""
    if len(line) < 3 or not _LEFT_SO.match(line[0].text):
        return False
    return line[1].text in english.PREPOSITIONS and "VERB" in lexicons.classes(line[0].text)
