"""`archive`, `purge`: what is finished is put away, and what nobody needs of it goes."""

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from farm.cli.context import json_option, print_json, settings_of, store_of, why_option
from farm.cli.display.amounts import Age, counted, size
from farm.errors import FarmError, Refused
from farm.operations.workspace import media_of

if TYPE_CHECKING:
    from farm.operations.purge import Doomed, Plan, Purger


@click.command()
@click.argument("production")
@click.option("--undo", is_flag=True, help="Let the production go on where it was.")
@why_option
@json_option
@click.pass_context
def archive(ctx: click.Context, production: str, undo: bool, why: str, as_json: bool) -> None:
    """Put a finished production away: `farm status` leaves it out, and nothing of it changes any more.

    Takes of it that wait go on waiting. It can be looked at, delivered and purged as ever.

    \b
    Examples: farm archive nike_ss27 --why "on air"
              farm archive nike_ss27 --undo
    """
    from farm.store.shots import archive as archives

    settings = settings_of(ctx)
    act = archives.restore if undo else archives.archive
    [event] = act(store_of(settings), production, settings.user, why)
    waiting = event.data.get("waiting", 0)
    if as_json:
        print_json({"production": production, "archived": not undo, "waiting": waiting})
    elif undo:
        click.echo(f"{production} goes on where it was")
    else:
        waits = "waits" if waiting == 1 else "wait"
        rest = f"; {counted(waiting, 'take')} of it {waits} until `--undo`" if waiting else ""
        click.echo(f"{production} is archived{rest}")


@click.command()
@click.argument("production")
@click.option(
    "--older-than",
    type=Age(),
    required=True,
    metavar="AGE",
    help="Only takes that ended longer ago: 30d, 12h, 2w.",
)
@click.option(
    "--keep",
    type=click.Choice(["selected", "none"]),
    default="selected",
    show_default=True,
    help="Keep the takes that stand for their shots, or none.",
)
@click.option("--dry-run", is_flag=True, help="Only tell what would go.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@why_option
@json_option
@click.pass_context
def purge(
    ctx: click.Context,
    production: str,
    older_than: float,
    keep: str,
    why: str,
    *,
    dry_run: bool,
    yes: bool,
    as_json: bool,
) -> None:
    """Remove the clips of takes that do not stand for their shots, for good, and what else they left.

    Only of shots that are accepted, approved or omitted and of which nothing waits or renders: of others
    a person may want to compare the takes. Tells what would go and asks. Takes, scores and history stay,
    and so do stills.

    \b
    Examples: farm purge nike_ss27 --older-than 30d --dry-run
              farm purge nike_ss27 --older-than 30d --keep none --yes
    """  # fmt: skip
    from farm.operations.purge import Purger

    settings = settings_of(ctx)
    purger = Purger(
        store=store_of(settings),
        media=media_of(settings),
        production=production,
        keep_selected=keep == "selected",
    )
    try:
        plan = purger.plan(older_than)
    except OSError as error:
        raise FarmError(
            f"{purger.media.root}: the media folder cannot be read ({error.strerror}); mend that first"
        ) from error
    if not as_json:
        _tell(plan)
    going = bool(plan.takes) and not dry_run
    if going and not yes:
        _ask(plan, quiet=as_json)
    gone, troubles = _carry_out(purger, plan, settings.user, why) if going else ((), [])
    if as_json:
        _print(production, keep, plan, gone, troubles, dry_run=dry_run)
    elif going:
        freed = size(sum(each.size for each in gone))
        click.echo(f"{counted(sum(len(each.files) for each in gone), 'file')} removed, {freed}")
    for sentence in troubles:
        click.echo(f"farm: {sentence}", err=True)
    if troubles:
        raise SystemExit(1)


def _ask(plan: "Plan", *, quiet: bool) -> None:
    remedy = "say --yes to remove them, or --dry-run to see what would go"
    if quiet:
        raise Refused(f"nothing was removed: {remedy}")
    try:
        agreed = click.confirm(f"Remove {counted(plan.files, 'file')} for good?", err=True)
    except click.Abort:  # there is nobody to answer
        click.echo(err=True)
        raise Refused(f"nothing was removed: {remedy}") from None
    if not agreed:
        raise Refused("nothing was removed")


def _carry_out(
    purger: "Purger", plan: "Plan", who: str, why: str
) -> "tuple[Sequence[Doomed], list[str]]":
    from rich.console import Console
    from rich.progress import Progress

    gone: list[Doomed] = []
    troubles: list[str] = []
    with Progress(
        console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()
    ) as progress:
        bar = progress.add_task("Removing files", total=len(plan.takes))
        for outcome in purger.carry_out(plan, who, why):
            gone += outcome.takes
            troubles += outcome.troubles
            progress.advance(bar, len(outcome.takes))
    return gone, troubles


def _tell(plan: "Plan") -> None:
    """Each take with its files, the sum, and what stays."""
    for each in plan.takes:
        take = each.take
        verdict = (take.verdict or "no clip").replace("_", " ")
        click.echo(
            f"{take.shot.code}  take {take.number}  {verdict}  {take.ended_at.astimezone():%d %b %Y}  "
            f"{counted(len(each.files), 'file')}, {size(each.size)}"
            f"{'  ◀ selected' if take.selected else ''}"
        )
        for file in each.files:
            click.echo(f"    {file.path}  {size(file.size)}")
    if plan.takes:
        shots = len({each.take.shot for each in plan.takes})
        click.echo(
            f"{counted(len(plan.takes), 'take')} of {counted(shots, 'shot')}, "
            f"{counted(plan.files, 'file')}: {size(plan.size)}"
        )
    else:
        click.echo("Nothing to purge.")
    for left in plan.left:
        click.echo(f"stays: {left.where}: {left.why}")


def _print(
    production: str,
    keep: str,
    plan: "Plan",
    gone: "Sequence[Doomed]",
    troubles: Sequence[str],
    *,
    dry_run: bool,
) -> None:
    removed = {each.take.take_id for each in gone}
    print_json(
        {
            "production": production,
            "keep": keep,
            "dry_run": dry_run,
            "takes": [
                {
                    "shot": each.take.shot.code,
                    "take": each.take.number,
                    "verdict": each.take.verdict,
                    "selected": each.take.selected,
                    "ended_at": each.take.ended_at,
                    "clip": each.take.clip,
                    "sha256": each.take.sha256,
                    "files": each.files,
                    "size": each.size,
                    "removed": each.take.take_id in removed,
                }
                for each in plan.takes
            ],
            "files": plan.files,
            "size": plan.size,
            "left": plan.left,
            "troubles": troubles,
        }
    )
