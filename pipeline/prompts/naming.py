"""Who acts in a prompt: the name of its subject, and strangers that act apart from it."""

import re
from collections.abc import Callable, Iterator

from pipeline.prompts.grammar.actors import acts_alone, is_kin
from pipeline.prompts.grammar.clauses import HAN, Clause, Kind, Span, is_han, trimmed
from pipeline.prompts.grammar.english_verbs import is_participle
from pipeline.prompts.grammar.prompt import ParsedPrompt
from pipeline.prompts.grammar.tokens import Token
from pipeline.prompts.words import english
from pipeline.prompts.words.actors import ACTORS

_NOBODY = re.compile(
    r"(?:it|he|she|they|we|you|i|him|her|them|this|that|these|those|everything|something|someone|"
    r"(?:the |this |an? )?(?:image|picture|photo|scene|video|shot|clip|frame|footage|still))"
    r"|[他她它这那我你]们?|(?:整个)?(?:画面|图片|照片|视频|场景|镜头|图像|静物)(?:[里中]的?)?",
    re.IGNORECASE,
)
_LEADING = re.compile(
    r"(?:introducing|presenting|meet|imagine|picture|create|generate|make|show(?: me)?|film|render)\s+"
    r"|(?:(?:an?|the)\s+)?(?:[\w-]+\s+){0,3}(?:shot|view|close-?up|scene|footage|photo|clip|video|image)\s+of\s+",
    re.IGNORECASE,
)
_LEADING_ZH = re.compile(
    r"(?:画面|图片|照片|图|视频|镜头)(?:里|中|上)?的?|"
    r"(?:[一两三四五六七八九十几这那数]|(?<=\d))+(?:位|个|只|辆|名|瓶|杯|双|条|群|对|台|架|块|片|朵|把|件|头|匹|艘|座|颗|滴|束|盘|碗|款)"
)
_CREW = re.compile(
    r"(?:rider|driver|pilot|passenger|crew|jockey)s?|骑手|车手|司机|驾驶员|飞行员|乘客"
)
_COMPANY = re.compile(
    r"\b(?:it|its|him|his|her|hers|them|their|theirs)\b|[她他它其]", re.IGNORECASE
)
_NEAR = re.compile(
    r"\b(?:around|past|by|near|beside|behind|above|below|beneath|beyond|alongside|next to|in front of)\b"
    r"(?: (?!and\b)[\w'’-]+){1,4}"
    r"|(?:绕着?|围着|围绕着?|经过|路过|[走飞跑游]过)(?:[它他她]们?)|[在从][^，。]{1,6}?(?:旁边?|身边|上方|周围|后面|前面)"
)
_HAN_WORD = re.compile(rf"[{HAN}]")


def subject(prompt: ParsedPrompt) -> str:
    """The main subject's words without article and details; empty where nobody is named."""
    if prompt.subject is None or prompt.home is None:
        return ""
    named = name(prompt, prompt.subject)
    return "" if _NOBODY.fullmatch(named) else named


def called(prompt: ParsedPrompt) -> str:
    """The main subject with its article, as a sentence can begin with it."""
    named = subject(prompt)
    if not named or prompt.subject is None:
        return ""
    start = prompt.text.find(named, *prompt.subject)
    line = prompt.tokens((prompt.subject[0], start)) if start > prompt.subject[0] else []
    article = line[-1:] if line and line[-1].text in english.DETERMINERS else []
    return prompt.text[article[0].start if article else start : start + len(named)]


def name(prompt: ParsedPrompt, span: Span | None) -> str:
    """`a barista in a green apron` is a barista, 一辆银色轿车 is 银色轿车."""
    if span is None:
        return ""
    text = prompt.text
    if is_han(text[slice(*span)]):
        lead = _LEADING_ZH.match(text, *span)
        return text[lead.end() if lead and lead.end() < span[1] else span[0] : span[1]].strip()
    start, end = span
    while (lead := _LEADING.match(text, start, end)) and lead.end() < end:
        start = lead.end()
    line = prompt.tokens((start, end))
    while len(line) > 1 and line[0].text in english.DETERMINERS:
        line = line[1:]
    stops = (i for i, t in enumerate(line) if i and t.text in english.PREPOSITIONS_BUT_OF)
    line = line[: next(stops, len(line))]
    line = line[:-1] if ends_with_a_participle(line) else line
    return text[line[0].start : line[-1].end] if line else text[slice(*span)].strip()


def ends_with_a_participle(named: list[Token]) -> bool:
    """`a woman smiling`, where she walks."""
    return len(named) > 1 and named[-2].text in ACTORS and is_participle(named[-1].text)


def details(prompt: ParsedPrompt) -> list[Span]:
    """What is told of the subject beside its name: `with 17-inch wheels and a panoramic roof`."""
    if prompt.subject is None or is_han(prompt.text[slice(*prompt.subject)]):
        return []
    named = name(prompt, prompt.subject)
    start = prompt.text.find(named, *prompt.subject)
    end = start + len(named)
    span = trimmed(prompt.text, (end, prompt.subject[1]))
    return [span] if start >= 0 and span[0] < span[1] else []


def stranger(prompt: ParsedPrompt) -> Clause | None:
    """The first clause whose actor has nothing to do with the main subject."""
    return next(_apart(prompt, _said), None)


def strangers(prompt: ParsedPrompt) -> set[Span | None]:
    """The names of all who act apart from the main subject, or merely move near it."""
    return {clause.actor for clause in _apart(prompt, _said_of_no_place)}


def _apart(prompt: ParsedPrompt, said: Callable[[ParsedPrompt, Clause], str]) -> Iterator[Clause]:
    told = ""
    for clause in prompt.clauses if prompt.home else ():
        acts = clause.kind is Kind.ACTION and clause is not prompt.home
        if acts and _is_apart(prompt, clause, said(prompt, clause), told):
            yield clause
        if clause.main or clause is prompt.home:
            told += prompt.text[clause.start : clause.end].lower() + " "


def _said(prompt: ParsedPrompt, clause: Clause) -> str:
    return prompt.text[clause.action : clause.end].lower()


def _said_of_no_place(prompt: ParsedPrompt, clause: Clause) -> str:
    """`circles around it` moves near it; `ties a ribbon around it` does something to it."""
    said = _said(prompt, clause)
    return said if clause.weight > 2 else _NEAR.sub(" ", said)


def _is_apart(prompt: ParsedPrompt, clause: Clause, predicate: str, told: str) -> bool:
    if clause.subject is None or clause.main or clause.ambient or clause.part:
        return False
    named = name(prompt, clause.subject).lower()
    if _CREW.fullmatch(named) or (is_kin(named) and is_kin(subject(prompt))):
        return False
    named_again = prompt.text[clause.body : clause.action].lower()
    if (
        not told
        or not acts_alone(prompt.text[slice(*clause.subject)])
        or _COMPANY.search(named_again + predicate)
    ):
        return False
    head = named.split()[-1] if not is_han(named) else named[-2:]
    if head in told:
        return False
    return not _shares_a_noun(predicate, told)


def _shares_a_noun(predicate: str, told: str) -> bool:
    if is_han(predicate):
        return any(predicate[i : i + 2] in told for i in range(len(predicate) - 1))
    content = set(re.findall(r"[a-z-]{3,}", predicate)) - english.FUNCTION_WORDS
    return bool(content & set(re.findall(r"[a-z-]{3,}", told)))
