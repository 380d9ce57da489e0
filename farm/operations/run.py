"""Runs the loop in this process, until it is stopped or there is nothing left to do."""

import os
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import replace
from typing import TYPE_CHECKING

from farm.domain.events import Listener
from farm.errors import FarmError, SettingsError
from farm.operations.run_summary import Summary
from farm.operations.serving import served_profiles
from farm.operations.workspace import media_at_hand, media_of
from farm.scheduler.run import Listeners, OnProgress, Run

if TYPE_CHECKING:
    from farm.cluster.protocol import Cluster, Progress
    from farm.config import Settings
    from farm.domain.model_changes import Queue
    from farm.scheduler.pace import Pace
    from farm.store import Store
    from farm.store.queries.queued import Queue as LeftWaiting
    from pipeline.profiles.profile import Profile

Watching = Callable[["Cluster"], AbstractContextManager[Listeners]]
"""Begins to watch once the cluster is there; its context ends with the loop."""


def render(
    settings: "Settings",
    store: "Store",
    *,
    until_idle: bool,
    productions: Sequence[str] = (),
    profiles: Sequence[str] = (),
    stop: threading.Event | None = None,
    watching: Watching = lambda _: nullcontext(Listeners()),
    on_metrics: Callable[[str], None] = lambda _: None,
) -> Summary:
    """Runs the scheduler with everything that listens to it, until `stop` is set.

    Where any `productions` are named their takes alone are rendered. Of `profiles` those that are named are
    served; where none is, those of `served_profiles`. `on_metrics` hears the address of
    the series, where the settings want them served. Raises `FarmError` where the run cannot start or a
    fatal fault ends it, and `UnknownName` for a production that there is not.
    """
    from farm.scheduler.loop import Scheduler

    stop = stop or threading.Event()
    among = keys_of(store, productions)
    served = served_profiles(settings, store, profiles, among)
    summary = Summary(productions=productions, profiles=[each.name for each in served])
    owner = _owner()
    with ExitStack() as stack:
        note = _notify(settings, owner, summary, stack)
        serving = _metrics(settings, store, stack, on_metrics)
        job = job_metadata(productions, settings.user)
        cluster = stack.enter_context(
            cluster_of(
                settings,
                served[0],
                job,
                also=served[1:],
                waiting=_waiting(settings, store, served, among),
            )
        )
        summary.dashboard = cluster.dashboard()
        watchers = stack.enter_context(watching(cluster))
        serves = Run(
            owner=owner,
            profiles=tuple(served),
            media=media_at_hand(settings),
            pace=pace_of(settings, until_idle=until_idle),
            least_free=settings.min_free_mb * 2**20,
            productions=among,
        )
        listeners = replace(
            watchers,
            events=[summary, *serving, *watchers.events],
            on_progress=_noting(note, watchers.on_progress),
        )
        try:
            Scheduler(serves, store, cluster, listeners).run(stop)
        finally:
            summary.stopped = stop.is_set()
    return summary


def keys_of(store: "Store", productions: Sequence[str]) -> list[int] | None:
    """The keys of the productions that are named; None, which means all, where none is.

    Raises `UnknownName`.
    """
    from farm.store.queries.names import production_keys

    return list(production_keys(store, productions).values()) if productions else None


def left_waiting(store: "Store", productions: Sequence[str]) -> "LeftWaiting":
    """What waits now of the productions that a run serves, whatever its profile. Raises `UnknownName`."""
    from farm.store.queries.queued import queue

    return queue(store, keys_of(store, productions))


def _waiting(
    settings: "Settings",
    store: "Store",
    served: "Sequence[Profile]",
    among: Sequence[int] | None,
) -> "dict[str, Queue]":
    """What waits of each profile as a run begins; which takes last longer it does not know yet."""
    from farm.domain.model_changes import MOST_COUNTED, Queue, worth_counting
    from farm.scheduler.dealing import LOAD_SECONDS, TAKE_SECONDS
    from farm.store.queue.claimable import Claimable

    if len(served) == 1:
        return {}
    known = settings.workers  # as many as the cluster has, where nobody says
    most = worth_counting(known, TAKE_SECONDS, LOAD_SECONDS) if known else MOST_COUNTED
    return {
        each.name: Queue(
            waiting=Claimable(each.name, among).count(store, most),
            take_seconds=TAKE_SECONDS,
            load_seconds=LOAD_SECONDS,
        )
        for each in served
    }


def job_metadata(productions: Sequence[str], user: str) -> dict[str, str]:
    """What Ray's Jobs page says of a run."""
    served = ", ".join(productions) or "all"
    return {"job_name": f"farm {served}", "production": served, "user": user}


def _notify(
    settings: "Settings", owner: str, summary: Summary, stack: ExitStack
) -> Callable[[], None]:
    """Whoever wants to know hears how the run ended, whatever it ends of; what notes how far it is."""
    if not settings.notify:
        return lambda: None
    from farm.listeners.notifications import Messenger

    messenger = Messenger(settings.notify, run=owner, user=settings.user, profile=settings.profile)
    stack.enter_context(messenger.telling(summary))
    return messenger.note


def _noting(note: Callable[[], None], on_progress: OnProgress) -> OnProgress:
    def both(positions: "Mapping[str, Progress]") -> None:
        note()
        on_progress(positions)

    return both


def _metrics(
    settings: "Settings", store: "Store", stack: ExitStack, on_metrics: Callable[[str], None]
) -> list[Listener]:
    if settings.metrics_port is None:
        return []
    from farm.listeners import metrics
    from farm.operations.metrics_feed import figures_of

    series = figures_of(store, settings).series
    try:
        port, close = metrics.serve(series, settings.metrics_host, settings.metrics_port)
    except OSError as error:
        raise FarmError(
            f"metrics cannot be served on {settings.metrics_host}:{settings.metrics_port} "
            f"({error.strerror}); choose another --metrics-port"
        ) from error
    stack.callback(close)
    on_metrics(f"http://{settings.metrics_host}:{port}/metrics")
    return [series]


@contextmanager
def cluster_of(
    settings: "Settings",
    profile: "Profile",
    job: Mapping[str, str],
    *,
    also: "Sequence[Profile]" = (),
    waiting: "Mapping[str, Queue] | None" = None,
) -> Iterator["Cluster"]:
    """The workers of a profile, and of those that are served with it, as the settings want them, until the
    `with` ends. `job` is what Ray's Jobs page says of them, `waiting` what waits of each profile now.

    Raises `SettingsError` and `ClusterError`.
    """
    from farm.cluster.loading import WorkerSettings
    from farm.setting_tables import Limit

    media = media_of(settings).root
    works: list[WorkerSettings] = []
    for each in (profile, *also):
        limit = settings.limits.get(each.name, Limit())
        if limit.tags and settings.cluster == "inline":
            raise SettingsError(
                [f"limits, {each.name}: an inline run knows no tags ({', '.join(limit.tags)}); "
                 "use --cluster ray, or take the tags out"]
            )  # fmt: skip
        work = WorkerSettings(
            profile=each,
            media=media,
            weights=str(settings.weights.absolute()) if settings.weights else None,
            ffmpeg=settings.ffmpeg,
            gpu_memory_gb=limit.gpu_memory_gb,
            tags=limit.tags,
        )
        works.append(work)
    first, *others = works
    workers = settings.workers
    if servers := len(profile.engine.servers):  # one worker each, and none beside them
        workers = min(workers or servers, servers)
    cluster: Cluster
    if settings.cluster == "inline":
        from farm.cluster.inline import InlineCluster

        cluster = InlineCluster(first, workers or 1, also=others, waiting=waiting)
    else:
        from farm.cluster.ray.cluster import RayCluster

        cluster = RayCluster(
            first,
            workers=workers,
            idle_release=settings.idle_release_s,
            address=settings.address,
            folder=settings.ray_folder,
            job=job,
            also=others,
            waiting=waiting,
        )
    try:
        yield cluster
    finally:
        cluster.close(grace=settings.beat_seconds)


def pace_of(settings: "Settings", *, until_idle: bool) -> "Pace":
    """How the settings want takes to be kept alive, tried again and given up."""
    from farm.domain.retry import RetryPolicy
    from farm.scheduler.pace import Pace
    from farm.scheduler.stalls import StallLimits

    return Pace(
        lease_seconds=settings.lease_seconds,
        beat_seconds=settings.beat_seconds,
        policy=RetryPolicy(
            max_faults=settings.max_faults,
            poison_workers=settings.poison_workers,
            max_waits=settings.max_waits,
            backoff=settings.backoff_seconds,
        ),
        stalls=StallLimits(
            factor=settings.stuck_factor,
            least=settings.stuck_seconds,
            total=settings.take_seconds,
        ),
        sick_after=settings.sick_takes,
        sick_seconds=settings.sick_seconds,
        until_idle=until_idle,
    )


def _owner() -> str:
    """A name for this run that no other run has, and that a person can read."""
    import socket
    import uuid

    return f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:6]}"
