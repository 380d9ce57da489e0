"""How much of what a prompt asks for fits into a clip's seconds."""

from collections import Counter
from collections.abc import Sequence

from pipeline.prompts.grammar.clauses import Clause, Kind
from pipeline.prompts.grammar.prompt import ParsedPrompt
from pipeline.prompts.signs import is_gesture

ACTION_SECONDS = 1.5
"""What one action takes; a gesture such as a smile or a raised arm takes half of it."""
_SLACK = 0.5


def stages(prompt: ParsedPrompt) -> list[Clause]:
    """What the one who does most does, one after the other."""
    acting = [c for c in prompt.clauses if c.kind is Kind.ACTION and not c.ambient and not c.part]
    busiest = Counter(clause.actor for clause in acting).most_common(1)
    return [clause for clause in acting if clause.actor == busiest[0][0]] if busiest else []


def fits(prompt: ParsedPrompt, actions: Sequence[Clause], seconds: float) -> bool:
    """Whether a clip of so many seconds has time for them; it always has for one."""
    there = seconds + _SLACK
    if len(actions) < 2 or ACTION_SECONDS * len(actions) <= there:
        return True
    needed = sum(ACTION_SECONDS * (0.5 if is_gesture(prompt, each) else 1) for each in actions)
    return needed <= there


def fitting(prompt: ParsedPrompt, actions: Sequence[Clause], seconds: float) -> list[Clause]:
    """The weightiest of them that fit, in their order; of two alike the earlier.

    The one that names who acts stays, where that is not the main subject.
    """
    kept = list(actions)
    while not fits(prompt, kept, seconds):
        free = [clause for clause in reversed(kept) if clause.main or not clause.subject]
        if not free:
            break
        kept.remove(min(free, key=lambda clause: clause.weight))
    return kept
