"""What became of a label, told from what was read of it in the frames of a clip. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from pipeline.clips.spans import spans
from pipeline.findings import Finding, Severity
from pipeline.misses import LABEL_FOLLOWED, Miss, MissKind
from pipeline.stills import spelling

SEVERAL = 2
"""Sampled frames that must read alike for it to be no slip of the reader."""
NEARLY = 0.34
"""Share of letters by which two readings of the same wrong word may differ."""
KNOWN = 0.6
"""Share of a word's letters by which it is known where the rest is covered."""


class Shown(Enum):
    """What one frame shows of a label."""

    SAME = auto()
    """The label, or enough of it."""
    OTHER = auto()
    """Something that is clearly read, and is not the label."""
    UNREAD = auto()
    """Nothing: blurred, covered or gone."""
    OUTSIDE = auto()
    """The label has left the frame."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read of a label in one frame, counted from 0."""

    frame: int
    shown: Shown
    text: str = ""


@dataclass(frozen=True, slots=True)
class Label:
    """A line that the still shows, and its readings in the order of the frames."""

    text: str
    kept: str
    """The shot's must-keep word that it has, or is a part of; empty where it has none."""
    readings: tuple[Reading, ...]

    @property
    def name(self) -> str:
        """What sentences call it."""
        if not self.kept:
            return f"‘{self.text}’"
        is_whole = spelling.folded(self.kept) in spelling.folded(self.text)
        return f"{'' if is_whole else f'‘{self.text}’ of '}the must-keep word ‘{self.kept}’"


def judged(text: str, label: str, *, alike: bool = False) -> Shown:
    """What a sure reading says; where the pixels are `alike`, the reader slipped."""
    read, known = spelling.folded(text), spelling.folded(label)
    if not read:
        return Shown.UNREAD
    if known in read or alike:  # a frame may show a line more fully than the still
        return Shown.SAME
    if share := spelling.part(read, known):
        return Shown.SAME if share >= KNOWN else Shown.UNREAD
    return Shown.OTHER


def changed(label: Label, frames: int, most: float) -> Iterator[Miss]:
    """`label_changed`, where several frames read the same other word, or the last ones no right one.

    The value is the share of the label's letters that are others.
    """
    known = spelling.folded(label.text)
    others = [
        each
        for each in label.readings
        if each.shown is Shown.OTHER and not _covered(each, label, known)
    ]
    wrong = _agreed(others) or _at_the_end(label.readings)
    values = [spelling.unlike(spelling.folded(each.text), known) for each in wrong]
    if not values or max(values) <= most:
        return
    worst = wrong[values.index(max(values))]
    message = (
        f"{label.name} reads ‘{worst.text}’, counted from 1, in {_where(wrong)} of {frames} and not so "
        f"before; {max(values):.0%} of its letters are others, above {most:.0%}"
    )
    yield Miss(kind=MissKind.LABEL_CHANGED, value=max(values), threshold=most, message=message)


def lost(label: Label, frames: int, most: float) -> Iterator[Miss]:
    """`label_lost`, where nobody reads the label any more until the end.

    The value is the share of the sampled frames at the clip's end that do not show it.
    """
    gone = _tail(label.readings)
    share = len(gone) / max(len(label.readings), 1)
    if not gone or share <= most:
        return
    message = (
        f"{label.name} is not to be read any more from frame {gone[0].frame + 1} of {frames} on, and does "
        f"not come back; that is {share:.0%} of the frames looked at, above {most:.0%}"
    )
    yield Miss(kind=MissKind.LABEL_LOST, value=share, threshold=most, message=message)


def followed(label: Label, frames: int) -> Iterator[Finding]:
    """What is said of a label that neither changed nor was lost: how many of the frames looked at show it
    as the still does, and which do not; a warning where most of those that hold it do not. Nothing where
    none does."""
    looked_at = len(label.readings)
    missing = [each for each in label.readings if each.shown is not Shown.SAME]
    if len(missing) == looked_at:
        return
    if not missing:
        message = f"{label.name} stays readable in all {looked_at} frames looked at"
    else:
        message = (
            f"{label.name} is readable in {looked_at - len(missing)} of the {looked_at} frames looked at, "
            f"not in {_where(missing)} of {frames}, counted from 1"
        )
    unread = sum(each.shown is not Shown.OUTSIDE for each in missing)
    seldom = unread > looked_at - len(missing)
    yield Finding(LABEL_FOLLOWED, Severity.WARNING if seldom else Severity.INFO, message)


def appeared(new: Sequence[Reading], frames: int, most: int) -> Iterator[Miss]:
    """`text_appeared`, of readings that are neither the still's nor the prompt's.

    The value is the number of sampled frames that show the same of it.
    """
    alike = _agreed(new)
    if len(alike) <= most:
        return
    longest = max(alike, key=lambda each: len(each.text))
    message = (
        f"‘{longest.text}’ is to be read in {_where(alike)} of {frames}, counted from 1, which neither the "
        f"still shows nor the prompt asks for: {len(alike)} of the frames looked at, above {most}"
    )
    yield Miss(
        kind=MissKind.TEXT_APPEARED, value=float(len(alike)), threshold=float(most), message=message
    )


def _covered(reading: Reading, label: Label, known: str) -> bool:
    """Whether something may lie over one end of the label: it reads as before when that has gone."""
    back = any(each.shown is Shown.SAME and each.frame > reading.frame for each in label.readings)
    return back and spelling.at_edge(spelling.folded(reading.text), known)


def _agreed(others: Sequence[Reading]) -> list[Reading]:
    """The most readings that are alike, `SEVERAL` at least; the later ones where as many are."""
    groups = [[each for each in others if _alike(each.text, one.text)] for one in others]
    best = max(groups, key=len, default=[])
    return best if len(best) >= SEVERAL else []


def _alike(one: str, other: str) -> bool:
    first, second = spelling.folded(one), spelling.folded(other)
    return spelling.edits(first, second) <= NEARLY * max(len(first), len(second))


def _at_the_end(readings: Sequence[Reading]) -> list[Reading]:
    """What is read at the end where it was never right again: melting letters read otherwise each time."""
    wrong = [each for each in _tail(readings) if each.shown is Shown.OTHER]
    return wrong if len(wrong) >= SEVERAL else []


def _tail(readings: Sequence[Reading]) -> list[Reading]:
    """The readings after the last that is right; none where the label has left the frame."""
    gone: list[Reading] = []
    for each in reversed(readings):
        if each.shown in (Shown.SAME, Shown.OUTSIDE):
            break
        gone.insert(0, each)
    return gone


def _where(readings: Sequence[Reading]) -> str:
    numbers = [each.frame for each in readings]
    return f"frame {spans(numbers)}" if len(numbers) == 1 else f"frames {spans(numbers)}"
