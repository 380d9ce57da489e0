"""How a picture is fitted to a size, and what people want to know about that."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from pipeline.findings import Finding, Severity
from pipeline.profiles.sections import WIDEST, StillSection
from pipeline.prompts.grammar.clauses import Language
from pipeline.stills import crop
from pipeline.stills.findings import Code, finding
from pipeline.stills.formats.colours import Guess
from pipeline.stills.subject import Box, Subject

_NOTABLE_ENLARGEMENT = 1.3
_NOTABLE_CROP = 0.02
_LARGE_CROP = 0.10
_NOTABLE_LOSS = 0.03
"""Share of the subject's box that may be lost in silence: its outline is not known better than that."""


@dataclass(frozen=True, eq=False)
class Fitting:
    """Which part of a picture is kept, and at what size."""

    before: tuple[int, int]
    """Width and height of the picture."""
    after: tuple[int, int]
    """Width and height of the still."""
    window: Box
    """What is kept, in pixels of the picture."""
    subject: Subject | None
    """Where it was looked for and found."""
    wanted: float
    """The ratio that is rendered, width / height, before the grid rounds it."""
    guessed: Guess = ""
    asked: bool = False
    """Whether the shot names its ratio."""
    unasked: float | None = None
    """The ratio that would be rendered if it named none; None where that is `wanted`."""
    pages: int = 1
    """Pages or frames in the picture's file."""
    visible: float = 1.0
    """The share of the picture that is not clear."""

    @cached_property
    def scale(self) -> float:
        """How often the picture is enlarged; below 1 it becomes smaller."""
        return self.after[0] / (self.window[2] - self.window[0])

    @cached_property
    def cut(self) -> float:
        """The share of its area that is lost."""
        return 1 - crop.area(self.window) / (self.before[0] * self.before[1])

    @cached_property
    def is_cut_across(self) -> bool:
        """Whether it is cut at left and right, not at top and bottom."""
        return self.window[2] - self.window[0] < self.before[0] - 1e-6

    @cached_property
    def own(self) -> float:
        """The picture's own ratio, width / height."""
        return self.before[0] / self.before[1]

    @cached_property
    def can_be_kept(self) -> bool:
        """Whether the picture would be rendered in its own shape if the shot named none."""
        return (
            self.asked and abs(math.log((self.unasked or self.wanted) / self.own)) < _NOTABLE_CROP
        )

    @cached_property
    def subject_cut(self) -> float:
        """The share of the subject's box that is lost."""
        return crop.cut_off(self.subject.box, self.window) if self.subject else 0.0


def findings(
    fitting: Fitting, section: StillSection, picture: str, language: Language = "en"
) -> tuple[Finding, ...]:
    """What guessing, scaling and cropping did to `picture`, where people would want to know."""
    size = "{} x {} → {} x {}".format(*fitting.before, *fitting.after)
    return tuple(
        finding(code, language, severity, picture=picture, size=size, **words)
        for rule in (_guessed, _counted, _enlarged, _cropped)
        for code, severity, words in rule(fitting, section)
    )


_Remark = tuple[Code, Severity, Mapping[str, object]]


def _guessed(fitting: Fitting, _: StillSection) -> Iterator[_Remark]:
    if fitting.guessed:
        yield Code(f"still.colours_guessed:{fitting.guessed}"), Severity.WARNING, {}


def _counted(fitting: Fitting, _: StillSection) -> Iterator[_Remark]:
    if fitting.pages > 1:
        yield Code.FIRST_OF_MANY, Severity.INFO, {"pages": fitting.pages}


def _enlarged(fitting: Fitting, section: StillSection) -> Iterator[_Remark]:
    words: dict[str, object] = {"times": f"{fitting.scale:.2f}"}
    if fitting.scale > section.enlarged:
        least = [round(side / _NOTABLE_ENLARGEMENT) for side in fitting.after]
        yield Code.TOO_SMALL, Severity.WARNING, {**words, "width": least[0], "height": least[1]}
    elif fitting.scale > 1 + 1e-9:
        large = fitting.scale > _NOTABLE_ENLARGEMENT
        yield Code.UPSCALED, Severity.WARNING if large else Severity.INFO, words


def _cropped(fitting: Fitting, section: StillSection) -> Iterator[_Remark]:
    if fitting.cut <= _NOTABLE_CROP:
        return
    words: dict[str, object] = {"cut": f"{fitting.cut:.0%}", "sides": _sides(fitting)}
    if fitting.subject_cut > _NOTABLE_LOSS:
        words |= {"lost": f"{fitting.subject_cut:.0%}", "wanted": ratio_name(fitting.wanted)}
        code = Code.SUBJECT_CUT if fitting.can_be_kept else Code.SUBJECT_CUT_ANYWAY
        yield code, Severity.WARNING, words
    else:
        large = fitting.cut > _LARGE_CROP
        code = Code.CROPPED if fitting.subject else Code.CROPPED_UNKNOWN
        yield code, Severity.WARNING if large else Severity.INFO, words


def _sides(fitting: Fitting) -> str:
    """The sides that lose something, by the names that `findings` knows."""
    start, end = (0, 2) if fitting.is_cut_across else (1, 3)
    whole = fitting.before[start]
    lost = fitting.window[start], whole - fitting.window[end]
    names = ("left", "right") if fitting.is_cut_across else ("top", "bottom")
    return "+".join(name for name, part in zip(names, lost, strict=True) if part > 0.01 * whole)


def nearest_ratio(size: tuple[int, int], ratios: Sequence[str]) -> float:
    """The ratio (width / height) of these that a picture is nearest to; without any, its own, as far as
    it is rendered."""
    own = size[0] / size[1]
    values = [int(across) / int(down) for across, down in (each.split(":") for each in ratios)]
    nearest = min(values, key=lambda ratio: abs(math.log(ratio / own)), default=own)
    return min(max(nearest, 1 / WIDEST), WIDEST)


def ratio_name(value: float) -> str:
    """A ratio as people write it: 3:2, 16:9."""
    times = max(value, 1 / value)
    near = Fraction(times).limit_denominator(20 if times < 10 else 1)
    long, short = near.numerator, near.denominator
    return f"{long}:{short}" if value >= 1 else f"{short}:{long}"
