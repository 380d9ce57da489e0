"""`reproduce`: whether a take's recipe still makes the same frames."""

import click

from farm.cli.context import json_option, print_json, settings_of, store_of

OTHER_FRAMES = 3
"""Exit status: it was rendered, and its frames are others."""


@click.command()
@click.argument("production")
@click.argument("shot")
@click.option(
    "--take",
    type=click.IntRange(min=1),
    help="The take, by its number.  [default: the one that stands for the shot]",
)
@click.option(
    "--anyway",
    is_flag=True,
    help="Render also where the profile was changed since, to see how far frames differ.",
)
@json_option
@click.pass_context
def reproduce(
    ctx: click.Context, production: str, shot: str, take: int | None, anyway: bool, as_json: bool
) -> None:
    """Render a take's recipe again, on this machine, and say whether the frames are the same.

    If they are not: which is the first that differs, how far they are apart (PSNR), and what is not as it
    was when the take was made: device, libraries, encoder. Nothing is kept of it. Exits with 0 where the
    frames are the same, with 3 where they are others, with 1 where it cannot be said.

    \b
    Examples: farm reproduce nike_ss27 sh010
              farm reproduce nike_ss27 sh010 --take 2 --json
    """
    from farm.cli.display import reproductions
    from farm.operations import reproduce as operation

    settings = settings_of(ctx)
    store = store_of(settings)
    with reproductions.progress(quiet=as_json) as watcher:
        found = operation.reproduce(
            settings, store, production, shot, take=take, anyway=anyway, watcher=watcher
        )
    if as_json:
        print_json(found.as_json())
    else:
        reproductions.show(found)
    if not found.made.same:
        raise SystemExit(OTHER_FRAMES)
