"""`purge`: what nobody needs any more of a production's takes goes."""

from typing import TYPE_CHECKING

import click

from farm.cli.context import json_option, print_json, settings_of, store_of, why_option
from farm.cli.display.ages import Age
from farm.errors import Refused
from farm.operations.workspace import media_of
from farm.wording.amounts import counted

if TYPE_CHECKING:
    from farm.operations.purge import Plan, Purged, Purger


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
    from farm.cli.display import purges
    from farm.operations.purge import Purged, Purger

    settings = settings_of(ctx)
    purger = Purger(
        store=store_of(settings),
        media=media_of(settings),
        production=production,
        keep_selected=keep == "selected",
    )
    plan = purger.plan(older_than)
    if not as_json:
        purges.show(plan)
    going = bool(plan.takes) and not dry_run
    if going and not yes:
        _ask(plan, quiet=as_json)
    purged = _carried_out(purger, plan, settings.user, why) if going else Purged()
    if as_json:
        print_json(purges.as_json(production, keep, plan, purged, dry_run=dry_run))
    elif going:
        purges.show_removed(purged)
    for sentence in purged.troubles:
        click.echo(f"farm: {sentence}", err=True)
    if purged.troubles:
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


def _carried_out(purger: "Purger", plan: "Plan", who: str, why: str) -> "Purged":
    from farm.cli.display.progress import removing

    with removing(len(plan.takes)) as on_takes:
        return purger.carry_out(plan, who, why, on_takes)
