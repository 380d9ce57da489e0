"""`metrics`: the farm's series from the database, printed or served."""

from typing import TYPE_CHECKING

import click

from farm.cli.context import json_option, print_json, settings_of, store_of

if TYPE_CHECKING:
    from farm.config import Settings
    from farm.listeners.metrics import FarmMetrics
    from farm.operations.metrics_feed import Figures
    from farm.store import Store

LOOK_EVERY = 2.0
"""Seconds between two looks at the log of events while the series are served."""


@click.command()
@click.option("--serve", type=int, metavar="PORT", help="Serve them until Ctrl-C (0 picks a port).")
@json_option
@click.pass_context
def metrics(ctx: click.Context, serve: int | None, as_json: bool) -> None:
    """The farm's metrics in Prometheus' text format, at any time, run or no run.

    \b
    Example: farm metrics | grep farm_takes_total
    """
    from farm.operations import metrics_feed

    settings = settings_of(ctx)
    store = store_of(settings)
    series, counted = metrics_of(store, settings)
    if serve is not None:
        metrics_feed.keep(counted, _say)
        _serve(store, counted, settings.metrics_host, serve)
        return
    if as_json:
        print_json(dict(_samples(series)))
    else:
        click.echo(series.text(), nl=False)
    metrics_feed.keep(counted, _say)


def metrics_of(
    store: "Store", settings: "Settings | None" = None
) -> tuple["FarmMetrics", "Figures"]:
    """The series as the database tells them, gauges read live, and what keeps them up with it; without
    settings the media folder is left out."""
    from farm.operations.metrics_feed import Figures
    from farm.operations.workspace import media_at_hand

    if settings is None:
        figures = Figures(store)
    else:
        least = settings.min_free_mb * 2**20
        figures = Figures(store, media=media_at_hand(settings), least_room=least)
    return figures.series, figures


def _samples(series: "FarmMetrics") -> list[tuple[str, float]]:
    found: list[tuple[str, float]] = []
    for family in series.registry.collect():
        for sample in family.samples:
            labels = ",".join(f'{name}="{value}"' for name, value in sample.labels.items())
            found.append((f"{sample.name}{{{labels}}}" if labels else sample.name, sample.value))
    return found


def _serve(store: "Store", figures: "Figures", host: str, port: int) -> None:
    """Serves until interrupted; events that come meanwhile are counted every few seconds."""
    import threading

    from farm.errors import FarmError
    from farm.listeners import metrics as farm_metrics
    from farm.operations.metrics_feed import keep_up

    try:
        used, close = farm_metrics.serve(figures.series, host, port)
    except OSError as error:
        raise FarmError(f"{host}:{port}: {error.strerror}; choose another port") from error
    click.echo(f"Metrics: http://{host}:{used}/metrics (Ctrl-C ends it)", err=True)
    never = threading.Event()
    try:
        keep_up(store, figures, lambda: never.wait(LOOK_EVERY), _say)
    except KeyboardInterrupt:
        pass
    finally:
        close()


def _say(sentence: str) -> None:
    click.echo(f"farm: {sentence}", err=True)
