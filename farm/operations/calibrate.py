"""Where the gate draws its lines: fitted to people's approvals and rejections, or to swapped prompts."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from farm.errors import Refused
from farm.operations.workspace import profile_of

if TYPE_CHECKING:
    from pathlib import Path

    from farm.config import Settings
    from farm.operations.labels_file import LabelledClip
    from farm.store import Store
    from farm.store.queries.labels import JudgedTake
    from pipeline.scoring.accuracy import Figure
    from pipeline.scoring.calibration import Calibration, Label
    from pipeline.scoring.matching import Scorer
    from pipeline.scoring.swapped_prompts import Subject
    from pipeline.storage.protocol import Media

MOST_SHOTS = 200
"""Shots that prompts are swapped between, the newest."""

Judged = Mapping[tuple[str, str], Sequence["Label"]]
"""Labels by profile and scorer."""

Swaps = Iterable[tuple[list["Label"], list["Label"]]]
"""Of each shot what a scorer says of its still and of its clip, with its own prompt and others'."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What became of one profile and scorer."""

    profile: str
    scorer: str
    calibration: "Calibration | None" = None
    file: str | None = None
    """Where it was written; None where nothing was."""
    why_not: str = ""


def from_labels(
    settings: "Settings",
    store: "Store",
    media: "Media",
    profile: str | None = None,
    *,
    dry_run: bool = False,
) -> list[Told]:
    """Fits the lines to what people approved and rejected, for each profile and scorer, or of one profile.

    A dry run writes nothing. Raises `Refused` where nobody judged a take, or where a calibration cannot
    be written.
    """
    groups = by_scorer(_judged(store, profile))
    return [_fitted(settings, media, *key, groups[key], dry_run=dry_run) for key in groups]


def from_swapped(
    settings: "Settings",
    store: "Store",
    media: "Media",
    profile: str | None = None,
    *,
    dry_run: bool = False,
    each: "Callable[[Swaps, int], Swaps]" = lambda swaps, _: swaps,
    on_apart: "Callable[[str, Figure | None], None] | None" = None,
) -> Told:
    """Draws the lines of a profile before there are labels: by what its scorer says of the newest shots
    with the prompts of others.

    `each` goes through the shots, of which it hears how many there are, and may show how far it is.
    `on_apart` hears how well stills and clips are told apart from other shots', None where there is
    nothing to compare. Raises `Refused` where there is no shot, where a still or a clip cannot be looked
    at, or where a calibration cannot be written.
    """
    from pipeline.scoring import calibration, loading

    found = profile_of(settings, profile)
    subjects = _subjects(store, found.name)
    scorer = loading.load(found.match, settings.weights)
    stills, clips = _held(subjects, media, scorer, each)
    if on_apart:
        on_apart("still and prompt", calibration.told_apart(stills))
        on_apart("clip and prompt", calibration.told_apart(clips))
    try:
        made = calibration.from_swapped(
            found.name, scorer.name, clips, settings.accept_limit, found.match.threshold
        )
    except calibration.NotEnough as reason:
        return Told(profile=found.name, scorer=scorer.name, why_not=str(reason))
    return _kept(media, made, dry_run=dry_run)


def from_file(
    settings: "Settings",
    media: "Media",
    table: "Path",
    profile: str | None = None,
    *,
    encoding: str | None = None,
    dry_run: bool = False,
    each: "Callable[[Sequence[LabelledClip]], Iterable[LabelledClip]]" = iter,
    on_note: "Callable[[str], object]" = lambda _: None,
) -> Told:
    """Fits the lines of a profile to a table of film files that people judged; no database is asked.

    `each` goes through its rows and may show how far it is; `on_note` hears what a person should know of
    how the table was read. Raises `Refused` with every row that will not do, for a film that cannot be
    read, and where a calibration cannot be written.
    """
    from farm.operations import labels_file
    from pipeline.scoring import calibration, loading

    found = profile_of(settings, profile)
    rows = labels_file.read(table, encoding, on_note)
    _look_at(table, rows)
    scorer = loading.load(found.match, settings.weights)
    good, unscored = sum(row.good for row in rows), 0
    try:
        # Before hours of judging.
        calibration.check_enough(good, len(rows) - good, settings.accept_limit)
        labels = [label for row in each(rows) if (label := _label(scorer, table, row))]
        unscored = len(rows) - len(labels)
        made = calibration.calibrate(found.name, scorer.name, labels, settings.accept_limit)
    except calibration.NotEnough as reason:
        and_so = f", and the scorer could not judge {unscored} more clips" if unscored else ""
        return Told(profile=found.name, scorer=scorer.name, why_not=f"{reason}{and_so}")
    return _kept(media, made, dry_run=dry_run)


def _look_at(table: "Path", rows: "Sequence[LabelledClip]") -> None:
    """Refuses all films at once that do not even begin, and all stills that cannot be read: judging takes
    hours."""
    from farm.operations.labels_file import refuse
    from farm.shotlist import Problem
    from pipeline.clips import film
    from pipeline.errors import ShotRejected
    from pipeline.stills.prepare import open_upright

    problems: list[Problem] = []
    wrong: dict[Path | None, str] = {None: ""}  # many rows may have the same still
    for row in rows:
        try:
            film.glance(row.clip)
        except film.Unreadable as error:
            problems.append(Problem(table.name, row.row, "clip", str(error)))
        if row.still is not None and row.still not in wrong:
            try:
                open_upright(row.still)
                wrong[row.still] = ""
            except ShotRejected as error:
                wrong[row.still] = str(error)
        if wrong[row.still]:
            problems.append(Problem(table.name, row.row, "still", wrong[row.still]))
    refuse(problems)


def _label(scorer: "Scorer", table: "Path", row: "LabelledClip") -> "Label | None":
    """What the scorer says of a row's film; None where it cannot judge it."""
    from farm.shotlist import Problem
    from pipeline.clips.film import Unreadable
    from pipeline.errors import ShotRejected
    from pipeline.scoring import films
    from pipeline.scoring.calibration import Label

    try:
        score = films.match_of(scorer, row.clip, row.prompt, row.still).score
    except (ShotRejected, Unreadable) as error:
        field = "clip" if isinstance(error, Unreadable) else "still"
        raise Refused(str(Problem(table.name, row.row, field, str(error)))) from error
    return None if score is None else Label(score, row.good, row.shot)


def by_scorer(takes: "Sequence[JudgedTake]") -> Judged:
    """The labels that people gave, by profile and scorer, in the order of their names."""
    from pipeline.scoring.calibration import Label

    groups: dict[tuple[str, str], list[Label]] = {}
    for take in sorted(takes, key=lambda take: (take.profile, take.scorer)):
        label = Label(take.score, take.approved, f"{take.production}/{take.shot}")
        groups.setdefault((take.profile, take.scorer), []).append(label)
    return groups


def _judged(store: "Store", profile: str | None) -> "list[JudgedTake]":
    from farm.store.queries import labels

    found = labels.judged(store, profile)
    if not found:
        whose = f" of profile {profile}" if profile else ""
        raise Refused(
            f"nobody has judged a take{whose} yet: `farm approve` and `farm reject` make labels; until "
            "then `farm calibrate --from-swapped`"
        )
    return found


def _fitted(
    settings: "Settings",
    media: "Media",
    profile: str,
    scorer: str,
    labels: "Sequence[Label]",
    *,
    dry_run: bool,
) -> Told:
    from pipeline.scoring import calibration

    try:
        made = calibration.calibrate(profile, scorer, labels, settings.accept_limit)
    except calibration.NotEnough as reason:
        return Told(profile=profile, scorer=scorer, why_not=str(reason))
    return _kept(media, made, dry_run=dry_run)


def _subjects(store: "Store", profile: str) -> "list[Subject]":
    from farm.store.queries import labels
    from pipeline.scoring.swapped_prompts import Subject

    takes = labels.filmed(store, profile, MOST_SHOTS)
    if not takes:
        raise Refused(
            f"there is no shot of profile {profile} to swap prompts on: `farm submit` some and "
            "`farm run` first"
        )
    return [
        Subject(
            shot=f"{take.production}/{take.shot}",
            prompt=take.prompt,
            still=take.still,
            clip=take.clip,
        )
        for take in takes
    ]


def _held(
    subjects: "Sequence[Subject]",
    media: "Media",
    scorer: "Scorer",
    each: "Callable[[Swaps, int], Swaps]",
) -> "tuple[list[Label], list[Label]]":
    from pipeline.errors import ShotRejected
    from pipeline.scoring import swapped_prompts

    stills: list[Label] = []
    clips: list[Label] = []
    try:
        for of_still, of_clip in each(swapped_prompts.held(subjects, scorer, media), len(subjects)):
            stills += of_still
            clips += of_clip
    except (ShotRejected, OSError, ValueError) as error:
        raise Refused(f"a still or a clip cannot be looked at: {error}") from error
    return stills, clips


def _kept(media: "Media", made: "Calibration", *, dry_run: bool) -> Told:
    from pipeline.scoring import calibration_file

    file = None
    if not dry_run:
        try:
            file = calibration_file.keep(media, made)
        except OSError as error:
            raise Refused(
                f"{media.root}: the calibration cannot be written ({error.strerror})"
            ) from error
    return Told(profile=made.profile, scorer=made.scorer, calibration=made, file=file)
