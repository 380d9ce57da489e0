"""Tells what the verb of an action reaches: a thing, a part of the own body, a place, or nothing."""

import re

from pipeline.prompts.grammar import arrivals
from pipeline.prompts.grammar.clauses import Clause, is_han
from pipeline.prompts.grammar.english_forms import is_adverb
from pipeline.prompts.grammar.lexicons import segmented
from pipeline.prompts.grammar.prompt import ParsedPrompt
from pipeline.prompts.words import chinese, english

_BODY_PART = re.compile(
    f"(?:{chinese.BODY}|(?<![镜石码山街])头|[眼腿膝腰身臂肩手脚]|脚[尖跟]|牙关?|脚步|头发)$"
)
OWN_BODY = re.compile(
    rf"\b(?:his|her|its|their|both|one)(?: \w+)? (?:{'|'.join(sorted(english.BODY_PARTS))}|toes|heels)$"
    f"|{_BODY_PART.pattern}",
    re.IGNORECASE,
)
_ONE_WORD = 2
"""Characters of a Chinese verb that stands alone."""
_TO_A_PLACE = re.compile(r"[进入向往到](?=[\u3400-\u9fff])")
_ONTO = re.compile("[到在向往上进]")
_WAYS = english.DIRECTIONS - {"from", "toward", "towards"}
_ALONG = english.word_set("up down out off away back")
_OBJECT_STARTS = english.DETERMINERS | english.word_set("him her it them")
_NO_THING = english.PREPOSITIONS | english.BE | {"and", "or", "then", "like"}
_BEFORE_VERB = english.BE | english.STAGE_WORDS | {"and", "to"}


def said_from(prompt: ParsedPrompt, clause: Clause) -> int:
    """Where its verb stands, past `then`, `is` and adverbs."""
    action = clause.action
    for token in prompt.tokens((action, clause.end)):
        if not (is_adverb(token) or token.text in _BEFORE_VERB):
            return token.start
    return action


def reach_of(prompt: ParsedPrompt, clause: Clause) -> str:
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
    if _BODY_PART.search(text, action, end) and not _ONTO.search(text, action + 1, end):
        return "a body part"
    if _TO_A_PLACE.search(text, action + 1, end):
        return "goes somewhere"
    if clause.weight > 1:
        return ""
    return "a thing" if any(word.tag[0] in "nr" for word in segmented(text, (action, end))) else ""
