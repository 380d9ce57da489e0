"""Reads clauses that ask for motion: `make it move`, `let the dog run`, 让女孩转身, 动起来."""

import re
from dataclasses import dataclass

from pipeline.prompts.grammar.chinese_verbs import Stretch
from pipeline.prompts.grammar.clauses import Span
from pipeline.prompts.grammar.english_verbs import base_weight
from pipeline.prompts.grammar.tokens import Token
from pipeline.prompts.words import english
from pipeline.prompts.words import verbs as words_verbs

_BID = re.compile(r"(?:please\s+)?(?:make|let|have|get|help)\b", re.IGNORECASE)
_UNNAMED = english.VAGUE_NOUNS | english.PRONOUNS | english.DETERMINERS | {"to"}
_BID_ZH = re.compile("(?:请|麻烦|帮我|帮忙|给我)*(?:让|使|令|叫)(?=.)")
_VAGUE_ZH = re.compile(
    "(?:自然|轻轻|慢慢|缓缓|稍微|微微|全部|都|一起)*地?(?:动|活|运动|活动)(?:起来|过来|一动|一下|动)?$"
    "|更|变得|看起来|显得|有|充满|具有|生动|鲜活|栩栩如生"
)
_NOTHING_ZH = re.compile(
    rf"(?:请|麻烦|帮我|给我)*(?:把|给|让)?(?:它|他|她|这张?)?{_VAGUE_ZH.pattern}"
)


@dataclass(frozen=True, slots=True)
class Bid:
    """Who is asked to do something, and where that begins."""

    subject: Span
    action: int
    weight: float | None
    """What the action is worth; None where it asks for motion or looks and names neither."""


def read_english(line: list[Token], text: str, body: int) -> Bid | None:
    """`make it move`, `let the dog run to the camera`; None where nothing is asked for."""
    if not _BID.match(text, body) or len(line) < 3:
        return None
    asked = line[1:] if line[0].text != "please" else line[2:]
    for i, token in enumerate(asked[1:], start=1):
        weight = base_weight(token.text)
        if token.text in words_verbs.VAGUE_VERBS or weight is not None:
            follower = asked[i + 1].text if i + 1 < len(asked) else ""
            if token.text in words_verbs.VAGUE_VERBS and follower not in english.DIRECTIONS:
                weight = None
            return Bid((asked[0].start, asked[i - 1].end), token.start, weight)
    return None


def past_the_order(line: list[Token]) -> int | None:
    """Where a picture begins that is ordered: after `create a video of`."""
    if not line or line[0].text not in words_verbs.ORDERS:
        return None
    framed = [i for i, t in enumerate(line[:6]) if i and t.text == "of"]
    if framed and framed[0] + 1 < len(line) and line[framed[0] - 1].text in english.FRAMING:
        return line[framed[0] + 1].start
    return None


def asks_for_motion(line: list[Token]) -> bool:
    """`bring this photo to life`, `add some motion`: a wish without an action."""
    if not line or line[0].text not in words_verbs.WISHES:
        return False
    said = [token.text for token in line[1:] if token.text not in english.FUNCTION_WORDS]
    return line[0].text == "animate" or all(word in english.VAGUE_NOUNS for word in said)


def shown(line: list[Token]) -> Span | None:
    """What is wished to move: the dog of `animate the dog`; nothing in `animate this`."""
    named = [token for token in line[1:] if token.text not in _UNNAMED]
    return (named[0].start, named[-1].end) if named else None


def read_chinese(stretch: Stretch, span: Span) -> Bid | None:
    """让女孩转身, 让照片活过来."""
    bid = _BID_ZH.match(stretch.text, *span)
    if bid is None:
        return None
    vague = _VAGUE_ZH.search(stretch.text, bid.end() + 1, span[1])
    listed = next(iter(stretch.verbs((bid.end(), span[1]))), None)
    if vague and (listed is None or vague.start() <= listed.at):
        return Bid((bid.end(), vague.start()), vague.start(), None)
    acts = listed or next(iter(stretch.guessed((bid.end(), span[1]))), None)
    if acts is None or acts.at <= bid.end():
        return None
    return Bid((bid.end(), acts.at), acts.at, acts.weight)


def names_nothing(clause: str) -> bool:
    """动起来, 更有感染力: an order to nobody in particular."""
    return bool(_NOTHING_ZH.fullmatch(clause))
