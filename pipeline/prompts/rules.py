"""The rules that simplify a prompt: each names the spans of it to cut."""

import re
from collections.abc import Callable, Sequence
from itertools import pairwise

from pipeline.prompts import main_action
from pipeline.prompts.cutting import has_divider
from pipeline.prompts.grammar.actors import begins_with_one
from pipeline.prompts.grammar.clauses import Clause, Kind, Span
from pipeline.prompts.grammar.names import ends_with_a_participle
from pipeline.prompts.grammar.prompt import ParsedPrompt
from pipeline.prompts.pieces import Pieces, drop
from pipeline.prompts.relations import (
    enumerated,
    goes_on,
    is_staged,
    past_stage_words,
    with_auxiliary,
)
from pipeline.prompts.strangers import strangers
from pipeline.prompts.words import english

Rule = Callable[[ParsedPrompt, Sequence[str]], list[Span]]

_ARTICLE = re.compile(r"(?:a|an|the)\b", re.IGNORECASE)
_QUOTE = re.compile(r"[\"“「『《]")
_PLURAL_PRONOUN = re.compile(r"(?:they|we)\b", re.IGNORECASE)
_CUT = re.compile(
    r"\b(?:cut|cuts|cutting|jumps?|switch(?:es)?|skips?|teleports?)\b(?!.*\b(?:close\w*|faces?|eyes?|hands?|shot|view|angle|side)\b)"
    "|(?:切|跳|穿越|瞬移|瞬间来|突然来)[到至转换](?!.*(?:特写|近景|中景|远景|全景|侧面|正面|背面|脸|手|眼))",
    re.IGNORECASE,
)
"""The picture is another place's at once; not where it only comes closer."""


def notation(prompt: ParsedPrompt, locked: Sequence[str]) -> list[Span]:
    """Weights, tags and options of other tools; the words in them stay."""
    return [cut for each in prompt.notation for cut in each.cuts]


def abstract_clause(prompt: ParsedPrompt, locked: Sequence[str]) -> list[Span]:
    """Praise, mood, quality boilerplate."""
    shows = any(c.kind in {Kind.ACTION, Kind.POSE, Kind.PHRASE} for c in prompt.clauses)
    first = next((clause for clause in prompt.clauses if clause.kind is Kind.ABSTRACT), None)

    def doomed(clause: Clause) -> bool:
        named = _ARTICLE.match(prompt.text, clause.body) and clause is prompt.clauses[0]
        alone = clause is first and (not shows or (named and not prompt.acts))
        return clause.kind is Kind.ABSTRACT and not alone

    return drop(prompt, doomed, locked)


def abstract_words(prompt: ParsedPrompt, locked: Sequence[str]) -> list[Span]:
    """Praise inside a clause that says more than that."""
    return [span for clause in prompt.clauses for span in clause.praise]


def static_clause(prompt: ParsedPrompt, locked: Sequence[str]) -> list[Span]:
    """What the still shows already, as long as something else moves."""

    def doomed(clause: Clause) -> bool:
        pose = clause.kind is Kind.POSE and clause.subject is None and clause.main
        if not (pose or clause.kind is Kind.STATIC) or clause is prompt.home:
            return False
        first = clause is prompt.clauses[0]
        apart = first or has_divider(prompt, (clause.start - 2, clause.start))
        quotes = _QUOTE.search(prompt.text, clause.start, clause.end)
        return apart and not is_staged(prompt, clause) and not quotes

    return drop(prompt, doomed, locked) if prompt.says_what_happens else []


def limit(prompt: ParsedPrompt, locked: Sequence[str]) -> list[Span]:
    """What must not happen: a model reads `no text` as text."""
    return drop(prompt, lambda clause: clause.kind is Kind.LIMIT, locked)


def scene_change(prompt: ParsedPrompt, locked: Sequence[str]) -> list[Span]:
    """Another place or time in the same shot, and what happens there once the picture is cut to it."""
    clauses = prompt.clauses
    first = next((n for n, clause in enumerate(clauses) if _acts_itself(clause)), len(clauses))
    cuts = (n for n, c in enumerate(clauses) if n > first and _is_cut(prompt, c))
    elsewhere = clauses[next(cuts, len(clauses)) :]

    def doomed(clause: Clause) -> bool:
        return clause.kind is Kind.SCENE or (clause.kind is Kind.ACTION and clause in elsewhere)

    return drop(prompt, doomed, locked)


def _acts_itself(clause: Clause) -> bool:
    return clause.kind is Kind.ACTION and clause.main


def _is_cut(prompt: ParsedPrompt, clause: Clause) -> bool:
    return clause.kind is Kind.SCENE and bool(_CUT.search(prompt.text, clause.body, clause.end))


def second_camera_move(prompt: ParsedPrompt, locked: Sequence[str]) -> list[Span]:
    """Every camera move but the first."""
    moves = [clause for clause in prompt.clauses if clause.kind is Kind.CAMERA]
    return drop(prompt, lambda clause: clause in moves[1:], locked)


def background(prompt: ParsedPrompt, locked: Sequence[str]) -> list[Span]:
    """Clauses without an action, and what happens far off, as long as something near acts; where the main
    subject does, the light before it is named, too."""
    listed = enumerated(prompt)
    acts = any(clause.kind is Kind.ACTION and clause.main for clause in prompt.clauses)

    def doomed(clause: Clause) -> bool:
        if clause is prompt.home or clause in listed:
            return False
        if clause.kind is Kind.ACTION:
            return main_action.is_far(prompt, clause) or (
                acts and main_action.is_light(prompt, clause)
            )
        if clause.kind is Kind.POSE:
            return not clause.main
        if clause.kind is Kind.PHRASE:
            more = goes_on(prompt, clause) or begins_with_one(prompt.text[clause.body : clause.end])
            return not more and not is_staged(prompt, clause)
        return clause.kind is Kind.STATIC and not is_staged(prompt, clause)

    near = any(
        c.still or (c.kind is Kind.ACTION and not main_action.is_far(prompt, c))
        for c in prompt.clauses
    )
    return drop(prompt, doomed, locked) if near else []


def strangers_action(prompt: ParsedPrompt, locked: Sequence[str]) -> list[Span]:
    """What others do who have nothing to do with the main subject, as long as it does more than look on."""
    others = strangers(prompt)
    kept = main_action.candidates(prompt, locked)

    def doomed(clause: Clause) -> bool:
        acts = clause.kind is Kind.ACTION and clause is not prompt.home
        return acts and clause.actor in others and clause not in kept

    return drop(prompt, doomed, locked)


def core_action(prompt: ParsedPrompt, locked: Sequence[str]) -> list[Span]:
    """Everything but the subject and the one action that matters most."""
    core = main_action.core(prompt, locked)
    return _subject_and(prompt, core, locked).cuts(locked) if core else []


def subject_details(prompt: ParsedPrompt, locked: Sequence[str]) -> list[Span]:
    """`in a green apron`, `smiling`: what the subject wears and where it is, when it acts."""
    if prompt.subject is None or not prompt.says_what_happens:
        return []
    if "," in prompt.text[slice(*prompt.subject)]:
        return []
    named = prompt.tokens(prompt.subject)
    if any(token.text == "and" for token in named):
        return []
    for before, token in pairwise(named):
        if token.text in english.PREPOSITIONS_BUT_OF and before.text not in english.PREPOSITIONS:
            return [(before.end, named[-1].end)]
    return [(named[-2].end, named[-1].end)] if ends_with_a_participle(named) else []


def _subject_and(prompt: ParsedPrompt, core: Clause, locked: Sequence[str]) -> Pieces:
    """The words that name the subject, and its action."""
    text, home, subject = prompt.text, prompt.home, prompt.subject
    acts = past_stage_words(prompt, core)
    if home is None or subject is None or core is home:
        who = [(core.body, core.subject[1])] if core.subject and acts > core.action else []
        return Pieces(prompt, [*who, (acts if who else core.body, core.end)], {acts})
    if core.start < home.start:
        return Pieces(prompt, [(core.body, core.end), (home.body, home.end)])
    names_other = core.subject and not (core.main and not _PLURAL_PRONOUN.match(text, core.body))
    if core.main and not names_other:
        return Pieces(
            prompt, [(subject[0], with_auxiliary(prompt, core)), (acts, core.end)], {acts}
        )
    if not has_divider(prompt, (subject[1], core.start)):
        return Pieces(prompt, [(subject[0], core.end)])
    if not core.subject and core.actor and core.actor > subject:
        return Pieces(prompt, [subject, core.actor, (acts, core.end)], {acts})
    if not (_holds(text[slice(*subject)], locked) or main_action.needs(prompt, core)):
        return Pieces(prompt, [(core.body, core.end)])
    return Pieces(prompt, [subject, (core.body, core.end)])


def _holds(named: str, locked: Sequence[str]) -> bool:
    return any(word.casefold() in named.casefold() for word in locked)
