"""Stills for `lint`: each picture of a row held against its prompt, and crops drawn to look at."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from farm.errors import Refused

if TYPE_CHECKING:
    from farm.shotlist import ShotRow, Stills
    from pipeline.findings import Finding
    from pipeline.profiles.profile import Profile
    from pipeline.stills.lint import StillReport
    from pipeline.stills.measurements import Facts
    from pipeline.stills.preview import Marks


@dataclass(frozen=True, slots=True, kw_only=True)
class LintedStill:
    """One picture with all there is to say about it; without facts where it cannot be a still."""

    picture: Path
    findings: tuple["Finding", ...]
    facts: "Facts | None" = None
    report: "StillReport | None" = None

    def as_json(self) -> dict[str, Any]:
        told: dict[str, Any] = {
            "image": str(self.picture),
            "findings": [
                {"code": each.code, "severity": each.severity, "message": each.message}
                for each in self.findings
            ],
            "size": None,
            "kept": None,
            "subject": None,
            "proposed_crop": None,
        }
        if self.facts and self.report:
            told["size"] = list(self.facts.fitting.before)
            told["kept"] = _pixels(self.facts.fitting.window)
            told["subject"] = self._subject()
            told["proposed_crop"] = _pixels(self.report.proposed) if self.report.proposed else None
        return told

    def _subject(self) -> dict[str, Any] | None:
        found = self.facts.fitting.subject if self.facts else None
        seen = self.facts.seen if self.facts else None
        if found is None or seen is None:
            return None
        return {
            "box": _pixels(found.box),
            "box_share": round(seen.box_share, 3),
            "mask_share": round(seen.mask_share, 3),
            "confidence": round(seen.confidence, 2),
            "by": found.by,
        }


def of_row(row: "ShotRow", profile: "Profile", stills: "Stills") -> tuple[LintedStill, ...]:
    """The row's picture, then its alternates. One that cannot be a still is a finding, no end."""
    pictures = (row.image, *row.alternates)
    return tuple(_of_picture(picture, row, profile, stills) for picture in pictures)


def _of_picture(picture: Path, row: "ShotRow", profile: "Profile", stills: "Stills") -> LintedStill:
    from pipeline.errors import ShotRejected
    from pipeline.findings import Finding, Severity
    from pipeline.stills import lint as still_lint

    try:
        look = stills.look(picture, row.ratio, profile)
    except ShotRejected as refusal:
        finding = Finding(refusal.code, Severity.ERROR, refusal.sentence)
        return LintedStill(picture=picture, findings=(finding,))
    report = still_lint.lint(look.facts, profile.still, row.prompt, picture.name)
    return LintedStill(picture=picture, findings=report.findings, facts=look.facts, report=report)


def draw_crops(
    shot: str, stills: Sequence[LintedStill], folder: Path, max_pixels: int
) -> list[Path]:
    """Draws each picture that is cropped, or had better be, with the crop beside it.

    Writes `SHOT.crop.png`, for alternates `SHOT.1.crop.png` and on; originals are only read.
    """
    from pipeline.stills.prepare import open_upright
    from pipeline.stills.preview import panel

    drawn: list[Path] = []
    for name, each in _named(shot, stills):
        marks = _marks(each)
        if marks is None:
            continue
        place = folder / name
        if place.resolve() == each.picture:
            raise Refused(f"{place} is a picture of the shot list: name another folder for --crops")
        panel(open_upright(each.picture, max_pixels), marks).save(place)
        drawn.append(place)
    return drawn


def _named(shot: str, stills: Sequence[LintedStill]) -> Iterator[tuple[str, LintedStill]]:
    for number, each in enumerate(stills):
        yield f"{shot}.{number}.crop.png" if number else f"{shot}.crop.png", each


def _marks(linted: LintedStill) -> "Marks | None":
    from pipeline.stills.preview import Marks

    facts, report = linted.facts, linted.report
    if facts is None or report is None:
        return None
    how = facts.fitting
    if report.proposed is None and how.cut < 0.02:
        return None
    left, top, right, bottom = how.window
    across, down = right - left, bottom - top
    return Marks(
        kept=how.window,
        proposed=report.proposed,
        subject=how.subject.box if how.subject else None,
        lettering=[
            (left + x0 * across, top + y0 * down, left + x1 * across, top + y1 * down)
            for x0, y0, x1, y1 in facts.overlay
        ],
    )


def _pixels(box: Sequence[float]) -> list[int]:
    return [round(edge) for edge in box]
