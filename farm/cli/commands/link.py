"""`link`: what clients are given to look at a production without an account."""

from typing import TYPE_CHECKING, Any

import click

from farm.cli.commands.user import address_option
from farm.cli.context import (
    Number,
    json_option,
    print_json,
    settings_of,
    store_of,
)

if TYPE_CHECKING:
    from farm.store.client_links import KnownLink

LONGEST_DAYS = 365


class TakeName(click.ParamType):
    """`sh010:2`: a shot's code and the number of a take."""

    name = "shot:take"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, int]:
        if isinstance(value, tuple):
            return value
        code, _, number = str(value).rpartition(":")
        if not code or not (number.isascii() and number.isdigit()) or len(number) > 9:
            self.fail(f"{value!r}: say SHOT:N, as sh010:2 for its take 2", param, ctx)
        return code, int(number)


@click.group()
def link() -> None:
    """Links for clients: one production, some of its takes or all, to look at, until a day.

    \b
    Example: farm link add nike_ss27 --take sh010:2 --take sh020:1 --days 7 --comment
    """


@link.command()
@click.argument("production")
@click.option(
    "--take",
    "takes",
    type=TakeName(),
    multiple=True,
    metavar="SHOT:N",
    help="A take to show; again for more.  [default: whatever the production has]",
)
@click.option(
    "--days",
    type=Number(min=0, max=LONGEST_DAYS, min_open=True),
    default=14,
    show_default=True,
    help="How long it opens anything.",
)
@click.option(
    "--comment/--no-comment",
    default=False,
    show_default=True,
    help="Whether guests may write comments.",
)
@click.option("--label", default="", help="Whom it is for; stands with their comments.")
@address_option
@json_option
@click.pass_context
def add(
    ctx: click.Context,
    production: str,
    takes: tuple[tuple[str, int], ...],
    days: float,
    label: str,
    address: str | None,
    *,
    comment: bool,
    as_json: bool,
) -> None:
    """Make a link to PRODUCTION for people outside, and print it: now, and never again.

    Whoever has it may look, without an account, until it expires or is revoked. Of its token the database
    keeps a hash alone.

    \b
    Examples: farm link add nike_ss27 --label "Nike marketing" --comment
              farm link add nike_ss27 --take sh010:2 --days 3
    """
    from farm.cli.display import access
    from farm.operations import client_links

    settings = settings_of(ctx)
    opened = client_links.add(
        store_of(settings),
        production,
        takes,
        address or settings.desk_address,
        days=days,
        may_comment=comment,
        label=label,
        who=settings.user,
    )
    if as_json:
        print_json({**_plain(opened.known), "link": opened.link})
    else:
        access.show_opened(opened)


@link.command("list")
@click.argument("production", required=False)
@json_option
@click.pass_context
def list_links(ctx: click.Context, production: str | None, as_json: bool) -> None:
    """The links that there are, of all productions or of one; those that open nothing any more, too.

    \b
    Example: farm link list nike_ss27
    """
    from farm.cli.display import access
    from farm.operations import client_links

    found = client_links.listed(store_of(settings_of(ctx)), production)
    if as_json:
        print_json({"links": [_plain(each) for each in found]})
    else:
        access.show_links(found)


@link.command()
@click.argument("number", metavar="ID", type=click.IntRange(min=1))
@json_option
@click.pass_context
def revoke(ctx: click.Context, number: int, as_json: bool) -> None:
    """Close a link for good; who looks by it is out within seconds. `farm link list` tells its ID.

    \b
    Example: farm link revoke 4
    """
    from farm.operations import client_links

    client_links.revoke(store_of(settings_of(ctx)), number)
    if as_json:
        print_json({"id": number, "revoked": True})
    else:
        click.echo(f"link {number}: opens nothing any more")


def _plain(known: "KnownLink") -> dict[str, Any]:
    """For scripts."""
    opening = known.opening
    takes = opening.takes
    return {
        "id": known.id,
        "production": opening.production,
        "takes": None
        if takes is None
        else [{"shot": code, "take": number} for code, number in sorted(takes)],
        "label": known.label,
        "may_comment": opening.may_comment,
        "expires_at": known.expires_at,
        "expired": known.expired,
        "made_at": known.made_at,
        "made_by": known.made_by,
        "revoked_at": known.revoked_at,
    }
