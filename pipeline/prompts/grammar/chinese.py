"""Reads Chinese clauses: where they divide, who acts, what kind each one is."""

import re
from collections.abc import Sequence
from itertools import pairwise

from pipeline.prompts.grammar import actors, requests
from pipeline.prompts.grammar.chinese_praise import is_of_praise, is_praise, is_slogan
from pipeline.prompts.grammar.chinese_verbs import Mark, Stretch
from pipeline.prompts.grammar.clauses import HAN, Clause, Kind, Span, trimmed
from pipeline.prompts.words import chinese as words
from pipeline.prompts.words.verbs import GUESS

_JOINING = "与此同时|同时|并且|并(?![排肩列])|再(?![见生])|又"
_PRONOUN = r"(?<![对给把向跟让为和与被在着朝往替叫请吉其])(?:她|他|它)们?(?=[^的人])"
_JOINT = re.compile(rf"{words.STAGES}|{_JOINING}|{_PRONOUN}|、")
_LEAD = re.compile(rf"(?:(?:{words.STAGES}|{_JOINING}|先是|先(?![生锋后进]))[\s，,、]*)+|、")
_PRONOUN_ALONE = re.compile("[他她它]们?(?![的们])")
_ALWAYS_JOINS = re.compile(rf"{words.STAGES}|与此同时|并且")
_CAMERA = re.compile(words.CAMERA)
_AT_CAMERA = re.compile(
    r"(?:对着?|向|朝|看向|望向|面向|走向|靠近|直视|面对|冲着?|看着|注视|凝视|望着)(?:着)?镜头"
)
_ANY = re.compile("产品|商品|人物|主体|细节|面部|脸部")
_CAMERA_ON = re.compile(
    r"推近|推向|推到|聚焦(?:于|在|到)?|对准|跟随(?:着)?|跟着|跟拍|环绕(?:着)?|围绕(?:着)?|绕着|"
    r"特写[:：]?|给到"
)
_SPEED = re.compile("慢动作|慢镜头|延时摄影|缩时摄影")
_HOLD = re.compile("(?:请)?(?:保持|维持).*(?:不变|一致性?|稳定|不动|统一)")
_STAYS = re.compile("静止|静静|静置|不动$|停留|原地")
_FRAMED = re.compile(r"(.+?)的?(?:超?大?特写|近景|中景|全景|远景)(?:镜头|画面)?")
_SCENE = re.compile(words.SCENE_CHANGE)
_NEGATION = re.compile(words.NEGATION)
_STATIC = re.compile(words.STATIC)
_VERB_GUESS = re.compile(
    rf"[{HAN}](?:起来|下来|过来|过去|出来|出去|进去|进来|开来|上去|上来|下去|了|着|起|出|开|进|入|过|"
    rf"向|住|回|破|断)(?![口关])|在[^的]{{1,8}}[上中里下旁边前内间](?=[^的，]{{2,4}}$)"
)
_AMBIENT = re.compile(rf"(?:{words.AMBIENT})$|^(?:窗外|背景|远处|远方|身后|背后|周围|四周|天空)")
_BODY = re.compile(rf"(?:她|他|它)?的?(?:{words.BODY})")
_MEASURE = "位|个|只|辆|名|瓶|杯|双|条|群|对|台|架|块|片|朵|把|件|头|匹|艘|座|颗|滴|束|盘|碗|款"
_MEASURED = re.compile(rf"[一两三四五六七八九十几这那数多]*(?:{_MEASURE})?")
_NOT_ACTING = re.compile("镜头|机位|画面|请|保持|维持")
_HANDLED = re.compile("(?<![一两这那几])把(?![手戏])|把手(?=[放伸举按搭插贴])")
"""把 and a thing: somebody acts on it."""
_OPENS = re.compile("^[^把将]*(?:打开|开启|展开|张开|睁开)$")
"""Nothing is said to be opened: what opens leads up to what comes out of it."""
_LIMBS = re.compile(
    "(?:展开|张开|伸出|抬起|举起|扬起|甩动|活动)(?:了)?双?(?:翅膀?|翼|臂|手臂?|腿|脚)$"
)
_TOWARDS = re.compile(
    "镜头(?:缓缓|缓慢|慢慢|徐徐)?(?:向|朝|对着|往|从|沿着|顺着|绕着|围着|围绕)([^，。]+?)(?:缓缓|慢慢)?(?:推|拉|移|摇|靠|升|扫|转)"
)
_WITH = re.compile("[和与跟同给替帮](?![平谐气睦])")
_QUALIFIED = re.compile("([nsfbmqjr]+)[adz]*[azil]")
"""First letters of tags: names, then adjectives or an idiom."""
_NAMES_NOBODY = re.compile(f"一[{HAN}]|[大小开]口|[{HAN}]{{1,2}}[了着过][^的]{{0,8}}")
"""一拳击飞沙袋, 大口喝水, 打了几下空拳."""
_HOW = set("adoz")
"""First letters of tags: how something is done, or a sound."""
_LONGEST_MANNER = 10
_DONE = re.compile(rf"刚刚?[{HAN}]{{1,2}}过")
_LIKE = re.compile("(?:宛如|宛若|仿佛|犹如|如同|好似|恰似)")
_EXISTS = re.compile(
    rf"[{HAN}]{{1,8}}?[上里中下旁边前后内外间侧][{HAN}]{{0,2}}?[着满有]|[{HAN}]{{1,8}}?(?<!都)是[^否]"
)
_PLACE = re.compile(
    "(?:里|中|上|下|边|旁|前|内|外|街头|室内|清晨|夜晚|傍晚|黄昏|白天|午后|早晨|深夜)$"
)


def split(stretch: Stretch) -> list[Span]:
    """Divides a stretch without punctuation at joining words, and at a pronoun that starts a clause."""
    text, starts = stretch.text, [0]
    for match in _JOINT.finditer(text, 1):
        inside = any(a < match.start() < b for a, b in stretch.quotes)
        if not inside and _joins(stretch, match, (starts[-1], len(text))):
            starts.append(match.start())
    edges = zip(starts, [*starts[1:], len(text)], strict=True)
    return [trimmed(text, edge) for edge in edges]


def _joins(stretch: Stretch, match: re.Match[str], span: Span) -> bool:
    if _LEAD.fullmatch(stretch.text, span[0], match.start()):
        return False
    if _ALWAYS_JOINS.fullmatch(match.group()):
        return True
    rest = (match.end(), span[1])
    before = (span[0], match.start())
    if match.group() == "、" and not (stretch.moves(before) and stretch.moves(rest)):
        return False
    follows = next(iter(stretch.marks(rest)), None)
    if follows is None or follows.at != match.end() or not stretch.verbs(rest):
        return False
    return match.group()[0] in "她他它" or bool(stretch.verbs(before))


def read(stretch: Stretch, span: Span) -> Clause:
    """Says what one clause is, who acts in it and where its predicate begins."""
    text, (start, end) = stretch.text, span
    lead = _LEAD.match(text, start, end)
    body = lead.end() if lead and lead.end() < end else start
    kind = _kind(stretch, (body, end))
    target = _camera_target(stretch, (body, end)) if kind is Kind.CAMERA else None
    if target and stretch.verbs((target[1], end)):
        return read(stretch, (target[0], end))._replace(start=start)
    subject, action = (None, body) if kind is Kind.CAMERA else _subject(stretch, (body, end))
    if kind is Kind.PHRASE and (named := actors.acts_unknown(text[body:end])):
        kind, subject, action = Kind.ACTION, (body, body + named), body + named
    if subject and kind in {Kind.LIMIT, Kind.STATIC} and _NOT_ACTING.match(text, *subject):
        subject = None
    quality = _quality(stretch, (body, end)) if kind is Kind.STATIC and action == end else None
    if subject and quality:
        subject, action = (body, quality), quality
    bid = requests.read_chinese(stretch, (body, end))
    if bid and kind is not Kind.LIMIT:
        subject, action = trimmed(text, bid.subject), bid.action
        kind = _asked(text, (body, end), bid)
    if kind is Kind.PHRASE and bid is None and requests.names_nothing(text[body:end]):
        subject = None
    weights = [mark.weight for mark in stretch.marks((body, end)) if mark.weight > 0]
    weights = [1.5] if _OPENS.search(text[action:end]) else weights
    weights = [1.0] if _LIMBS.search(text[action:end]) else weights
    weights += [3.0] if kind is Kind.ACTION and _HANDLED.search(text, action, end) else []
    return Clause(
        start,
        body,
        end,
        kind,
        subject,
        action,
        weight=max(weights, default=GUESS) if kind is Kind.ACTION else 0.0,
        ambient=subject is not None and bool(_AMBIENT.search(text[slice(*subject)])),
        part=subject is not None and bool(_BODY.match(text, *subject)),
        target=target,
        still=kind is Kind.POSE and subject is not None and bool(_STAYS.search(text, action, end)),
    )


def _asked(text: str, span: Span, bid: requests.Bid) -> Kind:
    if bid.weight is not None:
        return Kind.ACTION if bid.weight else Kind.POSE
    return Kind.ABSTRACT if is_praise(text, (bid.action, span[1])) else Kind.PHRASE


def _camera_target(stretch: Stretch, span: Span) -> Span | None:
    """What a move ends on: 镜头推近一杯咖啡, 镜头跟随女孩, 手表特写."""
    text = stretch.text
    framed = _FRAMED.fullmatch(text, *span)
    named = framed is not None and not _ANY.fullmatch(framed.group(1))
    if framed and named and not (_CAMERA.match(framed.group(1)) or is_praise(text, framed.span(1))):
        return framed.span(1)
    towards = _TOWARDS.search(text, *span)
    if towards:
        return towards.span(1)
    move = _CAMERA_ON.search(text, *span)
    if move is None:
        return None
    stop = min((mark.at for mark in stretch.verbs((move.end(), span[1]))), default=span[1])
    return (move.end(), stop) if stop > move.end() else None


def _subject(stretch: Stretch, span: Span) -> tuple[Span | None, int]:
    """The words before the first verb or word of manner, and where the predicate begins."""
    text, (body, end) = stretch.text, span
    found = stretch.marks(span)
    first = found[0].at if found else end
    if _WITH.match(text, body, end):
        return None, body
    if found and _MEASURED.fullmatch(text, body, first):
        return _described_subject(text, span, found)
    if not found and _PLACE.search(text, body, end):
        return None, body
    named = trimmed(text, (body, first))
    alone = _PRONOUN_ALONE.match(text, *named)
    if alone:
        return alone.span(), alone.end()
    return (
        (_past_its_place(stretch, named), first) if _names(stretch, named, span) else (None, body)
    )


def _names(stretch: Stretch, named: Span, span: Span) -> bool:
    """自信微笑, 哈哈大笑 say how, and 点了点头 what: who acts is not in them."""
    text = stretch.text
    if named[1] - named[0] > _LONGEST_MANNER or actors.acts_alone(text[slice(*named)]):
        return True
    if _NAMES_NOBODY.fullmatch(text, *named):
        return False
    told = [word for word in stretch.words(span) if word.start < named[1]]
    tags = "".join(word.tag[0] for word in told)
    return not (tags == "mv" or (set(tags) <= _HOW and all(word.known for word in told)))


def _past_its_place(stretch: Stretch, named: Span) -> Span:
    """昏暗车库里车灯 names the lights."""
    told = stretch.words(named)
    places = [i for i, word in enumerate(told[:-1]) if word.tag in {"f", "s"}]
    if not places or not told[places[-1] + 1].tag.startswith("n"):
        return named
    return told[places[-1] + 1].start, named[1]


def _described_subject(text: str, span: Span, found: Sequence[Mark]) -> tuple[Span | None, int]:
    """一位穿着红裙的女孩, 奔跑的男孩: a verb that describes the subject, which stands after its 的."""
    body, end = span
    first = found[0]
    after = text.find("的", first.end, end)
    describes = first.at > body or first.weight == 0 or text[first.end : first.end + 1] in "的着"
    later = [mark.at for mark in found if mark.at > after]
    if after >= 0 and describes and not later:
        return span, end
    if after >= 0 and describes and later[0] > after + 1:
        return (body, later[0]), later[0]
    return ((body, first.at), first.at) if first.at - body > 1 else (None, body)


def _kind(stretch: Stretch, span: Span) -> Kind:
    text, (body, end) = stretch.text, span
    clause = text[body:end]
    listed = stretch.verbs(span)
    if _HOLD.match(clause):
        return Kind.STATIC
    if _limits(stretch, span):
        return Kind.LIMIT
    if _SCENE.search(clause):
        return Kind.SCENE
    if _is_camera(stretch, span):
        return Kind.CAMERA
    if is_slogan(clause) or (not listed and is_praise(text, span)):
        return Kind.ABSTRACT
    found = stretch.marks(span)
    if found and is_of_praise(text, (body, found[0].at), found[0].at):
        return Kind.ABSTRACT
    if requests.names_nothing(clause):
        return Kind.PHRASE
    if (listed and text[listed[0].at] == "是") or _DONE.search(clause):
        return Kind.STATIC
    if any(mark.weight > 0 for mark in listed) and not _is_placed(stretch, span, listed):
        return Kind.ACTION
    if _HANDLED.match(clause):
        return Kind.ACTION
    if _STATIC.search(clause) or _EXISTS.match(clause) or _LIKE.match(clause):
        return Kind.STATIC
    if not listed and _quality(stretch, span) is not None:
        return Kind.STATIC
    if stretch.guessed(span) or _VERB_GUESS.search(clause):
        return Kind.ACTION
    return Kind.POSE if listed else Kind.PHRASE


def _is_placed(stretch: Stretch, span: Span, listed: Sequence[Mark]) -> bool:
    """墙上挂着一幅画: what looks like a verb at the end is the thing that hangs there."""
    first, *rest = listed
    placed = first.weight == 0 and bool(_EXISTS.match(stretch.text, *span))
    return placed and all(mark.end == span[1] and mark.end - mark.at == 1 for mark in rest)


def _quality(stretch: Stretch, span: Span) -> int | None:
    """Where it begins in 球场空旷, 厨房一尘不染: a thing and how it is."""
    told = stretch.words(span)
    qualified = _QUALIFIED.fullmatch("".join(word.tag[0] for word in told))
    return told[qualified.end(1)].start if qualified else None


def _limits(stretch: Stretch, span: Span) -> bool:
    """Whether it says what must not be, and nobody moves before that: 不要变形, 全程不眨眼.

    静止不动 is no negation but what the subject does.
    """
    found = _NEGATION.search(stretch.text, *span)
    at = found.start() if found else _bare_negation(stretch, span)
    if at is None or any(mark.at < at < mark.end for mark in stretch.verbs(span)):
        return False
    return not stretch.moves((span[0], at))


def _bare_negation(stretch: Stretch, span: Span) -> int | None:
    """Where 不 or 别 stands alone before a verb."""
    for word, follower in pairwise(stretch.words(span)):
        if word.text in {"不", "别"} and follower.tag.startswith("v"):
            return word.start
    return None


def _is_camera(stretch: Stretch, span: Span) -> bool:
    """Whether a camera move is named before anybody acts, 看向镜头 not counted."""
    clause = _AT_CAMERA.sub(lambda match: "_" * len(match.group()), stretch.text[slice(*span)])
    move = _CAMERA.search(clause)
    if not move or clause[move.end() : move.end() + 1] == "中":
        return False
    if move.start() and _SPEED.fullmatch(move.group()) and stretch.moves(span):
        return False
    return not stretch.moves((span[0], span[0] + move.start()))
