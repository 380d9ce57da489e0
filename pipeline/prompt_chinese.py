"""Reads Chinese clauses by word lists, without a segmenter: where they divide, who acts, which verb counts."""

import re
from collections.abc import Iterator
from dataclasses import replace

from pipeline import prompt_words as words
from pipeline.prompt_clauses import HAN, Clause, Kind, Span, quoted, trimmed

_LONGEST: dict[str, int] = {}
for _word in words.ZH_MARKS:
    _LONGEST[_word[0]] = max(_LONGEST.get(_word[0], 0), len(_word))
_ADVERB_END = re.compile(rf"(?<=[{HAN}]{{2}})地(?=[{HAN}])(?![面上板毯铁球图点区方])")
_PRONOUN = r"(?<![对给把向跟让为和与被在着朝往替叫请])(?:她|他|它)们?(?=[^的])"
_JOINT = re.compile(rf"{words.ZH_STAGES}|与此同时|同时|并且|并|再|又|{_PRONOUN}|、")
_LEAD = re.compile(
    rf"(?:(?:{words.ZH_STAGES}|与此同时|同时|并且|并|再|又|先是|先|接|而)[\s，,、]*)+"
)
_CAMERA = re.compile(words.ZH_CAMERA)
_AT_CAMERA = re.compile(
    r"(?:对着?|向|朝|看向|望向|面向|走向|靠近|直视|面对|冲着?|看着|注视|凝视|望着)(?:着)?镜头"
)
_CAMERA_AT = re.compile(
    r"推近|推向|推到|聚焦(?:于|在|到)?|对准|跟随(?:着)?|跟着|跟拍|环绕(?:着)?|围绕(?:着)?|绕着|特写[:：]?|给到"
)
_VERB_GUESS = re.compile(
    rf"[{HAN}](?:起来|下来|过来|过去|出来|出去|进去|进来|开来|上去|上来|下去|了|着|起|出|开|进|入|过|向|住|回|破|断)(?![口关])|在[^的]{1, 8}[上中里下旁边前内间](?=[^的，]{2, 4}$)"
)
_FRAMED = re.compile(r"(.+?)的?(?:超?大?特写|近景|中景|全景|远景)(?:镜头|画面)?")
_SCENE = re.compile(words.ZH_SCENE_CHANGE)
_NEGATION = re.compile(words.ZH_NEGATION)
_STATIC = re.compile(words.ZH_STATIC)
_AMBIENT = re.compile(rf"(?:{words.ZH_AMBIENT})$|^(?:窗外|背景|远处|周围|四周|天空)")
_BODY = re.compile(words.ZH_BODY)
_NOUNS = rf"(?:{words.ZH_ABSTRACT_NOUNS})"
_PRAISE = (
    rf"(?:(?:{words.ZH_ABSTRACT_VERBS})[^，。；、\s]{{0,6}}?{_NOUNS}|{words.ZH_QUALITY}|{_NOUNS})"
)
_PRAISES = re.compile(_PRAISE)
_PRAISE_INSIDE = re.compile(
    rf"(?:(?:{words.ZH_ABSTRACT_VERBS})[^，。；、\s]{{0,4}}?{_NOUNS}|{words.ZH_QUALITY})+(?:[、和与且又](?:{_PRAISE})+)*[的地]"
)
_PRAISE_FILLER = re.compile(
    r"画面|结合|速度|整体|风格|效果|作品|镜头|影像|视频|呈现|一种|的|地|和|与|极具|充满|无比|非常|十分|极其|超级|，|、|[\s:：.]|[a-zA-Z0-9]+"
)
_MEASURED = re.compile(
    r"(?:[一两三四五六七八九十几这那数多]+)?(?:位|个|只|辆|名|瓶|杯|双|条|群|对|台|架|块|片|朵|把|件|头|匹|艘|座|颗|滴|束|盘|碗|款)?"
)
_PLACE = re.compile(
    r"(?:里|中|上|下|边|旁|前|内|外|街头|室内|清晨|夜晚|傍晚|黄昏|白天|午后|早晨|深夜)$"
)


def _marks(text: str, start: int, end: int) -> Iterator[tuple[int, float]]:
    """Position and weight of each verb or word of manner, quoted words and praise left out."""
    closed = quoted(text) + [match.span() for match in _PRAISES.finditer(text, start, end)]
    at = start
    while at < end:
        word = _longest_mark(text, at, end)
        weight = words.ZH_MARKS.get(word) if word else None
        if weight is not None and not any(a <= at < b for a, b in closed):
            yield at, weight
        elif _ADVERB_END.match(text, at, end) and at - 2 >= start:
            yield at - 2, words.MANNER
        at += len(word) or 1


def _longest_mark(text: str, at: int, end: int) -> str:
    for length in range(min(_LONGEST.get(text[at], 0), end - at), 0, -1):
        if text[at : at + length] in words.ZH_MARKS:
            return text[at : at + length]
    return ""


def _verbs(text: str, start: int, end: int) -> list[tuple[int, float]]:
    return [(at, weight) for at, weight in _marks(text, start, end) if weight >= 0]


def split(text: str, span: Span) -> list[Span]:
    """Divides a stretch without punctuation at joining words, and at a pronoun that starts a clause."""
    starts = [span[0]]
    closed = quoted(text)
    for match in _JOINT.finditer(text, span[0] + 1, span[1]):
        at = match.start()
        if any(a < at < b for a, b in closed) or not _joins(text, match, starts[-1], span[1]):
            continue
        starts.append(at)
    edges = zip(starts, [*starts[1:], span[1]], strict=True)
    return [trimmed(text, edge) for edge in edges]


def _joins(text: str, match: re.Match[str], start: int, end: int) -> bool:
    word = match.group()
    if word in words.ZH_STAGES.split("|") or word in {"与此同时", "并且"}:
        return match.start() > start
    follows = next(_marks(text, match.end(), end), None)
    if follows is None or follows[0] != match.end() or not _verbs(text, match.end(), end):
        return False
    return word[0] in "她他它" or bool(_verbs(text, start, match.start()))


def read(text: str, span: Span) -> Clause:
    """Says what one clause is, who acts in it and where its predicate begins."""
    start, end = span
    lead = _LEAD.match(text, start, end) or re.compile("、").match(text, start, end)
    body = lead.end() if lead and lead.end() < end else start
    kind = _kind(text, body, end)
    found = _verbs(text, body, end)
    if kind is Kind.CAMERA and (target := _camera_target(text, body, end)):
        if _verbs(text, target[1], end):
            return replace(read(text, (target[0], end)), start=start)
    else:
        target = None
    subject, action = (None, body) if kind is Kind.CAMERA else _subject(text, body, end)
    return Clause(
        start,
        body,
        end,
        kind,
        subject,
        action,
        tuple(found) if kind is Kind.ACTION else (),
        ambient=subject is not None and bool(_AMBIENT.search(text[slice(*subject)])),
        part=subject is not None and bool(_BODY.match(text, *subject)),
        target=target,
    )


def _camera_target(text: str, body: int, end: int) -> Span | None:
    """What a move ends on: 镜头推近一杯咖啡, 镜头跟随女孩."""
    framed = _FRAMED.fullmatch(text, body, end)
    if framed and not _CAMERA.match(framed.group(1)):
        return framed.span(1)
    move = _CAMERA_AT.search(text, body, end)
    if move is None or move.end() >= end:
        return None
    stop = min((at for at, _ in _marks(text, move.end(), end)), default=end)
    return (move.end(), stop) if stop > move.end() else None


def _subject(text: str, body: int, end: int) -> tuple[Span | None, int]:
    """The words before the first verb or word of manner; a measure word alone reads on past its 的."""
    marks = [at for at, _ in _marks(text, body, end)]
    first = min(marks, default=end)
    if _MEASURED.fullmatch(text, body, first) and first < end:
        after = text.find("的", first, end)
        nexts = [at for at in marks if at > after]
        if after >= 0 and not nexts:
            return (body, end), end
        if after < 0 or nexts[0] == after + 1:
            return ((body, first), first) if first - body > 1 else (None, body)
        first = nexts[0]
    if first == end and _PLACE.search(text, body, end):
        return None, body
    return trimmed(text, (body, first)), first


def _kind(text: str, body: int, end: int) -> Kind:
    clause = text[body:end]
    weights = [weight for _, weight in _verbs(text, body, end)]
    moves = any(weight > 0 for weight in weights)
    negation = _NEGATION.search(clause)
    if negation and not any(w > 0 for _, w in _verbs(text, body, body + negation.start())):
        return Kind.LIMIT
    if _SCENE.search(clause):
        return Kind.SCENE
    if _is_camera(text, body, end):
        return Kind.CAMERA
    if _PRAISES.search(clause) and not weights and is_praise(clause):
        return Kind.ABSTRACT
    if moves:
        return Kind.ACTION
    if _STATIC.search(clause):
        return Kind.STATIC
    if _VERB_GUESS.search(clause):
        return Kind.ACTION
    return Kind.POSE if weights else Kind.PHRASE


def is_praise(clause: str) -> bool:
    """Whether hardly anything is left of the clause without its praise."""
    rest = _PRAISE_FILLER.sub("", _PRAISES.sub("", clause))
    return len(rest) <= max(2, len(clause) // 3)


def _is_camera(text: str, body: int, end: int) -> bool:
    clause = _AT_CAMERA.sub(lambda match: "_" * len(match.group()), text[body:end])
    move = _CAMERA.search(clause)
    if not move or clause[move.end() : move.end() + 1] == "中":
        return False
    return not any(w > 0 for _, w in _verbs(text, body, body + move.start()))


def praise_inside(text: str, clause: Clause) -> list[Span]:
    """Praise before 的 or 地 that can be cut out of a clause which says more than that."""
    return [match.span() for match in _PRAISE_INSIDE.finditer(text, clause.body, clause.end)]
