"""`comment`: what people say of a shot, a take or a frame."""

import click

from farm.cli.context import json_option, print_json, settings_of, store_of
from farm.cli.display.comments import place


@click.command()
@click.argument("production")
@click.argument("shot", required=False)
@click.argument("text", required=False)
@click.option("--take", type=click.IntRange(min=1), help="The take that is meant, by its number.")
@click.option(
    "--frame",
    type=click.IntRange(min=0),
    help="The frame of its clip that is meant, counted from 0.",
)
@click.option(
    "--resolve",
    "resolved",
    type=click.IntRange(min=1),
    metavar="ID",
    help="Say that a comment is seen to, by its number.",
)
@json_option
@click.pass_context
def comment(
    ctx: click.Context,
    production: str,
    shot: str | None,
    text: str | None,
    take: int | None,
    frame: int | None,
    resolved: int | None,
    as_json: bool,
) -> None:
    """Say something of a shot, of a take or of one frame; or say that a comment is seen to.

    `farm show` tells all comments of a shot with their numbers.

    \b
    Examples: farm comment nike_ss27 sh010 "the shoe is too dark" --take 2 --frame 13
              farm comment nike_ss27 --resolve 7
    """
    from farm.operations import comment as commenting

    settings = settings_of(ctx)
    if resolved is not None:
        if (shot, text, take, frame) != (None,) * 4:
            raise click.UsageError("give --resolve ID with the production alone")
        found = commenting.resolve(store_of(settings), production, resolved, who=settings.user)
    elif shot is None or text is None:
        raise click.UsageError("give a shot and what you say of it, or --resolve ID")
    else:
        found = commenting.comment(
            store_of(settings), production, shot, text, take=take, frame=frame, who=settings.user
        )
    if as_json:
        print_json(found)
        return
    where = " ".join(filter(None, (f"{production}/{found.shot}", place(found.take, found.frame))))
    click.echo(f"comment {found.id} on {where}{': resolved' if resolved is not None else ''}")
