"""`archive`: a finished production is put away, and brought back."""

import click

from farm.cli.context import json_option, print_json, settings_of, store_of, why_option
from farm.wording.amounts import counted


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
    from farm.operations import archive as archives

    settings = settings_of(ctx)
    store, waiting = store_of(settings), 0
    if undo:
        archives.restore(store, production, who=settings.user, why=why)
    else:
        waiting = archives.archive(store, production, who=settings.user, why=why)
    if as_json:
        print_json({"production": production, "archived": not undo, "waiting": waiting})
    elif undo:
        click.echo(f"{production} goes on where it was")
    else:
        waits = "waits" if waiting == 1 else "wait"
        rest = f"; {counted(waiting, 'take')} of it {waits} until `--undo`" if waiting else ""
        click.echo(f"{production} is archived{rest}")
