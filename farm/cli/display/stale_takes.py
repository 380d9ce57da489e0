"""Takes that stand on what has changed since, for people."""

from collections.abc import Iterator, Sequence
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


MOST_NAMED = 10
"""Takes that a line names."""


def show(told: "StaleTakes") -> None:
    """The stale ones with what changed, what they cost, and then those that are told apart."""
    if told.stale:
        shown = table("shot", "take", "changed since", "seconds")
        for each in told.stale:
            seconds = "?" if each.seconds is None else f"{each.seconds:.1f}"
            shown.add_row(escape(each.shot), _number(each), escape(_why(each)), seconds)
        Console(emoji=False).print(shown)
        click.echo(_cost(told))
        _tell_how(told)
    else:
        takes = counted(told.looked_at, "take")
        click.echo(
            f"No take of {told.production} stands on anything that has changed since ({takes})."
        )
    for line in _apart(told.takes):
        click.echo(line)


def _apart(takes: Sequence[Found]) -> Iterator[str]:
    """What is told apart: a line for each change of a profile, and one for all files that are gone."""
    revisions: dict[tuple[str, str, str | None], list[Found]] = {}
    for each in takes:
        if each.other_revision:
            revisions.setdefault((each.profile, *each.revisions), []).append(each)
    for (profile, before, now), of_it in revisions.items():
        by_now = f"{profile} is {now} by now" if now else f"{profile} is gone"
        yield f"{_named(of_it)}: of revision {before}, {by_now}"
    gone = [each for each in takes if each.picture is PictureFile.GONE]
    if gone:
        files = "the file of its still is" if len(gone) == 1 else "the files of their stills are"
        yield f"{_named(gone)}: {files} gone, {gone[0].image}{' …' if len(gone) > 1 else ''}"


def _named(takes: Sequence[Found]) -> str:
    """Takes with their shots; of many the first ones."""
    names = ", ".join(f"{each.shot} take {each.take}" for each in takes[:MOST_NAMED])
    more = len(takes) - MOST_NAMED
    return f"{names} and {counted(more, 'other')}" if more > 0 else names


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
