"""The live display of a run: a bar per production, what each worker makes, what climbs the ladder."""

import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Self

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.markup import escape
from rich.progress_bar import ProgressBar
from rich.table import Table

from farm.domain.events import Event, EventKind
from farm.domain.forecast import Range, in_words
from farm.domain.lifecycle import ShotState
from farm.errors import StoreError
from farm.store.queries import overview

if TYPE_CHECKING:
    from farm.cluster.protocol import Cluster, Progress
    from farm.store import Store
    from farm.store.queries.overview import ProductionStatus

LOOK_EVERY = 1.0
"""Seconds between looks into the database."""
RECKON_EVERY = 5.0
"""Seconds between two forecasts."""
OPEN = (ShotState.WAITING, ShotState.RENDERING)


class LiveDisplay:
    """Listens to events and to progress; draws on standard error."""

    def __init__(
        self,
        store: "Store",
        cluster: "Cluster",
        productions: Sequence[str] = (),
        when_done: Callable[[], Mapping[str, Range]] = dict,
    ) -> None:
        """Shows `productions`, where any are named. `when_done` tells when each will be done."""
        self._store = store
        self._shown = productions or None
        self._when_done = when_done
        self._ranges: Mapping[str, Range] = {}
        self._reckoned = float("-inf")
        self._cluster = cluster
        self._news: deque[str] = deque(maxlen=6)
        self._positions: Mapping[str, Progress] = {}
        self._productions: list[ProductionStatus] = []
        self._trouble: Sequence[str] = ()
        self._looked = float("-inf")
        self._live = Live(
            console=Console(emoji=False, stderr=True),
            get_renderable=self._draw,
            refresh_per_second=4,
        )

    def __enter__(self) -> Self:
        self._live.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self._look()
        self._positions = {}
        self._live.__exit__(None, None, None)

    def __call__(self, event: Event) -> None:
        """Hears one event; what people want to know of becomes a line of news."""
        if self._shown and event.production and event.production not in self._shown:
            return  # what the run did for others, whose leases it took back
        line = _news(event)
        if line:
            self._news.append(line)

    def progress(self, positions: Mapping[str, "Progress"]) -> None:
        """Hears where the busy workers are."""
        self._positions = positions
        if time.monotonic() - self._looked >= LOOK_EVERY:
            self._look()

    def trouble(self, sentences: Sequence[str]) -> None:
        """Hears what keeps workers from starting."""
        self._trouble = sentences

    def _look(self) -> None:
        self._looked = time.monotonic()
        with suppress(StoreError):  # the run says itself that the database is away
            found = overview.productions(self._store, among=self._shown)
            self._productions = [each for each in found if not each.archived]
            if self._looked - self._reckoned >= RECKON_EVERY:
                self._reckoned = self._looked
                self._ranges = self._when_done()

    def _draw(self) -> RenderableType:
        parts: list[RenderableType] = [_bars(self._productions, self._ranges)]
        if self._positions:
            parts += ["", _workers(self._positions, _where_several(self._cluster.models().holds))]
        elif any(each.states[state] for each in self._productions for state in OPEN):
            parts += ["", "[dim]workers are loading the model …[/]"]
        if told := self._cluster.headcount().in_words():
            parts += ["", f"[dim]workers: {told}[/]"]
        parts += [f"[red]{escape(sentence)}[/]" for sentence in self._trouble]
        if self._news:
            parts += ["", *self._news]
        if self._cluster.dashboard():
            parts += ["", f"[dim]Ray dashboard {self._cluster.dashboard()}[/]"]
        return Group(*parts)


def _bars(productions: "list[ProductionStatus]", ranges: Mapping[str, Range]) -> Table:
    table = Table.grid(padding=(0, 2))
    for each in productions:
        done = each.shots - sum(each.states[state] for state in OPEN)
        counts = ", ".join(
            f"{count} {state.replace('_', ' ')}" for state, count in each.states.items() if count
        )
        bar = ProgressBar(total=each.shots, completed=done, width=30)
        when = in_words(ranges[each.name]) if each.name in ranges and done < each.shots else ""
        table.add_row(
            f"[bold]{escape(each.name)}[/]", bar, f"{done}/{each.shots}", counts, f"[dim]{when}[/]"
        )
    return table


def _where_several(holds: Mapping[str, str]) -> Mapping[str, str]:
    """Which model each worker holds, where that is not the same everywhere."""
    return holds if len(set(holds.values())) > 1 else {}


def _workers(positions: "Mapping[str, Progress]", holds: Mapping[str, str]) -> Table:
    table = Table.grid(padding=(0, 2))
    for each in sorted(positions.values(), key=lambda position: position.worker):
        bar = ProgressBar(total=each.steps, completed=each.step, width=16)
        table.add_row(
            f"[dim]{escape(each.worker)}[/]", escape(each.title), each.stage, bar,
            f"{each.step}/{each.steps}", f"[dim]{escape(holds.get(each.worker, ''))}[/]",
        )  # fmt: skip
    return table


def _news(event: Event) -> str:
    name = f"{escape(event.production)}/{escape(event.shot)}"
    match event.kind:
        case EventKind.WORKER_SICK:
            return f"[red]✗[/] {escape(event.data['why'])}"
        case EventKind.WORKER_CHANGED:
            before, after = (escape(event.data[each]) for each in ("before", "after"))
            return f"[dim]⇄ {escape(event.data['worker'])} changes from {before} to {after}[/]"
        case EventKind.TAKE_ORDERED:
            return f"[yellow]↑[/] {name} take {event.take}: {escape(event.data['why'])}"
        case EventKind.REVIEW_MOVED if event.data["after"] == "accepted":
            return f"[green]✓[/] {name}: {escape(event.data['why'])}"
        case EventKind.REVIEW_MOVED if event.data["after"] == "needs_review":
            return f"[yellow]?[/] {name}: {escape(event.data['why'])}"
        case EventKind.TAKE_FAILED:
            return f"[red]✗[/] {name} take {event.take}: {escape(event.data['reason'])}"
        case EventKind.TAKE_RETURNED | EventKind.LEASE_TAKEN_BACK:
            return f"[dim]↺ {name} take {event.take}: {escape(event.data['reason'])}[/]"
        case _:
            return ""
