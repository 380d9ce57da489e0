"""`start`, `stop`, `jobs`: the run as a Ray job on a cluster, so that the laptop may close."""

import click

from farm.cli.context import Number, command, json_option, print_json, settings_of


@click.command()
@click.option(
    "--production",
    "-p",
    "productions",
    multiple=True,
    help="Render this one alone; may be repeated.",
)
@click.option("--address", help="The cluster's jobs API.  [default: http://127.0.0.1:8265]")
@click.option("--profile", "profiles", multiple=True, help="Of `farm run`: may be repeated.")
@click.option("--workers", type=int, help="Workers at once.")
@click.option("--until-idle", is_flag=True, help="End when nothing waits or runs any more.")
@json_option
@click.pass_context
def start(
    ctx: click.Context,
    productions: tuple[str, ...],
    address: str | None,
    profiles: tuple[str, ...],
    workers: int | None,
    until_idle: bool,
    as_json: bool,
) -> None:
    """Start a run as a job on a Ray cluster and return at once.

    The job uses the settings of the cluster's head node (its farm.toml or FARM_* variables); the
    database named here is passed on unless it holds a password.

    \b
    Example: farm start --address http://head:8265 --production nike_ss27
    """
    from farm.operations import jobs as running

    own = profiles[0] if profiles else None
    settings = settings_of(ctx, jobs_address=address, profile=own, workers=workers)
    job = running.start(settings, productions, profiles, until_idle=until_idle, say=_say)
    if as_json:
        print_json({"job": job, "address": settings.jobs_address, "productions": list(productions)})
    else:
        served = ", ".join(productions) or "all productions"
        click.echo(
            f"Started {job} for {served}; watch it at {settings.jobs_address} or with "
            f"{command('logs', '--job', job, '--follow')}, end it with: {command('stop', job)}"
        )


def _say(sentence: str) -> None:
    click.echo(f"farm: {sentence}", err=True)


@click.command()
@click.argument("job", required=False)
@click.option("--address", help="The cluster's jobs API.  [default: http://127.0.0.1:8265]")
@click.option(
    "--wait", type=Number(min=0), default=60.0, show_default=True, help="Seconds to wait for it."
)
@json_option
@click.pass_context
def stop(
    ctx: click.Context, job: str | None, address: str | None, wait: float, as_json: bool
) -> None:
    """End a run that was started as a job; its takes in flight return to waiting.

    \b
    Example: farm stop farm-nike_ss27-20261122-071500
    """
    from farm.operations import jobs as running

    settings = settings_of(ctx, jobs_address=address)
    status = running.stop(settings, job, wait)
    if as_json:
        print_json({"job": job, "status": status})
    else:
        click.echo(f"{job or 'The newest run'} is {status}.")


@click.command()
@click.option("--address", help="The cluster's jobs API.  [default: http://127.0.0.1:8265]")
@json_option
@click.pass_context
def jobs(ctx: click.Context, address: str | None, as_json: bool) -> None:
    """The farm's runs on a cluster, the newest first, with the productions that each serves.

    \b
    Example: farm jobs
             farm logs --job farm-nike_ss27-20261122T071500Z --follow
    """
    from farm.cli.display.jobs import show_jobs
    from farm.operations import jobs as running

    settings = settings_of(ctx, jobs_address=address)
    found = running.jobs(settings)
    if as_json:
        print_json({"address": settings.jobs_address, "jobs": found})
    else:
        show_jobs(settings.jobs_address, found)
