"""What a prompt lets a scorer ask: who is there, what is said of them, what happens and in which order.

Only questions are made here, in the prompt's language; nothing of them ever reaches a render.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from pipeline.prompts.grammar.clauses import Clause, Kind, Language, Span, is_han
from pipeline.prompts.grammar.prompt import ParsedPrompt, parse

COLOURS = (
    "red", "green", "blue", "yellow", "purple", "orange", "pink", "brown", "black", "white",
    "grey", "gold", "silver",
)  # fmt: skip
CHINESE_COLOURS = (
    "红色", "绿色", "蓝色", "黄色", "紫色", "橙色", "粉色", "棕色", "黑色", "白色", "灰色", "金色", "银色",
)  # fmt: skip
_COLOUR = re.compile(rf"\b(?:{'|'.join(COLOURS)})\b|{'|'.join(CHINESE_COLOURS)}", re.IGNORECASE)
_PRONOUN = re.compile(r"(?:he|she|it|they)\b|[他她它]们?", re.IGNORECASE)


_THERE_ALREADY = re.compile(
    r"\b(?:the|her|his|its|their)\s+(?:\w+\s(?=(?:bottle|glass|cup|door|box|can|jar)s?\b))?\w+\b"
    r"|杯子|瓶子|罐子|盒子|门|窗户?|书|球|花|刀|伞|帽子|围巾|咖啡|牛奶|手机|钥匙",
    re.IGNORECASE,
)
_NEVER_SEEN = re.compile(
    r"\w+\s(?:left|right|camera|side|air|wind|top|bottom|ground|background|distance|end|way|first|same|other)",
    re.IGNORECASE,
)
"""Directions and places: no things that an action takes in hand."""
_LIMBS = {
    r"\bwav(?:es?|ing)\b": "hand",
    r"\bclaps?\b": "hands",
    r"\bnods?\b": "head",
    r"\bsmil(?:es?|ing)\b": "face",
    r"\bblinks?\b": "eyes",
    r"\bkicks?\b": "foot",
}
"""Verbs, and the part of a body that must be seen for them."""
_AGAIN = re.compile(
    r"\b(?:once more|one more time|(?:yet )?again|(?:a|the) (?:second|third|last) time"
    r"|first|then|finally)\b|再一次|再次|再度|重新|首先|然后|接着|最后|[先再又还]|[\W_]",
    re.IGNORECASE,
)
"""What tells a stage from the same one before it or after it."""
_CHINESE_LIMBS = {"挥手|招手": "手", "鼓掌": "双手", "点头": "头", "微笑|笑": "脸", "眨眼": "眼睛"}


class Words(NamedTuple):
    """Words to ask about: as they read by themselves, and where they stand in the prompt."""

    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class Asked:
    """A prompt as a scorer asks about it."""

    language: Language
    subjects: tuple[Words, ...]
    """Whoever is named as acting, the main subject first."""
    stages: tuple[Words, ...]
    """What the main subject does, one action after the other: each a sentence of its own."""


def read(prompt: str | ParsedPrompt) -> Asked:
    """What can be asked of `prompt`; little or nothing where the rules cannot read it."""
    reading = parse(prompt)
    actions = _actions(reading)
    stages = tuple(stage(reading, each) for each in actions if each.main)
    return Asked(reading.language, tuple(_subjects(reading, actions)), stages)


def in_order(stages: Sequence[Words]) -> Iterator[tuple[Words, Words]]:
    """Each two neighbours whose order can be asked for: what happens twice comes before and after."""
    done = [_AGAIN.sub("", stage.text).casefold() for stage in stages]
    times = Counter(done)
    for (first, one), (second, other) in pairwise(zip(stages, done, strict=True)):
        if times[one] == times[other] == 1:
            yield first, second


def passages(prompt: str, sentences: Sequence[Words], fits: Callable[[str], bool]) -> list[Words]:
    """The sentences of a prompt, those together that go on about what its main subject does.

    Of `It spins.` alone nobody can tell what spins: it goes with the sentence before it. What the scorer
    would not read to its end (`fits`) stays apart.
    """
    reading = parse(prompt)
    actions = [each for each in _actions(reading) if each.main]
    found: list[Words] = []
    acting = False
    for sentence in sentences:
        first = next((each for each in actions if meets(sentence.span, each)), None)
        goes_on = first is not None and (acting or _refers_back(reading, first))
        start = found[-1].span[0] if found else 0
        if found and goes_on and fits(together := prompt[start : sentence.span[1]]):
            found[-1] = Words(together, (start, sentence.span[1]))
        else:
            found.append(sentence)
        acting = first is not None
    return found


def meets(span: Span, clause: Clause) -> bool:
    """Whether words of a prompt and a clause of it share any."""
    return span[0] < clause.end and clause.body < span[1]


def recoloured(text: str, palette: Sequence[str]) -> list[str]:
    """The same words with each other colour of the palette in place of the one that is named first.

    None where the words name no colour of the palette; the others are of the same script.
    """
    found = _COLOUR.search(text)
    if not found or found[0].lower() not in palette:
        return []
    others = [
        colour
        for colour in palette
        if colour != found[0].lower() and is_han(colour) == is_han(found[0])
    ]
    return [text[: found.start()] + colour + text[found.end() :] for colour in others]


def colourless(text: str) -> str:
    """The words without the colour that is named first."""
    return re.sub(r"\s{2,}", " ", _COLOUR.sub("", text, count=1)).strip(" 的")


def needed(prompt: str | ParsedPrompt) -> tuple[Words, ...]:
    """What the first action cannot do without: what it names as there already, and the limb it moves.

    `the cup`, `her hand`: an article or an owner says that it should be there; what comes only by the
    action, like `water sprays`, has neither.
    """
    reading = parse(prompt)
    first = next((c for c in reading.clauses if c.kind is Kind.ACTION and c.main), None)
    if first is None:
        return ()
    found = [
        Words(match[0], match.span())
        for match in _THERE_ALREADY.finditer(reading.text, first.action, first.end)
        if not _NEVER_SEEN.fullmatch(match[0])
    ]
    return (*found, *_limbs(reading.text, first))


def _actions(reading: ParsedPrompt) -> list[Clause]:
    """What somebody does."""
    return [each for each in reading.clauses if each.kind is Kind.ACTION and not each.ambient]


def _refers_back(reading: ParsedPrompt, clause: Clause) -> bool:
    said = clause.subject and reading.text[slice(*clause.subject)]
    return not said or _PRONOUN.fullmatch(said) is not None


def _limbs(text: str, clause: Clause) -> Iterator[Words]:
    for verb, limb in {**_LIMBS, **_CHINESE_LIMBS}.items():
        at = re.compile(verb, re.IGNORECASE).search(text, clause.action, clause.end)
        said = text[clause.start : clause.end]
        if at and limb not in said.replace(at[0], ""):
            yield Words(limb, at.span())


def colour_of(text: str) -> str:
    """The colour that is named first; empty without one."""
    found = _COLOUR.search(text)
    return found[0] if found else ""


def coloured_thing(text: str) -> str:
    """What the colour that is named first is said of: of `a woman in a red coat` the coat."""
    found = _COLOUR.search(text)
    after = text[found.end() :].strip(" 的") if found else ""
    return (after if is_han(after) else after.split(" ")[0]) or colourless(text)


def _subjects(reading: ParsedPrompt, actions: list[Clause]) -> Iterator[Words]:
    main = reading.called
    if main and reading.subject:
        start = reading.text.find(main, *reading.subject)
        end = start + len(main)
        if not colour_of(main) and colour_of(reading.text[end : reading.subject[1]]):
            end = reading.subject[
                1
            ]  # a woman in a red coat is not told from one in green by her name
        yield Words(reading.text[start:end], (start, end))
    for clause in actions:
        if clause.subject and not clause.main and not clause.part:
            text = reading.text[slice(*clause.subject)]
            if not _PRONOUN.match(text):
                yield Words(text, clause.subject)


def stage(reading: ParsedPrompt, clause: Clause) -> Words:
    """A clause in which something happens, with its subject: `then it grows` as `The red square grows`."""
    span = (clause.body, clause.end)
    named = clause.subject and reading.text[slice(*clause.subject)]
    if named and not _PRONOUN.match(named):
        return Words(reading.text[slice(*span)], span)
    predicate = reading.text[clause.action : clause.end]
    gap = "" if is_han(predicate) else " "
    return Words(f"{reading.called}{gap}{predicate}".strip(), span)
