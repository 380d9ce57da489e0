"""Finds what makes a still a bad bet for its prompt, before a GPU is paid; needs no weights."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from PIL.Image import Image

from pipeline.findings import Finding, Severity
from pipeline.profiles.sections import WIDEST, StillSection
from pipeline.prompts.direction import Way, ways
from pipeline.prompts.grammar.prompt import ParsedPrompt, parse
from pipeline.stills import crop, fitting
from pipeline.stills.findings import Code, finding
from pipeline.stills.measurements import Facts, Seen, seen_in
from pipeline.stills.subject import Box, Finder, Salient

_EDGES = {"left": "left", "right": "right", "up": "top", "down": "bottom"}
_OPPOSITE: dict[str, str] = {"left": "right", "right": "left", "up": "down", "down": "up"}
_GROWTH = 1 / 3
"""A subject that grows or comes nearer needs this share of the room on each side."""
_VERY_SMALL = 0.5
"""Below this share of the least, a small subject is a warning."""
_MAY_BE_SMALLER = 1.3
"""A proposed crop is not enlarged more often than this."""
_WORTH_A_CROP = frozenset({"still.subject_small", "still.off_centre", "still.no_room"})


@dataclass(frozen=True, slots=True, kw_only=True)
class StillReport:
    """What there is to say about one still and its prompt."""

    findings: tuple[Finding, ...]
    subject: Seen | None
    """None where nobody could tell, and nothing is said about it."""
    proposed: Box | None
    """A crop that would be better, in pixels of the upright picture; nobody crops it so unasked."""


@dataclass(frozen=True)
class _Case:
    facts: Facts
    section: StillSection
    prompt: ParsedPrompt

    @cached_property
    def ways(self) -> tuple[Way, ...]:
        """Where the prompt sends the subject; read only where there is one."""
        return ways(self.prompt)

    @property
    def room(self) -> float:
        """The margin that each way needs: a clip of two moves goes half as far in each."""
        return self.section.room / max(len(self.ways), 1)


_Remark = tuple[Code, Severity | None, Mapping[str, object]]


def lint(facts: Facts, section: StillSection, prompt: str, picture: str) -> StillReport:
    """Holds the facts of a still against its prompt; `picture` is what the sentences call it.

    Never raises, whatever the prompt.
    """
    case = _Case(facts, section, parse(prompt))
    language = case.prompt.language
    if facts.empty:  # nothing else is true of what shows nothing
        blank = finding(Code(f"still.blank:{facts.empty}"), language, picture=picture)
        return StillReport(findings=(blank,), subject=None, proposed=None)
    remarks = [remark for rule in _RULES for remark in rule(case)]
    findings = (
        *fitting.findings(facts.fitting, section, picture, language),
        *(
            finding(code, language, severity, picture=picture, **words)
            for code, severity, words in remarks
        ),
    )
    return StillReport(findings=findings, subject=facts.seen, proposed=_proposed(case, findings))


@dataclass(frozen=True, slots=True)
class FreeMargin:
    """Whether an action can start from a still: it can where `value` reaches `threshold`."""

    value: float
    """The margin that is free where the action leads, as a share of the frame's side."""
    threshold: float
    sentence: str
    """What is wrong, in the prompt's language; empty where nothing is."""


def free_margin(
    picture: Image, prompt: str, section: StillSection, finder: Finder | None = None
) -> FreeMargin | None:
    """The tightest place that the prompt sends the subject of a prepared still to.

    None where the prompt sends it nowhere, or nobody can tell what the subject is.
    """
    read = parse(prompt)
    subject = (finder or Salient(section.sure)).find(picture) if ways(read) else None
    if subject is None:
        return None
    whole = (0.0, 0.0, float(picture.width), float(picture.height))
    how = fitting.Fitting(
        picture.size, picture.size, whole, subject, picture.width / picture.height
    )
    case = _Case(Facts(how, seen_in(how), (), (), None, 0.0), section, read)
    gap = min(_gaps(case), key=lambda each: each.margin - each.needed)
    remark = next(_no_room(case), None)
    sentence = ""
    if remark:
        name = "首帧" if read.language == "zh" else "the still"
        sentence = finding(remark[0], read.language, None, picture=name, **remark[2]).message
    return FreeMargin(gap.margin, gap.needed, sentence)


def margins(box: Box) -> dict[str, float]:
    """How much of the frame is free on each side of a box in it."""
    return {"left": box[0], "up": box[1], "right": 1 - box[2], "down": 1 - box[3]}


def _aspect(case: _Case) -> Iterator[_Remark]:
    how = case.facts.fitting
    if how.cut > case.section.cut:
        own, wanted = fitting.ratio_name(how.own), fitting.ratio_name(how.wanted)
        yield _shape(how), None, {"own": own, "wanted": wanted, "cut": f"{how.cut:.0%}"}


def _shape(how: fitting.Fitting) -> Code:
    """What can be done about a shape that throws much away."""
    if how.asked:
        return Code.ASPECT if how.can_be_kept else Code.ASPECT_ANYWAY
    if how.own > how.wanted == WIDEST:
        return Code.WIDEST
    return Code.TALLEST if how.own < how.wanted == 1 / WIDEST else Code.NEAREST


def _no_room(case: _Case) -> Iterator[_Remark]:
    """The model draws what it is told even where there is no place for it, and the take is lost."""
    for gap in _gaps(case):
        if gap.margin >= gap.needed:
            continue
        words = {"side": gap.side, "margin": f"{gap.margin:.0%}"}
        if gap.free is None:
            yield Code.NO_ROOM_TO_GROW, None, {**words, "side": _EDGES[gap.side]}
        else:
            other = {"other": _OPPOSITE[gap.side], "free": f"{gap.free:.0%}"}
            code = Code.NO_ROOM if gap.free >= gap.needed else Code.NO_ROOM_EITHER
            yield code, None, {**words, **other}


@dataclass(frozen=True, slots=True)
class _Gap:
    side: str
    margin: float
    """Of the frame's side, between the subject and the edge that it nears."""
    needed: float
    free: float | None = None
    """The margin on the other side, where the subject could go instead."""


def _gaps(case: _Case) -> Iterator[_Gap]:
    """What is free where each of the prompt's ways leads."""
    if case.facts.seen is None:
        return
    free = margins(case.facts.seen.box)
    for way in dict.fromkeys(case.ways):
        if way in free:
            yield _Gap(way, free[way], case.room, free[_OPPOSITE[way]])
        else:
            # Who walks up to the camera may be cut at the feet.
            sides = [side for side in free if way == "grow" or side != "down"]
            tight = min(sides, key=lambda side: free[side])
            yield _Gap(tight, free[tight], case.room * _GROWTH)


def _size(case: _Case) -> Iterator[_Remark]:
    seen, section = case.facts.seen, case.section
    if seen is None or any(_no_room(case)):  # "come closer" beside "give it room" is no advice
        return
    share = seen.box_share if section.measured == "box" else seen.mask_share
    words: dict[str, object] = {"share": f"{share:.0%}", "measured": section.measured}
    if share < section.least:
        severity = Severity.WARNING if share < section.least * _VERY_SMALL else None
        yield Code.SUBJECT_SMALL, severity, {**words, "least": f"{section.least:.0%}"}
    elif share > section.most:
        severity = Severity.WARNING if case.ways else None
        yield Code.NO_ROOM_AT_ALL, severity, {**words, "most": f"{section.most:.0%}"}


def _off_centre(case: _Case) -> Iterator[_Remark]:
    """A subject that stands aside of where it is going stands well."""
    if case.facts.seen is None:
        return
    left, top, right, bottom = case.facts.seen.box
    across, down = (left + right) / 2 - 0.5, (top + bottom) / 2 - 0.5
    for offset, sides in ((across, ("left", "right")), (down, ("up", "down"))):
        side, other = sides if offset < 0 else sides[::-1]
        if abs(offset) > case.section.off_centre and other not in case.ways:
            words = {"offset": f"{abs(offset):.0%}", "side": _EDGES[side], "other": other}
            yield Code.OFF_CENTRE, None, words


def _overlay_text(case: _Case) -> Iterator[_Remark]:
    if case.facts.unread:
        yield Code.UNREAD, None, {}
    elif case.facts.overlay:
        code = Code.OVERLAY_TEXT if case.facts.seen else Code.TEXT
        yield code, None, {"place": _place(case.facts.overlay[0])}


def _place(box: Box) -> str:
    """Where in the frame, as shares of its width and height."""
    return f"x {box[0]:.0%}-{box[2]:.0%}, y {box[1]:.0%}-{box[3]:.0%}"


def _blurred(case: _Case) -> Iterator[_Remark]:
    sharpness = case.facts.sharpness
    if sharpness is not None and sharpness < case.section.soft:
        words = {"sharpness": f"{sharpness:.2f}", "soft": f"{case.section.soft:.2f}"}
        yield Code.BLURRED, None, {**words, "where": "subject" if case.facts.seen else "whole"}


def _jpeg_artefacts(case: _Case) -> Iterator[_Remark]:
    blocks = case.facts.blockiness
    if blocks > case.section.blocks:
        words = {"blocks": f"{blocks:.1f}", "limit": f"{case.section.blocks:.1f}"}
        yield Code.JPEG_ARTEFACTS, None, words


_RULES: tuple[Callable[[_Case], Iterator[_Remark]], ...] = (
    _aspect,
    _no_room,
    _size,
    _off_centre,
    _overlay_text,
    _blurred,
    _jpeg_artefacts,
)


def _proposed(case: _Case, findings: tuple[Finding, ...]) -> Box | None:
    """Only where something is wrong that a crop can mend, and pixels are there to crop."""
    how = case.facts.fitting
    if how.subject is None or not any(each.code in _WORTH_A_CROP for each in findings):
        return None
    room = {way: case.room for way in case.ways if way in _OPPOSITE}
    if {"grow", "closer"} & set(case.ways):
        room = {side: max(room.get(side, 0.0), case.room * _GROWTH) for side in _OPPOSITE}
    smallest = how.after[0] / _MAY_BE_SMALLER
    return crop.proposal(how.before, how.window, how.subject.box, room, smallest)
