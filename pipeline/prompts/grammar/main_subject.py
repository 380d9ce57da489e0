"""Finds who or what a prompt is about, and which of its clauses go on about the same."""

import re

from pipeline.prompts.grammar import actors, noun_phrases
from pipeline.prompts.grammar.clauses import Clause, Kind, Span, is_han
from pipeline.prompts.grammar.references import leans
from pipeline.prompts.grammar.tokens import tokens
from pipeline.prompts.words import english as words

_PRONOUN = re.compile(r"(?:he|she|it|they)\b|(?:他|她|它)们?$", re.IGNORECASE)
_POSSESSIVE = re.compile(r"(?:his|her|its|their)\b|[他她它]们?的", re.IGNORECASE)
_PERSON = re.compile(r"(?:he|she)\b|[他她]$", re.IGNORECASE)
_THING = re.compile(
    r".*\b(?:drop|cup|glass|bottle|can|bowl|plate|slice|piece|jar|pack|box|tube|pair) of\b"
    r"|[一这那两](?:瓶|杯|辆|双|台|块|架|颗|滴|束|盘|碗|款|片|座|艘)", re.IGNORECASE
)  # fmt: skip
_ARTICLE = re.compile(
    r"(?:the|a|an|this|that|his|her|its|one|two|three|another|same|一|两|这|那|位|个|只|辆|名|瓶|杯)+\s*",
    re.IGNORECASE,
)
_PLACED = re.compile(rf"\s(?:{'|'.join(words.PREPOSITIONS)})\s.*")
_ENDS_SENTENCE = re.compile(r"[.!?。！？\n]")
_FIXED = re.compile(
    r"\b(?:hangs?|hanging|hung|taped|pinned|mounted|nailed|lines?|lining|fills?|covers?)\b"
    "|[挂吊钉贴靠](?:[着满在]|墙)|[摆堆铺爬]满",
    re.IGNORECASE,
)
_STEAMS = re.compile(
    r"\b(?:steams?|steaming|smok(?:es|ing)|simmers?|simmering|glows?|glowing|flickers?|flickering)\b"
    "|(?:冒|散|升|飘)[着出起](?:热气|白汽|白气|蒸汽|水汽|白烟|烟)|闪烁|发光",
    re.IGNORECASE,
)
_SUBJECT_KINDS = {Kind.ACTION, Kind.POSE, Kind.STATIC, Kind.PHRASE, Kind.LIMIT}


def main_subject(text: str, clauses: list[Clause]) -> tuple[int, Span | None]:
    """What is named or looked at first and is more than light and air: which clause names it, and where."""
    for i, clause in enumerate(clauses):
        if clause.target and not _yields(text, clauses, i, clause.target):
            return i, clause.target
        if clause.kind in _SUBJECT_KINDS and _names(text, clauses, i):
            return i, clause.subject
    for i, clause in enumerate(clauses):
        if clause.kind in _SUBJECT_KINDS and clause.subject:
            return i, clause.subject
    for i, clause in enumerate(clauses):
        if clause.kind is Kind.ABSTRACT and clause.subject and clause.subject[1] < clause.action:
            return i, clause.subject
    return 0, None


def _names(text: str, clauses: list[Clause], i: int) -> bool:
    clause = clauses[i]
    if not clause.subject:
        return False
    subject = text[slice(*clause.subject)]
    if clause.ambient or _PRONOUN.match(subject) or (clause.part and _POSSESSIVE.match(subject)):
        return False
    before = [text[slice(*c.subject)] for c in clauses[:i] if c.subject]
    if clause.part and any(_PRONOUN.match(name) for name in before):
        return False
    if clause.kind is Kind.LIMIT and _yields(text, clauses, i, clause.subject):
        return False
    opens = i == 0 and clause.subject[1] <= clause.action < clause.end
    if opens and _is_fixed(text, clause):
        return not _only_sets_the_scene(text, clauses, i)
    if (
        clause.kind is Kind.POSE
        and not (opens or clause.still)
        and _yields(text, clauses, i, clause.subject)
    ):
        return False
    steams = clause.kind is Kind.ACTION and _STEAMS.search(text, clause.action, clause.end)
    if steams and _yields(text, clauses, i, clause.subject):
        return False
    if clause.kind not in {Kind.PHRASE, Kind.STATIC}:
        return True
    if opens and clause.kind is Kind.STATIC:
        return not _only_sets_the_scene(text, clauses, i)
    acted = any(c.kind is Kind.ACTION or c.still for c in clauses[:i])
    if acted or _yields(text, clauses, i, clause.subject):
        return False
    if is_han(subject) or noun_phrases.names_one(subject):
        return True
    following = next((c for c in clauses[i + 1 :] if c.kind is Kind.ACTION), None)
    leans = following and (following.ambient or following.part or not following.subject)
    return clause.kind is Kind.PHRASE and bool(leans or noun_phrases.has_place(tokens(subject)))


def _yields(text: str, clauses: list[Clause], i: int, named: Span) -> bool:
    """Whether a place or thing is only named, and somebody comes who acts: `a loft, a girl dances`."""
    if actors.acts_alone(text[slice(*named)]):
        return False
    following = _next_to_act(clauses[i + 1 :])
    if following and following.subject and actors.acts_alone(text[slice(*following.subject)]):
        return True
    return _only_sets_the_scene(text, clauses, i)


def _next_to_act(clauses: list[Clause]) -> Clause | None:
    acting = (c for c in clauses if (c.kind is Kind.ACTION or c.still) and not c.ambient)
    return next(acting, None)


def _only_sets_the_scene(text: str, clauses: list[Clause], i: int) -> bool:
    """`The ground is even. A star rises`: described or named apart, and what acts does without it."""
    clause, following = clauses[i], _next_to_act(clauses[i + 1 :])
    fixed = _is_fixed(text, clause)
    if following is None or not (fixed or clause.kind in {Kind.STATIC, Kind.PHRASE}):
        return False
    parted = fixed or _ENDS_SENTENCE.search(text, clause.end, following.start)
    return bool(parted) and not leans(text, following, clause.subject)


def _is_fixed(text: str, clause: Clause) -> bool:
    """`A map hangs above the sofa`, 书柜靠墙立着: it is on a wall, and will not stir from there."""
    still = clause.kind in {Kind.POSE, Kind.STATIC} and clause.subject is not None
    if not still or clause.still or actors.acts_alone(text[slice(*clause.subject or (0, 0))]):
        return False
    return bool(_FIXED.search(text, clause.body, clause.end))


def owned(text: str, clauses: list[Clause], subject: Span | None) -> list[Clause]:
    """Marks the clauses of the main subject; one that names nobody goes on about the last who acted."""
    owned, last = [], subject
    for clause in clauses:
        actor = last
        if clause.subject:
            same = subject and _is_same(text[slice(*clause.subject)], text[slice(*subject)])
            actor = subject if same else clause.subject
            if clause.kind in {Kind.ACTION, Kind.POSE}:
                last = subject if clause.ambient or clause.part else actor
        owned.append(clause._replace(main=actor == subject, actor=actor))
    return owned


def _is_same(name: str, subject: str) -> bool:
    """Whether a clause names the main subject again: `it`, `the dog` for `a small dog on the beach`."""
    if _PRONOUN.match(name):
        if _PERSON.match(name) and _THING.match(subject):
            return False
        known = actors.gender(subject)
        return not (_PERSON.match(name) and known) or known == actors.gender(name)
    bare, known = (_ARTICLE.sub("", noun, count=1).lower() for noun in (name, subject))
    return bool(bare) and (known == bare or _PLACED.sub("", known).endswith(bare))
