"""Finds the verbs in an English clause by word lists and by what stands beside them."""

import re
from functools import cache
from typing import NamedTuple

from pipeline.prompts.grammar import lexicons
from pipeline.prompts.grammar.tokens import Token
from pipeline.prompts.words import english
from pipeline.prompts.words import verbs as words_verbs
from pipeline.prompts.words.actors import ACTORS

_FINITE = re.compile(r"[a-z]{2,}[^su']s")
_ADVERB = re.compile(r"[a-z]+ly")
_COMPLEMENTS = english.DETERMINERS | english.PREPOSITIONS
_DESCRIBES = english.DETERMINERS | english.ADJECTIVES
_NOT_BEFORE_VERB = _COMPLEMENTS | english.ADJECTIVES
_NOT_BEFORE_BASE = _NOT_BEFORE_VERB | english.BE
_NOT_BEFORE_ING = _NOT_BEFORE_VERB | {"", "and"}
_BEFORE_BASE = english.PLURAL_HEADS | {"to", "then", "let", "first", "start", "starts", "starting"}
_OBJECT_STARTS = english.DETERMINERS | english.word_set("him her it them once twice again")
_AUXILIARIES = english.word_set(
    "does do did doesn't don't can cannot can't will won't must should never has have"
)
_AFTER_STATE = english.word_set("with by in of from on at")
"""After a participle they tell a state: `covered with`, `fried in`."""
_OWN = english.word_set("his her its their")
_BEFORE_GERUND = english.word_set("of for by without")
_HELPING = english.BE | _AUXILIARIES
_ON_A_BODY = english.BODY_PARTS | {"brow", "gloves"}
_NO_THING = english.PREPOSITIONS | english.BE | {"and", "or", "then", "like"}
_ENDS_A_THING = english.PREPOSITIONS - english.DIRECTIONS | english.BE | {"and", "or"}
_BEFORE_THINGS = english.PREPOSITIONS | {"and"}
_NAMES_ONE = english.DETERMINERS | english.PRONOUNS
_INTO = english.word_set("into onto toward towards away")
_WAYS = english.word_set("up down forward back into onto")


class Verb(NamedTuple):
    at: int
    """Which token of its clause."""
    weight: float


def is_adverb(token: Token) -> bool:
    return bool(_ADVERB.fullmatch(token.text))


def helping_verbs(line: list[Token]) -> list[int]:
    """Where `is`, `does`, `can` stand; `a soda can` is none."""
    return [
        i
        for i, token in enumerate(line)
        if token.text in _HELPING
        and not (token.text == "can" and _kind_of(_after(line, i)) != "base")
    ]


def verbs(line: list[Token]) -> list[Verb]:
    """The words that are verbs here; nouns that only look alike are left out."""
    found: list[Verb] = []
    for i, token in enumerate(line):
        if token.text in english.NOT_VERBS_ING or _after(line, i) == "not":
            continue
        kind, weight = _form(token.text)
        if weight == words_verbs.GUESS and _is_in_a_place(line, i):
            continue
        if kind and _FITS[kind](line, i, found):
            found.append(Verb(i, _weighed(line, i, weight)))
        elif not kind and _is_unknown_ing(line, i):
            found.append(Verb(i, weight))
    return found


def _is_in_a_place(line: list[Token], i: int) -> bool:
    """`with copper pans along the wall`: no name stands between the preposition and it."""
    named = any(token.text in english.DETERMINERS for token in line[1:i])
    return line[0].text in english.PREPOSITIONS_BUT_OF and i < 4 and not named


def _weighed(line: list[Token], i: int, weight: float) -> float:
    """What a verb is worth beside its company: with an object more, as a mere gesture less."""
    if _only_prepares(line, i, weight):
        return 1.0
    if _says_how_it_looks(line, i):
        return 0.0
    handles = _handles(line, i)
    if weight > words_verbs.GUESS and _is_on_itself(line, i):
        return words_verbs.GUESS
    if weight == words_verbs.GUESS:
        return words_verbs.GUESS_HANDLING if handles else weight
    stem = lexicons.stem(line[i].text)
    if not handles and stem in {"open", "close", "stretch"}:
        return 1.5
    if stem == "catch" and any(token.text in english.AMBIENT for token in line[i + 1 : i + 3]):
        return 1.0
    return 2.0 if weight > 2 and not handles and stem in words_verbs.ERGATIVE else weight


def _says_how_it_looks(line: list[Token], i: int) -> bool:
    """`looks clean and calm`, not `looks up`."""
    follower = _after(line, i)
    looks = follower and lexicons.stem(line[i].text) in {"look", "feel", "appear", "seem"}
    if not looks or follower in english.PREPOSITIONS | english.STAGE_WORDS:
        return False
    return follower in english.ADJECTIVES or "ADJ" in lexicons.classes(follower)


def _is_on_itself(line: list[Token], i: int) -> bool:
    """`wraps his hands`: what somebody does to a part of the own body leads up to something."""
    part = line[i + 2].text if i + 2 < len(line) else ""
    return _after(line, i) in _OWN and part in _ON_A_BODY


def _handles(line: list[Token], i: int) -> bool:
    """Whether a thing follows that the verb may act on."""
    follower = _after(line, i)
    if not follower or follower in _NO_THING:
        return False
    return not is_adverb(line[i + 1])


def _only_prepares(line: list[Token], i: int, weight: float) -> bool:
    """`sits up` moves a little, `closes her eyes` less than `closes`."""
    beyond = line[i + 2].text if i + 2 < len(line) else ""
    if not weight:
        ends = not beyond or beyond in _NO_THING
        return _after(line, i) in _WAYS or (ends and _after(line, i) in {"in", "over", "out"})
    gesture = line[i].text.startswith(("open", "clos", "spread", "extend"))
    return weight > 1 and gesture and beyond in english.BODY_PARTS


def _after(line: list[Token], i: int) -> str:
    return line[i + 1].text if i + 1 < len(line) else ""


def _before(line: list[Token], i: int) -> str:
    """The word before, adverbs passed over."""
    while i > 0 and is_adverb(line[i - 1]):
        i -= 1
    return line[i - 1].text if i > 0 else ""


def _is_third_person(line: list[Token], i: int, _: list[Verb]) -> bool:
    before, after = _before(line, i), _after(line, i)
    if after in english.BE or (before in _NOT_BEFORE_VERB and not _wears(line, i)):
        return False
    if line[i].text == "hands" and (not before or after not in _OBJECT_STARTS | {"over", "out"}):
        return False
    plural = line[i].text in english.NOUN_PLURALS or _ends_a_bare_name(line, i)
    return not (plural and _kind_of(after) == "base")


def _ends_a_bare_name(line: list[Token], i: int) -> bool:
    """`neon signs glow`: a plural without an article, and its verb after it."""
    bare = i > 0 and line[0].text not in _NAMES_ONE | english.INDEFINITES
    return bare and line[i - 1].text not in ACTORS and _after(line, i) not in english.ADJECTIVES


def _wears(line: list[Token], i: int) -> bool:
    """`a woman in white dances`: the colour stands for a noun."""
    return i > 1 and line[i - 2].text == "in" and line[i - 1].text in english.ADJECTIVES


def _is_base(line: list[Token], i: int, earlier: list[Verb]) -> bool:
    before, after = _before(line, i), _after(line, i)
    if i == 0:
        if "NOUN" in lexicons.classes(line[0].text) and len(line) > 1:
            return after in _OBJECT_STARTS or after in _INTO
        return not after or after in _COMPLEMENTS or is_adverb(line[1])
    if before in _BEFORE_BASE:
        return True
    if before == "and":
        return any(_kind_of(line[verb.at].text) == "base" for verb in earlier)
    if before in _NOT_BEFORE_BASE:
        return False
    plural = before.endswith("s") and not before.endswith(("ss", "'s", "’s", "us"))
    together = not earlier and _names_several(line[:i])
    if _kind_of(before) == "s":
        return together or before in english.NOUN_PLURALS or _ends_a_bare_name(line, i - 1)
    return plural or together


def _names_several(line: list[Token]) -> bool:
    """`a man and a woman`, not `with a lamp and a chair`."""
    joined = any(token.text == "and" for token in line)
    return joined and not any(token.text in english.PREPOSITIONS_BUT_OF for token in line)


def _is_ing(line: list[Token], i: int, _: list[Verb]) -> bool:
    before, after = _before(line, i), _after(line, i)
    if before in english.BE:
        return True
    if before in _BEFORE_GERUND or before in english.DETERMINERS:
        return False
    if after in english.NOUN_AFTER_ING and before not in ACTORS:
        return False
    return before not in english.ADJECTIVES or _wears(line, i) or after in _COMPLEMENTS


def _is_past(line: list[Token], i: int, _: list[Verb]) -> bool:
    before, after = _before(line, i), _after(line, i)
    if before in english.BE and _form(line[i].text)[1] >= 2 and after not in english.BE:
        return after not in _AFTER_STATE
    if before in _NOT_BEFORE_BASE | {"", "and"} or _is_a_state(line, i):
        return False
    return after not in _AFTER_STATE


def _is_a_state(line: list[Token], i: int) -> bool:
    """`lines freshly painted`: who acts on a thing would have one."""
    return i + 1 == len(line) and i > 0 and is_adverb(line[i - 1]) and _form(line[i].text)[1] > 2


def _is_unknown_ing(line: list[Token], i: int) -> bool:
    if not line[i].text.endswith("ing") or len(line[i].text) < 6:
        return False
    before, after = _before(line, i), _after(line, i)
    return before in english.BE or (before not in _NOT_BEFORE_ING and after in _COMPLEMENTS)


def base_weight(word: str) -> float | None:
    """The weight of a verb as it stands after `let her`; None where the word is none."""
    kind, weight = _form(word)
    return weight if kind == "base" else None


def is_participle(word: str) -> bool:
    """`smiling`."""
    return word not in english.NOT_VERBS_ING and _kind_of(word) == "ing"


def _kind_of(word: str) -> str:
    return _form(word)[0]


@cache
def _form(word: str) -> tuple[str, float]:
    """Kind and weight of a word that can be a verb; of those no list knows, what is nothing else."""
    if word in words_verbs.VERBS or word in _HELPING or word in english.FUNCTION_WORDS:
        return words_verbs.VERBS.get(word, ("", words_verbs.GUESS))
    if lexicons.classes(word) != {"VERB"} or word.endswith(("ing", "ed")):
        return "", words_verbs.GUESS
    stem = lexicons.stem(word)
    if stem in words_verbs.UNSEEN_VERBS:
        return "", words_verbs.GUESS
    if stem == word:
        return "base", words_verbs.GUESS
    if word.endswith("s"):
        return "s", words_verbs.GUESS
    return (
        ("ed", words_verbs.VERBS[stem][1]) if stem in words_verbs.VERBS else ("", words_verbs.GUESS)
    )


_FITS = {"s": _is_third_person, "base": _is_base, "ing": _is_ing, "ed": _is_past}


def guessed_verbs(line: list[Token], joined: bool) -> list[Verb]:
    """A verb that no list knows: an -s word first or after one thing, with what it acts on or where.

    `joined` says that a joining word stands before: `then trips`.
    """
    if not line:
        return []
    follower = _after(line, 0)
    ends = follower in _OBJECT_STARTS | english.DIRECTIONS or joined
    ends = ends and (joined or bool(follower))
    if joined and follower in _ENDS_A_THING:
        return []
    if ends and _may_be_finite(line[0]):
        return [Verb(0, _weighed(line, 0, words_verbs.GUESS))]
    if line[0].text not in _NAMES_ONE or line[0].text in english.MANY:
        return []
    for i in range(1, min(len(line), 6)):
        before, after = _before(line, i), _after(line, i)
        if before in _BEFORE_THINGS:
            return []
        fits = not after or after in _OBJECT_STARTS | english.PREPOSITIONS or is_adverb(line[i + 1])
        if fits and before not in _DESCRIBES and _may_be_finite(line[i]):
            return [Verb(i, _weighed(line, i, words_verbs.GUESS))]
    return []


def goes_on(line: list[Token]) -> bool:
    """`marks it with chalk`, `creases the paper`: a clause that begins with a verb that no list knows."""
    after = _after(line, 0)
    acts = after in _OBJECT_STARTS - english.MANY and _may_be_finite(line[0])
    return acts and not _form(line[0].text)[0] and line[0].text.endswith("s")


def _may_be_finite(token: Token) -> bool:
    known = lexicons.classes(token.text)
    seen = lexicons.stem(token.text) not in words_verbs.UNSEEN_VERBS
    return bool(_FINITE.fullmatch(token.text)) and (not known or "VERB" in known) and seen
