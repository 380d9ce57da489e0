"""Reads prompts that are filled in like a form: `scene: …; action: …`, 【动作】….

What stands behind the label of the action is what its author wants; what stands behind the others tells
where, in what light, how it is shot, or what must not be.
"""

import re
from collections.abc import Iterator, Sequence
from enum import Enum

from pipeline.prompts.grammar.clauses import LABELS, Clause, Kind

_ENDS = re.compile(r"[.;\n。；]")
_LABELLED = re.compile(rf"(?:{LABELS.pattern})\s*[:：】]", re.IGNORECASE)
_PARTED = re.compile("[:：】]")
_COLON = re.compile(r"\s*[:：】]")


class _Field(Enum):
    ACTION = "action movement motion event main 动作 主要动作 行为 事件 情节 剧情 运动"
    CAMERA = "camera shot lens framing angle 镜头 运镜 机位 景别 视角 镜头运动"
    LIMIT = "negative avoid exclude 负面 负面词 反向 反向词 禁止 避免"
    OTHER = ""

    @classmethod
    def named(cls, label: str) -> "_Field":
        return next((each for each in cls if label.lower() in each.value.split()), cls.OTHER)


def with_labels(text: str, clauses: Sequence[Clause]) -> Iterator[Clause]:
    """The clauses as their labels say they are meant; a label itself tells nothing."""
    if not (_PARTED.search(text) and _LABELLED.search(text)):
        yield from clauses
        return
    field: _Field | None = None
    end = 0
    told = any(_Field.named(label) is _Field.ACTION for label in _labels(text, clauses))
    for clause in clauses:
        said = text[clause.start : clause.end]
        if field and _ENDS.search(text, end, clause.start):
            field = None
        end = clause.end
        if LABELS.fullmatch(said) and _COLON.match(text, clause.end):
            field = _Field.named(said)
            wanted = field is _Field.ACTION
            inside = text[clause.start - 1 : clause.start] == "【"
            yield clause._replace(
                start=clause.start - inside,
                end=clause.end + inside,
                kind=Kind.PHRASE,
                subject=None,
                body=clause.body - inside,
                action=clause.body,
                target=None,
                wanted=wanted,
            )
        else:
            yield _meant(clause, field, told) if field else clause


def _labels(text: str, clauses: Sequence[Clause]) -> Iterator[str]:
    for clause in clauses:
        said = text[clause.start : clause.end]
        if LABELS.fullmatch(said) and _COLON.match(text, clause.end):
            yield said


def _meant(clause: Clause, field: _Field, told: bool) -> Clause:
    if field is _Field.OTHER and told and clause.kind in {Kind.ACTION, Kind.POSE}:
        return clause._replace(kind=Kind.STATIC)
    if field is _Field.ACTION:
        return clause._replace(wanted=clause.kind is Kind.ACTION)
    if field is _Field.CAMERA:
        return clause._replace(kind=Kind.CAMERA, subject=None)
    if field is _Field.LIMIT:
        return clause._replace(kind=Kind.LIMIT, subject=None)
    return clause
