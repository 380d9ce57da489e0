"""`verify`: what a delivered film holds, and whether it is whole."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from farm.cli.context import json_option, print_json, settings_of
from farm.errors import MissingExtra, Refused

if TYPE_CHECKING:
    from farm.delivery.verifying import Verified


@click.command()
@click.argument(
    "files", metavar="FILE...", nargs=-1, required=True,
    type=click.Path(path_type=Path),
)  # fmt: skip
@json_option
@click.pass_context
def verify(ctx: click.Context, files: tuple[Path, ...], as_json: bool) -> None:
    """Say what labels and content credentials films hold, and whether they are whole.

    Each is held against its signature, if it has one, and against the manifest beside it, if there is one;
    the exit status is 1 where one of them says that it was changed, or cannot be told of. --json is a list,
    in which such a one has its reason as `refused`.

    \b
    Examples: farm verify delivery/nike_ss27/sh010_t02.mp4
              farm verify delivery/nike_ss27/*.mp4
    """
    from farm.cli.display import verified
    from farm.operations import verify as verifying

    settings = settings_of(ctx)
    found: list[Verified] = []
    told: list[Verified | dict[str, str]] = []
    refused: list[str] = []
    for file in files:
        try:
            found.append(verifying.verify(settings, file))
        except (Refused, MissingExtra) as error:
            # A library that is missing names no file, and the next film may need none.
            why = f"{file}: {error}" if isinstance(error, MissingExtra) else str(error)
            refused.append(why)
            told.append({"file": str(file), "refused": why})
            continue
        told.append(found[-1])
        if not as_json:
            click.echo("\n".join(["", *verified.lines(found[-1])][len(found) == 1 :]))
    if as_json:
        print_json(told)
    if refused:
        raise Refused("\n".join(refused))
    if any(each.whole is False for each in found):
        ctx.exit(1)
