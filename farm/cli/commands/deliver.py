"""`deliver`: finished clips, a manifest and a contact sheet into a folder."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from farm.cli.context import command, json_option, print_json, settings_of, store_of
from farm.cli.display.progress import copying
from farm.wording.amounts import counted

if TYPE_CHECKING:
    from farm.delivery.copying import Delivery


@click.command()
@click.argument("production")
@click.option(
    "--to", type=click.Path(path_type=Path, file_okay=False), required=True, help="The folder."
)
@click.option(
    "--keep-old",
    is_flag=True,
    help="Leave what earlier deliveries put there, also if it is no part now.",
)
@click.option(
    "--sheet",
    type=click.Choice(["png", "pdf", "both"]),
    default="both",
    show_default=True,
    help="The contact sheet: a picture to look at, or pages of A4 to print.",
)
@json_option
@click.pass_context
def deliver(
    ctx: click.Context, production: str, to: Path, keep_old: bool, sheet: str, as_json: bool
) -> None:
    """Copy the selected take of every accepted or approved shot, with a manifest.

    Clips are checked against their recorded checksum; a clip already there is left alone. What an earlier
    delivery put into the folder and what is no part any more is removed; files of others, and what
    somebody changed, are named and never touched.

    \b
    Example: farm deliver nike_ss27 --to /mnt/delivery/nike_ss27
    """
    from farm.delivery.deliver import Undelivered
    from farm.delivery.plan import Plan
    from farm.operations import deliver as delivering

    settings = settings_of(ctx)
    store = store_of(settings)
    trouble: Undelivered | None = None
    with copying(quiet=as_json) as on_clip:
        try:
            done = delivering.deliver(
                settings, store, production, to, who=settings.user, keep_old=keep_old, on_clip=on_clip,
                plan=Plan(sheet=sheet),
                on_wait=lambda: click.echo(f"Another delivery into {to} is under way …", err=True),
            )  # fmt: skip
        except Undelivered as refusal:
            trouble, done = refusal, refusal.delivery
    drafts = delivering.waiting_for_finals(store, production)
    if as_json:
        _print(production, done, drafts)
    else:
        _tell(production, done, drafts)
    if trouble:
        raise trouble


def _print(production: str, done: "Delivery", drafts: Sequence[str]) -> None:
    print_json(
        {
            "production": production,
            "clips": len(done.clips),
            "folder": done.folder,
            "removed": done.removed,
            "kept": done.kept,
            "left": done.left,
            "undelivered": done.troubles,
            "drafts": drafts,
        }
    )


def _tell(production: str, done: "Delivery", drafts: Sequence[str]) -> None:
    click.echo(
        f"{counted(len(done.clips), 'clip')} of {production} in {done.folder}, with manifest.csv"
    )
    for file in done.removed:
        click.echo(f"removed  {file}: no part of the delivery any more")
    for file in done.kept:
        click.echo(f"kept     {file}: no part of the delivery any more")
    for each in done.left:
        click.echo(f"left     {each.file}: {each.why}")
    if drafts:
        shots, how = counted(len(drafts), "shot"), command("finals", production)
        click.echo(f"{shots} left out, of which there is a draft alone: {how}", err=True)
    elif not done.clips and not done.troubles:
        how = command("shots", production)
        click.echo(f"No shot is accepted or approved yet: {how}", err=True)
