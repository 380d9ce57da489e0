"""Whether what acts in a clause needs the words of another clause, or does without them."""

import re

from pipeline.prompts.grammar.clauses import Clause, Span, is_han
from pipeline.prompts.words import english

_REFERS = re.compile(r"\b(?:it|him|them|both)\b|(?<![其])[他她它]们?(?!的)", re.IGNORECASE)
_OWNED = re.compile(
    r"(?:he|she|it|they|his|her|its|their|both|each|one|everything|everyone)\b|[他她它其]",
    re.IGNORECASE,
)
_WORD = re.compile(r"[a-z][a-z'’-]{2,}")


def leans(text: str, clause: Clause, named: Span | None) -> bool:
    """Whether a clause is about what was named before: `its lid opens`, `a hand lifts it`."""
    if clause.subject is None or clause.ambient or clause.part:
        return True
    if _OWNED.match(text, *clause.subject) or _REFERS.search(text, clause.body, clause.end):
        return True
    return named is not None and _share_a_noun(text[slice(*clause.subject)], text[slice(*named)])


def _share_a_noun(name: str, other: str) -> bool:
    if is_han(name):
        return any(name[i : i + 2] in other for i in range(len(name) - 1))
    content = set(_WORD.findall(name.lower())) - english.FUNCTION_WORDS - english.ADJECTIVES
    return bool(content & set(_WORD.findall(other.lower())))
