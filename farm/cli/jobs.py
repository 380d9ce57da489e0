"""`start` and `stop`: the run as a Ray job on a cluster, so that the laptop may close."""

import click

from farm.cli.opening import command, json_option, print_json, settings_of
from farm.errors import Refused


@click.command()
@click.option("--production", "-p", default="all", show_default=True, help="Named in the job.")
@click.option("--address", help="The cluster's jobs API.  [default: http://127.0.0.1:8265]")
@click.option("--profile", help="The model to load.")
@click.option("--workers", type=int, help="Workers at once.")
@click.option("--until-idle", is_flag=True, help="End when nothing waits or runs any more.")
@json_option
@click.pass_context
def start(
    ctx: click.Context,
    production: str,
    address: str | None,
    profile: str | None,
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
    from farm.cluster import ray_jobs

    settings = settings_of(ctx, jobs_address=address, profile=profile, workers=workers)
    arguments = ["--profile", settings.profile, "--log"]
    arguments += ["--workers", str(settings.workers)] if settings.workers else []
    arguments += ["--until-idle"] if until_idle else []
    job = ray_jobs.start(
        settings.jobs_address,
        name=f"farm {production}",
        production=production,
        user=settings.user,
        arguments=arguments,
        env=_environment(settings.database, str(settings.media.absolute())),
    )
    if as_json:
        print_json({"job": job, "address": settings.jobs_address})
    else:
        click.echo(
            f"Started {job}; watch it at {settings.jobs_address}, end it with: {command('stop', job)}"
        )


def _environment(database: str, media: str) -> dict[str, str]:
    """What the job is told. A job's environment shows in the dashboard: no password goes there."""
    from urllib.parse import urlsplit

    if database.startswith("sqlite"):
        raise Refused(
            "a job on a cluster cannot use SQLite; set --database postgresql://user@host/name"
        )
    told = {"FARM_MEDIA": media}
    if not urlsplit(database).password:
        told["FARM_DATABASE"] = database
    return told


@click.command()
@click.argument("job", required=False)
@click.option("--address", help="The cluster's jobs API.  [default: http://127.0.0.1:8265]")
@click.option("--wait", type=float, default=60.0, show_default=True, help="Seconds to wait for it.")
@json_option
@click.pass_context
def stop(
    ctx: click.Context, job: str | None, address: str | None, wait: float, as_json: bool
) -> None:
    """End a run that was started as a job; its takes in flight return to waiting.

    \b
    Example: farm stop farm-nike_ss27-20261122-071500
    """
    from farm.cluster import ray_jobs

    settings = settings_of(ctx, jobs_address=address)
    status = ray_jobs.stop(settings.jobs_address, job, wait)
    if as_json:
        print_json({"job": job, "status": status})
    else:
        click.echo(f"{job or 'The newest run'} is {status}.")
