"""`logs`: why a take failed, in full; and what a job on a cluster writes."""

from typing import TYPE_CHECKING

import click

from farm.cli.context import json_option, print_json, settings_of, store_of

if TYPE_CHECKING:
    from farm.config import Settings


@click.command()
@click.argument("production", required=False)
@click.argument("shot", required=False)
@click.option(
    "--take", type=click.IntRange(min=1), help="Of this take, not the latest that failed."
)
@click.option("--job", help="The log of a run that was started as a job; `farm jobs` lists them.")
@click.option("--follow", "-f", is_flag=True, help="With --job: go on until the job ends.")
@click.option("--address", help="The cluster's jobs API.  [default: http://127.0.0.1:8265]")
@json_option
@click.pass_context
def logs(
    ctx: click.Context,
    production: str | None,
    shot: str | None,
    take: int | None,
    job: str | None,
    follow: bool,
    address: str | None,
    as_json: bool,
) -> None:
    """Why a take failed: the traceback of each attempt and its worker's last log lines.

    With --job instead: what a run that was started as a job has written.

    \b
    Example: farm logs nike_ss27 sh010 --take 2
             farm logs --job farm-nike_ss27-20261122T071500Z --follow
    """
    if job is not None:
        if production or take:
            raise click.UsageError("give a production and a shot, or --job, not both")
        _job_log(settings_of(ctx, jobs_address=address), job, follow, as_json)
        return
    if production is None or shot is None:
        raise click.UsageError("give a production and a shot, or --job with a job of `farm jobs`")
    if follow or address:
        raise click.UsageError("--follow and --address go with --job")
    _failures(ctx, production, shot, take, as_json=as_json)


def _failures(
    ctx: click.Context, production: str, shot: str, take: int | None, *, as_json: bool
) -> None:
    from farm.cli.display.failures import show
    from farm.store.queries import failures

    found = failures.of_shot(store_of(settings_of(ctx)), production, shot, take)
    if as_json:
        print_json({"production": production, "shot": shot, "failures": found})
    else:
        show(production, shot, take, found)


def _job_log(settings: "Settings", job: str, follow: bool, as_json: bool) -> None:
    from farm.operations import jobs

    if as_json:
        if follow:
            raise click.UsageError("--json prints one document: leave --follow out")
        print_json({"job": job, "log": jobs.log(settings, job)})
    elif follow:
        try:
            for text in jobs.follow(settings, job):
                click.echo(text, nl=False)
        except KeyboardInterrupt:  # the way to stop looking; the job goes on
            click.echo()
    else:
        click.echo(jobs.log(settings, job), nl=False)
