"""`report`: what a production came to, and how far its scores can be trusted."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from farm.cli.context import json_option, print_json, settings_of, store_of
from farm.errors import Refused

if TYPE_CHECKING:
    from farm.operations.report import Report


@click.command()
@click.argument("production")
@click.option(
    "--html", type=click.Path(path_type=Path, dir_okay=False), help="Also as a page in this file."
)
@json_option
@click.pass_context
def report(ctx: click.Context, production: str, html: Path | None, as_json: bool) -> None:
    """What a production came to: shots, takes, verdicts, seconds, and how far the scores can be trusted.

    \b
    Example: farm report nike_ss27 --html nike_ss27.html
    """
    from rich.console import Console

    from farm.cli.display.report import show
    from farm.operations.report import report as report_of

    settings = settings_of(ctx)
    found = report_of(settings, store_of(settings), production)
    if as_json:
        print_json({"report": found.tally, "trust": found.trust, "gated": found.gated})
    else:
        show(Console(emoji=False), found)
    if html is not None:
        _write_page(found, html)


def _write_page(found: "Report", place: Path) -> None:
    import io

    from rich.console import Console

    from farm.cli.display.report import show

    page = Console(emoji=False, record=True, width=100, file=io.StringIO())
    show(page, found)
    try:
        page.save_html(str(place))
    except OSError as error:
        raise Refused(f"{place}: the page cannot be written ({error.strerror})") from error
