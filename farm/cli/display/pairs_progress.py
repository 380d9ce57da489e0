"""How far `farm gate` is: a bar for each profile's takes, or a line for each take where nobody looks."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Self

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from farm.operations.compare_profiles import Onlooker

if TYPE_CHECKING:
    from rich.progress import TaskID

    from farm.cluster.protocol import Progress as At
    from farm.domain.comparison import Pair
    from farm.shotlist import Problem
    from pipeline.result import TakeResult


class PairsProgress(Onlooker):
    """Shows on standard error; gone once it is done."""

    def __init__(self, *, quiet: bool, live: bool) -> None:
        """`quiet` says nothing but what is wrong; `live` draws bars instead of lines."""
        self._lines = not live and not quiet
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            TextColumn("{task.fields[where]}"),
            console=Console(emoji=False, stderr=True),
            transient=True,
            disable=quiet or not live,
        )
        self._bar: TaskID | None = None
        self._done = self._wanted = 0

    def __enter__(self) -> Self:
        self._progress.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self._progress.__exit__(None, None, None)

    def problem(self, problem: "Problem") -> None:
        self._say(str(problem))

    def of_profile(self, profile: str, done: int, wanted: int) -> None:
        self._begin(f"Rendering by {profile}", done, wanted)
        if self._lines:
            there = f", {done} of them are there" if done else ""
            click.echo(f"{profile}: {wanted} takes{there}", err=True)

    def made(self, title: str, result: "TakeResult") -> None:
        self._step()
        if self._lines:
            score = result.match.score
            told = "no match" if score is None else f"match {score:.2f}"
            took = sum(result.seconds.values())
            verdict = result.verdict.replace("_", " ")
            click.echo(
                f"{title}: {verdict}, {told}, {took:.1f} s ({self._done} of {self._wanted})",
                err=True,
            )

    def left_out(self, sentence: str) -> None:
        self._step()
        self._say(f"left out: {sentence}")

    def progress(self, positions: "Mapping[str, At]") -> None:
        if self._bar is None:
            return
        at = [f"{each.stage} {each.step}/{each.steps}" for each in positions.values()]
        self._progress.update(self._bar, where=", ".join(at[:3]) or "workers are loading …")

    def trouble(self, sentences: Sequence[str]) -> None:
        for sentence in sentences:
            self._say(sentence)

    def pairs(self, pairs: "Iterator[Pair]", count: int) -> "Iterator[Pair]":
        self._begin("Comparing films", 0, count)
        for pair in pairs:
            yield pair
            self._step()

    def _begin(self, what: str, done: int, wanted: int) -> None:
        if self._bar is not None:
            self._progress.remove_task(self._bar)
        self._done, self._wanted = done, wanted
        self._bar = self._progress.add_task(what, completed=done, total=wanted, where="")

    def _step(self) -> None:
        self._done += 1
        if self._bar is not None:
            self._progress.update(self._bar, completed=self._done)

    def _say(self, sentence: str) -> None:
        if self._progress.disable:
            click.echo(f"farm: {sentence}", err=True)
        else:
            self._progress.console.print(f"farm: {sentence}", markup=False, highlight=False)
