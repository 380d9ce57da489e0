"""Finds strangers in a prompt: those who act apart from its main subject."""

import re
from collections.abc import Callable, Iterator

from pipeline.prompts.grammar.actors import acts_alone, is_kin
from pipeline.prompts.grammar.clauses import Clause, Kind, Span, is_han
from pipeline.prompts.grammar.names import name
from pipeline.prompts.grammar.prompt import ParsedPrompt
from pipeline.prompts.words import english

_CREW = re.compile(
    r"(?:rider|driver|pilot|passenger|crew|jockey)s?|骑手|车手|司机|驾驶员|飞行员|乘客"
)
_COMPANY = re.compile(
    r"\b(?:it|its|him|his|her|hers|them|their|theirs)\b|[她他它其]", re.IGNORECASE
)
_NEAR = re.compile(
    r"\b(?:around|past|by|near|beside|behind|above|below|beneath|beyond|alongside|next to|in front of)\b"
    r"(?: (?!and\b)[\w'’-]+){1,4}"
    r"|(?:绕着?|围着|围绕着?|经过|路过|[走飞跑游]过)(?:[它他她]们?)|[在从][^，。]{1,6}?(?:旁边?|身边|上方|周围|后面|前面)"
)

_WAYS = {
    "left",
    "right",
    "upwards",
    "downwards",
    "forward",
    "forwards",
    "back",
    "backwards",
    "top",
    "bottom",
}
"""Two who go the same way have nothing to do with each other for that."""


def stranger(prompt: ParsedPrompt) -> Clause | None:
    """The first clause whose actor has nothing to do with the main subject."""
    return next(_apart(prompt, _said), None)


def strangers(prompt: ParsedPrompt) -> set[Span | None]:
    """The names of all who act apart from the main subject, or merely move near it."""
    return {clause.actor for clause in _apart(prompt, _said_of_no_place)}


def _apart(prompt: ParsedPrompt, said: Callable[[ParsedPrompt, Clause], str]) -> Iterator[Clause]:
    told = ""
    for clause in prompt.clauses if prompt.home else ():
        acts = clause.kind is Kind.ACTION and clause is not prompt.home
        if acts and _is_apart(prompt, clause, said(prompt, clause), told):
            yield clause
        if clause.main or clause is prompt.home:
            told += prompt.text[clause.start : clause.end].lower() + " "


def _said(prompt: ParsedPrompt, clause: Clause) -> str:
    return prompt.text[clause.action : clause.end].lower()


def _said_of_no_place(prompt: ParsedPrompt, clause: Clause) -> str:
    """`circles around it` moves near it; `ties a ribbon around it` does something to it."""
    said = _said(prompt, clause)
    return said if clause.weight > 2 else _NEAR.sub(" ", said)


def _is_apart(prompt: ParsedPrompt, clause: Clause, predicate: str, told: str) -> bool:
    if not told or clause.subject is None or clause.main or clause.ambient or clause.part:
        return False
    named = name(prompt.text, clause.subject).lower()
    if _CREW.fullmatch(named) or (is_kin(named) and is_kin(prompt.name)):
        return False
    said = prompt.text[clause.body : clause.action].lower() + predicate
    if not acts_alone(prompt.text[slice(*clause.subject)]) or _COMPANY.search(said):
        return False
    head = named.split()[-1] if not is_han(named) else named[-2:]
    if head in told:
        return False
    return not _shares_a_noun(predicate, told)


def _shares_a_noun(predicate: str, told: str) -> bool:
    if is_han(predicate):
        return any(predicate[i : i + 2] in told for i in range(len(predicate) - 1))
    content = set(re.findall(r"[a-z-]{3,}", predicate)) - english.FUNCTION_WORDS - _WAYS
    return bool(content & set(re.findall(r"[a-z-]{3,}", told)))
