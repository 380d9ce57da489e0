"""`finals`: the full takes of what was approved as a draft."""

from typing import TYPE_CHECKING

import click

from farm.cli.context import json_option, settings_of, store_of, why_option
from farm.cli.display.per_shot import show

if TYPE_CHECKING:
    from farm.operations.finals import Ordered


@click.command()
@click.argument("production")
@click.argument("shots", nargs=-1)
@click.option(
    "--take", type=int, help="The draft you mean, of one shot; needed where a newer one was made."
)
@why_option
@json_option
@click.pass_context
def finals(
    ctx: click.Context,
    production: str,
    shots: tuple[str, ...],
    take: int | None,
    why: str,
    as_json: bool,
) -> None:
    """Order the full takes of approved drafts: of the shots you name, or of all that have one.

    A draft that is made again, or was since it was approved, is refused: look at the newer one first.

    \b
    Examples: farm finals nike_ss27
              farm finals nike_ss27 sh010 --take 1
    """
    from farm.operations import finals as ordering

    if take is not None and len(shots) != 1:
        raise click.UsageError("--take names the draft of one shot: name that shot")
    settings = settings_of(ctx)
    ordered = ordering.finals(
        settings, store_of(settings), production, shots, take=take, who=settings.user, why=why
    )
    show(ordered, _line, as_json=as_json)


def _line(each: "Ordered") -> str:
    return f"{each.shot} take {each.take}: final of take {each.final_of}, with {each.profile}"
