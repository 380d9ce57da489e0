"""What speaks for and against an action being the one that a shot is about: signs, each with a name."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.prompts.grammar import arrivals
from pipeline.prompts.grammar.clauses import Clause, Kind, Span, is_han
from pipeline.prompts.grammar.english_forms import is_adverb
from pipeline.prompts.grammar.prompt import ParsedPrompt
from pipeline.prompts.reach import OWN_BODY, reach_of, said_from
from pipeline.prompts.words.verbs import GUESS_HANDLING

A_FEW = 4
"""So many actions of one who acts lead up to the last; more are a list, and two may be alike."""
SORTS = ("acts on a thing", "moves", "may move", "takes or shows", "prepares", "reacts")
"""Kinds of verbs, by the weight that the word lists give them and by whether a thing follows."""
SIGNS = (
    *SORTS,
    *(f"last: {sort}" for sort in SORTS),
    "last: goes somewhere",
    "said to follow",
    "said to be last: reacts",
    "reacts, after a deed",
    "said to be sudden",
    "must be kept",
    "one word",
    "to the own body",
    "lightly",
    "comes up first",
    "light or air",
    "a part of a body",
    "another's",
    "another's, to the first",
    "another's, by a pronoun",
    "meanwhile",
    "beside another action",
)
"""Every sign that there is."""

_PRONOUN = re.compile(r"he|she|it|they|both|[他她它]们?", re.IGNORECASE)
_TO_IT = re.compile(r"\b(?:it|them|him|her)\b|[把将向给][它他她]", re.IGNORECASE)
_LAST = r"(?:and )?(?:finally|lastly|at last|in the end|eventually)\b|最后|最终"
_SAID_TO_BE_LAST = re.compile(_LAST, re.IGNORECASE)
_SAID_TO_FOLLOW = re.compile(
    rf"{_LAST}|(?:and )?(?:then|next|after that|afterwards?)\b|然后|接着|随后|再|又", re.IGNORECASE
)
_SUDDEN = re.compile(
    r"(?:and |but |then )*(?:suddenly|all at once|all of a sudden|without warning|in an instant"
    r"|for the first time|at last|finally)\b"
    "|突然|忽然|猛然|猛地|猛一|骤然|蓦然|蓦地|忽而|陡然|一下子|转眼|刹那|霎时|眨眼间|倏地|结果|没想到|谁知|终于|冷不[防丁]",
    re.IGNORECASE,
)
_REACTS = re.compile(
    r"(?:look|glanc|gaz|star|peer|peek|smil|grin|laugh|giggl|chuckl|nod|wink|blink|sigh|frown|smirk|beam|yawn"
    r"|shrug|bow|wav|clap|cheer|applaud|salut|gasp|squeal|whistl|wait|watch|listen|paus|settl|relax"
    r"|sneez|cough|breath|exhal|inhal)"
    r"(?:s|es|e|ing)?\b"
    r"|(?:turn|tilt|cock|lift|rais|lower|shak)(?:s|es|e|ing)? (?:his|her|its|their)"
    r" (?:head|face|gaze|eyes|chin|eyebrows?)\b"
    r"|lean(?:s|ing)? back\b"
    r"|(?:giv|mak|tak|hold|catch|let)(?:s|es|e|ing)? (?:out )?(?:a|an|his|her|its|their)(?: [\w,-]+){0,3}?"
    r" (?:smile|nod|grin|wink|sigh|laugh|look|glance|breath|bow|chuckle|shrug|thumbs)\b"
    "|蜷|沉沉?睡|睡着|睡去|趴下|张开双[臂手]|振臂|安静下来|(?:直视|看向|望向|望着|看着|对着|面向)镜头|打了?个(?:[大小]{0,2}的?)?(?:哈欠|喷嚏|嗝|盹|寒颤|冷战|招呼|响指)",
    re.IGNORECASE,
)
_REACTS_ZH = re.compile(
    "[微轻浅大偷一含]笑|笑[了出起着]|笑$|点点?头|点了点头|摇头|摇了摇头|眨|[看望愣](?!守)|注视|凝视|盯|叹|鼓掌|拍手|拍了拍手"
    "|挥手|挥了挥手|招手|欢呼|松了?一?口气|嘴角|竖起大?拇指|抬头|抬眼|回头|回眸|鞠躬|致谢|流泪|落泪|打了个"
)
"""A face, a look, applause: what follows upon something else."""
_LIGHTLY = re.compile("([\u4e00-\u9fff])[了一]\\1")
"""揉了揉, 看一看: a little of it."""
_COMES_UP = re.compile(
    r"^(?:\w+ly )?(?:walk|run|step|come|stride|rush|hurrie?|wander|trot|pad|swim|get)s?"
    r" (?:up|over|in|out|forward|off|back|to|toward|towards)\b"
    r"|^(?:enters|approaches|emerges|arrives|appears|opens|closes|shuts)\b"
    "|[走跑冲驶飞游奔追赶爬钻][出进上过]?来|[走跑冲驶奔](?:[出进到向上近]|过$)|迎?上前|出现|起身|赶到|(?:打|推|拉|拧|掀|揭|翻|解)开"
    "|[合关]上|关掉|收起|放下|掐灭|[扔丢]下",
    re.IGNORECASE,
)
_ONCE = re.compile(r"\bonce\b|一[下圈]", re.IGNORECASE)
_HAND = re.compile(r"\b(?:hands?|fingers?|fingertips)$|手指?$|指尖$", re.IGNORECASE)


def signs(
    prompt: ParsedPrompt, clauses: Sequence[Clause], locked: Sequence[str]
) -> list[tuple[str, ...]]:
    """The signs of each of the clauses that the main action is chosen of, in their order."""
    doers = [_doer(prompt, clause) for clause in clauses]
    reacting = [_reacts(prompt, clause) for clause in clauses]
    return [
        tuple(_signs(prompt, clause, _Place.of(at, clauses, doers, reacting), locked))
        for at, clause in enumerate(clauses)
    ]


@dataclass(frozen=True, slots=True)
class _Place:
    """Where an action stands among those of the one who does it."""

    last: bool
    """Of three or four, or the last of them but for a reaction."""
    reacts: bool
    follows: bool
    """The same did more before it than take something up, or react."""
    goes_on: bool
    """The same does something else after it that is no reaction."""

    @classmethod
    def of(
        cls,
        at: int,
        clauses: Sequence[Clause],
        doers: Sequence[Span | None],
        reacting: Sequence[bool],
    ) -> "_Place":
        own = [n for n, doer in enumerate(doers) if doer == doers[at]]
        while reacting[own[-1]] and own[-1] > at:
            own.pop()
        return cls(
            last=at == own[-1] and 2 < len(own) <= A_FEW,
            reacts=reacting[at],
            follows=any(n < at and not reacting[n] and clauses[n].weight > 1 for n in own),
            goes_on=any(n > at for n in own),
        )


def _reacts(prompt: ParsedPrompt, clause: Clause) -> bool:
    """`then smiles quietly`, 满意地点点头."""
    if arrivals.arrives(prompt.text, clause) and not is_han(
        prompt.text[clause.action : clause.end]
    ):
        return False
    action = said_from(prompt, clause)
    if _REACTS.match(prompt.text, action, clause.end):
        return True
    at_own_body = OWN_BODY.search(prompt.text, action, clause.end) and (
        reach_of(prompt, clause) == "a body part"
    )
    if at_own_body and _LIGHTLY.search(prompt.text, action, clause.end):
        return True
    if clause.weight <= 1 and _REACTS_ZH.search(prompt.text, action, clause.end):
        return True
    return clause.weight <= 1 and bool(at_own_body) and not _is_said(_SUDDEN, prompt, clause)


def holds(prompt: ParsedPrompt, clause: Clause, locked: Sequence[str]) -> bool:
    """Whether one of the words that must be kept stands in what it says."""
    predicate = prompt.text[clause.action : clause.end].casefold()
    return any(word.casefold() in predicate for word in locked)


def is_gesture(prompt: ParsedPrompt, clause: Clause) -> bool:
    """Whether it is over at once: a nod, an arm that is raised, one turn of something."""
    said = (clause.action, clause.end)
    if clause.weight <= 1 or _ONCE.search(prompt.text, *said):
        return True
    return clause.weight <= GUESS_HANDLING and bool(OWN_BODY.search(prompt.text, *said))


def _signs(
    prompt: ParsedPrompt, clause: Clause, place: _Place, locked: Sequence[str]
) -> Iterator[str]:
    reach = reach_of(prompt, clause)
    sort = "reacts" if place.reacts else _sort(clause, reach)
    told_last = not clause.aside and _is_said(_SAID_TO_BE_LAST, prompt, clause)
    if place.reacts and told_last:
        yield "said to be last: reacts"
    elif not (place.reacts and place.follows) and _is_said(_SAID_TO_FOLLOW, prompt, clause):
        yield "said to follow"
    if place.reacts and place.follows:
        yield "reacts, after a deed"
    if _is_sudden(prompt, clause, place):
        yield "said to be sudden"
    if clause.aside:
        yield "meanwhile"
    if (place.last and not clause.aside) or told_last:
        yield f"last: {sort}"
        if reach == "goes somewhere" and sort == "prepares":
            yield "last: goes somewhere"
    else:
        yield sort
        if reach == "one word" and not _is_said(_SAID_TO_FOLLOW, prompt, clause):
            yield reach
        if sort != "reacts" and reach == "a body part":
            yield "to the own body"
        if place.goes_on and _COMES_UP.search(prompt.text[said_from(prompt, clause) : clause.end]):
            yield "comes up first"
    if _LIGHTLY.search(prompt.text, clause.action, clause.end):
        yield "lightly"
    yield from _who(prompt, clause)
    if _is_beside(prompt, clause):
        yield "beside another action"
    if holds(prompt, clause, locked):
        yield "must be kept"


def _doer(prompt: ParsedPrompt, clause: Clause) -> Span | None:
    """Who acts; of a hand it is the main subject."""
    if clause.part and clause.actor and _HAND.search(prompt.text, *clause.actor):
        return prompt.subject
    return clause.actor


def _is_beside(prompt: ParsedPrompt, clause: Clause) -> bool:
    """`, whistling`: a participle alone, of one who does something else."""
    line = prompt.tokens((clause.body, clause.end))
    said = [token for token in line if not is_adverb(token)]
    return clause.subject is None and bool(said) and said[0].text.endswith("ing")


def _is_sudden(prompt: ParsedPrompt, clause: Clause, place: _Place) -> bool:
    """Whether it comes suddenly or at last; what is taken up for something else hands that on to it."""
    if clause.aside:
        return False
    prepares = clause.weight <= 1 and not place.reacts
    if _is_said(_SUDDEN, prompt, clause):
        return not (prepares and place.goes_on)
    at = prompt.clauses.index(clause) if clause in prompt.clauses else 0
    before = prompt.clauses[at - 1] if at else None
    if before is None or clause.subject is not None or place.reacts:
        return False
    joined = "，" not in (between := prompt.text[before.end : clause.start]) and "." not in between
    if not (joined or before.weight <= 1) or OWN_BODY.search(
        prompt.text, before.action, before.end
    ):
        return False
    return before.kind is Kind.ACTION and _is_said(_SUDDEN, prompt, before)


def _is_said(words: re.Pattern[str], prompt: ParsedPrompt, clause: Clause) -> bool:
    """Whether it is said of the clause, or apart and just before it: `Then, for the first time, …`."""
    text = prompt.text
    if any(words.match(text, at) for at in (clause.start, clause.action)):
        return True
    if is_han(text[clause.action : clause.end]) and words is _SUDDEN:
        return bool(words.search(text, clause.start, clause.end))
    before = prompt.clauses[: prompt.clauses.index(clause)] if clause in prompt.clauses else ()
    for lead in reversed(before):
        if lead.kind is not Kind.PHRASE or lead.subject or len(text[lead.start : lead.end]) > 20:
            return False
        if words.match(text, lead.start):
            return True
    return False


def _who(prompt: ParsedPrompt, clause: Clause) -> Iterator[str]:
    if clause.ambient:
        yield "light or air"
    if clause.part:
        yield "a part of a body"
    if clause.main:
        return
    yield "another's"
    if clause.weight > 1 and _TO_IT.search(prompt.text, clause.action, clause.end):
        yield "another's, to the first"
    if clause.actor is not None and _PRONOUN.fullmatch(prompt.text, *clause.actor):
        yield "another's, by a pronoun"


def _sort(clause: Clause, reach: str) -> str:
    if clause.weight > 2 and reach != "one word":
        return "acts on a thing"
    if clause.weight > 1:
        return "moves" if clause.weight >= 2 else "may move"
    return "takes or shows" if reach == "a thing" else "prepares"
