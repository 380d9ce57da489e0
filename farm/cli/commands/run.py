"""`run`: the loop in this process, until it is stopped or there is nothing left to do."""

import os
import signal
import sys
import threading
import uuid
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import click

from farm.cli.context import command, settings_of, store_of
from farm.cli.display.amounts import counted, waiting_in_archives
from farm.domain.events import Event, EventKind, Listener
from farm.domain.lifecycle import FailureClass
from farm.errors import FarmError, SettingsError
from farm.operations.workspace import media_at_hand, media_of, profile_of

if TYPE_CHECKING:
    from farm.cluster.protocol import Cluster, Progress
    from farm.config import Settings
    from farm.scheduler.pace import Pace
    from farm.store import Store
    from pipeline.profiles.profile import Profile

OUTPUTS = (1, 2)
"""Standard output and error, by number."""
OnProgress = Callable[[Mapping[str, "Progress"]], None]
OnTrouble = Callable[[Sequence[str]], None]


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
@click.option("--profile", help="The model to load; only takes of this profile are rendered.")
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
    **options: str | int | None,
) -> None:
    """Render what waits, of all productions or of those named. Ctrl-C ends it cleanly.

    Several runs may share one database. Exits with 1 when a take failed for good.

    \b
    Example: farm run --until-idle --workers 2
             farm run --production nike_ss27 --production aurum
    """
    settings = settings_of(ctx, **options)
    store = store_of(settings)
    summary = render(settings, store, until_idle=until_idle, log=log, productions=productions)
    for sentence in summary.sentences():
        click.echo(sentence, err=True)
    _mention_other_profiles(store, settings.profile, productions)
    if summary.failed:
        raise SystemExit(1)


@dataclass
class Summary:
    """What a run did, counted from its events."""

    made: int = 0
    accepted: int = 0
    climbed: int = 0
    failed: list[str] = field(default_factory=list[str])
    declined: list[str] = field(default_factory=list[str])
    """What was not rendered, since its still cannot serve its prompt: a miss, and no failure."""
    stopped: bool = False
    dashboard: str | None = None
    productions: Collection[str] = ()
    """Those that the run serves; none means all. What else it settles is not its own."""
    seen: set[str] = field(default_factory=set[str])
    """The productions that it had to do with."""
    _failed_shots: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])

    def __post_init__(self) -> None:
        self.seen.update(self.productions)

    def __call__(self, event: Event) -> None:
        if self.productions and event.production not in self.productions:
            return
        self.seen.update([event.production] if event.production else ())
        match event.kind:
            case EventKind.TAKE_SUCCEEDED:
                self.made += 1
                self.accepted += event.data["verdict"] == "accepted"
            case EventKind.TAKE_ORDERED:
                self.climbed += 1
            case EventKind.TAKE_FAILED:
                declined = event.data["failure_class"] == FailureClass.CONTENT
                told = f"{event.production}/{event.shot}: {event.data['reason']}"
                (self.declined if declined else self.failed).append(told)
                if not declined:
                    self._failed_shots.append((str(event.production), str(event.shot)))
            case _:
                pass

    def sentences(self) -> Iterator[str]:
        yield (
            f"{counted(self.made, 'take')} made, {self.accepted:,} of them accepted, "
            f"{counted(self.climbed, 'retake')} ordered."
        )
        for reason in self.declined[:10]:
            yield f"not rendered: {reason}"
        if self.stopped:
            yield "Stopped; the takes in flight wait for the next run."
        for reason in self.failed[:10]:
            yield f"farm: {reason}"
        if self.failed:
            yield f"farm: {len(self.failed)} failed; {self._what_next()}"

    def _what_next(self) -> str:
        productions = dict.fromkeys(production for production, _ in self._failed_shots)
        retakes = [command("retake", each, "--state", "failed") for each in productions]
        why = command("logs", *self._failed_shots[0])
        return f"why: `{why}`; once mended: {', '.join(f'`{each}`' for each in retakes)}"


def render(
    settings: "Settings",
    store: "Store",
    *,
    until_idle: bool,
    log: bool = False,
    productions: Sequence[str] = (),
) -> Summary:
    """Runs the scheduler in the foreground with everything that listens to it.

    Where any `productions` are named their takes alone are rendered. Raises `FarmError` where the run
    cannot start or a fatal fault ends it, and `UnknownName` for a production that there is not.
    """
    from farm.scheduler.loop import Scheduler
    from farm.scheduler.run import Listeners, Run

    profile = profile_of(settings)
    among = keys_of(store, productions)
    summary = Summary(productions=productions)
    owner = _owner()
    stop = threading.Event()
    with ExitStack() as stack:
        note = _notify(settings, owner, summary, stack)
        serving = _metrics(settings, store, stack)
        cluster = stack.enter_context(_cluster(settings, profile, productions))
        summary.dashboard = cluster.dashboard()
        watching, on_progress, on_trouble = _watch(
            settings, store, cluster, productions, stack, log=log
        )
        stack.enter_context(_stopped_by_signals(stop))
        serves = Run(
            owner=owner,
            profile=profile,
            media=media_at_hand(settings),
            pace=_pace(settings, until_idle=until_idle),
            least_free=settings.min_free_mb * 2**20,
            productions=among,
        )
        listeners = Listeners(
            events=[summary, *serving, *watching],
            on_progress=_noting(note, on_progress),
            on_trouble=on_trouble,
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
    from farm.store.queries import names

    return list(names.production_keys(store, productions).values()) if productions else None


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


@contextmanager
def _cluster(
    settings: "Settings", profile: "Profile", productions: Sequence[str]
) -> Iterator["Cluster"]:
    from farm.cluster.loading import WorkerSettings
    from farm.config import Limit

    limit = settings.limits.get(profile.name, Limit())
    if limit.tags and settings.cluster == "inline":
        raise SettingsError(
            [f"limits, {profile.name}: an inline run knows no tags ({', '.join(limit.tags)}); "
             "use --cluster ray, or take the tags out"]
        )  # fmt: skip
    work = WorkerSettings(
        profile=profile,
        media=media_of(settings).root,
        weights=str(settings.weights.absolute()) if settings.weights else None,
        ffmpeg=settings.ffmpeg,
        gpu_memory_gb=limit.gpu_memory_gb,
        tags=limit.tags,
    )
    cluster: Cluster
    if settings.cluster == "inline":
        from farm.cluster.inline import InlineCluster

        cluster = InlineCluster(work, settings.workers or 1)
    else:
        from farm.cluster.ray.cluster import RayCluster

        cluster = RayCluster(
            work,
            workers=settings.workers,
            address=settings.address,
            folder=settings.ray_folder,
            job=job_metadata(productions, settings.user),
        )
    try:
        yield cluster
    finally:
        cluster.close(grace=settings.beat_seconds)


def _metrics(settings: "Settings", store: "Store", stack: ExitStack) -> list[Listener]:
    if settings.metrics_port is None:
        return []
    from farm.cli.commands.metrics import metrics_of
    from farm.listeners import metrics

    series, _ = metrics_of(store, settings)
    try:
        port, close = metrics.serve(series, settings.metrics_host, settings.metrics_port)
    except OSError as error:
        raise FarmError(
            f"metrics cannot be served on {settings.metrics_host}:{settings.metrics_port} "
            f"({error.strerror}); choose another --metrics-port"
        ) from error
    stack.callback(close)
    click.echo(f"Metrics: http://{settings.metrics_host}:{port}/metrics", err=True)
    return [series]


def job_metadata(productions: Sequence[str], user: str) -> dict[str, str]:
    """What Ray's Jobs page says of a run."""
    served = ", ".join(productions) or "all"
    return {"job_name": f"farm {served}", "production": served, "user": user}


def _watch(
    settings: "Settings",
    store: "Store",
    cluster: "Cluster",
    productions: Sequence[str],
    stack: ExitStack,
    *,
    log: bool,
) -> tuple[list[Listener], OnProgress, OnTrouble]:
    """What people see meanwhile: a live display in a terminal, log lines elsewhere."""
    if sys.stderr.isatty() and not log:
        from farm.cli.display.live import LiveDisplay
        from farm.operations.outlook import when_done

        display = stack.enter_context(
            LiveDisplay(store, cluster, productions, lambda: when_done(settings, store))
        )
        return [display], display.progress, display.trouble
    from farm.listeners import logs

    logs.to_stderr()
    if cluster.dashboard():
        click.echo(f"Ray dashboard: {cluster.dashboard()}", err=True)
    return [logs.listen], lambda _: None, _say


def _say(sentences: Sequence[str]) -> None:
    for sentence in sentences:
        click.echo(f"farm: {sentence}", err=True)


def _pace(settings: "Settings", *, until_idle: bool) -> "Pace":
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

    return f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:6]}"


@contextmanager
def _stopped_by_signals(stop: threading.Event) -> Iterator[None]:
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


def _mention_other_profiles(store: "Store", profile: str, productions: Sequence[str]) -> None:
    from farm.store.queries import queued

    queue = queued.queue(store, keys_of(store, productions))
    for name, count in queue.waiting.items():
        if name != profile:
            how = command("run", "--profile", name)
            click.echo(f"{count} takes wait for another model: {how}", err=True)
    if queue.archived:
        click.echo(waiting_in_archives(queue.archived), err=True)
