"""`metrics`: the farm's series from the database, printed or served."""

from typing import TYPE_CHECKING

import click

from farm.cli.opening import json_option, print_json, settings_of, store_of

if TYPE_CHECKING:
    from farm.metrics import FarmMetrics
    from farm.store import Store

LOOK_BACK = 1000
"""Keys of events that are read again at each look."""


@click.command()
@click.option("--serve", type=int, metavar="PORT", help="Serve them until Ctrl-C (0 picks a port).")
@json_option
@click.pass_context
def metrics(ctx: click.Context, serve: int | None, as_json: bool) -> None:
    """The farm's metrics in Prometheus' text format, at any time, run or no run.

    \b
    Example: farm metrics | grep farm_takes_total
    """
    settings = settings_of(ctx)
    store = store_of(settings)
    if serve is not None:
        _serve(store, settings.metrics_host, serve)
        return
    series, _ = metrics_of(store)
    if as_json:
        print_json(dict(_samples(series)))
    else:
        click.echo(series.text(), nl=False)


def metrics_of(store: "Store") -> tuple["FarmMetrics", set[int]]:
    """The series as the database tells them, gauges read live, and the keys of the newest events."""
    from farm.metrics import FarmMetrics, Now
    from farm.store import views

    def shots() -> dict[tuple[str, str], int]:
        return {
            (production.name, state): count
            for production in views.productions(store)
            for state, count in production.states.items()
        }

    def waiting() -> tuple[dict[str, int], float]:
        queue = views.queue(store)
        return dict(queue.waiting), queue.oldest_wait

    series = FarmMetrics(Now(shots, waiting))
    seen: set[int] = set()
    fold(series, store, seen)
    return series, seen


def fold(series: "FarmMetrics", store: "Store", seen: set[int]) -> None:
    """Folds in the events that are not among `seen`, and adds their keys to it.

    Looks back a little: with several runs an event may be committed after one with a higher key.
    """
    from farm.store import views

    newest = max(seen, default=0)
    for key, event in views.events(store, after=newest - LOOK_BACK):
        if key not in seen:
            series(event)
            seen.add(key)
    seen -= {key for key in seen if key <= newest - LOOK_BACK}


def _samples(series: "FarmMetrics") -> list[tuple[str, float]]:
    found: list[tuple[str, float]] = []
    for family in series.registry.collect():
        for sample in family.samples:
            labels = ",".join(f'{name}="{value}"' for name, value in sample.labels.items())
            found.append((f"{sample.name}{{{labels}}}" if labels else sample.name, sample.value))
    return found


def _serve(store: "Store", host: str, port: int) -> None:
    """Serves until interrupted; events that come meanwhile are folded in every few seconds."""
    import time

    from farm import metrics as farm_metrics
    from farm.errors import FarmError

    series, seen = metrics_of(store)
    try:
        used, close = farm_metrics.serve(series, host, port)
    except OSError as error:
        raise FarmError(f"{host}:{port}: {error.strerror}; choose another port") from error
    click.echo(f"Metrics: http://{host}:{used}/metrics (Ctrl-C ends it)", err=True)
    try:
        while True:
            time.sleep(2)
            fold(series, store, seen)
    except KeyboardInterrupt:
        close()
