"""Reads English clauses by word lists: where they divide, who acts, which verb counts."""

import re
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

from pipeline import prompt_words as words
from pipeline.prompt_clauses import HAN, Clause, Kind, Span, trimmed

_TOKEN = re.compile(rf"[^\W_{HAN}]+(?:['’\-][^\W_{HAN}]+)*")
_LEAD = re.compile(
    r"(?:(?:and|but|so|then|next|first|firstly|finally|afterwards?|while|as|when|whereas|meanwhile|lastly|later|before|"
    r"after|until|after that|at last|followed by|eventually)\b[\s,]*)+",
    re.IGNORECASE,
)
_JOINTS = frozenset("and then while as when before after until but whereas".split())
_AT_CAMERA = re.compile(
    r"\b(?:to|toward|towards|at|into|for|past|from|facing|near|behind|off) (?:the )?(?:camera|lens)\b",
    re.IGNORECASE,
)
_CAMERA = re.compile(words.CAMERA, re.IGNORECASE)
_CAMERA_TARGET = re.compile(
    r"\b(?:on|onto|toward|towards|around|of|follows|following|tracks|tracking|circles|orbits|reveals?)"
    r" ((?:the|a|an|his|her|its|two|three)(?: (?!with|in|on|at|as|from|through|while)[\w'’-]+){1,4})", re.IGNORECASE
)  # fmt: skip
_RELATIVE = re.compile(r"(?:which|who|whose|whom)\b", re.IGNORECASE)
_SCENE = re.compile(words.SCENE_CHANGE, re.IGNORECASE)
_NEGATION = re.compile(words.NEGATION, re.IGNORECASE)
_ABSTRACT_VERB = re.compile(words.ABSTRACT_VERBS, re.IGNORECASE)
_STATIC_START = re.compile(words.STATIC_STARTS, re.IGNORECASE)
_STATIC_WORD = re.compile(words.STATIC_WORDS, re.IGNORECASE)
_MANNER = re.compile(
    r"\b(?:motion|movement|arc|circles?|rhythm|direction|loop|spiral|instant|moment|turn|wave|burst|swirl|rush)\b"
)
_FINITE_GUESS = re.compile(r"[a-z]{2,}[^su']s")
_ADVERB = re.compile(r"[a-z]+ly")


_COMPLEMENTS = words.DETERMINERS | words.PREPOSITIONS
_DESCRIBES = words.DETERMINERS | words.ADJECTIVES
_NOT_BEFORE_VERB = _COMPLEMENTS | words.ADJECTIVES
_NOT_BEFORE_BASE = _NOT_BEFORE_VERB | words.BE
_NOT_BEFORE_ING = _NOT_BEFORE_VERB | {"", "and"}
_BEFORE_BASE = words.PLURAL_HEADS | {"to", "then", "let", "first", "start", "starts", "starting"}


class Token(NamedTuple):
    text: str
    start: int
    end: int


def tokens(text: str, start: int, end: int) -> list[Token]:
    """The words between two places that stand at the edges of words."""
    return [token for token in _all_tokens(text) if start <= token.start and token.end <= end]


@lru_cache(maxsize=64)
def _all_tokens(text: str) -> list[Token]:
    return [Token(m.group().lower(), m.start(), m.end()) for m in _TOKEN.finditer(text)]


def split(text: str, span: Span) -> list[Span]:
    """Divides a stretch without punctuation at joining words that begin a clause of their own."""
    line = tokens(text, *span)
    starts = [span[0]]
    first = 0
    for k in range(1, len(line)):
        if line[k].text in _JOINTS and k > first and _joins(line, first, k):
            starts.append(line[k].start)
            first = k + 1
    edges = zip(starts, [*starts[1:], span[1]], strict=True)
    return [trimmed(text, edge) for edge in edges]


def is_open_noun_phrase(text: str, start: int, end: int) -> bool:
    """`a soft`, `an elegant, dreamy`: an article and adjectives that still wait for their noun."""
    line = tokens(text, start, end)
    return (
        len(line) > 1
        and line[0].text in words.DETERMINERS
        and all(t.text in _DESCRIBING for t in line[1:])
    )


def is_relative(text: str, start: int) -> bool:
    """`which flies off`: belongs to the noun before it."""
    return bool(_RELATIVE.match(text, start))


def goes_on_adjectives(text: str, end: int, start: int) -> bool:
    """Whether a comma alone, and no new article, stands between an open noun phrase and what follows."""
    following = _TOKEN.match(text, start)
    return (
        text[end:start].strip() == ","
        and bool(following)
        and following.group().lower() not in words.DETERMINERS
    )


def _joins(line: list[Token], first: int, k: int) -> bool:
    word, rest = line[k].text, line[k + 1 :]
    if not rest or word == "then":
        return bool(rest)
    if word == "as" and (
        rest[0].text in {"if", "a", "well", "though"}
        or line[k - 1].text in {"such", "as", "same", "well"}
    ):
        return False
    left = line[first:k]
    if word != "and" and any(t.text in words.FRAMING | {"camera", "dolly", "zoom"} for t in left):
        return bool(verbs(rest))
    return bool(verbs(left) or _be(left)) and bool(verbs(rest) or _be(rest))


def _be(line: list[Token]) -> bool:
    return bool(_helping_verbs(line))


def _helping_verbs(line: list[Token]) -> list[int]:
    return [
        i
        for i, token in enumerate(line)
        if token.text in words.BE
        or (token.text in _AUXILIARY and _before(line, i) not in words.DETERMINERS)
    ]


def verbs(line: list[Token]) -> list[tuple[int, float]]:
    """Index and weight of the words that are verbs here, nouns that look alike left out."""
    found = []
    for i, token in enumerate(line):
        kind, weight = words.VERBS.get(token.text, ("", 0.0))
        if _after(line, i) == "not":
            continue
        if (not weight and _after(line, i) in _PARTICLES) or (weight > 1 and _is_gesture(line, i)):
            weight = 1.0
        if token.text in words.NOT_VERBS_ING:
            continue
        if kind and _TESTS[kind](line, i, [j for j, _ in found]):
            found.append((i, weight))
        elif not kind and _is_unknown_ing(line, i):
            found.append((i, 0.5))
    return found


def _is_gesture(line: list[Token], i: int) -> bool:
    """`closes her eyes`, `spreads his arms`."""
    beyond = line[i + 2].text if i + 2 < len(line) else ""
    return (
        line[i].text.startswith(("open", "clos", "spread", "extend")) and beyond in words.BODY_PARTS
    )


def _after(line: list[Token], i: int) -> str:
    return line[i + 1].text if i + 1 < len(line) else ""


def _before(line: list[Token], i: int) -> str:
    """The word before, adverbs passed over."""
    while i > 0 and _ADVERB.fullmatch(line[i - 1].text):
        i -= 1
    return line[i - 1].text if i > 0 else ""


def _third_person(line: list[Token], i: int, _: list[int]) -> bool:
    before, after = _before(line, i), _after(line, i)
    in_white = i > 1 and line[i - 2].text == "in" and before in words.ADJECTIVES
    if before in _NOT_BEFORE_VERB and not in_white:
        return False
    if after in words.BE:
        return False
    follower = words.VERBS.get(after, ("", 0.0))[0]
    return not (follower == "base" and _base(line, i + 1, []))


def _base(line: list[Token], i: int, earlier: list[int]) -> bool:
    before, after = _before(line, i), _after(line, i)
    if i == 0:
        return not after or after in _COMPLEMENTS or bool(_ADVERB.fullmatch(after))
    if before in _BEFORE_BASE:
        return True
    if before == "and":
        return any(
            words.VERBS[line[j].text][0] == "base" for j in earlier if line[j].text in words.VERBS
        )
    if before in _NOT_BEFORE_BASE:
        return False
    plural = before.endswith("s") and not before.endswith(("ss", "'s", "’s", "us"))
    together = not earlier and any(token.text == "and" for token in line[:i])
    return (
        (plural and words.VERBS.get(before, ("", 0.0))[0] != "s")
        or together
        or _noun_verb_noun(line, i)
    )


def _noun_verb_noun(line: list[Token], i: int) -> bool:
    """`ocean waves crash`: a plural that is also a verb form, then the real verb."""
    before, after = _before(line, i), _after(line, i)
    return (
        before.endswith("s")
        and before in words.VERBS
        and (not after or after in words.PREPOSITIONS)
    )


def _ing(line: list[Token], i: int, _: list[int]) -> bool:
    before, after = _before(line, i), _after(line, i)
    if before in words.BE:
        return True
    if after in words.NOUN_AFTER_ING or before in words.DETERMINERS:
        return False
    return before not in words.ADJECTIVES or not after or after in _COMPLEMENTS


def _past(line: list[Token], i: int, _: list[int]) -> bool:
    before, after = _before(line, i), _after(line, i)
    if not before or before in _NOT_BEFORE_BASE:
        return False
    return before != "and" and after not in {"with", "by", "in", "of", "from"}


def _is_unknown_ing(line: list[Token], i: int) -> bool:
    text = line[i].text
    if not text.endswith("ing") or len(text) < 6 or text in words.NOT_VERBS_ING:
        return False
    before, after = _before(line, i), _after(line, i)
    return before in words.BE or (before not in _NOT_BEFORE_ING and after in _COMPLEMENTS)


_TESTS = {"s": _third_person, "base": _base, "ing": _ing, "ed": _past}


def _guess(line: list[Token]) -> list[tuple[int, float]]:
    """A verb that no list knows: an -s word after one thing, or first before an object, with its complement."""
    if not line:
        return []
    if (
        _FINITE_GUESS.fullmatch(line[0].text)
        and _after(line, 0) in _OBJECT_STARTS | words.DIRECTIONS
    ):
        return [(0, 0.5)]
    if line[0].text not in words.DETERMINERS | words.PRONOUNS:
        return []
    for i in range(1, min(len(line), 6)):
        before, after = _before(line, i), _after(line, i)
        if before in words.PREPOSITIONS | {"and"}:
            return []
        fits = not after or after in _OBJECT_STARTS | words.PREPOSITIONS or _ADVERB.fullmatch(after)
        if fits and before not in _DESCRIBES and _FINITE_GUESS.fullmatch(line[i].text):
            return [(i, 0.5)]
    return []


def read(text: str, span: Span) -> Clause:
    """Says what one clause is, who acts in it and where its predicate begins."""
    start, end = span
    lead = _LEAD.match(text, start, end)
    body = lead.end() if lead and lead.end() < end else start
    line = tokens(text, body, end)
    found = verbs(line) or _guess(line)
    subject, action = _subject(line, found, body)
    kind = _kind(text[body:end], line, found, starts_with_subject=subject is not None)
    target = _CAMERA_TARGET.search(text, body, end) if kind is Kind.CAMERA else None
    if target and any(weight > 0 for _, weight in verbs(tokens(text, target.start(1), end))):
        return replace(read(text, (target.start(1), end)), start=start)
    named = tokens(text, *subject) if subject else []
    return Clause(
        start,
        body,
        end,
        kind,
        None if kind is Kind.CAMERA else subject,
        action,
        tuple((line[i].start, weight) for i, weight in found) if kind is Kind.ACTION else (),
        ambient=_head(named) in words.AMBIENT,
        part=_head(named) in words.BODY_PARTS
        or (bool(named) and named[0].text in {"his", "her", "its", "their"}),
        target=target.span(1) if target else None,
    )


def _subject(
    line: list[Token], found: list[tuple[int, float]], body: int
) -> tuple[Span | None, int]:
    """The words before the first verb; where the predicate begins after them."""
    heads = [i for i, _ in found] + _helping_verbs(line)
    first = min(heads, default=len(line))
    end = first
    while end > 0 and (_ADVERB.fullmatch(line[end - 1].text) or line[end - 1].text in _BESIDE_VERB):
        end -= 1
    start = 0
    while start < end and (_ADVERB.fullmatch(line[start].text) or line[start].text in _BESIDE_VERB):
        start += 1
    if start == end or line[start].text in words.PREPOSITIONS | _NO_SUBJECT:
        return None, body
    return (line[start].start, line[end - 1].end), line[end].start if end < len(line) else line[
        -1
    ].end


def _head(line: list[Token]) -> str:
    """The noun that names who acts: the last word before a preposition."""
    cut = next(
        (i for i, token in enumerate(line) if i and token.text in words.PREPOSITIONS), len(line)
    )
    return line[cut - 1].text if cut else ""


def _kind(
    body: str, line: list[Token], found: list[tuple[int, float]], starts_with_subject: bool
) -> Kind:
    weight = max((w for _, w in found), default=-1.0)
    moves = weight > 0
    negation = _NEGATION.search(body)
    if negation and not any(body.find(line[i].text) < negation.start() for i, w in found if w > 0):
        return Kind.LIMIT
    if _SCENE.search(body):
        return Kind.SCENE
    if _is_camera(body, line, found):
        return Kind.CAMERA
    if is_praise(body, line, moves):
        return Kind.ABSTRACT
    if moves:
        return Kind.ACTION
    if _is_static(body, line, starts_with_subject):
        return Kind.STATIC
    return Kind.POSE if found else Kind.PHRASE


def _is_camera(body: str, line: list[Token], found: list[tuple[int, float]]) -> bool:
    move = _CAMERA.search(_AT_CAMERA.sub(lambda m: "_" * len(m.group()), body))
    if not move or not line or re.match(r"\s+of\b", body[move.end() :], re.IGNORECASE):
        return False
    offset = line[0].start
    return not any(w > 0 and line[i].end - offset < move.start() for i, w in found)


def is_praise(body: str, line: list[Token], moves: bool) -> bool:
    content = [t.text for t in line if t.text not in words.FUNCTION_WORDS and not t.text.isdigit()]
    strong = sum(word in words.STRONG for word in content)
    mild = sum(word in words.MILD and word not in words.STRONG for word in content)
    if moves:
        return False
    if content and len(content) <= 3 and content[-1] in words.ABSTRACT_HEADS:
        return True
    if not strong:
        moods = mild > 1 or (len(content) == 1 and content[0] in words.MOODS)
        return moods and len(content) == max(mild, 1) and line[0].text not in words.DETERMINERS
    if _ABSTRACT_VERB.search(body) or _be(line) or any(t.text in {"full", "filled"} for t in line):
        return True
    return 2 * (strong + mild) > len(content) or strong + mild == len(content)


def _is_static(body: str, line: list[Token], starts_with_subject: bool) -> bool:
    if any(token.text in _TOOLS for token in line) and body[:4].lower() == "with":
        return False
    if _STATIC_START.match(body):
        return not _MANNER.search(body)
    return bool(_STATIC_WORD.search(body)) or (starts_with_subject and _be(line))


def has_place(text: str, span: Span) -> bool:
    """`fresh croissants on a plate`: a thing and where it is."""
    return any(token.text in words.PREPOSITIONS for token in tokens(text, *span))


def praise_inside(text: str, clause: Clause) -> list[Span]:
    """Praise that can be cut out of a clause which says more than that."""
    line = tokens(text, clause.body, clause.end)
    return [*_phrases(line), *_adjectives(text, line)]


def _phrases(line: list[Token]) -> list[Span]:
    """`with timeless elegance`, `full of energy`: up to the next word that is no praise."""
    spans = []
    for i, token in enumerate(line):
        if token.text not in {"with", "in", "full", "exuding", "evoking", "radiating"}:
            continue
        end = i + 1
        while end < len(line) and line[end].text in _PRAISE_RUN:
            end += 1
        if any(t.text in words.STRONG for t in line[i + 1 : end]) and _ends_phrase(line, end):
            while line[end - 1].text in {"and", "the", "a", "an", "of"}:
                end -= 1
            spans.append((token.start, line[end - 1].end))
    return spans


def _ends_phrase(line: list[Token], end: int) -> bool:
    return end == len(line) or line[end].text in words.PREPOSITIONS or line[end].text in words.VERBS


def _adjectives(text: str, line: list[Token]) -> list[Span]:
    """Praise before a noun, with its adverb, its joining `and` and an article that would no longer fit."""
    spans = []
    for i, token in enumerate(line[:-1]):
        follower = line[i + 1].text
        if token.text not in words.CUT_ADJECTIVES or follower in words.FUNCTION_WORDS - {"and"}:
            continue
        if i and line[i - 1].text in words.BE:
            continue
        start, end = token.start, line[i + 1].start
        if follower == "and" and i + 2 < len(line):
            end, follower = line[i + 2].start, line[i + 2].text
        elif i and "," in text[line[i - 1].end : start] and "," not in text[token.end : end]:
            start, end = line[i - 1].end, token.end
        if i and line[i - 1].text in _INTENSIFIERS:
            i -= 1
            start = line[i].start
        if (
            i
            and line[i - 1].text in {"a", "an"}
            and (line[i - 1].text == "an") != (follower[0] in "aeiou")
        ):
            start = line[i - 1].start
        spans.append((start, end))
    return spans


_AUXILIARY = frozenset(
    "does do did doesn't don't can cannot can't will won't must should never has have".split()
)
_NO_SUBJECT = frozenset("there no not never without".split())
_OBJECT_STARTS = words.DETERMINERS | {"him", "her", "it", "them", "once", "twice", "again"}
_PARTICLES = frozenset("up down in forward back over out".split())
_BESIDE_VERB = frozenset("then first also suddenly next finally now just still both all to".split())
_TOOLS = frozenset(
    "hand hands finger fingers fingertips arm arms foot feet paw paws smile fist palm knees wings tongue teeth".split()
)
_DESCRIBING = (words.ADJECTIVES | words.CUT_ADJECTIVES | {"and", "very"}) - {"light", "single"}
_INTENSIFIERS = frozenset(
    "very truly incredibly extremely absolutely visually ultra highly so most".split()
)
_PRAISE_RUN = words.STRONG | words.MILD | {"of", "and", "a", "an", "the", "its", "sense", "feeling"}
