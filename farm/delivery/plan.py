"""What a delivery is to be, beyond copies: frame rate, mezzanine, timelines; and what makes each file."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from fractions import Fraction
from typing import Any, Self

from farm.delivery import conform, mezzanine
from farm.delivery.ai_labels.visible import VisibleLabel
from farm.delivery.ffmpeg import Ffmpeg
from farm.delivery.listed import Deliverable
from farm.delivery.sheets import SheetKind, is_a_day
from farm.delivery.steps import Maker, Step
from farm.domain import timecode
from farm.domain.hand_off import checked_media_root, stem
from farm.domain.label_decision import LANGUAGES, labelled_folder
from farm.errors import Refused

MOST_HANDLES = 500
_VARIANT = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,31}")
_OF_LABELS = frozenset(labelled_folder(language) for language in LANGUAGES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is asked for; nothing of it, and clips are copied as they are."""

    fps: str | None = None
    """One of `farm.domain.timecode.RATES`."""
    conform: str | None = None
    """One of `farm.delivery.conform.WAYS`."""
    mezzanine: str | None = None
    """One of `farm.delivery.mezzanine.KINDS`."""
    media_root: str | None = None
    """The delivered folder on the editor's machine."""
    otio: bool = False
    edl: bool = False
    xml: bool = False
    handles: int = 0
    """Frames at each end of a clip that timelines do not show."""
    label: str | None = None
    """The language of the visible label, one of `farm.domain.label_decision.LANGUAGES`."""
    no_recipe: bool = False
    """Prompt and recipe are left out of all that is delivered."""
    comfy: bool = False
    """Films open in ComfyUI: a graph of theirs is in each."""
    variant: str | None = None
    """The folder of its own, below the delivered one, that it goes to."""
    sheet: str = SheetKind.PNG
    """Which contact sheets: one of `farm.delivery.sheets.SheetKind`."""
    dated: str | None = None
    """The day that stands on a printed contact sheet, as ISO 8601 has it; None: the day of delivery."""

    def __post_init__(self) -> None:
        """Raises `Refused` for what cannot be."""
        if self.fps is not None and self.fps not in timecode.RATES:
            raise Refused(f"--fps {self.fps[:32]!r} is none of {', '.join(timecode.RATES)}")
        if self.conform is not None and self.conform not in conform.WAYS:
            raise Refused(f"--conform {self.conform[:32]!r} is none of {', '.join(conform.WAYS)}")
        if self.mezzanine is not None and self.mezzanine not in mezzanine.KINDS:
            raise Refused(
                f"--mezzanine {self.mezzanine[:32]!r} is none of {', '.join(mezzanine.KINDS)}"
            )
        if self.sheet not in list(SheetKind):
            raise Refused(f"--sheet {self.sheet[:32]!r} is none of {', '.join(SheetKind)}")
        if self.dated is not None and not is_a_day(self.dated):
            raise Refused(f"{self.dated[:32]!r} is no day: write it as 2026-11-29")
        if self.fps and not self.conform:
            raise Refused(
                f"--fps {self.fps} needs a way to come there: --conform {'|'.join(conform.WAYS)}; motion "
                "draws frames that nobody approved, speed plays each frame once and faster"
            )
        if self.conform and not self.fps:
            raise Refused(
                f"--conform {self.conform} needs a rate: --fps {'|'.join(timecode.RATES)}"
            )
        if self.label is not None and self.label not in LANGUAGES:
            raise Refused(f"--label {self.label[:32]!r} is none of {', '.join(LANGUAGES)}")
        if self.comfy and self.no_recipe:
            raise Refused(
                "--comfy puts prompt and recipe into films, and --no-recipe takes them out"
            )
        if not 0 <= self.handles <= MOST_HANDLES:
            raise Refused(f"--handles {self.handles} is outside 0 … {MOST_HANDLES}")
        if self.handles and not self.has_timeline:
            raise Refused("--handles is of timelines: add --otio, --edl or --xml")
        if self.media_root is not None:
            if not (self.otio or self.xml):
                raise Refused("--media-root stands in .otio and XML alone: add --otio or --xml")
            checked_media_root(self.media_root)
        if self.variant is not None and not _VARIANT.fullmatch(self.variant):
            raise Refused(
                f"--variant {self.variant[:64]!r} is no name of a folder: up to 32 letters and digits of "
                "ASCII, - and _"
            )
        if self.variant is not None and self.variant.lower() in _OF_LABELS:
            raise Refused(
                f"--variant {self.variant} is the folder of films with a visible label, which "
                f"--label {self.variant[-2:].lower()} makes: take another name"
            )

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Self:
        """Out of `as_dict`. Raises `ValueError` for what it does not know."""
        if unknown := sorted(set(values) - {each.name for each in fields(cls)}):
            raise ValueError(f"it asks for {', '.join(unknown)}, which this farm does not know")
        return cls(**values)

    def as_dict(self) -> dict[str, Any]:
        """What is asked for, as JSON has it; empty for plain copies."""
        asked = {name: value for name, value in asdict(self).items() if value}
        if self.sheet == SheetKind.PNG:
            del asked["sheet"]
        return asked

    @property
    def rate(self) -> Fraction | None:
        """What clips are conformed to."""
        return timecode.RATES[self.fps] if self.fps else None

    @property
    def has_timeline(self) -> bool:
        return self.otio or self.edl or self.xml

    @property
    def is_plain(self) -> bool:
        """Whether clips are copied as they are."""
        return not (self.fps or self.mezzanine or self.label)

    @property
    def is_for_edit(self) -> bool:
        """Whether files get names that every editing system takes."""
        return bool(self.has_timeline or self.fps or self.mezzanine)

    def file(self, item: Deliverable) -> str:
        """The name of a take's file in the delivered folder."""
        if not self.is_for_edit:
            return item.file
        return f"{stem(item.shot, item.take)}{'.mov' if self.mezzanine else '.mp4'}"

    def makers(self, item: Deliverable, ffmpeg: Ffmpeg) -> list[Maker]:
        """What makes the file of a take, in the order of `farm.delivery.steps.ORDER`."""
        makers: list[Maker] = []
        if self.rate and self.conform and self.rate != item.fps:
            way, passed_on = self.conform, bool(self.mezzanine or self.label)
            makers.append(conform.Conform(ffmpeg, self.rate, way, passed_on))
        if self.label:
            passed_on = self.mezzanine is not None
            makers.append(VisibleLabel(ffmpeg, self.label, passed_on=passed_on))
        if self.mezzanine:
            makers.append(mezzanine.Mezzanine(ffmpeg, self.mezzanine))
        return makers

    def expected(self, item: Deliverable) -> tuple[int, Fraction]:
        """The frames and the rate of a take's file."""
        fps = Fraction(item.fps)
        if self.rate is None or self.rate == fps:
            return item.frames, fps
        frames = item.frames
        return (
            frames if self.conform == "speed" else timecode.conformed(frames, fps, self.rate),
            self.rate,
        )

    def check(self, ffmpeg: Ffmpeg | None) -> None:
        """Raises `Refused` or `MissingExtra` for what is not at hand, before anything is made."""
        if self.mezzanine and ffmpeg:
            mezzanine.Mezzanine(ffmpeg, self.mezzanine).check()
        if self.otio:
            from farm.delivery import otio_file

            otio_file.check()


def said(steps: Sequence[Step]) -> str:
    """What was done to a clip, for a contact sheet: `25 fps by motion · dnxhr_hq`."""
    words = {
        "conform": lambda of: f"{of['fps']} fps by {of['way']}",
        "label": lambda of: f"labelled {of['words']}",
        "mezzanine": lambda of: str(of["kind"]),
    }
    return " · ".join(words[each.name](each.options) for each in steps if each.name in words)
