"""`stale`: which takes stand on what has changed since, and what making them again would cost."""

import click

from farm.cli.context import json_option, print_json, settings_of, store_of


@click.command()
@click.argument("production")
@json_option
@click.pass_context
def stale(ctx: click.Context, production: str, as_json: bool) -> None:
    """Name the takes that stand on a still or on words that have changed since they were ordered.

    Each shot's standing take is held against what is wished of the shot now, and the file of its still
    against what it held when the still was prepared. Takes of another revision of their profile are told
    apart. Says what making them again would take, by how long takes lasted so far. Orders nothing.

    \b
    Example: farm stale nike_ss27
    """
    from farm.cli.display import stale_takes
    from farm.cli.display.progress import looking
    from farm.operations import stale as operation

    settings = settings_of(ctx)
    told = operation.stale(settings, store_of(settings), production, each=looking(quiet=as_json))
    if as_json:
        print_json(told.as_json())
    else:
        stale_takes.show(told)
