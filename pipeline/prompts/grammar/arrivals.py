"""Tells where somebody comes to rest: `walks in and sits on the sofa`, 走进房间，坐在沙发上."""

import re
from collections.abc import Iterator, Sequence

from pipeline.prompts.grammar.clauses import Clause, Kind

WEIGHT = 1.0
"""What such an action is worth: that of the smallest."""
_COMES_TO_REST = re.compile(
    r"(?:then |finally |slowly |gently )*"
    r"(?:stops?|halts?|settles?|lands?|parks?|rests?|sits?|stands?|lies?|leans?|kneels?|crouch(?:es)?|perch(?:es)?)"
    r"(?: down| still| up)?"
    r" (?:at|on|onto|in|over|by|beside|against|under|between|behind|near|next to|in front of) "
    r"(?=[a-z0-9])"
    "|(?:(?P<how>[\u3400-\u9fff])(?P=how)地?|[慢轻缓]地?)?(?:停|坐|站|靠|倚|躺|趴|跪|蹲|落)(?:在|到|定在|倒在)",
    re.IGNORECASE,
)


def arrives(text: str, clause: Clause) -> bool:
    """Whether it says that somebody comes to rest at a place; of a pose that is true after an action."""
    return bool(_COMES_TO_REST.match(text, clause.action, clause.end))


def with_arrivals(text: str, clauses: Sequence[Clause]) -> Iterator[Clause]:
    """The clauses, poses that one takes after an action among the actions.

    A pose that stands first, or of somebody else, is what the still shows; one that an action of the same
    ends in is shown by no still.
    """
    before: Clause | None = None
    for clause in clauses:
        resting = clause.kind in {Kind.POSE, Kind.STATIC} and clause.subject is None
        if resting and before and before.actor == clause.actor and arrives(text, clause):
            clause = clause._replace(kind=Kind.ACTION, weight=WEIGHT)
        if clause.kind is Kind.ACTION and not clause.ambient:
            before = clause
        elif clause.subject is not None or clause.kind is Kind.SCENE:
            before = None
        yield clause
