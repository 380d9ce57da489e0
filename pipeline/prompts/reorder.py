"""Proposes a better prompt from its author's own words: who acts, what happens, around it, the camera."""

import re
from collections.abc import Sequence

from pipeline.prompts import pacing
from pipeline.prompts.grammar.clauses import Clause, Kind, Span, is_han
from pipeline.prompts.grammar.lexicons import classes, simplified
from pipeline.prompts.grammar.prompt import ParsedPrompt, parse
from pipeline.prompts.pieces import drop
from pipeline.prompts.relations import is_staged
from pipeline.prompts.simplify import at_level
from pipeline.prompts.words.english import FUNCTION_WORDS

_END = re.compile(r"[.!?。！？]+\s*$")
_LOOSE = " \t\r\n,;:，；：、"
_LEAD = re.compile(r"^(?:(?:and|but|while|as|so|meanwhile)\b[\s,]*|[并且而、]+)+", re.IGNORECASE)
_SENTENCE_START = re.compile(r"(?:^|[.!?。！？]\s*)$")
_FIRST_WORD = re.compile(r"[A-Za-z][a-z]*\b")


def better(prompt: str | ParsedPrompt, *, seconds: float, must_keep: Sequence[str] = ()) -> str:
    """The prompt as a colleague would hand it in: simplified to L2, cut to its seconds, put in order.

    Every word is one of the author's; only who acts may be said a second time. What the rules cannot
    read comes back as it is.
    """
    first = parse(prompt)
    simpler = at_level(first, "L2", must_keep)
    if not simpler.is_readable:
        return simpler.written
    made = _ordered(_cut_to(simpler, seconds, must_keep))
    opens_large = first.written.lstrip()[:1].isupper()
    return made[:1].upper() + made[1:] if opens_large and made != first.written else made


def _ordered(read: ParsedPrompt) -> str:
    runs = _runs(read)
    ordered = sorted(runs, key=lambda run: run[0])
    hidden = read.subject if read.home and read.home.kind is Kind.CAMERA else None
    if ordered == runs and not (hidden and len(runs) > 1):
        return read.written
    return _joined(read.written, [span for _, span in ordered], hidden)


def _cut_to(read: ParsedPrompt, seconds: float, must_keep: Sequence[str]) -> ParsedPrompt:
    text = read.written
    stages = pacing.stages(read)
    kept = pacing.fitting(read, stages, seconds)
    gone = [clause for clause in stages if clause not in kept]
    kept_words = [simplified(word) for word in must_keep]
    for start, end in reversed(drop(read, lambda clause: clause in gone, kept_words)):
        text = text[:start] + text[end:]
    return read.rewritten(text)


def _runs(read: ParsedPrompt) -> list[tuple[int, Span]]:
    """Stretches of neighbouring clauses that belong together, each with its place in the order."""
    runs: list[tuple[int, Span]] = []
    for clause in read.clauses:
        place = _place(read, clause)
        if runs and runs[-1][0] == place:
            runs[-1] = (place, (runs[-1][1][0], clause.end))
        else:
            runs.append((place, (clause.start, clause.end)))
    return runs


def _place(read: ParsedPrompt, clause: Clause) -> int:
    """0 who acts and what happens, 1 what changes around it, 2 the camera."""
    if clause.kind is Kind.CAMERA:
        return 2
    around = clause.ambient and clause.kind is Kind.ACTION and clause is not read.home
    return int(around and not is_staged(read, clause))


def _joined(text: str, spans: list[Span], hidden: Span | None) -> str:
    pieces = [_piece(text, span) for span in spans]
    if hidden:
        pieces.insert(0, text[slice(*hidden)])
    end = _END.search(text)
    glue = "，" if is_han(text) else ", "
    return glue.join(pieces) + (end.group().strip() if end else "")


def _piece(text: str, span: Span) -> str:
    """A stretch without loose ends; its first word small where only the sentence made it a capital."""
    piece = _LEAD.sub("", _END.sub("", text[slice(*span)]).strip(_LOOSE))
    word = _FIRST_WORD.match(piece)
    opens = _SENTENCE_START.search(text[: span[0]])
    if word and opens and (word[0].lower() in FUNCTION_WORDS or classes(word[0].lower())):
        return piece[0].lower() + piece[1:]
    return piece
