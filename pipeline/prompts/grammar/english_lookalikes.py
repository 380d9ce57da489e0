"""Tells English words that are no verb of their clause: names of things, states that were so before."""

from pipeline.prompts.grammar import lexicons
from pipeline.prompts.grammar.english_forms import ADVERB, kind_of, word_after, word_before
from pipeline.prompts.grammar.tokens import Token
from pipeline.prompts.words import english
from pipeline.prompts.words.actors import ACTORS

COMPLEMENTS = english.DETERMINERS | english.PREPOSITIONS
AFTER_STATE = english.word_set("with by in of from on at")
"""After a participle they tell a state: `covered with`, `fried in`."""
_GRIPS = english.word_set(
    "pair thumb thumbs chopsticks tongs tweezers spoon fork knife brush claw beak"
)
_TAKES_ING = english.word_set("start stop keep begin continue go come finish try")
_WHERE_TO = english.word_set(
    "into onto up off out down away open across over through toward towards"
)
NAMES_ONE = english.DETERMINERS | english.PRONOUNS
WHO = ACTORS | english.PRONOUNS
_WHO_OR_PARTS = WHO | english.BODY_PARTS
_HANDLERS = ACTORS | english.BODY_PARTS | _GRIPS
_LEFT_SO = AFTER_STATE | {"around", "back", "and", "together", "everywhere"}


def names_things(line: list[Token], i: int) -> bool:
    """`copper pans hanging`, `signs glow`, `the sports coupe drifts`, `plants around`: a noun."""
    before, after = word_before(line, i), word_after(line, i)
    if before in WHO or lexicons.stem(line[i].text) in _TAKES_ING:
        return False
    if after == "of":
        return True
    if i and kind_of(after) in {"ing", "ed"} and before not in english.BE:
        return True
    if i and i + 1 == len(line) and _ends_a_fragment(line, i):
        return True
    if not _may_be_things(line[i].text):
        return False
    if after == "around" and i + 2 == len(line):
        return i == 0 or line[0].text not in NAMES_ONE
    if i == 0:
        beyond = word_after(line, 1)
        return kind_of(after) == "base" and (
            len(line) == 2
            or beyond in english.PREPOSITIONS
            or "NOUN" not in lexicons.classes(after)
        )
    finite = i + 2 < len(line) and kind_of(line[i + 2].text) == "s"
    beyond = word_after(line, i + 2) if finite else "-"
    follows = not beyond or beyond in COMPLEMENTS or ADVERB.fullmatch(beyond)
    return finite and bool(follows) and "NOUN" in lexicons.classes(after)


def _ends_a_fragment(line: list[Token], i: int) -> bool:
    """`mossy rocks`: adjectives alone before it."""
    return all(
        token.text in english.ADJECTIVES or lexicons.classes(token.text) == {"ADJ"}
        for token in line[:i]
    )


def _may_be_things(word: str) -> bool:
    return word.endswith("s") and "NOUN" in lexicons.classes(word.removesuffix("s"))


def ends_a_bare_name(line: list[Token], i: int) -> bool:
    """`neon signs glow`: a plural without an article, and its verb after it."""
    bare = i > 0 and line[0].text not in NAMES_ONE | english.INDEFINITES
    return bare and line[i - 1].text not in ACTORS and word_after(line, i) not in english.ADJECTIVES


def is_done_to(line: list[Token], i: int) -> bool:
    """`is dipped into the sauce`, `is lifted by a hand`: where to, or who does it."""
    after = word_after(line, i)
    if after == "by":
        return any(token.text in _HANDLERS for token in line[i + 2 :])
    if after == "in":
        return i + 2 == len(line) or line[i + 2].text in english.PREPOSITIONS
    return after in _WHERE_TO


def is_left_so(line: list[Token], i: int) -> bool:
    """`petals scattered around`, `neon signs reflected in puddles`: nobody did it in the shot."""
    before, after = word_before(line, i), word_after(line, i)
    if not before or before in _WHO_OR_PARTS:
        return False
    return not after or after in _LEFT_SO


def is_unknown_passive(line: list[Token], i: int) -> bool:
    """`is released from the pipette`."""
    word = line[i].text
    passive = word.endswith("ed") and word_before(line, i) in english.BE
    moves = is_done_to(line, i) or word_after(line, i) == "from"
    return passive and moves and "VERB" in lexicons.classes(word)
