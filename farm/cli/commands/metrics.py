"""`metrics`: the farm's series from the database, printed or served."""

from contextlib import suppress

import click

from farm.cli.context import json_option, print_json, settings_of, store_of


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
    figures = metrics_feed.figures_of(store, settings)
    if serve is not None:
        metrics_feed.keep(figures, _say)
        with suppress(KeyboardInterrupt):
            metrics_feed.serve(
                store, figures, settings.metrics_host, serve, on_address=_tell, say=_say
            )
        return
    if as_json:
        print_json(metrics_feed.samples(figures.series))
    else:
        click.echo(figures.series.text(), nl=False)
    metrics_feed.keep(figures, _say)


def _tell(address: str) -> None:
    click.echo(f"Metrics: {address} (Ctrl-C ends it)", err=True)


def _say(sentence: str) -> None:
    click.echo(f"farm: {sentence}", err=True)
