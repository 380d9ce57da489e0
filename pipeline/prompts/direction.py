"""Where a prompt sends its subject: to a side of the frame, towards the camera, or beyond its own size."""

import re
from collections.abc import Iterator
from typing import Literal, get_args

from pipeline.prompts.grammar.clauses import Clause, Kind
from pipeline.prompts.grammar.prompt import ParsedPrompt, parse

Way = Literal["left", "right", "up", "down", "grow", "closer"]

_GOES = (
    r"(?:mov|slid|walk|run|rac|driv|roll|fl(?:y|ie|ew)|glid|drift|float|swim|march|strid|step|sprint"
    r"|gallop|danc|skat|rid|sail|crawl|creep|head|shift|travel|leap|jump|hop|dash|rush|speed|stroll"
    r"|jog|bounc|swerv|steer|push|hover|zoom|dart|went|go(?:es|ing)?\b|ran\b|com)"
)
_SIDEWAYS = (
    rf"\b{_GOES}\w*\b[^,.;]*?(?<!from )(?<!from the )(?<!on the )(?<!on its )\b{{side}}(?:wards?)?\b"
    r"(?!\s+(?:hand|arm|leg|foot|eye|side of (?:her|his|its)|next|in front|now|away|there|after|at))"
)
_ENGLISH: dict[Way, str] = {
    "left": _SIDEWAYS.replace("{side}", "left"),
    "right": _SIDEWAYS.replace("{side}", "right"),
    "up": rf"\b{_GOES}\w*\b[^,.;]*?"
    r"\b(?:up(?:wards?)?|skywards?|into the (?:air|sky))\b(?!\s+(?:to|and down))"
    r"|\b(?:rises?|rising|ascends?|soars?|lifts? off|takes? off|levitates?)\b"
    r"|\b(?:jumps?|leaps?)\b(?!\s+(?:down|off|out|from))",
    "down": rf"\b{_GOES}\w*\b[^,.;]*?\bdown(?:wards?)?\b(?!\s+(?:the|a|an|to)\b)"
    r"|\b(?:sinks?|sinking|descends?|falls?|drops?|plunges?|plummets?)\b(?!\s+(?:in love|asleep))",
    "grow": r"\b(?:grows?|growing|expands?|swells?|inflates?|enlarges?)\b"
    r"|\b(?:gets?|becomes?) (?:bigger|larger)\b",
    "closer": rf"\b{_GOES}\w*\b[^,.;]*?\b(?:towards?|to|at|into|closer to)\s+(?:the |our )?"
    r"(?:camera|viewer|lens|us)\b|\bapproach\w*\s+(?:the )?(?:camera|viewer|lens|us)\b",
}
_RUNS = r"(?:移|走|跑|滑|飞|冲|奔|漂|飘|游|驶|开|滚|跳|跃|爬|迈|行|骑|窜|闪)"
_NEAR = r"(?:边|侧|方)?[^，。；]{0,4}?"
_CHINESE: dict[Way, str] = {
    "left": rf"[向往朝](?:画面)?左{_NEAR}{_RUNS}",
    "right": rf"[向往朝](?:画面)?右{_NEAR}{_RUNS}",
    "up": rf"[向往朝](?:画面)?(?:上|天空|空中){_NEAR}(?:{_RUNS}|升)"
    r"|上升|升起|起飞|升空|跃起|跳起|飞起",
    "down": rf"[向往朝](?:画面)?下{_NEAR}(?:{_RUNS}|落|降|沉)|下降|下沉|坠落|落下|沉下",
    "grow": r"变大|膨胀|长大|胀大",
    "closer": rf"[向往朝]着?(?:镜头|观众|相机)[^，。；]{{0,4}}?(?:{_RUNS}|来|靠近)"
    rf"|走向镜头|跑向镜头|迎面{_RUNS}?来",
}
_READ: tuple[tuple[Way, re.Pattern[str]], ...] = tuple(
    (way, re.compile(rf"{_ENGLISH[way]}|{_CHINESE[way]}", re.IGNORECASE)) for way in get_args(Way)
)
_ONLY_A_PART = re.compile(
    r"\b(?:turn|look|glanc|lean|tilt|nod|fac(?:e|ing)|point|gaz|star(?:e|ing)|wav|rais|lift(?!s? off)"
    r"|pick|open|clos|pull|pour|tak(?!\w* off))\w*"
    r"|看|望|转|扭|歪|倾|点头|指|举|抬|拿|端|倒",
    re.IGNORECASE,
)
"""A head that turns left needs no room at the left, nor does who picks something up."""


def ways(prompt: str | ParsedPrompt) -> tuple[Way, ...]:
    """Where the main subject goes, in the order of the prompt; nothing for a subject that stays.

    Actions of others, of light and steam, of a part of the body and of the camera do not count.
    """
    read = parse(prompt)
    clauses = [clause for clause in read.clauses if _acts(clause)]
    hero = [clause for clause in clauses if clause.main]
    # Where the one named first does nothing, it is a place: whoever acts first is meant.
    hero = hero or [clause for clause in clauses if clause.actor == clauses[0].actor]
    return tuple(way for clause in hero for way in _of(read.text, clause))


def _acts(clause: Clause) -> bool:
    return clause.kind is Kind.ACTION and not clause.ambient and not clause.part


def _of(text: str, clause: Clause) -> Iterator[Way]:
    words = text[clause.action : clause.end]
    part = _ONLY_A_PART.search(words)
    starts: dict[Way, int] = {
        way: match.start() for way, sign in _READ if (match := sign.search(words))
    }
    for way in sorted(starts, key=lambda each: starts[each]):
        if part is None or starts[way] < part.start():
            yield way
