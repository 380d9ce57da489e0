"""`calibrate`: where the gate draws its lines, from people's approvals and rejections."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from farm.cli.context import json_option, print_json, settings_of, store_of
from farm.errors import Refused
from farm.operations.workspace import media_of, profile_of

if TYPE_CHECKING:
    from farm.config import Settings
    from farm.store import Store
    from farm.store.queries.labels import JudgedTake
    from pipeline.scoring.accuracy import Accuracy
    from pipeline.scoring.calibration import Calibration, Label
    from pipeline.scoring.matching import Scorer
    from pipeline.scoring.swapped_prompts import Subject
    from pipeline.storage.protocol import Media

MOST_SHOTS = 200
"""Shots that prompts are swapped between, the newest."""

Judged = Mapping[tuple[str, str], Sequence["Label"]]
"""Labels by profile and scorer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What became of one profile and scorer."""

    profile: str
    scorer: str
    calibration: "Calibration | None" = None
    file: str | None = None
    """Where it was written; None where nothing was."""
    why_not: str = ""


@click.command()
@click.option("--profile", help="Only this profile; with --from-swapped the settings' own if none.")
@click.option(
    "--from-swapped",
    is_flag=True,
    help="Before there are labels: by what the scorer says of other shots' prompts.",
)
@click.option(
    "--limit",
    "accept_limit",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    help="The share of bad takes that may be accepted.",
)
@click.option("--dry-run", is_flag=True, help="Only tell what would be written.")
@json_option
@click.pass_context
def calibrate(
    ctx: click.Context,
    profile: str | None,
    accept_limit: float | None,
    *,
    from_swapped: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Fit the gate's lines to what people approved and rejected, for each profile and scorer.

    Takes above the upper line are accepted, those below the lower one made again; what lies between
    goes to a person. Runs that start from then on go by it. Exits 1 where nothing could be fitted.

    \b
    Examples: farm calibrate --dry-run
              farm calibrate --from-swapped --profile wan2.2-i2v-a14b
    """
    settings = settings_of(ctx, accept_limit=accept_limit)
    store = store_of(settings)
    media = media_of(settings)
    if from_swapped:
        told = [_swapped(settings, store, media, profile, dry_run=dry_run, quiet=as_json)]
    else:
        groups = by_scorer(_judged(store, profile))
        told = [_fitted(settings, media, *key, groups[key], dry_run=dry_run) for key in groups]
    if as_json:
        print_json({"calibrations": told, "dry_run": dry_run})
    else:
        for each in told:
            for line in _lines(each):
                click.echo(line, err=each.calibration is None)
    if not any(each.calibration for each in told):
        raise SystemExit(1)


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


def _swapped(
    settings: "Settings",
    store: "Store",
    media: "Media",
    name: str | None,
    *,
    dry_run: bool,
    quiet: bool,
) -> Told:
    from pipeline.models import device, weights
    from pipeline.scoring import calibration, matching

    profile = profile_of(settings, name)
    subjects = _subjects(store, profile.name)
    root = settings.weights.absolute() if settings.weights else None
    place = weights.folder(profile.match.weights, root)
    scorer = matching.load(profile.match, place, device.best_device())
    stills, clips = _held(subjects, media, scorer, quiet=quiet)
    if not quiet:
        _tell_apart("still and prompt", stills)
        _tell_apart("clip and prompt", clips)
    try:
        made = calibration.from_swapped(
            profile.name, scorer.name, clips, settings.accept_limit, profile.match.threshold
        )
    except calibration.NotEnough as reason:
        return Told(profile=profile.name, scorer=scorer.name, why_not=str(reason))
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
    subjects: "Sequence[Subject]", media: "Media", scorer: "Scorer", *, quiet: bool
) -> "tuple[list[Label], list[Label]]":
    from rich.console import Console
    from rich.progress import track

    from pipeline.errors import ShotRejected
    from pipeline.scoring import swapped_prompts

    stills: list[Label] = []
    clips: list[Label] = []
    bar = Console(stderr=True)
    try:
        for of_still, of_clip in track(
            swapped_prompts.held(subjects, scorer, media),
            "Swapping prompts",
            len(subjects),
            console=bar,
            transient=True,
            disable=quiet,
        ):
            stills += of_still
            clips += of_clip
    except (ShotRejected, OSError, ValueError) as error:
        raise Refused(f"a still or a clip cannot be looked at: {error}") from error
    return stills, clips


def _tell_apart(what: str, takes: "Sequence[Label]") -> None:
    from pipeline.scoring.calibration import told_apart

    figure = told_apart(takes)
    if figure is None:
        click.echo(f"{what}: nothing to compare yet")
        return
    click.echo(
        f"{what}: its own scores above another shot's in {figure.value:.0%} of the cases "
        f"({figure.low:.0%} … {figure.high:.0%})"
    )


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


def _lines(told: Told) -> Iterator[str]:
    made = told.calibration
    if made is None:
        yield f"farm: {told.profile} by {told.scorer}: {told.why_not}; nothing is changed"
        return
    yield f"{told.profile} by {told.scorer}, from {_source(made)}"
    yield f"  accepted      from {made.zones.accept:.3f}"
    if made.zones.retake < made.zones.accept:
        yield f"  for a person  from {made.zones.retake:.3f}"
    yield f"  made again    below {made.zones.retake:.3f}"
    if made.accuracy:
        yield f"  {figures(made.accuracy)}"
    yield f"  kept in {told.file}" if told.file else "  not written: this is a dry run"


def _source(made: "Calibration") -> str:
    if made.curve is None:
        return f"{made.bad} swapped prompts, of which at most {made.limit:.0%} would be accepted"
    return (
        f"{made.good} approvals and {made.bad} rejections ({made.curve.method}), at most "
        f"{made.limit:.0%} bad among the accepted"
    )


def figures(accuracy: "Accuracy") -> str:
    """Brier, ECE and AUROC on one line, with their intervals and what they rest on."""
    told = ", ".join(
        f"{name} {figure.value:.3f} ({figure.low:.3f} … {figure.high:.3f})"
        for name, figure in (
            ("Brier", accuracy.brier),
            ("ECE", accuracy.ece),
            ("AUROC", accuracy.auroc),
        )
    )
    return f"{told}; {accuracy.labels} labels of {accuracy.shots} shots"
