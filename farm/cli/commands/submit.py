"""`submit`: a shot list into the database, every bad row named."""

from pathlib import Path
from typing import Any

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
from farm.operations.workspace import media_of, source_of


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
@click.option(
    "--draft",
    is_flag=True,
    help="Make cheap drafts first, to approve still and words by; `farm finals` orders the full takes.",
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
    draft: bool,
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
              farm submit shots.csv --production nike_ss27 --draft
    """
    from farm.cli.display import submissions
    from farm.cli.display.progress import preparing
    from farm.operations import submit as submitting
    from farm.operations.serving import usual_names

    submitting.check_name(production)  # before anything is made for it
    asked = asked_for(strict=strict, **changing)
    settings = settings_of(ctx, profile=profile)
    media = None if dry_run else media_of(settings)
    submitted = submitting.submit(
        settings,
        existing_store_of(settings) if dry_run else store_of(settings, make=True),
        shotlist,
        production,
        source_of(settings, encoding, sheet, media),
        asked=asked,
        who=settings.user,
        no_decline=no_decline,
        draft=draft,
        dry_run=dry_run,
        each=preparing(quiet=as_json),
    )
    if as_json:
        print_json(submissions.as_json(submitted))
    else:
        submissions.show(submitted, usual_names(settings_of(ctx)))
    submissions.show_left(submitted)
    if not submitted.whole:
        raise SystemExit(1)
