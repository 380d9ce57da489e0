"""What a list changes, as a table in the terminal."""

import sys
from io import StringIO
from typing import TYPE_CHECKING

import click

from farm.wording import changes

if TYPE_CHECKING:
    from farm.store.shots.intake import Intake


def show(intake: "Intake", production: str) -> None:
    """The table: shot, field, before, after, and what comes of it."""
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("shot", "field", "before → after", "what comes of it"):
        table.add_column(heading, overflow="fold")
    for cells in changes.rows(intake, production):
        table.add_row(*map(escape, cells))
    if not table.row_count:
        return
    if sys.stdout.isatty():
        Console(emoji=False).print(table)
        return
    # A line is as long as it must be where no window cuts it.
    lines = Console(emoji=False, file=StringIO(), width=100_000)
    with lines.capture() as capture:
        lines.print(table)
    for line in capture.get().splitlines():
        click.echo(line.rstrip())
