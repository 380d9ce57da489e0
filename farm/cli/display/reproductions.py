"""A take that is rendered again: how far it is, and whether its frames are the same."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from farm.domain.forecast import spoken
from farm.wording.amounts import counted

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

    from farm.operations.reproduce import Reproduced

NONE = "none"
"""What is printed in the place of something that is not there."""


class _Bar:
    """A watcher that draws: which stage it is, and its steps."""

    def __init__(self, progress: "Progress", bar: "TaskID") -> None:
        self._progress, self._bar = progress, bar

    def stage(self, name: str) -> None:
        self._progress.update(self._bar, description=name)

    def step(self, step: int, steps: int) -> None:
        self._progress.update(self._bar, completed=step, total=steps)


@contextmanager
def progress(*, quiet: bool) -> Iterator[_Bar]:
    """Hears of stages and steps; on a terminal alone, and gone once it is done."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    console = Console(emoji=False, stderr=True)
    hidden = quiet or not console.is_terminal
    with Progress(*columns, console=console, transient=True, disable=hidden) as shown:
        yield _Bar(shown, shown.add_task("loading", total=None))


def show(found: "Reproduced") -> None:
    """What came of it, and what is not as it was."""
    made, film = found.made, found.made.film
    draft = ", a draft," if found.draft else ""
    name = f"{found.production}/{found.shot} take {found.take}{draft}"
    took = f"{counted(film.frames, 'frame')}, {spoken(made.seconds)} on {made.device}"
    if made.same_film:
        click.echo(f"{name}: the frames are the same, bit for bit ({took})")
    else:
        differing = f"from frame {film.first} on {film.differing} of {film.frames} differ"
        apart = f"{differing}, PSNR {film.psnr:.1f} dB"
        if made.same_render:
            click.echo(
                f"{name}: rendered the same, bit for bit, and encoded otherwise: {apart} ({took})"
            )
        else:
            click.echo(f"{name}: the frames are others: {apart} ({took})")
    for what, then, now in found.differs:
        click.echo(f"  {what}: {then or NONE} then, {now or NONE} now")
    if not made.known:
        click.echo("  what it was made with is not known: clips of before did not keep it")
    elif not made.same_film and not found.differs:
        click.echo(
            "  device, libraries and encoder are as they were when it was made, as far as the clip says"
        )
