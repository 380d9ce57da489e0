"""Starts, ends and lists runs that are Ray jobs on a cluster, so that the laptop may close."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from typing import TYPE_CHECKING

from farm.errors import Refused, StoreError
from farm.operations.run import job_metadata, keys_of
from farm.operations.serving import together, usual_profiles

if TYPE_CHECKING:
    from farm.cluster.ray.jobs import JobInfo
    from farm.config import Settings


def start(
    settings: "Settings",
    productions: Sequence[str] = (),
    profiles: Sequence[str] = (),
    *,
    until_idle: bool = False,
    say: Callable[[str], None] = lambda _: None,
) -> str:
    """Hands a run of all productions, or of those named, to the cluster, and returns at once; the job.

    It serves `profiles`, or `usual_profiles` where none is named.
    The job goes by the settings of the cluster's head; profiles, workers and media folder are these
    settings', and the database unless its address holds a password. `say` hears where it could not be
    seen whether there are such productions. Raises `Refused`, `UnknownName` and `ClusterError`.
    """
    from farm.cluster.ray import jobs as ray_jobs

    env = _environment(settings.database, str(settings.media.absolute()))
    _refuse_unknown(settings, productions, say)
    served = together(settings, profiles) if profiles else usual_profiles(settings)
    return ray_jobs.start(
        settings.jobs_address,
        productions=productions,
        metadata=job_metadata(productions, settings.user),
        arguments=_arguments(
            settings, productions, [each.name for each in served], until_idle=until_idle
        ),
        env=env,
    )


def stop(settings: "Settings", job: str | None = None, wait: float = 60.0) -> str:
    """Ends a job (None: the newest that runs) and waits up to so many seconds for it; its last status.

    Its takes in flight return to waiting. Raises `ClusterError`.
    """
    from farm.cluster.ray import jobs as ray_jobs

    return ray_jobs.stop(settings.jobs_address, job, wait)


def jobs(settings: "Settings") -> "list[JobInfo]":
    """The farm's runs on the cluster, the newest first. Raises `ClusterError`."""
    from farm.cluster.ray import jobs as ray_jobs

    return ray_jobs.jobs(settings.jobs_address)


def log(settings: "Settings", job: str) -> str:
    """What a job has written so far. Raises `ClusterError`."""
    from farm.cluster.ray import jobs as ray_jobs

    return ray_jobs.log(settings.jobs_address, job)


def follow(settings: "Settings", job: str) -> Iterator[str]:
    """What a job has written and writes until it ends. Raises `ClusterError`."""
    from farm.cluster.ray import jobs as ray_jobs

    return ray_jobs.follow(settings.jobs_address, job)


def _arguments(
    settings: "Settings", productions: Sequence[str], profiles: Sequence[str], *, until_idle: bool
) -> list[str]:
    """Of the `farm run` that is the job."""
    arguments = [part for each in profiles for part in ("--profile", each)]
    arguments += ["--log"]
    arguments += [part for each in productions for part in ("--production", each)]
    arguments += ["--workers", str(settings.workers)] if settings.workers else []
    arguments += ["--until-idle"] if until_idle else []
    return arguments


def _refuse_unknown(
    settings: "Settings", productions: Sequence[str], say: Callable[[str], None]
) -> None:
    """Here already, where the database can be asked: the job would only say so in its log."""
    from farm.store import open_store

    if not productions:
        return
    try:
        with closing(open_store(settings.database, make=False)) as store:
            keys_of(store, productions)
    except StoreError as error:
        say(f"whether there are such productions the job will see: {error}")


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
