"""Chooses the one action that a shot is about: the main subject's own, before what strangers do."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path

from pipeline.prompts.grammar.actors import acts_alone
from pipeline.prompts.grammar.clauses import Clause, Kind
from pipeline.prompts.grammar.prompt import ParsedPrompt
from pipeline.prompts.grammar.references import leans
from pipeline.prompts.signs import holds, signs
from pipeline.prompts.strangers import strangers

WEIGHTS = Path(__file__).parent / "words" / "main_action.json"
"""What each sign weighs, as `pipeline.prompts.fitting` wrote it."""
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
_LIGHT = re.compile(r"\b(?:sun|moon|day|candle|lamp)?light\b|\bsunshine\b|光", re.IGNORECASE)
_others: ContextVar[Mapping[str, float] | None] = ContextVar("weights", default=None)


def core(prompt: ParsedPrompt, locked: Sequence[str]) -> Clause | None:
    """The clause of the action that matters most; None where nothing happens.

    Of two alike it is the earlier.
    """
    found = candidates(prompt, locked)
    if len(found) < 2:
        return found[0] if found else None
    weights = _others.get() or shipped()
    worth = [
        round(sum(weights.get(sign, 0.0) for sign in told), 6)
        for told in signs(prompt, found, locked)
    ]
    return found[worth.index(max(worth))]


@cache
def shipped() -> Mapping[str, float]:
    """Sign → what it weighs, of the ranking that ships."""
    return json.loads(WEIGHTS.read_text(encoding="utf-8"))["weights"]


@contextmanager
def weighed_by(weights: Mapping[str, float]) -> Iterator[None]:
    """Chooses by other weights for a while: how the fitting tries them."""
    before = _others.set(weights)
    try:
        yield
    finally:
        _others.reset(before)


def candidates(prompt: ParsedPrompt, locked: Sequence[str]) -> list[Clause]:
    """What may be the main action.

    A stranger's only counts where the main subject does nothing, or looks on. A wish to stay still
    counts where nobody else acts but strangers, what is far off and the light before it is named.
    """
    acting = [clause for clause in prompt.clauses if clause.kind is Kind.ACTION]
    still = [clause for clause in prompt.clauses if clause.still and clause.main]
    if len(acting) + len(still) > 1:
        others = strangers(prompt)
        apart = [c for c in acting if c.actor in others and not holds(prompt, c, locked)]
        near = [clause for clause in acting if clause not in apart]
        if any(_comes_before(prompt, clause, apart) for clause in near):
            acting = near
        elif all(_sets_the_scene(prompt, clause) for clause in near):
            acting = still or acting
    if any(clause.main and not _LOOKS_ON.match(prompt.text, clause.action) for clause in acting):
        # Steam and light go along with what somebody does, whatever that is.
        acting = [c for c in acting if c.main or not c.ambient or holds(prompt, c, locked)]
    return acting


def _comes_before(prompt: ParsedPrompt, clause: Clause, apart: Sequence[Clause]) -> bool:
    """Whether it is the main subject's own, or stands before what strangers do."""
    if clause.main:
        return not _LOOKS_ON.match(prompt.text, clause.action)
    return not clause.ambient and all(clause.start < other.start for other in apart)


def _sets_the_scene(prompt: ParsedPrompt, clause: Clause) -> bool:
    early = prompt.home is not None and clause.start < prompt.home.start
    return is_far(prompt, clause) or (clause.ambient and early)


def is_light(prompt: ParsedPrompt, clause: Clause) -> bool:
    """`light falls over the room`, before the main subject is named: the still shows that."""
    early = prompt.home is not None and clause.start < prompt.home.start
    if not (clause.ambient and clause.subject and early):
        return False
    return bool(_LIGHT.search(prompt.text, *clause.subject))


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
