"""`deliver`: finished clips, a manifest and a contact sheet into a folder."""

from pathlib import Path

import click

from farm.cli.opening import json_option, print_json, settings_of, store_of
from farm.lifecycle import ReviewStatus


@click.command()
@click.argument("production")
@click.option(
    "--to", type=click.Path(path_type=Path, file_okay=False), required=True, help="The folder."
)
@json_option
@click.pass_context
def deliver(ctx: click.Context, production: str, to: Path, as_json: bool) -> None:
    """Copy the selected take of every accepted or approved shot, with a manifest.

    Clips are checked against their recorded checksum; a clip already there is left alone.

    \b
    Example: farm deliver nike_ss27 --to /mnt/delivery/nike_ss27
    """
    from rich.console import Console
    from rich.progress import Progress

    from farm import delivery
    from farm.store import selection

    settings = settings_of(ctx)
    passed = frozenset({ReviewStatus.ACCEPTED, ReviewStatus.APPROVED})
    takes = selection.selected_takes(store_of(settings), production, passed)
    items = [delivery.Deliverable(**delivery.fields_of(take)) for take in takes]
    with Progress(console=Console(stderr=True), transient=True, disable=as_json) as progress:
        bar = progress.add_task("Copying clips", total=len(items))
        done = delivery.deliver(
            production,
            items,
            settings.media.absolute(),
            to,
            on_clip=lambda *_: progress.advance(bar),
        )
    if as_json:
        print_json({"production": production, "clips": len(items), "folder": done.folder})
    else:
        click.echo(f"{len(items)} clips of {production} in {done.folder}, with manifest.csv")
        if not items:
            click.echo("No shot is accepted or approved yet: farm shots " + production, err=True)
