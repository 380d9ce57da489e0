"""`run`: the loop in this process, until it is stopped or there is nothing left to do."""

import os
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from farm.cli.context import settings_of, store_of
from farm.cli.display import run_end

if TYPE_CHECKING:
    from farm.cluster.protocol import Cluster
    from farm.config import Settings
    from farm.operations.run_summary import Summary
    from farm.scheduler.run import Listeners
    from farm.store import Store

OUTPUTS = (1, 2)
"""Standard output and error, by number."""


@click.command()
@click.option("--until-idle", is_flag=True, help="End when nothing waits or runs any more.")
@click.option(
    "--production",
    "-p",
    "productions",
    multiple=True,
    help="Render this one alone; may be repeated.",
)
@click.option("--address", help="A running Ray cluster to join: host:6379, or auto on its head.")
@click.option("--workers", type=int, help="Workers at once.")
@click.option(
    "--profile",
    "profiles",
    multiple=True,
    help="Render takes of this profile alone; may be repeated: workers change the model where that pays.",
)
@click.option("--cluster", type=click.Choice(["ray", "inline"]), help="Where to render.")
@click.option("--metrics-port", type=int, help="Serve Prometheus metrics while the run lasts.")
@click.option("--notify", metavar="URL", help="Post one JSON there when the run has ended.")
@click.option("--log", is_flag=True, help="One line per event instead of the live display.")
@click.pass_context
def run(
    ctx: click.Context,
    until_idle: bool,
    log: bool,
    productions: tuple[str, ...],
    profiles: tuple[str, ...],
    **options: str | int | None,
) -> None:
    """Render what waits, of all productions or of those named. Ctrl-C ends it cleanly.

    Without --profile it serves the profile of the settings and its drafts', and of productions that are
    named whatever their takes wait for, as far as the same workers may hold the models. Several runs may
    share one database. Exits with 1 when a take failed for good.

    \b
    Example: farm run --until-idle --workers 2
             farm run --production nike_ss27 --production aurum
             farm run --profile wan2.2-i2v-a14b --profile wan2.2-i2v-a14b-draft
    """
    from farm.operations import run as running

    settings = settings_of(ctx, profile=profiles[0] if profiles else None, **options)
    store = store_of(settings, make=True)
    summary = render(
        settings, store, until_idle=until_idle, log=log, productions=productions, profiles=profiles
    )
    for sentence in run_end.sentences(summary):
        click.echo(sentence, err=True)
    queue = running.left_waiting(store, productions)
    for sentence in run_end.left_waiting(queue, summary.profiles):
        click.echo(sentence, err=True)
    if summary.failed:
        raise SystemExit(1)


def render(
    settings: "Settings",
    store: "Store",
    *,
    until_idle: bool,
    log: bool = False,
    productions: Sequence[str] = (),
    profiles: Sequence[str] = (),
) -> "Summary":
    """Runs in the foreground, shown on standard error and ended cleanly by signals. Raises as the
    operation does."""
    from farm.operations import run as running

    stop = threading.Event()

    @contextmanager
    def watching(cluster: "Cluster") -> "Iterator[Listeners]":
        shown = _shown(settings, store, cluster, productions, log=log)
        with shown as listeners, stopped_by_signals(stop):
            yield listeners

    return running.render(
        settings,
        store,
        until_idle=until_idle,
        productions=productions,
        profiles=profiles,
        stop=stop,
        watching=watching,
        on_metrics=lambda address: click.echo(f"Metrics: {address}", err=True),
    )


@contextmanager
def _shown(
    settings: "Settings",
    store: "Store",
    cluster: "Cluster",
    productions: Sequence[str],
    *,
    log: bool,
) -> "Iterator[Listeners]":
    """What people see meanwhile: a live display in a terminal, log lines elsewhere."""
    from farm.scheduler.run import Listeners

    if sys.stderr.isatty() and not log:
        from farm.cli.display.live import LiveDisplay
        from farm.operations.outlook import when_done

        with LiveDisplay(
            store, cluster, productions, lambda: when_done(settings, store)
        ) as display:
            yield Listeners(
                events=[display], on_progress=display.progress, on_trouble=display.trouble
            )
        return
    from farm.cli.display.loads import Loads
    from farm.listeners import logs

    logs.to_stderr()
    if cluster.dashboard():
        click.echo(f"Ray dashboard: {cluster.dashboard()}", err=True)
    loads = Loads(cluster, logs.note)
    yield Listeners(events=[loads, logs.listen], on_progress=loads.progress, on_trouble=_say)


def _say(sentences: Sequence[str]) -> None:
    for sentence in sentences:
        click.echo(f"farm: {sentence}", err=True)


@contextmanager
def stopped_by_signals(stop: threading.Event) -> Iterator[None]:
    """Ctrl-C, SIGTERM and a dropped terminal end the run cleanly; a second one ends it at once."""
    heard = [signal.SIGINT, signal.SIGTERM]
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # nohup means it
        heard.append(signal.SIGHUP)
    before = {number: signal.getsignal(number) for number in heard}

    terminals = [stream for stream in OUTPUTS if os.isatty(stream)]

    def on_signal(number: int, _frame: object) -> None:
        stop.set()
        if number == signal.SIGHUP:  # the shell sends it, and the system once the shell is gone
            _drop_lost(terminals)
        else:
            signal.signal(number, before[signal.Signals(number)])

    for number in before:
        signal.signal(number, on_signal)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _drop_lost(terminals: Sequence[int]) -> None:
    """What is still said to a terminal that is gone goes nowhere, instead of failing."""
    for stream in terminals:
        if not os.isatty(stream):
            null = os.open(os.devnull, os.O_WRONLY)
            os.dup2(null, stream)
            os.close(null)
