"""What speaks for and against an action being the one that a shot is about: signs, each with a name."""

import re
from collections.abc import Iterator, Sequence

from pipeline.prompts.grammar import arrivals
from pipeline.prompts.grammar.clauses import Clause, Span, is_han
from pipeline.prompts.grammar.english_verbs import is_adverb
from pipeline.prompts.grammar.lexicons import segmented
from pipeline.prompts.grammar.prompt import ParsedPrompt
from pipeline.prompts.words import chinese, english
from pipeline.prompts.words.verbs import GUESS_HANDLING

A_FEW = 4
"""So many actions of one who acts lead up to the last; more are a list, and two may be alike."""
SORTS = ("acts on a thing", "moves", "may move", "takes or shows", "prepares or reacts")
"""Kinds of verbs, by the weight that the word lists give them and by whether a thing follows."""
SIGNS = (
    *SORTS,
    *(f"last: {sort}" for sort in SORTS),
    "last: goes somewhere",
    "said to follow",
    "must be kept",
    "one word",
    "light or air",
    "a part of a body",
    "another's",
    "another's, to the first",
    "another's, by a pronoun",
)
"""Every sign that there is."""

_PRONOUN = re.compile(r"he|she|it|they|both|[他她它]们?", re.IGNORECASE)
_TO_IT = re.compile(r"\b(?:it|them|him|her)\b|[把将向给][它他她]", re.IGNORECASE)
_LAST = r"(?:and )?(?:finally|lastly|at last|in the end|eventually)\b|最后|最终|终于"
_SAID_TO_BE_LAST = re.compile(_LAST, re.IGNORECASE)
_SAID_TO_FOLLOW = re.compile(
    rf"{_LAST}|(?:and )?(?:then|next|after that|afterwards?)\b|然后|接着|随后|再|又", re.IGNORECASE
)
_BODY_PART = re.compile(f"(?:{chinese.BODY}|(?<![镜石码山街])头|[眼腿膝腰身臂肩手脚]|脚[尖跟])$")
_OWN_BODY = re.compile(
    rf"\b(?:his|her|its|their|both|one)(?: \w+)? (?:{'|'.join(sorted(english.BODY_PARTS))}|toes|heels)$"
    f"|{_BODY_PART.pattern}",
    re.IGNORECASE,
)
_ONE_WORD = 2
"""Characters of a Chinese verb that stands alone."""
_ONCE = re.compile(r"\bonce\b|一[下圈]", re.IGNORECASE)
_HAND = re.compile(r"\b(?:hands?|fingers?|fingertips)$|手指?$|指尖$", re.IGNORECASE)
_TO_A_PLACE = re.compile(r"[进入向往到](?=[\u3400-\u9fff])")
_WAYS = english.DIRECTIONS - {"from", "toward", "towards"}
_ALONG = english.word_set("up down out off away back")
_OBJECT_STARTS = english.DETERMINERS | english.word_set("him her it them")
_NO_THING = english.PREPOSITIONS | english.BE | {"and", "or", "then", "like"}
_BEFORE_VERB = english.BE | english.STAGE_WORDS | {"and", "to"}


def signs(
    prompt: ParsedPrompt, clauses: Sequence[Clause], locked: Sequence[str]
) -> list[tuple[str, ...]]:
    """The signs of each of the clauses that the main action is chosen of, in their order."""
    doers = [_doer(prompt, clause) for clause in clauses]
    last = {at for at in range(len(doers)) if _is_last_of_a_few(at, doers)}
    return [tuple(_signs(prompt, clause, at in last, locked)) for at, clause in enumerate(clauses)]


def holds(prompt: ParsedPrompt, clause: Clause, locked: Sequence[str]) -> bool:
    """Whether one of the words that must be kept stands in what it says."""
    predicate = prompt.text[clause.action : clause.end].casefold()
    return any(word.casefold() in predicate for word in locked)


def is_gesture(prompt: ParsedPrompt, clause: Clause) -> bool:
    """Whether it is over at once: a nod, an arm that is raised, one turn of something."""
    said = (clause.action, clause.end)
    if clause.weight <= 1 or _ONCE.search(prompt.text, *said):
        return True
    return clause.weight <= GUESS_HANDLING and bool(_OWN_BODY.search(prompt.text, *said))


def _signs(
    prompt: ParsedPrompt, clause: Clause, last: bool, locked: Sequence[str]
) -> Iterator[str]:
    reach = _reach(prompt, clause)
    sort = _sort(clause, reach)
    if _is_said(_SAID_TO_FOLLOW, prompt, clause):
        yield "said to follow"
    if last or _is_said(_SAID_TO_BE_LAST, prompt, clause):
        yield f"last: {sort}"
        if reach == "goes somewhere" and sort == "prepares or reacts":
            yield "last: goes somewhere"
    else:
        yield sort
        if reach == "one word":
            yield reach
    yield from _who(prompt, clause)
    if holds(prompt, clause, locked):
        yield "must be kept"


def _doer(prompt: ParsedPrompt, clause: Clause) -> Span | None:
    """Who acts; of a hand it is the main subject."""
    if clause.part and clause.actor and _HAND.search(prompt.text, *clause.actor):
        return prompt.subject
    return clause.actor


def _is_last_of_a_few(at: int, doers: Sequence[Span | None]) -> bool:
    return doers[at] not in doers[at + 1 :] and 2 < doers.count(doers[at]) <= A_FEW


def _is_said(words: re.Pattern[str], prompt: ParsedPrompt, clause: Clause) -> bool:
    return any(words.match(prompt.text, at) for at in (clause.start, clause.action))


def _who(prompt: ParsedPrompt, clause: Clause) -> Iterator[str]:
    if clause.ambient:
        yield "light or air"
    if clause.part:
        yield "a part of a body"
    if clause.main:
        return
    yield "another's"
    if _TO_IT.search(prompt.text, clause.action, clause.end):
        yield "another's, to the first"
    if clause.actor is not None and _PRONOUN.fullmatch(prompt.text, *clause.actor):
        yield "another's, by a pronoun"


def _sort(clause: Clause, reach: str) -> str:
    if clause.weight > 2:
        return "acts on a thing"
    if clause.weight > 1:
        return "moves" if clause.weight == 2 else "may move"
    return "takes or shows" if reach == "a thing" else "prepares or reacts"


def _reach(prompt: ParsedPrompt, clause: Clause) -> str:
    """What follows the verb: `a thing`, `a body part`, `goes somewhere`; `one word` where nothing does."""
    text, action, end = prompt.text, clause.action, clause.end
    if arrivals.arrives(text, clause):
        return "goes somewhere"
    if is_han(text[action:end]):
        return _reach_of_chinese(text, clause)
    said = [token.text for token in prompt.tokens((action, end)) if not is_adverb(token)]
    while said and said[0] in _BEFORE_VERB:
        said = said[1:]
    if len(said) < 2:
        return "one word"
    along = clause.weight != 2 and said[1] in _ALONG and len(said) > 2 and said[2] in _OBJECT_STARTS
    thing = said[2:] if along else said[1:]
    if thing[0] in _NO_THING:
        return "goes somewhere" if thing[0] in _WAYS else ""
    return "a body part" if 1 < len(thing) < 4 and thing[-1] in english.BODY_PARTS else "a thing"


def _reach_of_chinese(text: str, clause: Clause) -> str:
    """The same; whether a thing follows is asked of mere gestures alone, since that takes a segmenter."""
    action, end = clause.action, clause.end
    if end - action <= _ONE_WORD:
        return "one word"
    if _BODY_PART.search(text, action, end):
        return "a body part"
    if _TO_A_PLACE.search(text, action + 1, end):
        return "goes somewhere"
    if clause.weight > 1:
        return ""
    return "a thing" if any(word.tag[0] in "nr" for word in segmented(text, (action, end))) else ""
