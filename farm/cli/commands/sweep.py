"""`sweep`: what is left over, lost or abandoned in the media folder and the database."""

import click

from farm.cli.context import json_option, print_json, settings_of, store_of
from farm.operations.workspace import media_of


@click.command()
@click.option("--fix", is_flag=True, help="Repair what can be repaired.")
@click.option("--quick", is_flag=True, help="Compare sizes only, not the checksum of every clip.")
@click.option(
    "--older-than",
    type=float,
    default=3600.0,
    show_default=True,
    help="Seconds a file must have been left alone before it is touched.",
)
@json_option
@click.pass_context
def sweep(ctx: click.Context, fix: bool, quick: bool, older_than: float, as_json: bool) -> None:
    """Name orphaned files, abandoned attempts and published clips that are gone or altered.

    Says nothing on a healthy farm. Drafts are deleted, whole clips that nobody published go to the
    media folder's `aside`, shots whose clip is gone go back to a person; other farms' files stay.
    Exits with 1 while anything is left to repair.

    \b
    Examples: farm sweep
              farm sweep --fix
    """
    from farm.scheduler.sweep import Sweeper

    settings = settings_of(ctx)
    sweeper = Sweeper(
        store=store_of(settings),
        media=media_of(settings),
        who=settings.user,
        grace=older_than,
        hashes=not quick,
    )
    found: list[dict[str, object]] = []
    for find in list(sweeper.everything()):
        fixed = fix and find.fix is not None
        if fix and find.fix is not None:
            find.fix()
        found.append(
            {
                "code": find.code,
                "where": find.where,
                "sentence": find.sentence,
                "fixable": find.fix is not None,
                "fixed": fixed,
            }
        )
        if not as_json:
            click.echo(f"{'fixed' if fixed else 'found'}  {find.code:<12}{find.sentence}")
    if as_json:
        print_json({"found": found})
    if any(not each["fixed"] for each in found):
        raise SystemExit(1)
