"""`user`: who may come to the desk, as what, and who did."""

import click

from farm.cli.context import json_option, print_json, settings_of, store_of
from farm.domain.roles import Role

address_option = click.option(
    "--address",
    metavar="URL",
    help="The desk as people reach it, for the link.  [default: `desk_address`]",
)


@click.group()
def user() -> None:
    """Who may come to the desk: each with a role, by a link that is printed once.

    A producer looks, comments and delivers; a reviewer also approves, rejects and orders retakes; an
    operator also holds, omits, cancels, sets priorities, drains and submits.

    \b
    Example: farm user add anna --role reviewer
    """


@user.command()
@click.argument("name")
@click.option(
    "--role",
    type=click.Choice([str(each) for each in Role]),
    required=True,
    help="What they may do.",
)
@address_option
@json_option
@click.pass_context
def add(ctx: click.Context, name: str, role: str, address: str | None, as_json: bool) -> None:
    """Let NAME come to the desk, and print the link that signs them in: now, and never again.

    Of the link's token the database keeps a hash alone. Who lost theirs is revoked and added again.

    \b
    Examples: farm user add anna --role reviewer
              farm user add "李 静" --role producer --address https://desk.studio.example
    """
    from farm.cli.display import access
    from farm.operations import people

    settings = settings_of(ctx)
    admitted = people.add(
        store_of(settings, make=True),
        name,
        Role(role),
        address or settings.desk_address,
        who=settings.user,
    )
    if as_json:
        print_json({"name": admitted.name, "role": admitted.role, "link": admitted.link})
    else:
        access.show_admitted(admitted)


@user.command("list")
@json_option
@click.pass_context
def list_users(ctx: click.Context, as_json: bool) -> None:
    """Everybody who may come to the desk, and those that were revoked.

    \b
    Example: farm user list
    """
    from farm.cli.display import access
    from farm.operations import people

    found = people.listed(store_of(settings_of(ctx)))
    if as_json:
        print_json({"people": found})
    else:
        access.show_people(found)


@user.command()
@click.argument("name")
@json_option
@click.pass_context
def revoke(ctx: click.Context, name: str, as_json: bool) -> None:
    """Let NAME come no more; where they are signed in, that ends within seconds.

    \b
    Example: farm user revoke anna
    """
    from farm.operations import people

    people.revoke(store_of(settings_of(ctx)), name)
    if as_json:
        print_json({"name": name, "revoked": True})
    else:
        click.echo(f"{name}: may come no more")


@user.command("log")
@click.option(
    "--last",
    type=click.IntRange(min=1),
    default=50,
    show_default=True,
    help="So many of the newest.",
)
@json_option
@click.pass_context
def log(ctx: click.Context, last: int, as_json: bool) -> None:
    """Who signed in or tried to, people and clients: when, from where, and how it ended. Kept half a year.

    \b
    Example: farm user log --last 200
    """
    from farm.cli.display import access
    from farm.operations import people

    found = people.sign_ins(store_of(settings_of(ctx)), last)
    if as_json:
        print_json({"sign_ins": found})
    else:
        access.show_sign_ins(found)
