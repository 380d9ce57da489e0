"""`verify`: what a delivered film holds, and whether it is whole."""

from pathlib import Path

import click

from farm.cli.context import json_option, print_json, settings_of


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@json_option
@click.pass_context
def verify(ctx: click.Context, file: Path, as_json: bool) -> None:
    """Say what labels and content credentials a film holds, and whether it is whole.

    It is held against its signature, if it has one, and against the manifest beside it, if there is one;
    the exit status is 1 where one of them says that it was changed.

    \b
    Example: farm verify delivery/nike_ss27/sh010_t02.mp4
    """
    from farm.cli.display import verified
    from farm.operations import verify as verifying

    found = verifying.verify(settings_of(ctx), file)
    if as_json:
        print_json(found)
    else:
        for line in verified.lines(found):
            click.echo(line)
    if found.whole is False:
        ctx.exit(1)
