"""`drain`: machines that get no more takes."""

import click

from farm.cli.context import json_option, print_json, settings_of, store_of, why_option


@click.command()
@click.argument("node")
@click.option("--end", is_flag=True, help="Give the machine takes again.")
@why_option
@json_option
@click.pass_context
def drain(ctx: click.Context, node: str, end: bool, why: str, as_json: bool) -> None:
    """Give a machine no more takes; what it renders it finishes. `farm status` shows the machines.

    Runs hear of it within a few seconds. A machine that Ray drains, or that a spot notice takes away, is
    treated the same without this command.

    \b
    Examples: farm drain node7 --why "new disks"
              farm drain node7 --end
    """
    from farm.operations import nodes

    settings = settings_of(ctx)
    act = nodes.undrain if end else nodes.drain
    act(store_of(settings), node, who=settings.user, why=why)
    if as_json:
        print_json({"node": node, "drained": not end})
    else:
        click.echo(f"{node}: {'gets takes again' if end else 'drained'}")
