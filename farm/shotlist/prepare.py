"""Makes shots of a list's good rows: stills fitted and kept, the recipe of the first take written."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import TypeVar

from farm.domain.shot import AlternateStill, NewShot, seed_for
from farm.errors import FarmError
from farm.shotlist.fields import Wrong
from farm.shotlist.rows import Problem, ShotList, ShotRow
from farm.shotlist.still_cache import Finders, Look, Stills, nobody
from pipeline.engines import rank_rules
from pipeline.errors import ShotRejected
from pipeline.findings import Finding, Severity
from pipeline.profiles.profile import Profile, ProfileError
from pipeline.prompts import lint as prompt_lint
from pipeline.recipe import Recipe
from pipeline.recipe_changes import in_segments
from pipeline.stills import lint as still_lint
from pipeline.stills import prepare as still
from pipeline.storage.protocol import Media

Profiles = Callable[[str | None], Profile]
"""The profile of a name; None asks for the production's default."""

T = TypeVar("T")


def prepare(
    file: str,
    rows: Iterable[ShotRow | Problem],
    production: str,
    profiles: Profiles,
    media: Media | None,
    *,
    max_pixels: int = still.MAX_PIXELS,
    finders: Finders = nobody,
) -> Iterator[NewShot | Problem]:
    """Makes shots of the rows of a file, and names what keeps others from being shots, one by one.

    `media` None is a dry run: everything is done but nothing is kept. Raises `Refused` when stills
    cannot be kept in the media root.
    """
    stills, models = Stills(max_pixels, finders, media), _Models(profiles)
    for row in rows:
        if isinstance(row, Problem):
            yield row
            continue
        found: list[Problem] = []
        shot = _shot(row, production, models, stills, _RowProblems(file, row, found))
        yield from found
        if shot is not None:
            yield shot


def lengths(shots: ShotList, profiles: Profiles) -> tuple[dict[str, float], list[Problem]]:
    """Seconds of the clip of each row by its code, and what keeps other rows from having one.

    Opens no picture.
    """
    seconds: dict[str, float] = {}
    found: list[Problem] = []
    for row in shots.rows:
        problems = _RowProblems(shots.path.name, row, found)
        profile = _profile(row, profiles, problems)
        frames = _frames(row, profile, problems) if profile else None
        if profile and frames:
            seconds[row.code] = frames / profile.frame.fps
    return seconds, found


class _Models:
    """The profiles that a list names and their revisions, each read once."""

    def __init__(self, profiles: Profiles) -> None:
        self.profile = cache(profiles)
        self.revision = cache(lambda name: self.profile(name).revision)


class _RowProblems:
    """Notes a row's problems under their fields, so that all of them are found at once."""

    def __init__(self, file: str, row: ShotRow, found: list[Problem]) -> None:
        self._file = file
        self._row = row
        self._found = found

    def attempt(self, field: str, make: Callable[[], T], *refusals: type[Exception]) -> T | None:
        try:
            return make()
        except refusals as refusal:
            problem = Problem(self._file, self._row.row, field, str(refusal))
            sheet = self._row.sheet
            self._found.append(sheet.place(problem) if sheet else problem)
            return None


def _profile(row: ShotRow, profiles: Profiles, problems: _RowProblems) -> Profile | None:
    return problems.attempt("profile", lambda: profiles(row.profile), ProfileError, FarmError)


def _frames(row: ShotRow, profile: Profile, problems: _RowProblems) -> int | None:
    return problems.attempt("seconds", lambda: profile.frames_for(row.seconds), ValueError)


def _prompt(row: ShotRow) -> str:
    """What the row asks for; raises `Wrong` where that is still to be written."""
    if found := prompt_lint.placeholder(row.prompt):
        raise Wrong(found.message.rstrip(".。"))
    return row.prompt


def _shot(
    row: ShotRow, production: str, models: "_Models", stills: Stills, problems: _RowProblems
) -> NewShot | None:
    profile = _profile(row, models.profile, problems)
    if profile is None:
        return None
    frames = _frames(row, profile, problems)
    prompt = problems.attempt("prompt", lambda: _prompt(row), Wrong)
    first = problems.attempt("image", lambda: _look(row.image, row, profile, stills), ShotRejected)
    if first and frames and not _can_be_shared(first, profile, frames, problems):
        return None
    others = problems.attempt(
        "alternates",
        lambda: [_look(picture, row, profile, stills) for picture in row.alternates],
        ShotRejected,
    )
    if frames is None or prompt is None or first is None or others is None:
        return None
    return NewShot(
        code=row.code,
        image=str(row.image),
        recipe=_recipe(row, production, profile, models.revision(row.profile), frames, first),
        priority=row.priority,
        aspect=row.aspect,
        alternates=tuple(map(_alternate, row.alternates, others)),
        must_keep=row.must_keep,
        notes=row.notes,
        findings=tuple(_findings(row, profile, [first, *others])),
        picture=first.picture,
        negative=row.negative,
        seconds=row.seconds,
        seed=row.seed,
    )


def _look(picture: Path, row: ShotRow, profile: Profile, stills: Stills) -> Look:
    """Raises `ShotRejected` with what the lint calls an error, too."""
    look = stills.look(picture, row.ratio, profile)
    report = still_lint.lint(look.facts, profile.still, row.prompt, picture.name)
    for finding in report.findings:
        if finding.severity is Severity.ERROR:
            raise ShotRejected(finding.code, finding.message)
    return look


def undivided(shots: ShotList, profiles: Profiles, stills: Stills) -> list[Problem]:
    """Rows whose clips the ranks of their profiles cannot share; opens the pictures of no others."""
    found: list[Problem] = []
    for row in shots.rows:
        unsaid = _RowProblems(shots.path.name, row, [])  # others have said it
        profile = _profile(row, profiles, unsaid)
        frames = _frames(row, profile, unsaid) if profile else None
        if profile is None or frames is None or profile.worker.ranks == 1:
            continue
        with suppress(ShotRejected):
            look = _look(row.image, row, profile, stills)
            problems = _RowProblems(shots.path.name, row, found)
            _can_be_shared(look, profile, frames, problems)
    return found


def _can_be_shared(look: Look, profile: Profile, frames: int, problems: _RowProblems) -> bool:
    def shared() -> bool:
        if told := rank_rules.why_not_shared(profile, look.width, look.height, frames):
            raise Wrong(f"size.undivided: {told}")
        return True

    return bool(problems.attempt("image", shared, Wrong))


def _findings(row: ShotRow, profile: Profile, looks: Sequence[Look]) -> Iterator[Finding]:
    """What there is to say of the shot's still and its alternates, each held against the prompt."""
    for picture, look in zip((row.image, *row.alternates), looks, strict=True):
        yield from still_lint.lint(look.facts, profile.still, row.prompt, picture.name).findings


def _recipe(
    row: ShotRow, production: str, profile: Profile, revision: str, frames: int, first: Look
) -> Recipe:
    sampler = profile.sampler
    recipe = Recipe(
        still=first.sha256,
        prompt=row.prompt,
        negative=", ".join(filter(None, (sampler.negative, row.negative))),
        seed=seed_for(production, row.code) if row.seed is None else row.seed,
        steps=sampler.steps,
        cfg_high=sampler.cfg_high,
        cfg_low=sampler.cfg_low,
        width=first.width,
        height=first.height,
        frames=frames,
        fps=profile.frame.fps,
        profile=profile.name,
        revision=revision,
    )
    return in_segments(recipe, profile.lengths_for(frames))


def _alternate(picture: Path, kept: Look) -> AlternateStill:
    return AlternateStill(
        image=str(picture),
        still=kept.sha256,
        width=kept.width,
        height=kept.height,
        picture=kept.picture,
    )
