"""Who may come to the desk: people, links for clients, and the log of sign-ins, for people."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from farm.domain.roles import Action, actions_of
from farm.wording.amounts import counted

if TYPE_CHECKING:
    from farm.operations.client_links import Opened
    from farm.operations.people import Admitted, Listed
    from farm.store.client_links import KnownLink
    from farm.store.sign_ins import NotedSignIn

MOST_TAKES = 4


def show_admitted(admitted: "Admitted") -> None:
    """What somebody may do from now on, and their link."""
    allowed = ", ".join(actions_of(admitted.role))
    click.echo(f"{admitted.name} ({admitted.role}) may {allowed}.")
    click.echo("This link signs them in. It is shown this once; send it to nobody else:")
    click.echo(admitted.link)


def show_opened(opened: "Opened") -> None:
    """What a link opens, until when, and the link."""
    known = opened.known
    click.echo(
        f"link {known.id}: {_what(known)}, until {known.expires_at.astimezone():%d %b %Y %H:%M}."
    )
    click.echo("Whoever has it may look. It is shown this once:")
    click.echo(opened.link)


def show_people(people: Sequence["Listed"]) -> None:
    """A table of people; a sentence where there is nobody."""
    from rich.console import Console
    from rich.markup import escape

    from farm.cli.display.table import clock, table

    if not people:
        click.echo("Nobody yet; `farm user add NAME --role reviewer` prints a link for somebody.")
        return
    shown = table("name", "role", "added", "by", "last in", "")
    for each in people:
        shown.add_row(
            escape(each.name),
            each.role,
            clock(each.made_at),
            escape(each.made_by),
            clock(each.signed_in_at) if each.signed_in_at else "·",
            f"revoked {clock(each.revoked_at)}" if each.revoked_at else "",
        )
    Console(emoji=False).print(shown)


def show_links(links: Sequence["KnownLink"]) -> None:
    """A few lines for each link; a sentence where there is none."""
    from farm.cli.display.table import clock

    if not links:
        click.echo("No links yet; `farm link add PRODUCTION` makes one.")
    for each in links:
        click.echo(f"link {each.id}{f', for {each.label}' if each.label else ''}{_closed(each)}")
        click.echo(f"    {_what(each)}")
        click.echo(
            f"    made {clock(each.made_at)} by {each.made_by}, until {clock(each.expires_at)}"
        )


def show_sign_ins(sign_ins: Sequence["NotedSignIn"]) -> None:
    """A line for each try, newest first."""
    from rich.console import Console
    from rich.markup import escape

    from farm.cli.display.table import clock, table

    if not sign_ins:
        click.echo("Nobody has tried to sign in yet.")
        return
    shown = table("at", "who", "from", "")
    for each in sign_ins:
        outcome = each.outcome.replace("_", " ")
        shown.add_row(clock(each.at), escape(each.who or "·"), escape(each.address), outcome)
    Console(emoji=False).print(shown)


def _what(known: "KnownLink") -> str:
    """`nike_ss27, 2 takes (sh010:1, sh020:3), to look at and comment`."""
    opening = known.opening
    may = "to look at and comment" if opening.may_comment else f"to {Action.LOOK} at"
    if opening.takes is None:
        return f"{opening.production}, all takes, {may}"
    names = [f"{code}:{number}" for code, number in sorted(opening.takes)]
    more = ", …" if len(names) > MOST_TAKES else ""
    return (
        f"{opening.production}, {counted(len(names), 'take')} "
        f"({', '.join(names[:MOST_TAKES])}{more}), {may}"
    )


def _closed(known: "KnownLink") -> str:
    from farm.cli.display.table import clock

    if known.revoked_at:
        return f": revoked {clock(known.revoked_at)}"
    return ": expired" if known.expired else ""
