"""Reads English clauses by word lists: where they divide, who acts, what kind each one is."""

import re

from pipeline.prompts.grammar import requests
from pipeline.prompts.grammar.clauses import Clause, Kind, Span, trimmed
from pipeline.prompts.grammar.english_praise import (
    is_of_praise,
    is_praise,
    is_slogan,
    praises_with_a_verb,
)
from pipeline.prompts.grammar.english_verbs import (
    Verb,
    goes_on,
    guessed_verbs,
    helping_verbs,
    is_adverb,
    verbs,
)
from pipeline.prompts.grammar.tokens import Token, within
from pipeline.prompts.words import english
from pipeline.prompts.words import praise as words_praise

_LEAD = re.compile(
    r"(?:(?:and|but|so|then|next(?! (?:scene|shot|location))|first|firstly|finally|afterwards?|"
    r"while|as|when|whereas|meanwhile|lastly|later|before|after|until|after that|at last|"
    r"followed by|eventually)\b[\s,]*)+",
    re.IGNORECASE,
)
_TIMED = re.compile(r"(?:before|after|while|when)\b", re.IGNORECASE)
_JOINTS = english.word_set("and then while as when before after until but whereas")
_AT_CAMERA = re.compile(
    r"\b(?:to|toward|towards|at|into|for|past|from|facing|near|behind|off) (?:the )?(?:camera|lens)\b",
    re.IGNORECASE,
)
_CAMERA = re.compile(english.CAMERA, re.IGNORECASE)
_CAMERA_TARGET = re.compile(
    r"\b(?:on|onto|toward|towards|around|of|from|over|past|across|along|through|into|follows|following|tracks|tracking|circles|orbits|reveals?)"
    r"(?: behind| after)?"
    r" ((?:the|a|an|his|her|its|two|three)"
    r"(?: (?!with|in|on|at|as|from|through|while)[\w'’-]+){1,4})",
    re.IGNORECASE,
)
_FRAMED = re.compile(
    r"(?:(?:extreme|tight|medium|cinematic|macro|wide|low|high|close|product|detail)[\s-]*)*"
    r"(?:close-?up|macro|(?:wide|low|high) angle|(?:bird['’]s eye|top|side) view|pov|shot|view)",
    re.IGNORECASE,
)
_SCENE = re.compile(english.SCENE_CHANGE, re.IGNORECASE)
_NEGATION = re.compile(english.NEGATION, re.IGNORECASE)
_STATIC_START = re.compile(english.STATIC_STARTS, re.IGNORECASE)
_STATIC_WORD = re.compile(english.STATIC_WORDS, re.IGNORECASE)
_MANNER = re.compile(
    r"\b(?:motion|movement|arc|circles?|rhythm|direction|loop|spiral|instant|moment|turn|wave|burst|"
    r"swirl|rush)\b"
)
_STAYS = re.compile(
    r"\b(?:still|motionless|unmoving|immobile|in place)\b|\b(?:rest|stay|remain)(?:s|ing)?(?: \w+ly)?$",
    re.IGNORECASE,
)
_BEHIND = re.compile(
    r"\b(?:in|through|across|along) the (?:background|distance)\b|\bbehind (?:him|her|them|it)\b",
    re.IGNORECASE,
)
"""What goes on there goes on around the shot."""
_CAMERA_NOUNS = english.FRAMING | english.word_set("camera dolly zoom")
_BESIDE_VERB = english.word_set("then first also suddenly next finally now just still both all to")
_NO_SUBJECT = english.PREPOSITIONS | english.word_set("there no not never without")
_OWNED = english.word_set("his her its their")
_TOOLS = english.word_set(
    """hand hands finger fingers fingertips arm arms foot feet paw paws smile fist palm knees wings
    tongue teeth"""
)


def split(text: str, line: list[Token]) -> list[Span]:
    """Divides a stretch without punctuation at joining words that begin a clause of their own.

    `line` has the words of the whole stretch.
    """
    starts = [0]
    first = 0
    for k in range(1, len(line)):
        if line[k].text in _JOINTS and k > first and _joins(line[first : k + 1], line[k + 1 :]):
            starts.append(line[k].start)
            first = k + 1
    edges = zip(starts, [*starts[1:], len(text)], strict=True)
    return [trimmed(text, edge) for edge in edges]


def _joins(left: list[Token], right: list[Token]) -> bool:
    """Whether the last word of `left` joins two clauses, not two things."""
    *left, joint = left
    if not right or joint.text == "then":
        return bool(right)
    if joint.text == "as" and (
        right[0].text in {"if", "a", "well", "though"}
        or left[-1].text in {"such", "as", "same", "well"}
    ):
        return False
    if joint.text != "and" and any(token.text in _CAMERA_NOUNS for token in left):
        return bool(verbs(right))
    acts = verbs(left) or (left and goes_on(left))
    if acts and (verbs(right) or guessed_verbs(right, joined=True)):
        return True
    return all(verbs(side) or helping_verbs(side) for side in (left, right))


def read(text: str, whole: list[Token], span: Span) -> Clause:
    """Says what one clause is, who acts in it and where its predicate begins.

    `whole` has the words of the stretch in which it stands.
    """
    start, end = span
    lead = _LEAD.match(text, start, end)
    body = lead.end() if lead and lead.end() < end else start
    body = requests.past_the_order(within(whole, (body, end))) or body
    line = within(whole, (body, end))
    found = _verbs(line, joined=body > start)
    subject, action = _subject(line, found, body)
    if _TIMED.match(text, start, body) and line and _does(line):
        subject, action = None, body
    kind = _kind(text[body:end], line, found, subject)
    if requests.asks_for_motion(line):
        subject = requests.shown(line)
    bid = requests.read_english(line, text, body)
    if bid and kind is not Kind.LIMIT:
        subject, action = bid.subject, bid.action
        kind = _asked(line, bid)
    target = _CAMERA_TARGET.search(text, body, end) if kind is Kind.CAMERA else None
    if target and any(verb.weight for verb in verbs(within(whole, (target.start(1), end)))):
        return read(text, whole, (target.start(1), end))._replace(start=start)
    named = within(whole, subject) if subject else []
    camera = kind is Kind.CAMERA or (kind is Kind.LIMIT and _head(named) in _CAMERA_NOUNS)
    return Clause(
        start,
        body,
        end,
        kind,
        None if camera else subject,
        action,
        weight=_weight(line, found, subject, bid) if kind is Kind.ACTION else 0.0,
        ambient=_head(named) in english.AMBIENT or bool(_BEHIND.search(text, action, end)),
        part=_is_part(named),
        target=target.span(1) if target else None,
        still=kind is Kind.POSE and bool(subject and _STAYS.search(text, action, end)),
    )


def _does(line: list[Token]) -> bool:
    """`after unlacing her boots`: what somebody does who is named later, or was before."""
    first, *rest = [token.text for token in line]
    follows = english.DETERMINERS | english.PREPOSITIONS | english.PRONOUNS
    return (
        first.endswith("ing")
        and first not in english.NOT_VERBS_ING
        and bool(rest and rest[0] in follows)
    )


def _verbs(line: list[Token], joined: bool) -> list[Verb]:
    """The known ones; else, or before them in `then plants the seed and waters it`, one that is guessed."""
    found = verbs(line)
    found = found[1:] if _only_describes(line, found) else found
    opens = found and found[0].at > 1 and joined and line[1].text in english.DETERMINERS
    opens = opens or (found and found[0].at > 1 and goes_on(line))
    return [*guessed_verbs(line, joined), *found] if opens or not found else found


def _only_describes(line: list[Token], found: list[Verb]) -> bool:
    """`a woman smiling walks`: the first of two verbs side by side says how she looks."""
    if len(found) < 2 or found[1].at != found[0].at + 1 or not found[0].at:
        return False
    before, first, second = (line[found[0].at + i].text for i in (-1, 0, 1))
    aside = first.endswith("ing") and not second.endswith(("ing", "ed"))
    return aside and before not in english.BE | english.DETERMINERS | english.PREPOSITIONS


def _weight(
    line: list[Token], found: list[Verb], subject: Span | None, bid: requests.Bid | None
) -> float:
    if bid and bid.weight:
        return bid.weight
    aspect = next((i for i, token in enumerate(line) if token.text == "with"), len(line))
    told = [verb for verb in found if verb.at < aspect] or found
    weight = max((verb.weight for verb in told), default=0.0)
    aside = subject is None and all(line[verb.at].text.endswith("ing") for verb in found)
    return max(1.0, weight - 1) if aside else weight


def _asked(line: list[Token], bid: requests.Bid) -> Kind:
    if bid.weight is not None:
        return Kind.ACTION if bid.weight else Kind.POSE
    praise = any(t.text in words_praise.STRONG and t.start > bid.action for t in line)
    return Kind.ABSTRACT if praise else Kind.PHRASE


def _subject(line: list[Token], found: list[Verb], body: int) -> tuple[Span | None, int]:
    """The words before the first verb; where the predicate begins after them."""
    end = min([*(verb.at for verb in found), *helping_verbs(line)], default=len(line))
    while end > 0 and _is_beside_verb(line[end - 1]):
        end -= 1
    start = 0
    while start < end and _is_beside_verb(line[start]):
        start += 1
    if start < end and line[start].text in english.PREPOSITIONS:
        start = _past_its_place(line, start, end)
    if start == end or line[start].text in _NO_SUBJECT:
        return None, body
    action = line[end].start if end < len(line) else line[-1].end
    return (line[start].start, line[end - 1].end), action


def _past_its_place(line: list[Token], start: int, end: int) -> int:
    """`with a soft click the lipstick closes` names the lipstick."""
    for i in range(end - 1, start + 1, -1):
        if line[i].text in english.DETERMINERS and line[i - 1].text not in english.PREPOSITIONS:
            return i
    return start


def _is_beside_verb(token: Token) -> bool:
    return is_adverb(token) or token.text in _BESIDE_VERB


def _is_part(named: list[Token]) -> bool:
    """`its tail`, `hair`; `a hand` comes from somebody else."""
    first = named[0].text if named else ""
    return first in _OWNED or (
        _head(named) in english.BODY_PARTS and first not in {"a", "an", "two"}
    )


def _head(named: list[Token]) -> str:
    """The noun that names who acts: the last word before a preposition."""
    after = next(
        (i for i, t in enumerate(named) if i and t.text in english.PREPOSITIONS), len(named)
    )
    return named[after - 1].text if after else ""


def _kind(body: str, line: list[Token], found: list[Verb], subject: Span | None) -> Kind:
    moving = [line[verb.at] for verb in found if verb.weight]
    offset = line[0].start if line else 0
    if _limits(body, moving):
        return Kind.LIMIT
    if _SCENE.search(body):
        return Kind.SCENE
    if _is_camera(body, [token.end - offset for token in moving]):
        return Kind.CAMERA
    if is_slogan(line) or is_of_praise(line, subject) or praises_with_a_verb(line, found):
        return Kind.ABSTRACT
    if requests.asks_for_motion(line):
        return Kind.PHRASE
    if not moving and is_praise(body, line):
        return Kind.ABSTRACT
    if moving:
        return Kind.ACTION
    if _is_static(body, line, subject):
        return Kind.STATIC
    return Kind.POSE if found else Kind.PHRASE


def _limits(body: str, moving: list[Token]) -> bool:
    negation = _NEGATION.search(body)
    before = body[: negation.start()].lower() if negation else ""
    return negation is not None and not any(token.text in before for token in moving)


def _is_camera(body: str, verb_ends: list[int]) -> bool:
    """Whether a camera move is named before anybody acts, `to the camera` not counted."""
    if _FRAMED.fullmatch(body.strip()):
        return True
    move = _CAMERA.search(_AT_CAMERA.sub(lambda match: "_" * len(match.group()), body))
    if not move or re.match(r"\s+of\b", body[move.end() :], re.IGNORECASE):
        return False
    return not any(end < move.start() for end in verb_ends)


def _is_static(body: str, line: list[Token], subject: Span | None) -> bool:
    if body[:4].lower() == "with" and any(token.text in _TOOLS for token in line):
        return False
    if _STATIC_START.match(body):
        return not _MANNER.search(body)
    return bool(_STATIC_WORD.search(body)) or (subject is not None and bool(helping_verbs(line)))
