"""`deliver`: finished clips, a manifest and a contact sheet into a folder."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from farm.cli.commands.deliver_options import (
    decision_of,
    edit_options,
    label_options,
    plan_of,
    to_option,
)
from farm.cli.context import command, json_option, print_json, settings_of, store_of
from farm.cli.display.progress import carrying, copying
from farm.wording.amounts import counted

if TYPE_CHECKING:
    from farm.delivery.copying import Delivery
    from farm.operations.deliver import LeftOut
    from farm.operations.deliver_to_url import Carried

NO_PRODUCER = (
    "The labels name shotfarm as the producer: set producer or code under [labels] in farm.toml"
)


@click.command()
@click.argument("production", required=False)
@to_option
@click.option(
    "--keep-old",
    is_flag=True,
    help="Leave what earlier deliveries put there, also if it is no part now.",
)
@edit_options
@label_options
@click.option(
    "--again",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="MANIFEST",
    help="Make what a manifest.json lists again, bit for bit, in its folder or in --to.",
)
@json_option
@click.pass_context
def deliver(
    ctx: click.Context,
    production: str | None,
    to: Path | str | None,
    keep_old: bool,
    again: Path | None,
    as_json: bool,
    **asked: Any,
) -> None:
    """Copy the selected take of every accepted or approved shot, with a manifest.

    Every film says in its file that a model made it, and is signed where [credentials] name a certificate.
    Clips are checked against their recorded checksum; a film already there is left alone. What an earlier
    delivery put into the folder and what is no part any more is removed; files of others, and what
    somebody changed, are named and never touched.

    \b
    Example: farm deliver nike_ss27 --to /mnt/delivery/nike_ss27
             farm deliver nike_ss27 --to edit --fps 25 --conform repeat --otio --edl --xml
             farm deliver nike_ss27 --to client --no-recipe --label zh
             farm deliver --again edit/manifest.json
    """
    if again is not None:
        if production or keep_old or any(asked.values()) or isinstance(to, str):
            raise click.UsageError(
                "--again goes with --to FOLDER alone: the manifest says the rest"
            )
        _again(ctx, again, to, as_json)
        return
    if production is None:
        raise click.UsageError("Missing argument 'PRODUCTION'.")
    if to is None:
        raise click.UsageError("Missing option '--to'.")
    _deliver(ctx, production, to, keep_old, as_json, asked)


def _deliver(
    ctx: click.Context,
    production: str,
    to: Path | str,
    keep_old: bool,
    as_json: bool,
    asked: dict[str, Any],
) -> None:
    from farm.delivery.deliver import Undelivered
    from farm.operations import deliver as delivering
    from farm.operations.deliver_to_url import deliver_to_url

    settings = settings_of(ctx)
    label = decision_of(asked)
    plan, order = plan_of(asked)
    store = store_of(settings)
    carried: Carried | None = None
    trouble: Undelivered | None = None
    with carrying(quiet=as_json) as (on_clip, on_file):
        try:
            if isinstance(to, str):
                carried = deliver_to_url(
                    settings, store, production, to, who=settings.user, keep_old=keep_old, on_clip=on_clip,
                    on_file=on_file, on_wait=lambda: _wait(to), plan=plan, order=order,
                    label=label,
                )  # fmt: skip
                done = carried.delivery
            else:
                done = delivering.deliver(
                    settings, store, production, to, who=settings.user, keep_old=keep_old, on_clip=on_clip,
                    on_wait=lambda: _wait(to), plan=plan, order=order,
                    label=label,
                )  # fmt: skip
        except Undelivered as refusal:
            trouble, done = refusal, refusal.delivery
    left_out = delivering.left_out(store, production, done)
    if as_json:
        _print(production, done, left_out, carried)
    elif not (trouble and isinstance(to, str)):  # there nothing was sent
        _tell(production, done, left_out, carried)
        if done.clips and not settings.labels.named:
            click.echo(NO_PRODUCER, err=True)
    if trouble:
        raise trouble


def _again(ctx: click.Context, file: Path, to: Path | None, as_json: bool) -> None:
    from farm.operations.deliver_again import deliver_again

    settings = settings_of(ctx)
    with copying(quiet=as_json) as on_clip:
        made = deliver_again(
            settings, file, to, on_clip=on_clip, on_wait=lambda: _wait(to or file.parent)
        )
    folder, clips = made.delivery.folder, len(made.delivery.clips)
    if as_json:
        print_json(
            {
                "production": made.production,
                "clips": clips,
                "folder": folder,
                "differing": made.differing,
                "signed_anew": made.signed_anew,
            }
        )
        return
    same = "but for their signatures" if made.signed_anew else "bit for bit"
    click.echo(f"{counted(clips, 'clip')} of {made.production} in {folder}, the same {same}")
    for name in made.differing:
        click.echo(f"differs  {name}: it was drawn or written otherwise then")


def _wait(to: Path | str) -> None:
    from farm.delivery.remote import shown

    where = shown(to) if isinstance(to, str) else to
    click.echo(f"Another delivery into {where} is under way …", err=True)


def _print(
    production: str,
    done: "Delivery",
    left_out: "LeftOut",
    carried: "Carried | None",
) -> None:
    print_json(
        {
            "production": production,
            "clips": len(done.clips),
            "folder": done.folder,
            "labelled": done.labelled,
            "removed": done.removed,
            "kept": done.kept,
            "left": done.left,
            "undelivered": done.troubles,
            "drafts": left_out.drafts,
            "left_out": left_out.others,
            "timelines": [each.name for each in done.timelines],
            **({"url": carried.url, "sent": carried.sent} if carried else {}),
        }
    )


def _tell(
    production: str,
    done: "Delivery",
    left_out: "LeftOut",
    carried: "Carried | None",
) -> None:
    where = carried.url if carried else done.folder
    names = ", ".join(["manifest.csv", *(each.name for each in done.timelines)])
    click.echo(f"{counted(len(done.clips), 'clip')} of {production} in {where}, with {names}")
    if carried:
        sent = carried.sent
        click.echo(f"{counted(len(sent.sent), 'file')} sent, {len(sent.there)} there already")
        for file in sent.removed:
            click.echo(f"removed  {file}: no part of the delivery any more")
    if done.labelled:
        click.echo(f"with a visible label in {f'{where}/{done.labelled.name}'}")
    for file in done.removed:
        click.echo(f"removed  {file}: no part of the delivery any more")
    troubled = {each.file for each in done.troubles}
    for file in done.kept:
        why = (
            "as an earlier delivery made it"
            if file in troubled
            else "no part of the delivery any more"
        )
        click.echo(f"kept     {file}: {why}")
    for each in done.left:
        click.echo(f"left     {each.file}: {each.why}")
    if drafts := left_out.drafts:
        shots, how = counted(len(drafts), "shot"), command("finals", production)
        click.echo(f"{shots} left out, of which there is a draft alone: {how}", err=True)
    elif not done.clips and not done.troubles:
        how = command("shots", production)
        click.echo(f"No shot is accepted or approved yet: {how}", err=True)
        return
    if others := left_out.others:
        shots, how = counted(sum(others.values()), "shot"), command("shots", production)
        states = ", ".join(f"{n} {state.replace('_', ' ')}" for state, n in others.items())
        click.echo(f"{shots} not in it, {states}: {how}")
