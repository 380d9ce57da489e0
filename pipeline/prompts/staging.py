"""How much of what a prompt asks for fits into a clip's seconds."""

from collections.abc import Sequence

from pipeline.prompts.clauses import Clause, Kind
from pipeline.prompts.reading import Prompt

ACTION_SECONDS = 1.5
"""What one action takes; a gesture such as a smile takes half of it."""
_SLACK = 0.5


def stages(prompt: Prompt) -> list[Clause]:
    """What the main subject does, one after the other."""
    return [clause for clause in prompt.clauses if clause.main and clause.kind is Kind.ACTION]


def fits(actions: Sequence[Clause], seconds: float) -> bool:
    """Whether a clip of so many seconds has time for them; it always has for one."""
    needed = sum(ACTION_SECONDS * (0.5 if each.weight <= 1 else 1) for each in actions)
    return len(actions) < 2 or needed <= seconds + _SLACK


def fitting(actions: Sequence[Clause], seconds: float) -> list[Clause]:
    """The weightiest of them that fit, in their order; of two alike the earlier."""
    kept = list(actions)
    while not fits(kept, seconds):
        kept.remove(min(reversed(kept), key=lambda clause: clause.weight))
    return kept
