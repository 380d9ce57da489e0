"""Tells what stands in place of a prompt: TBD, an empty template, a spreadsheet's error."""

import re
import unicodedata
from enum import StrEnum
from typing import NamedTuple

from pipeline.prompts.grammar import lexicons, notation
from pipeline.prompts.grammar.clauses import Span, is_han, quoted, trimmed
from pipeline.prompts.words import placeholders as words

LONGEST = 120
"""Characters; a note on what is still to come is no longer. Lorem ipsum may be."""

_WORDS = re.compile(r"[^\W_]+")
_POINTS = {"see", "link", "url", "file", "ref", "siehe", "voir", "ver", "zie", "cf.", "参见", "见"}
_MARKUP = re.compile(r"<[^<>]*>|&(?:nbsp|amp|quot|lt|gt);")


class Sort(StrEnum):
    """What it is; each has a remedy of its own (`findings`)."""

    WORD = "placeholder"
    """TBD, 待定, lorem ipsum, one letter, marks."""
    ERROR = "spreadsheet_error"
    """#REF!"""
    FORMULA = "formula"
    GAP = "template_gap"
    """{{prompt}}"""
    ADDRESS = "address"
    """A link or a file's name."""


class Placeholder(NamedTuple):
    span: Span
    sort: Sort


def find(text: str) -> Placeholder | None:
    """What makes a text no prompt; None where somebody wrote what to show, or nothing at all."""
    whole = trimmed(text, (0, len(text)))
    if whole[0] == whole[1]:
        return None
    error = _error(text, whole) if "#" in text or "Err:" in text else None
    if error:
        return Placeholder(error, Sort.ERROR)
    sort = _sort(unicodedata.normalize("NFKC", text[slice(*whole)]))
    return Placeholder(whole, sort) if sort else None


def _error(text: str, whole: Span) -> Span | None:
    """What a spreadsheet wrote into the text, be it among good words; in quotes it is lettering."""
    signs = [span for span in quoted(text) if span != whole]
    found = (match.span() for match in words.ERROR.finditer(text))
    return next((s for s in found if not any(a < s[0] < b for a, b in signs)), None)


def _sort(text: str) -> Sort | None:
    if words.CUT_ERROR.fullmatch(text):
        return Sort.ERROR
    if words.FORMULA.match(text):
        return Sort.FORMULA
    if _is_blind_text(text):
        return Sort.WORD
    if len(text) > LONGEST:
        return None
    if words.GAP.fullmatch(text.strip("\"'“”`")):
        return Sort.GAP
    if words.FILE.fullmatch(text) or _is_address(text):
        return Sort.ADDRESS
    return Sort.WORD if _stands_for_another(lexicons.simplified(text.casefold())) else None


def _is_address(text: str) -> bool:
    said = text.split()
    said = said[1:] if len(said) > 1 and said[0].lower().strip(":") in _POINTS else said
    return all(map(words.ADDRESS.fullmatch, said))


def _stands_for_another(text: str) -> bool:
    if words.LEADS.match(text) or words.PENDING.fullmatch(text):
        return True
    label = words.LABEL.match(text)
    rest = text[label.end() if label else 0 :]
    said = _WORDS.findall(_MARKUP.sub(" ", notation.blanked(rest, notation.find(rest))))
    bare = _bare(said)
    if not bare or bare.replace(" ", "").isnumeric() or bare.rstrip("0123456789 ") in words.WORDS:
        return True
    return _is_one_letter(bare) or bool(
        (is_han(bare) and words.HAN.fullmatch(bare.replace(" ", "")))
        or words.NUMBERED.fullmatch(bare)
        or words.MASHED.fullmatch(bare.replace(" ", ""))
        or words.VOWELLESS.fullmatch(bare)
        or words.LETTER_AND_NUMBER.fullmatch(bare)
    )


def _bare(said: list[str]) -> str:
    """Words in a line; one that is said again and again once, and T. B. D. as one."""
    said = said[:1] if len(set(said)) == 1 else said
    spelled = "".join(said)
    is_spelled = all(len(word) == 1 for word in said) and spelled in words.WORDS
    return spelled if is_spelled else " ".join(said)


def _is_one_letter(bare: str) -> bool:
    """`x`, `xxx`, `x x`; a Chinese character may be a whole verb."""
    return bool(words.REPEATED.fullmatch(bare)) and not is_han(bare)


def _is_blind_text(text: str) -> bool:
    """Lorem ipsum, short or long; `Lorem ipsum text scrolls up a screen` shows something."""
    if not words.BLIND.search(text):
        return False
    blind = words.LOREM.findall(text[:2000])
    return len(blind) > 1 and 2 * len(blind) >= len(_WORDS.findall(text[:2000]))
