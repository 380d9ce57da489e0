"""Finds what makes a prompt a bad bet, in English and Chinese, before a GPU is paid; needs no model."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from pipeline.findings import Finding
from pipeline.prompts import findings, markup, pacing, placeholders, strangers
from pipeline.prompts.findings import Code
from pipeline.prompts.grammar import names
from pipeline.prompts.grammar.clauses import Clause, Kind, Language, Span, is_han, trimmed
from pipeline.prompts.grammar.foreign import Way
from pipeline.prompts.grammar.negations import unwanted
from pipeline.prompts.grammar.prompt import ParsedPrompt, parse
from pipeline.prompts.relations import describes, is_staged

DEFAULT_SECONDS = 5.0
MOST_WORDS = 100
"""Words, or Chinese characters: what Wan's own prompt rewriter keeps to."""
MOST_QUOTED = 60
"""Characters of the prompt that a sentence repeats."""
_WORD = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]|[^\W_\u3400-\u4dbf\u4e00-\u9fff]+(?:['’.-]\w+)*")
_STILL_CAMERA = re.compile(r"\b(?:static|locked|still|fixed|stationary)\b|固定", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PromptFinding(Finding):
    """A finding about words: `start` and `end` are character positions in the prompt."""

    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptReport:
    """What there is to say about one prompt."""

    language: Language
    findings: tuple[PromptFinding, ...]
    """In the order of the prompt."""
    subject: str
    """Who acts, in the author's words; empty where nobody is named."""
    actions: tuple[str, ...]
    """What happens, in order, in the author's words."""


@dataclass(frozen=True, slots=True)
class _Remark:
    code: Code
    span: Span
    words: Mapping[str, object]


def lint(prompt: str | ParsedPrompt, *, seconds: float = DEFAULT_SECONDS) -> PromptReport:
    """Reads a prompt for a clip of so many seconds. Never raises, whatever the text."""
    prompt = parse(prompt)
    whole = trimmed(prompt.written, (0, len(prompt.written)))
    if whole[0] == whole[1]:
        return _report(prompt, [_Remark(Code.EMPTY, whole, {})])
    if found := placeholder(prompt.written):
        return PromptReport(language=prompt.language, findings=(found,), subject="", actions=())
    html = [*_html(prompt)]
    told = {each.span for each in html}
    remarks = [*html, *(each for each in _notation(prompt) if each.span not in told)]
    if not prompt.is_readable:
        foreign = [] if prompt.is_document else [_Remark(Code.LANGUAGE, whole, {})]
        return _report(prompt, [*remarks, *foreign])
    remarks += [remark for check in _CHECKS for remark in check(prompt)]
    remarks += [*_too_many_actions(prompt, seconds), *_too_long(prompt)]
    subject = prompt.as_written(prompt.name)
    return _report(prompt, remarks, subject, tuple(_actions(prompt)))


def placeholder(prompt: str) -> PromptFinding | None:
    """What makes a text no prompt at all, such as `TBD` or `#REF!`; no shot is made of it."""
    found = placeholders.find(prompt)
    if found is None:
        return None
    words = {"words": _short(prompt[slice(*found.span)]), "sort": found.sort}
    language = "zh" if is_han(prompt) else "en"
    sentence = findings.sentence(Code.PLACEHOLDER, language, **words)
    return PromptFinding(
        Code.PLACEHOLDER, findings.severity(Code.PLACEHOLDER), sentence, *found.span
    )


def _notation(prompt: ParsedPrompt) -> Iterator[_Remark]:
    for each in prompt.notation:
        kept = " ".join(prompt.unmarked[slice(*each.span)].split()).strip(" ,")
        way = each.way if kept or each.way is not Way.WEIGHT else Way.TAG
        said = _short(prompt.written[slice(*each.span)])
        words = {"words": said, "sort": way, "kept": _short(kept), "column": each.column}
        yield _Remark(Code.NOTATION, each.span, words)


def _html(prompt: ParsedPrompt) -> Iterator[_Remark]:
    if span := markup.first_html(prompt.written):
        yield _Remark(Code.HTML, span, {"words": _short(prompt.written[slice(*span)])})


def html(text: str) -> str:
    """The sentence on the first piece of HTML in a text; empty where there is none."""
    span = markup.first_html(text)
    return findings.sentence(Code.HTML, "en", words=_short(text[slice(*span)])) if span else ""


def _short(words: str) -> str:
    words = " ".join(words.split())
    return words if len(words) <= MOST_QUOTED else words[: MOST_QUOTED - 1] + "…"


def _report(
    prompt: ParsedPrompt, remarks: list[_Remark], subject: str = "", actions: tuple[str, ...] = ()
) -> PromptReport:
    found = [_finding(prompt, remark) for remark in remarks]
    found.sort(key=lambda each: (each.start, _ORDER[each.code]))
    return PromptReport(
        language=prompt.language, findings=tuple(found), subject=subject, actions=actions
    )


def _finding(prompt: ParsedPrompt, remark: _Remark) -> PromptFinding:
    words = _as_written(prompt, remark)
    sentence = findings.sentence(remark.code, prompt.language, **words)
    return PromptFinding(remark.code, findings.severity(remark.code), sentence, *remark.span)


def _as_written(prompt: ParsedPrompt, remark: _Remark) -> dict[str, object]:
    """The words of a remark as the author spelled them, where they were read from the plain copy."""
    if prompt.text == prompt.written or remark.code in (Code.NOTATION, Code.HTML):
        return {**remark.words}
    return {
        name: prompt.as_written(word) if isinstance(word, str) else word
        for name, word in remark.words.items()
    }


_ORDER: dict[str, int] = {code.value: place for place, code in enumerate(Code)}


def _no_subject(prompt: ParsedPrompt) -> Iterator[_Remark]:
    if not prompt.name:
        yield _Remark(Code.NO_SUBJECT, trimmed(prompt.text, (0, len(prompt.text))), {})


def _no_action(prompt: ParsedPrompt) -> Iterator[_Remark]:
    if not prompt.acts:
        whole = trimmed(prompt.text, (0, len(prompt.text)))
        yield _Remark(Code.NO_ACTION, whole, {"subject": prompt.called})


def _subject_late(prompt: ParsedPrompt) -> Iterator[_Remark]:
    late = prompt.home is not None and prompt.home.start > prompt.clauses[0].start
    named = prompt.name
    hidden = prompt.home is not None and prompt.home.kind is Kind.CAMERA
    if prompt.subject and named and (late or hidden) and prompt.acts:
        yield _Remark(Code.SUBJECT_LATE, prompt.subject, {"subject": prompt.called})


def _abstract(prompt: ParsedPrompt) -> Iterator[_Remark]:
    clauses = [(c.body, c.end) for c in prompt.clauses if c.kind is Kind.ABSTRACT]
    inside = [span for clause in prompt.clauses for span in clause.praise]
    words = [span for span in inside if not any(a <= span[0] < b for a, b in clauses)]
    for span in sorted(clauses + words):
        start, end = trimmed(prompt.text, span)
        yield _Remark(Code.ABSTRACT, (start, end), {"words": prompt.text[start:end].strip(" ,，")})


def _static(prompt: ParsedPrompt) -> Iterator[_Remark]:
    """Long descriptions only: a word on where somebody stands costs nothing."""
    still = _runs(prompt, [clause for clause in prompt.clauses if describes(prompt, clause)])
    details = names.details(prompt.text, prompt.subject) if prompt.subject else []
    told = sorted([*still, *details])
    length = sum(_count(prompt.text[slice(*span)]) for span in told)
    if length >= 12 and length >= 0.35 * _count(prompt.text):
        yield from (_Remark(Code.STATIC, span, {}) for span in told)


def _runs(prompt: ParsedPrompt, chosen: list[Clause]) -> list[Span]:
    """Clauses that follow each other as one span."""
    runs: list[Span] = []
    last = -2
    for i, clause in enumerate(prompt.clauses):
        if clause in chosen:
            joined = i == last + 1
            runs = (
                [*runs[:-1], (runs[-1][0], clause.end)]
                if joined
                else [*runs, (clause.body, clause.end)]
            )
            last = i
    return runs


def _two_subjects(prompt: ParsedPrompt) -> Iterator[_Remark]:
    first = prompt.called
    other = strangers.stranger(prompt)
    if first and other:
        words = {
            "subject": first,
            "other": names.name(prompt.text, other.subject) if other.subject else "",
        }
        yield _Remark(Code.TWO_SUBJECTS, (other.body, other.end), words)


def _scene_change(prompt: ParsedPrompt) -> Iterator[_Remark]:
    for clause in prompt.clauses:
        if clause.kind is Kind.SCENE:
            words = prompt.text[clause.body : clause.end]
            yield _Remark(Code.SCENE_CHANGE, (clause.body, clause.end), {"words": words})


def _negation(prompt: ParsedPrompt) -> Iterator[_Remark]:
    for clause in prompt.clauses:
        if clause.kind is Kind.LIMIT:
            span = (clause.action if clause.action < clause.end else clause.body, clause.end)
            words = unwanted(prompt.text[slice(*span)]) or prompt.text[slice(*span)]
            yield _Remark(Code.NEGATION, span, {"words": words})


def _camera_only(prompt: ParsedPrompt) -> Iterator[_Remark]:
    if prompt.acts:
        return
    for clause in prompt.clauses:
        span = (clause.body, clause.end)
        if clause.kind is Kind.CAMERA and not _STILL_CAMERA.search(prompt.text, *span):
            yield _Remark(Code.CAMERA_ONLY, span, {})


_CHECKS: tuple[Callable[[ParsedPrompt], Iterator[_Remark]], ...] = (
    _no_subject,
    _no_action,
    _subject_late,
    _abstract,
    _static,
    _two_subjects,
    _scene_change,
    _negation,
    _camera_only,
)


def _too_many_actions(prompt: ParsedPrompt, seconds: float) -> Iterator[_Remark]:
    stages = pacing.stages(prompt)
    if not pacing.fits(prompt, stages, seconds):
        limit = max(1, int(seconds / pacing.ACTION_SECONDS))
        words = {"count": len(stages), "seconds": f"{seconds:.2g}", "limit": limit}
        yield _Remark(Code.TOO_MANY_ACTIONS, (stages[limit].body, stages[-1].end), words)


def _too_long(prompt: ParsedPrompt) -> Iterator[_Remark]:
    found = list(_WORD.finditer(prompt.text))
    if len(found) > MOST_WORDS:
        span = (found[MOST_WORDS].start(), found[-1].end())
        yield _Remark(Code.TOO_LONG, span, {"count": len(found), "limit": MOST_WORDS})


def _count(text: str) -> int:
    return len(_WORD.findall(text))


def _actions(prompt: ParsedPrompt) -> Iterator[str]:
    """The predicates of the main subject and the whole clauses of others, as they are written."""
    for clause in prompt.clauses:
        if clause.kind is Kind.ACTION or (clause.kind is Kind.POSE and is_staged(prompt, clause)):
            named = clause.subject and clause is not prompt.home
            start = clause.body if named and not _is_pronoun(prompt, clause) else clause.action
            if said := prompt.text[start : clause.end].strip():
                yield prompt.as_written(said)


def _is_pronoun(prompt: ParsedPrompt, clause: Clause) -> bool:
    return clause.main and not clause.part
