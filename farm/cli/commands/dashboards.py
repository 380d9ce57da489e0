"""`dashboards`: the farm's figures for Grafana, and so for the Metrics tab of Ray's dashboard."""

from pathlib import Path

import click

from farm.cli.context import json_option, print_json


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--prometheus",
    metavar="URL",
    default="http://127.0.0.1:9090",
    show_default=True,
    envvar="RAY_PROMETHEUS_HOST",
    help="Where Grafana finds Prometheus.",
)
@click.option(
    "--name",
    default="Prometheus",
    show_default=True,
    envvar="RAY_PROMETHEUS_NAME",
    help="What Ray's dashboard calls it.",
)
@json_option
def dashboards(folder: Path, prometheus: str, name: str, as_json: bool) -> None:
    """Write Grafana dashboards and their provisioning: the farm's panels, and on top of Ray's own.

    Ray's Metrics tab shows the dashboard that Grafana has under Ray's uid, so give this one to the Grafana
    that RAY_GRAFANA_HOST names, at the same FOLDER: GF_PATHS_PROVISIONING=FOLDER/provisioning.

    \b
    Example: farm dashboards grafana --prometheus http://prometheus:9090
    """
    from farm.operations import dashboards as boards

    place = folder.absolute()
    paths = [str(path) for path in boards.write(place, prometheus, name)]
    if as_json:
        print_json({"folder": str(place), "files": paths})
        return
    for path in paths:
        click.echo(path)
