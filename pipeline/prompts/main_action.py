"""Chooses the one action that a shot is about: the main subject's own, before what strangers do."""

import re
from collections.abc import Sequence

from pipeline.prompts.grammar.actors import acts_alone
from pipeline.prompts.grammar.clauses import Clause, Kind, is_han
from pipeline.prompts.grammar.prompt import ParsedPrompt
from pipeline.prompts.grammar.references import leans
from pipeline.prompts.strangers import strangers

_PRONOUN = re.compile(r"he|she|it|they|both|[他她它]们?", re.IGNORECASE)
_LOOKS_ON = re.compile(
    r"\b(?:watch|look|gaz|star|observ|listen|wait)(?:s|es|e|ing)?\b|看着|观看|注视|望着|等待|聆听",
    re.IGNORECASE,
)
_FAR = re.compile("窗外|屋外|室外|门外|户外|外面|街上|背景|远处|周围|四周|天空")
_FAR_OFF = re.compile(
    r"\b(?:outside|(?:in|through|across|along|over|against) the (?:background|distance|horizon))\b"
    "|[从在](?:背景|远处|远方|天边|窗外)",
    re.IGNORECASE,
)
_IN_FULL = re.compile(r"(?:an?|the|one|two|three|four|five)\b|[一两三四五六几]", re.IGNORECASE)


def core(prompt: ParsedPrompt, locked: Sequence[str]) -> Clause | None:
    """The clause of the action that matters most; None where nothing happens.

    A stranger's only counts where the main subject does nothing, or looks on. A wish to stay still
    counts where nobody else acts but strangers, what is far off and the light before it is named.
    """
    acting = [clause for clause in prompt.clauses if clause.kind is Kind.ACTION]
    still = [clause for clause in prompt.clauses if clause.still and clause.main]
    if len(acting) + len(still) > 1:
        others = strangers(prompt)
        apart = [c for c in acting if c.actor in others and not _holds(prompt, c, locked)]
        near = [clause for clause in acting if clause not in apart]
        if any(_comes_before(prompt, clause, apart) for clause in near):
            acting = near
        elif all(_sets_the_scene(prompt, clause) for clause in near):
            acting = still or acting
    return max(acting, key=lambda clause: _rank(prompt, clause, locked), default=None)


def _rank(prompt: ParsedPrompt, clause: Clause, locked: Sequence[str]) -> tuple[float, bool, bool]:
    predicate = prompt.text[clause.action : clause.end].casefold()
    held = _holds(prompt, clause, locked)
    apart = (not clause.main) + (not clause.main and _is_pronoun(prompt, clause))
    worth = clause.weight + 0.9 * held - apart - 0.5 * clause.ambient
    alone = len(predicate.split()) < 2 and not is_han(predicate)
    return worth, clause.main, not alone


def _holds(prompt: ParsedPrompt, clause: Clause, locked: Sequence[str]) -> bool:
    predicate = prompt.text[clause.action : clause.end].casefold()
    return any(word.casefold() in predicate for word in locked)


def _comes_before(prompt: ParsedPrompt, clause: Clause, apart: Sequence[Clause]) -> bool:
    """Whether it is the main subject's own, or stands before what strangers do."""
    if clause.main:
        return not _LOOKS_ON.match(prompt.text, clause.action)
    return not clause.ambient and all(clause.start < other.start for other in apart)


def _sets_the_scene(prompt: ParsedPrompt, clause: Clause) -> bool:
    early = prompt.home is not None and clause.start < prompt.home.start
    return is_far(prompt, clause) or (clause.ambient and early)


def _is_pronoun(prompt: ParsedPrompt, clause: Clause) -> bool:
    return clause.actor is not None and bool(_PRONOUN.fullmatch(prompt.text, *clause.actor))


def is_far(prompt: ParsedPrompt, clause: Clause) -> bool:
    """`snow falls outside`, `a cloud drifts through the background`."""
    if not clause.ambient or not clause.subject:
        return False
    text, body = prompt.text, clause.body
    return bool(_FAR.match(text, body) or _FAR_OFF.search(text, body, clause.end))


def needs(prompt: ParsedPrompt, clause: Clause) -> bool:
    """Whether somebody else's action says too little without the main subject's name before it."""
    home, text = prompt.home, prompt.text
    if home is None or clause.subject is None or home.kind in {Kind.ACTION, Kind.CAMERA}:
        return True
    if leans(text, clause, prompt.subject):
        return True
    named = acts_alone(text[slice(*clause.subject)]) or _IN_FULL.match(text, *clause.subject)
    return not named and home.kind is not Kind.STATIC
