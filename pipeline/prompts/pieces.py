"""What stays of a prompt where the rest goes: its pieces in their order, must-keep words among them."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from pipeline.prompts.cutting import gaps
from pipeline.prompts.grammar.clauses import Clause, Span
from pipeline.prompts.grammar.prompt import ParsedPrompt
from pipeline.prompts.relations import is_staged


@dataclass(slots=True)
class Pieces:
    """What stays of a prompt."""

    prompt: ParsedPrompt
    kept: list[Span]
    close: set[int] = field(default_factory=set)
    """Starts of pieces that follow the one before without punctuation."""

    def cuts(self, locked: Sequence[str]) -> list[Span]:
        """Everything else, less the clauses of must-keep words that would be lost."""
        for word in locked:
            self._keep_word(word)
        return gaps(self.prompt, self.kept, self.close)

    def _keep_word(self, word: str) -> None:
        places = re.finditer(re.escape(word), self.prompt.text, re.IGNORECASE)
        found = [match.span() for match in places]
        if not found or any(a <= at and end <= b for at, end in found for a, b in self.kept):
            return
        at, end = found[0]
        for clause in self.prompt.clauses:
            if clause.start < end and at < clause.end:
                whole = (clause.start, clause.end)
                others = [s for s in self.kept if s[1] <= whole[0] or whole[1] <= s[0]]
                if clause.main and not clause.subject and self.prompt.subject in others:
                    whole = (clause.action, clause.end)
                self.kept = sorted([*others, whole])
                follows = {after for before, (after, _) in pairwise(self.kept) if before == whole}
                self.close -= follows | {whole[0]}
                before = max((s for s in others if s < whole), default=None)
                if clause.main and not clause.subject and before == self.prompt.subject:
                    self.close.add(whole[0])


def drop(
    prompt: ParsedPrompt, doomed: Callable[[Clause], bool], locked: Sequence[str]
) -> list[Span]:
    """Cuts whole clauses; the subject's words stay, and a stage word goes over to the next clause."""
    gone = [clause for clause in prompt.clauses if doomed(clause)]
    if not gone:
        return []
    pieces = Pieces(prompt, [])
    lead: Span | None = None
    for i, clause in enumerate(prompt.clauses):
        staged = is_staged(prompt, clause)
        if clause in gone:
            if clause is prompt.home and prompt.subject:
                pieces.kept.append(prompt.subject)
            elif clause.body > clause.start and staged and pieces.kept:
                joined = prompt.text[clause.start : clause.body].rstrip(" ,，")
                lead = (clause.start, clause.start + len(joined))
            continue
        alone = prompt.home in gone and pieces.kept[-1:] == [prompt.subject]
        bare = alone and clause.main and not clause.subject
        takes_over = lead is not None and not staged
        if lead and takes_over:
            pieces.kept.append(lead)
            pieces.close.add(clause.body)
        joins_nothing = not pieces.kept and i > 0
        start = (
            clause.body if takes_over or joins_nothing or (bare and not staged) else clause.start
        )
        if bare and not staged and not lead:
            pieces.close.add(start)
        pieces.kept.append((start, clause.end))
        lead = None
    return pieces.cuts(locked)
