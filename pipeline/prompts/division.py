"""Divides a prompt by time among the segments of a clip: each is asked for the stages that fall into it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from pipeline.prompts import pacing
from pipeline.prompts.cutting import fitted, gaps, untidy
from pipeline.prompts.grammar.clauses import Clause, Kind, Span, is_han
from pipeline.prompts.grammar.lexicons import simplified
from pipeline.prompts.grammar.notation import Way
from pipeline.prompts.grammar.prompt import ParsedPrompt, parse
from pipeline.prompts.relations import past_stage_words, with_auxiliary

FILLS = 0.5
"""Share of a segment from which on a stage goes on in it that lies mostly in another."""
_ACTS = (Kind.ACTION, Kind.POSE)
_PRONOUN = re.compile(r"(?:he|she|it|they)\b|[他她它]们?$", re.IGNORECASE)
_ARTICLE = re.compile(r"(?:A|An|The)\b")
_INSIDE = re.compile(r"[^.!?。！？\s]\s*$")
"""Where a text that goes on here goes on with its sentence."""
_NEXT = re.compile(r"[.!?。！？\n]")
"""Between two clauses: the later one belongs to another sentence."""
_WORD = re.compile(r"[^\W_]")
_MOMENT = re.compile(r"(?:(\d{1,2}):)?(\d+(?:\.\d+)?)")


@dataclass(frozen=True, slots=True)
class _Stage:
    """What happens for a while."""

    begin: float
    end: float
    """Seconds of the clip."""
    clauses: tuple[Clause, ...]

    def within(self, segment: tuple[float, float]) -> float:
        """Seconds of it that lie in a segment."""
        return max(0.0, min(self.end, segment[1]) - max(self.begin, segment[0]))


def divided(prompt: str | ParsedPrompt, ends: Sequence[float]) -> tuple[str, ...]:
    """The prompt of each segment, by where each ends in seconds.

    Stages are those that the prompt gives times to (`[0-3s]`), or what its main subject does one after
    the other, with the same time for each. A segment is asked for each that lies mostly in it or fills
    half of it, and never for nothing; what is no stage is said to all of them, and who acts is named in
    each. A prompt without two stages goes to each segment as it is written, and one whose stages leave a
    segment no word gives it the part before it, or the first that has one, or all of it as it is written.
    """
    read = parse(prompt)
    segments = list(pairwise([0.0, *ends]))
    stages = _timed(read, ends[-1]) or _in_order(read, ends[-1])
    if len(stages) < 2:
        return tuple(read.written for _ in segments)
    asked = [_asked(stages, segments, number) for number in range(len(segments))]
    return _filled([_said(read, stages, each) for each in asked], read.written)


def _filled(parts: Sequence[str], whole: str) -> tuple[str, ...]:
    """The parts, with another in the place of each that has no word."""
    near = next((part for part in parts if _WORD.search(part)), whole)
    filled: list[str] = []
    for part in parts:
        near = part if _WORD.search(part) else near
        filled.append(near)
    return tuple(filled)


def _timed(read: ParsedPrompt, seconds: float) -> list[_Stage]:
    """The stages that the prompt gives times to; none where it does not do so, or to less than two."""
    marks = [each for each in read.notation if each.way is Way.TIME] if read.is_readable else []
    stages: list[_Stage] = []
    for mark, after in pairwise([*marks, None]):
        assert mark is not None
        start, end = mark.span[1], after.span[0] if after else len(read.written)
        clauses = tuple(each for each in read.clauses if start <= each.start < end)
        if after is None:
            clauses = _without_rest(read, clauses)
        moments = [_seconds(found) for found in _MOMENT.finditer(read.written, *mark.span)]
        if clauses and moments:
            last = moments[1] if len(moments) > 1 else seconds
            stages.append(_Stage(moments[0], max(last, moments[0]), clauses))
    return stages


def _without_rest(read: ParsedPrompt, clauses: tuple[Clause, ...]) -> tuple[Clause, ...]:
    """Of what follows the last time what is its stage: up to the end of the sentence in which something
    happens last. Sentences after it tell style, camera or what must not be, of the whole clip."""
    last = max((at for at, each in enumerate(clauses) if _happens(each)), default=None)
    if last is None:
        return clauses
    until = clauses[last].end
    return tuple(each for each in clauses if not _NEXT.search(read.text, until, each.start))


def _happens(clause: Clause) -> bool:
    return clause.kind in (*_ACTS, Kind.SCENE) or (clause.still and clause.main)


def _seconds(moment: "re.Match[str]") -> float:
    return 60 * int(moment[1] or 0) + float(moment[2])


def _in_order(read: ParsedPrompt, seconds: float) -> list[_Stage]:
    """What the main subject does, one after the other, in equal parts of the clip."""
    acts = pacing.stages(read) if read.is_readable else []
    each = seconds / max(1, len(acts))
    return [_Stage(n * each, (n + 1) * each, (clause,)) for n, clause in enumerate(acts)]


def _asked(
    stages: Sequence[_Stage], segments: Sequence[tuple[float, float]], number: int
) -> list[_Stage]:
    """The stages of the segment of this number, in their order."""
    here = segments[number]
    found = [
        stage
        for stage in stages
        if _mostly_in(stage, segments) == number
        or stage.within(here) >= FILLS * (here[1] - here[0])
    ]
    # Where no time is given it is what came last, or is to come first.
    before = [stage for stage in stages if stage.begin < here[1]]
    return found or [max(stages, key=lambda stage: (stage.within(here), stage in before[-1:]))]


def _mostly_in(stage: _Stage, segments: Sequence[tuple[float, float]]) -> int | None:
    """The segment that most of a stage lies in, of two alike the earlier; None beyond the clip."""
    shares = [round(stage.within(segment), 3) for segment in segments]
    return shares.index(max(shares)) if max(shares) > 0 else None


def _said(read: ParsedPrompt, stages: Sequence[_Stage], asked: Sequence[_Stage]) -> str:
    """The prompt without the other stages and without times, with its subject where that was in them."""
    gone = [clause for stage in stages if stage not in asked for clause in stage.clauses]
    clauses = [clause for clause in read.clauses if clause not in gone]
    nameless = _nameless(read, clauses) if read.home in gone else None
    kept: list[Span] = []
    for clause in clauses:
        begins = past_stage_words(read, clause) if clause is nameless else clause.body
        kept.append((clause.start if kept and clause is not nameless else begins, clause.end))
    times = [cut for each in read.notation if each.way is Way.TIME for cut in each.cuts]
    cuts = [*gaps(read, kept), *times]
    if nameless is None:
        return _tidied(read, _cut(read.written, cuts))
    at = past_stage_words(read, nameless)
    before = _cut(read.written[:at], [(start, min(end, at)) for start, end in cuts if start < at])
    after = [(max(start, at) - at, end - at) for start, end in cuts if end > at]
    return _tidied(read, before + _named(read, nameless, before) + _cut(read.written[at:], after))


def _nameless(read: ParsedPrompt, clauses: Sequence[Clause]) -> Clause | None:
    """The first of the clauses in which the main subject acts, where it does not say who that is."""
    acting = (each for each in clauses if each.main and (each.kind in _ACTS or each.still))
    first = next(acting, None)
    if first is None or read.subject is None or first.start < read.subject[0]:
        return None
    named = first.subject and not _PRONOUN.match(read.text, *first.subject)
    return None if named else first


def _named(read: ParsedPrompt, clause: Clause, before: str) -> str:
    """The subject's words as they are to stand before an action, with a space where one belongs."""
    assert read.subject is not None
    name = read.written[read.subject[0] : with_auxiliary(read, clause)].strip()
    if _ARTICLE.match(name) and _INSIDE.search(before):
        name = name[0].lower() + name[1:]
    return name if is_han(name) else f"{name} "


def _tidied(read: ParsedPrompt, text: str) -> str:
    changed = True
    while changed:
        before = text
        for spans in untidy(simplified(text)):
            if text == before:
                text = _cut(text, spans)
        changed = text != before
    return text[:1].upper() + text[1:] if read.written.lstrip()[:1].isupper() else text


def _cut(text: str, cuts: Sequence[Span]) -> str:
    """The text without these spans; no two words are joined by it."""
    spans = filter(None, (fitted(text, span) for span in cuts))
    doomed = {at for span in spans for at in range(*span)}
    return "".join(char for at, char in enumerate(text) if at not in doomed)
