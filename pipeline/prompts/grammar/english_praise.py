"""Finds praise and mood in English: clauses that say nothing else, and words inside other clauses."""

import re
from itertools import takewhile

from pipeline.prompts.grammar import lexicons
from pipeline.prompts.grammar.clauses import Span
from pipeline.prompts.grammar.english_verbs import Verb, helping_verbs
from pipeline.prompts.grammar.tokens import Token
from pipeline.prompts.words import english, verbs
from pipeline.prompts.words import praise as words_praise

_ABSTRACT_ENDS = ("ness", "ity", "ship", "hood", "dom", "ism")
_ABSTRACT_VERB = re.compile(words_praise.ABSTRACT_VERBS, re.IGNORECASE)
_BOAST = re.compile(r"\b(?:like|as) never before$", re.IGNORECASE)
_OPENERS = english.word_set("with in full exuding evoking radiating")
_JOINED = english.word_set("and the a an of")
_MILD = words_praise.MILD - words_praise.STRONG
_EITHER = words_praise.STRONG | words_praise.MILD
_FIRM = words_praise.STRONG | words_praise.SLOGAN_WORDS
_PRAISING = _EITHER | words_praise.SLOGAN_WORDS
_HELPS = english.FUNCTION_WORDS | words_praise.MILD
_GLUE = english.FUNCTION_WORDS - words_praise.YOU
_NO_NOUN = english.FUNCTION_WORDS - {"and"}
_RUN = words_praise.STRONG | words_praise.MILD | _JOINED | {"its"}
_INTENSIFIERS = english.word_set(
    """very truly incredibly extremely absolutely visually ultra highly so most unbelievably utterly simply
    really remarkably impossibly exceptionally breathtakingly stunningly insanely true"""
)
_BOASTS = _INTENSIFIERS - english.word_set("very highly so most really simply true")
"""What no apple is: it may be very crisp."""


def is_praise(body: str, line: list[Token]) -> bool:
    """Whether a clause in which nothing moves says hardly more than praise."""
    content = [
        t.text for t in line if t.text not in english.FUNCTION_WORDS and not t.text.isdigit()
    ]
    if content and len(content) < 4 and _is_abstract(content[-1]) and len(content) == len(line):
        return True
    if (
        line
        and line[0].text in words_praise.SLOGAN_OPENERS
        and set(content) & words_praise.SLOGAN_WORDS
    ):
        return True
    if _only_praise_acts(content) or _BOAST.search(body):
        return True
    strong = [word for word in content if word in words_praise.STRONG]
    mild = [word for word in content if word in _MILD]
    if content and len(content) <= 3 and content[-1] in words_praise.ABSTRACT_HEADS:
        return True
    if not strong:
        if line and line[0].text in _INTENSIFIERS and content[1:] and set(content[1:]) <= _EITHER:
            return True
        lone = len(content) == 1 and content[0] in words_praise.MOODS
        only_mild = len(mild) > 1 and len(mild) == len(content)
        return lone or (only_mild and line[0].text not in english.DETERMINERS)
    if _ABSTRACT_VERB.search(body) or helping_verbs(line) or {"full", "filled"} & set(content):
        return True
    return 2 * len(strong + mild) > len(content)


def _only_praise_acts(content: list[str]) -> bool:
    """`Pure adrenaline meets engineering`: ideas, and a verb that no camera sees."""
    named = list(takewhile(lambda word: word in _EITHER, content))
    follower = content[len(named)] if len(named) < len(content) else ""
    return bool(words_praise.STRONG & set(named)) and lexicons.stem(follower) in verbs.UNSEEN_VERBS


def _is_abstract(noun: str) -> bool:
    known = noun in words_praise.STRONG and "NOUN" in lexicons.classes(noun)
    return known or (noun.endswith(_ABSTRACT_ENDS) and noun not in words_praise.VISIBLE)


def is_of_praise(line: list[Token], subject: Span | None) -> bool:
    """`Freedom starts here`: what acts is an idea."""
    named = [t.text for t in line if subject and subject[0] <= t.start and t.end <= subject[1]]
    named = [word for word in named if word not in _HELPS]
    return bool(named) and all(_is_abstract(word) for word in named)


def is_slogan(line: list[Token]) -> bool:
    """`Indulge in pure elegance`, `Dare to be yourself`: speaks to the viewer and shows nothing."""
    if not line or line[0].text not in words_praise.SLOGAN_VERBS:
        return False
    said = [token.text for token in line[1:] if token.text not in _GLUE]
    praise = [word for word in said if word in _PRAISING]
    firm = sum(word in _FIRM for word in said)
    return firm > 1 or bool(firm and 2 * len(praise) >= len(said))


def praises_with_a_verb(line: list[Token], found: list[Verb]) -> bool:
    """`the shop breathes romance`, `feels fresh`: such a verb with nothing but praise after it."""
    if len(found) != 1 or not _ABSTRACT_VERB.fullmatch(line[found[0].at].text):
        return False
    said = [t.text for t in line[found[0].at + 1 :] if t.text not in english.FUNCTION_WORDS]
    return bool(said) and all(word in _EITHER for word in said)


def praise_inside(text: str, line: list[Token]) -> list[Span]:
    """Praise that can be cut out of a clause with these words, which says more than that."""
    return [*_phrases(line), *_adjectives(text, line)]


def _phrases(line: list[Token]) -> list[Span]:
    """`with timeless elegance`, `full of energy`: up to the next word that is no praise."""
    spans = []
    for i, token in enumerate(line):
        run = list(takewhile(lambda t: t.text in _RUN, line[i + 1 :]))
        follower = line[i + 1 + len(run)].text if i + 1 + len(run) < len(line) else ""
        closed = not follower or follower in english.PREPOSITIONS or follower in verbs.VERBS
        if token.text in _OPENERS and closed and any(t.text in words_praise.STRONG for t in run):
            while run[-1].text in _JOINED:
                run.pop()
            spans.append((token.start, run[-1].end))
    return spans


def _adjectives(text: str, line: list[Token]) -> list[Span]:
    """Praise before a noun."""
    return [
        _with_its_company(text, line, i)
        for i in range(len(line) - 1)
        if _is_cut(line, i)
        and line[i + 1].text not in _NO_NOUN
        and not (i and line[i - 1].text in english.BE)
    ]


def _is_cut(line: list[Token], i: int) -> bool:
    """`an epic ride`; `a beautiful mare` may be seen, `an unbelievably beautiful mare` is praise."""
    if line[i].text in words_praise.CUT_ADJECTIVES:
        return True
    return i > 0 and line[i - 1].text in _BOASTS and line[i].text in words_praise.MOODS


def _with_its_company(text: str, line: list[Token], i: int) -> Span:
    """The adjective with its adverb, its `and` or comma, and an article that would no longer fit."""
    start, end, follower = line[i].start, line[i + 1].start, line[i + 1].text
    if follower == "and" and i + 2 < len(line):
        end, follower = line[i + 2].start, line[i + 2].text
    elif i and "," in text[line[i - 1].end : start]:
        start, end = line[i - 1].end, line[i].end
    before = line[:i]
    if before and before[-1].text in _INTENSIFIERS:
        start = before.pop().start
    article = before[-1].text if before else ""
    if article in {"a", "an"} and (article == "an") != (follower[0] in "aeiou"):
        start = before[-1].start
    return start, end
