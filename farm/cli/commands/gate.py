"""`gate`: whether a profile that makes takes cheaper may stand for the exact one."""

import sys
import threading
from pathlib import Path

import click

from farm.cli.commands.run import stopped_by_signals
from farm.cli.context import (
    encoding_option,
    json_option,
    print_json,
    settings_of,
    sheet_option,
)
from farm.domain.comparison import Conclusion
from farm.operations.workspace import media_of, source_of


@click.command()
@click.argument("profile")
@click.argument("shotlist", type=click.Path(path_type=Path), required=False)
@click.option("--against", metavar="EXACT", help="The exact profile.  [default: its `stands_for`]")
@click.option(
    "--shots",
    type=click.IntRange(min=1),
    default=20,
    show_default=True,
    help="The first so many good rows of the list.",
)
@click.option(
    "--seeds",
    type=click.IntRange(min=1),
    default=2,
    show_default=True,
    help="Pairs of each shot.",
)
@click.option("--address", help="A running Ray cluster to join: host:6379, or auto on its head.")
@click.option("--workers", type=int, help="Workers at once.")
@click.option("--cluster", type=click.Choice(["ray", "inline"]), help="Where to render.")
@encoding_option
@sheet_option
@json_option
@click.pass_context
def gate(
    ctx: click.Context,
    profile: str,
    shotlist: Path | None,
    against: str | None,
    shots: int,
    seeds: int,
    encoding: str | None,
    sheet: str | None,
    as_json: bool,
    **options: str | int | None,
) -> None:
    """Render pairs by PROFILE and the exact one, same shots and seeds, and say whether it may stand for it.

    It may once the 95 % interval of the paired difference excludes that it loses more than 3 points of
    acceptance. The record is kept in the media root; `farm check` and `farm report` tell it. Takes are
    kept too, so that an interrupted gate goes on where it was. No take of a production is touched.
    Exits with 1 unless it may stand.

    \b
    Examples: farm gate toy-fast --against toy
              farm gate wan-fast shots.csv --shots 60 --seeds 2
    """
    from farm.cli.display import comparisons
    from farm.cli.display.pairs_progress import PairsProgress
    from farm.cli.display.progress import preparing
    from farm.operations.compare_profiles import compare_profiles

    settings = settings_of(ctx, **options)
    media, stop = media_of(settings), threading.Event()
    shown = PairsProgress(quiet=as_json, live=sys.stderr.isatty())
    with shown as onlooker, stopped_by_signals(stop):
        found = compare_profiles(
            settings,
            media,
            source_of(settings, encoding, sheet, media),
            profile,
            shotlist,
            against=against,
            shots=shots,
            seeds=seeds,
            stop=stop,
            onlooker=onlooker,
            each=preparing(quiet=as_json),
        )
    if as_json:
        print_json(
            {
                "comparison": found.comparison,
                "file": found.file,
                "rendered": found.rendered,
                "problems": found.problems,
            }
        )
    else:
        comparisons.show(found)
    if found.comparison.conclusion is not Conclusion.MAY_STAND:
        raise SystemExit(1)
