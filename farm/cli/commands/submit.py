"""`submit`: a shot list into the database, every bad row named."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from farm.cli.commands.submit_options import asked_for, changing_options
from farm.cli.context import (
    encoding_option,
    existing_store_of,
    json_option,
    print_json,
    settings_of,
    sheet_option,
    store_of,
)
from farm.cli.display import changes
from farm.cli.display.amounts import counted
from farm.errors import Refused
from farm.operations.lint import remarks
from farm.operations.workspace import finders_of, media_of, profile_of, source_of

if TYPE_CHECKING:
    from farm.config import Settings
    from farm.domain.shot import NewShot
    from farm.shotlist import Pile, Problem, Source
    from farm.store import Store
    from farm.store.shots.intake import Asked, Intake
    from pipeline.recipe import Finding


UNTOLD = "nothing is omitted while rows are bad: a row that cannot be read may be the shot that is missed"
OF_ONES_OWN = (
    "; to try the way of pictures of your own, submit them with --no-decline: each is rendered once and "
    "handed to a person; for films worth looking at name another --profile"
)
MOST_NAMED = 3
"""Shots that are named before one sentence on all of them."""


@click.command()
@click.argument("shotlist", type=click.Path(path_type=Path))
@click.option("--production", "-p", required=True, help="The production it belongs to.")
@click.option("--profile", help="The model for rows that name none.")
@click.option("--dry-run", is_flag=True, help="Check everything, write nothing.")
@click.option("--strict", is_flag=True, help="Take in nothing unless all of the list can be.")
@click.option(
    "--no-decline",
    is_flag=True,
    help="Render new shots once whose still cannot serve their prompt; a person looks at them.",
)
@changing_options
@encoding_option
@sheet_option
@json_option
@click.pass_context
def submit(
    ctx: click.Context,
    shotlist: Path,
    production: str,
    profile: str | None,
    dry_run: bool,
    strict: bool,
    no_decline: bool,
    encoding: str | None,
    sheet: str | None,
    as_json: bool,
    **changing: Any,
) -> None:
    """Hand in a shot list: a start picture and a prompt per shot (Excel, CSV, YAML or JSON).

    Good rows go in even when others are bad; handing the same list in again changes nothing. A
    changed list is shown field by field; new shots go in, the others change only when asked.

    \b
    Columns:  shot, image, prompt; optional negative, seconds, seed, aspect, priority,
              alternates, must_keep, notes, profile
    Examples: farm submit shots.csv --production nike_ss27 --dry-run
              farm submit shots_v2.csv --production nike_ss27 --update --rename sh050=sh055
    """
    _check_name(production)
    asked = asked_for(strict=strict, **changing)
    settings = settings_of(ctx, profile=profile)
    media = None if dry_run else media_of(settings)
    store = existing_store_of(settings) if dry_run else store_of(settings)
    source = source_of(settings, encoding, sheet, media)
    shots, problems = read_and_prepare(
        settings, shotlist, production, source, no_decline=no_decline, quiet=as_json
    )
    ready = () if strict and problems else shots
    whole = not problems
    if store is None or dry_run:
        intake = foresee(store, production, ready, asked=asked, whole=whole)
    else:
        intake = take_in(
            store, production, ready, settings.user,
            asked=asked, shotlist=str(shotlist.absolute()), whole=whole,
        )  # fmt: skip
    if as_json:
        print_json(
            {
                "production": production,
                "dry_run": dry_run,
                "added": intake.added,
                "unchanged": intake.unchanged,
                "differing": intake.differing,
                **changes.as_json(intake),
                "ready": [shot.code for shot in ready],
                "problems": problems,
                "findings": {shot.code: shot.findings for shot in ready if shot.findings},
                "lint": remarks(ready),
            }
        )
    else:
        _tell(production, ready, problems, intake, dry_run=dry_run, strict=strict)
    if not as_json and (known := _toys_among(settings, ready)):
        click.echo(f"{known}{'' if no_decline else OF_ONES_OWN}.")
    for sentence in changes.sentences(intake, asked, production, shotlist.name):
        click.echo(f"farm: {sentence}", err=True)
    if problems and asked.omit_missing:
        click.echo(f"farm: {UNTOLD}", err=True)
    if problems or not intake.whole:
        raise SystemExit(1)


def read_and_prepare(
    settings: "Settings",
    path: Path,
    production: str,
    source: "Source",
    *,
    no_decline: bool = False,
    quiet: bool,
) -> tuple["Pile", list["Problem"]]:
    """A shot list as checked shots with prepared stills, and its problems. Shows progress."""
    from rich.console import Console
    from rich.progress import track

    from farm import shotlist

    listed = shotlist.stream(path, source)
    for note in listed.notes:
        click.echo(f"farm: {note}", err=True)
    shots, problems = shotlist.Pile(), list["Problem"]()
    for each in shotlist.prepare(
        path.name,
        track(
            listed.rows, "Preparing stills", total=listed.at_most,
            console=Console(stderr=True), transient=True, disable=quiet,
        ),
        production,
        lambda name: profile_of(settings, name),
        source.media,
        max_pixels=settings.max_pixels,
        finders=finders_of(settings),
    ):  # fmt: skip
        if isinstance(each, shotlist.Problem):
            problems.append(each)
        else:
            shots.put(replace(each, no_decline=no_decline))
    return shots, sorted(problems, key=lambda problem: problem.row)


def take_in(
    store: "Store", production: str, shots: "Pile | Sequence[NewShot]", user: str, **how: Any
) -> "Intake":
    """Writes the shots to the database, once, and does with others what is asked."""
    from farm.store.shots import intake

    return intake.submit(store, production, shots, who=user, **how)


def foresee(
    store: "Store | None",
    production: str,
    shots: "Pile | Sequence[NewShot]",
    *,
    asked: "Asked",
    whole: bool,
) -> "Intake":
    """What `take_in` would do."""
    from farm.store.shots import intake

    if store is None:  # no database yet: everything is new
        for code in asked.renames:
            raise Refused(f"{production} has no shot {code} to rename; it has no shots yet")
        return intake.Intake(tuple(shot.code for shot in shots), (), ())
    return intake.foresee(store, production, shots, asked=asked, whole=whole)


def _check_name(production: str) -> None:
    import re

    if not re.fullmatch(r"\w[\w.-]{0,63}", production):
        raise Refused(
            f"{production!r} cannot name a production: letters, digits, _ . and - only, "
            "at most 64 of them, since it becomes the name of a folder"
        )


def _tell(
    production: str,
    shots: "Pile | Sequence[NewShot]",
    problems: list["Problem"],
    intake: "Intake",
    *,
    dry_run: bool,
    strict: bool,
) -> None:
    _tell_findings(shots)
    for problem in problems:
        click.echo(f"farm: {problem}", err=True)
    changes.show(intake, production)
    told = changes.counted(intake, foreseen=dry_run)
    if dry_run:
        ready = f"{counted(len(shots), 'shot')} {'is' if len(shots) == 1 else 'are'} ready"
        click.echo(f"{ready} for {production}: {told}; nothing was written.")
    else:
        click.echo(f"{production}: {told}.")
    if said := remarks(shots):
        click.echo(said)
    if problems:
        rows = len({problem.row for problem in problems})
        rest = "nothing was taken in" if strict else "mend them and submit the list again"
        bad = f"{counted(rows, 'row')} {'is' if rows == 1 else 'are'} bad"
        click.echo(f"farm: {bad}: {rest}", err=True)


def _tell_findings(shots: "Pile | Sequence[NewShot]") -> None:
    """Each sentence once, after the first shots that it is about."""
    first: dict[str, list[str]] = {}
    counts = Counter[str]()
    for shot in shots:
        for finding in filter(_is_for_now, shot.findings):
            counts[finding.message] += 1
            if counts[finding.message] <= MOST_NAMED:
                first.setdefault(finding.message, []).append(shot.code)
    for message, codes in first.items():
        rest = counts[message] - len(codes)
        named = ", ".join(codes) + (f" and {rest:,} more" if rest else "")
        click.echo(f"{named}: {message}")


def _toys_among(settings: "Settings", shots: "Pile | Sequence[NewShot]") -> str | None:
    """What to expect of shots that the toy is to render; None where none are."""
    from pipeline.models.weights import BUILTIN

    names = {shot.recipe.profile for shot in shots}
    toys = [each for each in names if profile_of(settings, each).model.weights.startswith(BUILTIN)]
    if not toys:
        return None
    return f"The profile {', '.join(sorted(toys))} is a toy: it knows coloured shapes only"


def _is_for_now(finding: "Finding") -> bool:
    """Notes are kept with the shot, and told by `lint` and `show`."""
    return finding.severity != "info"
