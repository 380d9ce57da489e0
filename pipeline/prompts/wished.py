"""What should happen in a prompt, and what is left of that in a simpler one."""

from collections.abc import Iterator, Sequence

from pipeline.prompts.grammar.clauses import Clause, Kind, is_han
from pipeline.prompts.grammar.prompt import ParsedPrompt

_NOTHING: tuple[int, int] = (0, 0)
"""Clauses that are left, and the words that they lost, as a negative number."""


def happening(reading: ParsedPrompt, *, main_only: bool = False) -> Iterator[Clause]:
    """The clauses in which something should happen; `main_only`: what the main subject does."""
    if not reading.is_readable:
        return
    for clause in reading.clauses:
        moves = clause.kind is Kind.ACTION or clause.still
        if main_only:
            if moves and clause.main:
                yield clause
        elif moves or clause.kind in (Kind.CAMERA, Kind.SCENE):
            yield clause


def left_of(
    whole: ParsedPrompt, wished: Sequence[Clause], asked: ParsedPrompt
) -> list[Clause | None]:
    """For each wished clause of a prompt the one of a simpler prompt that is left of it, in the same order.

    A simpler prompt only has fewer words: a clause is left of another where it has none that the other
    has not. As many as can be are found again, with the fewest words lost.
    """
    if whole.written == asked.written:
        return [*wished]
    said = [*happening(asked)]
    wish_words = [_predicate(whole, clause) for clause in wished]
    said_words = [_predicate(asked, clause) for clause in said]
    # The best of the first so many wished clauses and the first so many said ones.
    best = [[_NOTHING] * (len(said) + 1) for _ in range(len(wished) + 1)]
    for i, wanted in enumerate(wish_words, start=1):
        for j, words in enumerate(said_words, start=1):
            best[i][j] = max(best[i - 1][j], best[i][j - 1])
            if words and words <= wanted:
                found, lost = best[i - 1][j - 1]
                best[i][j] = max(best[i][j], (found + 1, lost - len(wanted - words)))
    left: list[Clause | None] = [None] * len(wished)
    i, j = len(wished), len(said)
    while i and j:
        if best[i][j] == best[i - 1][j]:
            i -= 1
        elif best[i][j] == best[i][j - 1]:
            j -= 1
        else:
            i, j = i - 1, j - 1
            left[i] = said[j]
    return left


def all_left(whole: ParsedPrompt, asked: ParsedPrompt, *, main_only: bool) -> bool:
    """Whether a simpler prompt still asks for everything that should happen in another."""
    wished = [*happening(whole, main_only=main_only)]
    return None not in left_of(whole, wished, asked)


def _predicate(reading: ParsedPrompt, clause: Clause) -> frozenset[str]:
    """The words of what happens, or all of the clause where none are told apart; in Chinese its
    characters."""
    begin = clause.action if clause.action < clause.end else clause.body
    text = reading.text[begin : clause.end].casefold()
    parts = [*text] if is_han(text) else text.split()
    return frozenset(part.strip(".,;:!?。，；：！？ ") for part in parts) - {""}
