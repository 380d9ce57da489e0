"""Takes that stand on what has changed since, for people."""

from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.markup import escape

from farm.cli.context import command
from farm.cli.display.table import table
from farm.domain.forecast import spoken
from farm.domain.stale import Found, PictureFile
from farm.wording.amounts import counted

if TYPE_CHECKING:
    from farm.operations.stale import StaleTakes


def show(told: "StaleTakes") -> None:
    """The stale ones with what changed, what they cost, and then those that are told apart."""
    if told.stale:
        shown = table("shot", "take", "changed since", "seconds")
        for each in told.stale:
            seconds = "?" if each.seconds is None else f"{each.seconds:.1f}"
            shown.add_row(escape(each.shot), _number(each), escape(_why(each)), seconds)
        Console().print(shown)
        click.echo(_cost(told))
        _tell_how(told)
    else:
        takes = counted(told.looked_at, "take")
        click.echo(
            f"No take of {told.production} stands on anything that has changed since ({takes})."
        )
    for each in told.takes:
        if each.other_revision:
            click.echo(_revision(each))
        if each.picture is PictureFile.GONE:
            click.echo(f"{each.shot} take {each.take}: the file of its still is gone, {each.image}")


def _tell_how(told: "StaleTakes") -> None:
    """How a picture that lies under an old name gets into a take: another take alone has the old still."""
    for each in told.stale:
        if each.picture is PictureFile.CHANGED and each.under_way is None:
            how = command("retake", told.production, each.shot, "--image", each.image)
            click.echo(f"With the picture that lies there now: {how}")
            click.echo("or hand in the shot list again with --update.")
            return


def _number(each: Found) -> str:
    return f"{each.take} (draft)" if each.draft else str(each.take)


def _why(each: Found) -> str:
    words = [
        "the file of its still" if one == "picture" else one.replace("_", " ")
        for one in each.reasons
    ]
    coming = f"; take {each.under_way} is under way" if each.under_way is not None else ""
    return ", ".join(words) + coming


def _cost(told: "StaleTakes") -> str:
    cost = told.cost
    takes = counted(len(told.stale), "take")
    verb = "stands" if len(told.stale) == 1 else "stand"
    stand = f"{takes} of {told.looked_at} {verb} on what has changed"
    if not cost.takes:
        return f"{stand}; all of them are being made again."
    again = f"making {cost.takes} again"
    if cost.unknown == cost.takes:
        return (
            f"{stand}; what {again} costs is not known yet: too few takes of the profile were made."
        )
    beside = (
        f" and {counted(cost.unknown, 'take')} of which nothing is known" if cost.unknown else ""
    )
    rests = f"rests on {counted(told.takes_known, 'take')}"
    return f"{stand}; {again} takes about {spoken(cost.seconds)} of one worker{beside} ({rests})."


def _revision(each: Found) -> str:
    before, now = each.revisions
    by_now = f"{each.profile} is {now} by now" if now else f"{each.profile} is gone"
    return f"{each.shot} take {each.take}: of revision {before}, {by_now}"
