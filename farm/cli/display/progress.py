"""How far a command is: one bar on standard error, gone once it is done."""

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

import click

if TYPE_CHECKING:
    from farm.shotlist import Problem, ShotRow, Stream

T = TypeVar("T")


def preparing(*, quiet: bool) -> "Callable[[Stream], Iterable[ShotRow | Problem]]":
    """Goes through the rows of a shot list, after what was noted of its file."""

    def through(stream: "Stream") -> "Iterable[ShotRow | Problem]":
        for note in stream.notes:
            click.echo(f"farm: {note}", err=True)
        return _tracked(stream.rows, "Preparing stills", stream.at_most, hidden=quiet)

    return through


def looking(*, quiet: bool) -> "Callable[[Sequence[T]], Iterable[T]]":
    """Goes through rows that are looked at; on a terminal alone."""
    return lambda rows: _tracked(rows, "Looking", len(rows), hidden=quiet)


def swapping(*, quiet: bool) -> "Callable[[Iterable[T], int], Iterable[T]]":
    """Goes through so many shots whose prompts are swapped."""
    return lambda shots, count: _tracked(shots, "Swapping prompts", count, hidden=quiet)


def judging(*, quiet: bool) -> "Callable[[Sequence[T]], Iterable[T]]":
    """Goes through clips that a scorer is asked about."""
    return lambda clips: _tracked(clips, "Judging", len(clips), hidden=quiet)


@contextmanager
def removing(takes: int) -> Iterator[Callable[[int], None]]:
    """Hears how many more of so many takes are removed; on a terminal alone."""
    from rich.console import Console
    from rich.progress import Progress

    hidden = not sys.stderr.isatty()
    with Progress(
        console=Console(emoji=False, stderr=True), transient=True, disable=hidden
    ) as progress:
        bar = progress.add_task("Removing files", total=takes)
        yield lambda count: progress.advance(bar, count)


@contextmanager
def copying(*, quiet: bool) -> Iterator[Callable[[int, int], None]]:
    """Hears how many clips of how many are copied."""
    from rich.console import Console
    from rich.progress import Progress

    hidden = quiet or not _is_terminal()
    with Progress(
        console=Console(emoji=False, stderr=True), transient=True, disable=hidden
    ) as progress:
        bar = progress.add_task("Copying clips", total=None, visible=False)
        yield lambda done, total: progress.update(bar, completed=done, total=total, visible=True)


@contextmanager
def carrying(
    *, quiet: bool
) -> Iterator[tuple[Callable[[int, int], None], Callable[[int, int], None]]]:
    """Two that hear how many of how many: of clips that are copied or made, and of files that are sent."""
    from rich.console import Console
    from rich.progress import Progress

    hidden = quiet or not _is_terminal()
    with Progress(
        console=Console(emoji=False, stderr=True), transient=True, disable=hidden
    ) as progress:
        made = progress.add_task("Copying clips", total=None, visible=False)
        sent = progress.add_task("Sending files", total=None, visible=False)
        yield (
            lambda done, total: progress.update(made, completed=done, total=total, visible=True),
            lambda done, total: progress.update(sent, completed=done, total=total, visible=True),
        )


@contextmanager
def writing(title: str, *, quiet: bool) -> Iterator[Callable[[str, int, int], None]]:
    """Hears of each file of a model: its name, bytes done, in all. A line each where there is no bar."""
    from rich.console import Console
    from rich.filesize import decimal
    from rich.progress import DownloadColumn, Progress, TextColumn, TransferSpeedColumn

    console = Console(emoji=False, stderr=True)
    columns = (*Progress.get_default_columns(), DownloadColumn(), TransferSpeedColumn())
    named = TextColumn("{task.fields[file]}")
    with Progress(*columns, named, console=console, transient=True, disable=quiet) as progress:
        bar = progress.add_task(title, total=None, file="")

        def told(file: str, done: int, whole: int) -> None:
            progress.update(bar, completed=done, total=whole, file=file)
            if not quiet and not console.is_terminal:
                click.echo(f"{file}: {decimal(done)} of {decimal(whole)}", err=True)

        yield told


def _tracked(what: Iterable[T], title: str, total: int, *, hidden: bool) -> Iterable[T]:
    from rich.console import Console
    from rich.progress import track

    console = Console(emoji=False, stderr=True)
    hidden = (
        hidden or not console.is_terminal
    )  # in a log a bar that goes again leaves an empty line
    return track(what, title, total=total, console=console, transient=True, disable=hidden)


def _is_terminal() -> bool:
    from rich.console import Console

    return Console(emoji=False, stderr=True).is_terminal
