"""Tells who only sets the scene: things, crowds and what goes on before somebody comes who acts."""

import re
from itertools import takewhile

from pipeline.prompts.grammar import actors
from pipeline.prompts.grammar.clauses import Clause, Kind, Span, is_han
from pipeline.prompts.grammar.references import leans

PERSON = re.compile(r"(?:he|she)\b|[他她]$", re.IGNORECASE)
ENDS_SENTENCE = re.compile(r"[.!?。！？\n]")
_CREW = re.compile(
    r"\b(?:rider|driver|pilot|passenger|crew|jockey)s?\b|骑手|车手|司机|驾驶员|飞行员|乘客",
    re.IGNORECASE,
)
"""They belong to what they ride."""
_PRESENTED = re.compile(
    r"(?:an?|one)\s|一[只位个名辆颗滴片朵台架艘条头匹瓶杯把双对]", re.IGNORECASE
)
_SOMEWHERE = re.compile("在[\u3400-\u9fff]{1,5}[上里下中旁边前后厅房室口处台][\u3400-\u9fff]")
_POSED = re.compile(
    "(?:静静地?)?[站坐躺趴蹲靠倚](?:在|着)[\u3400-\u9fff]+[上里下中旁边前后][\u3400-\u9fff]"
)
_SCATTERS = re.compile(
    "(?:水珠|水花|火花|花瓣|落叶|树叶|雪花|气泡|泡沫|冰块|萤火虫|蒲公英|彩带|纸屑)[\u3400-\u9fff]{0,2}$"
)
"""Drops and petals of which nobody counts one."""
_PASSES = re.compile(
    r"[走跑飞驶游骑经路掠闪]过$|来来往往$|[走跑飞驶游骑]来[走跑飞驶游骑]去$|川流不息$"
    r"|\b(?:walk|run|hurr|pass|rush|ride|driv|stroll|flutter|fl)(?:s|es|y|ies)? (?:past|by)$",
    re.IGNORECASE,
)
_ONLY_SOUNDS = re.compile(
    r"(?:轰鸣|作响|回荡|鼎沸|喧哗|喧闹|此起彼伏)$|\b(?:crackl|hum|buzz|tick|chirp|echo"
    r"|plays? (?:softly|quietly)|rings? out)",
    re.IGNORECASE,
)
_GOES_ON = re.compile(
    r"\s+(?:is|are)\s+(?:\w+\s+)?\w+ing\b"
    "|[都还也]?(?:正在|正(?=[\u3400-\u9fff])(?![面对中])|在(?:一旁|旁边|一边|边上)[\u3400-\u9fff]|在(?:打|看|玩|聊|做|吃|喝|写|忙|睡|整理|收拾|准备))",
    re.IGNORECASE,
)


def gives_way(text: str, clauses: list[Clause], i: int, named: Span) -> bool:
    """Whether a thing, a crowd or what goes on meanwhile comes before somebody who acts without it.

    A thing gives way to people alone, and where it does something not to those of another sentence.
    """
    clause, who = clauses[i], text[slice(*named)]
    only_around = clause.aside or actors.is_crowd(who) or _is_going_on(text, clause)
    only_around = only_around or _SCATTERS.match(text, *named) is not None
    if actors.acts_alone(who) and not only_around:
        return _does_less(text, clauses, i, named)
    stands = not only_around and (_acts_itself(clause) or _goes_on(clauses, i))
    stands = stands and not _is_listed(text, clauses, i)
    fragment = clause.kind is Kind.PHRASE and not _goes_on(clauses, i)
    for j, later in enumerate(clauses[i + 1 :], start=i + 1):
        if stands and ENDS_SENTENCE.search(text, clause.end, later.start):
            return False
        if stands and later.weight <= 1 and _deeds(clauses, j) < 2:
            continue
        if _acts_without(text, later, named, people=not (only_around or fragment)):
            return True
        nobody = not actors.acts_alone(who) or actors.is_crowd(who)
        if nobody and only_around and is_by_pronoun(text, later):
            return True
    return False


def is_by_pronoun(text: str, clause: Clause) -> bool:
    """`he runs to her`, of one whom no name goes before."""
    acts = clause.kind is Kind.ACTION and clause.subject is not None and not clause.aside
    return acts and bool(PERSON.match(text, *(clause.subject or (0, 0))))


def _does_less(text: str, clauses: list[Clause], i: int, named: Span) -> bool:
    """Whether somebody who does one thing comes before somebody else who does three or more."""
    if clauses[i].kind is not Kind.ACTION or _deeds(clauses, i) > 1:
        return False
    follower = clauses[i + 1] if i + 1 < len(clauses) else None
    if follower and clauses[i].weight <= 1 < follower.weight:
        beast = not actors.is_person(text[slice(*named)])
        if beast and _acts_without(text, follower, named, people=True):
            return True
    least = 1 if _SOMEWHERE.match(text, named[1], clauses[i].end) else 2
    return any(
        _acts_without(text, later, named, people=True) and _deeds(clauses, j) > least
        for j, later in enumerate(clauses)
        if j > i
    )


def _deeds(clauses: list[Clause], i: int) -> int:
    """How many actions in a row from there are one's."""
    own = takewhile(lambda c: c is clauses[i] or c.subject is None, clauses[i:])
    return sum(_acts_itself(clause) for clause in own)


def _is_listed(text: str, clauses: list[Clause], i: int) -> bool:
    """Whether its sentence tells of something else before it: `maps hang on the wall and a radio plays`."""
    before = clauses[i - 1] if i else None
    if before is None or ENDS_SENTENCE.search(text, before.end, clauses[i].start):
        return False
    return before.subject is not None and before.kind not in {Kind.CAMERA, Kind.ABSTRACT}


def _is_going_on(text: str, clause: Clause) -> bool:
    """`the waiters are stacking the chairs`, 徒弟在门口扫地: it has begun, and nobody waits for it."""
    if clause.kind is not Kind.ACTION or clause.subject is None:
        return False
    if _POSED.match(text, clause.action, clause.end) or _PASSES.search(
        text, clause.action, clause.end
    ):
        return True
    if _ONLY_SOUNDS.search(text, clause.action, clause.end):
        return True
    return bool(_GOES_ON.match(text, clause.subject[1], clause.end))


def _acts_itself(clause: Clause) -> bool:
    return clause.kind is Kind.ACTION or clause.still


def _goes_on(clauses: list[Clause], i: int) -> bool:
    """`The bottle, made of glass, turns`: what comes next to act is what was named."""
    acting = next((c for c in clauses[i + 1 :] if _acts_itself(c)), None)
    return acting is not None and acting.subject is None


def _acts_without(text: str, clause: Clause, named: Span, *, people: bool) -> bool:
    """Whether somebody acts in it, and nothing in it is about what was named."""
    if clause.kind is not Kind.ACTION or not clause.subject or clause.ambient or clause.aside:
        return False
    who = text[slice(*clause.subject)]
    acts = actors.is_person(who) if people else actors.acts_alone(who) or _PRESENTED.match(who)
    acts = acts or (is_han(who) and _PRESENTED.match(who) and actors.acts_alone(who))
    if _is_going_on(text, clause):
        return False
    return (
        bool(acts)
        and not _CREW.search(who)
        and not actors.is_crowd(who)
        and not leans(text, clause, named)
    )
