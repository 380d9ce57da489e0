"""The run as a Ray job on a shared cluster: handed over, listed, followed and ended over HTTP.

So the dashboard tells the truth for as long as renders run, and the laptop may close.
"""

import asyncio
import logging
import os
import shlex
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from farm.cluster.ray.address import answers, token
from farm.errors import ClusterError

if TYPE_CHECKING:
    from ray.job_submission import JobSubmissionClient

COMMAND = ("python", "-m", "farm", "run", "--address", "auto")
STOP_SECONDS = 60
"""What a run gets for its clean end. Ray's own choice is 3 s before it kills."""
POLL_SECONDS = 0.5
ENDED = frozenset({"STOPPED", "SUCCEEDED", "FAILED"})


@dataclass(frozen=True, slots=True, kw_only=True)
class JobInfo:
    """One run on a cluster, running or ended."""

    id: str
    """The job's, or Ray's own number of a plain `farm run`."""
    name: str
    production: str
    """The productions that it serves, or `all`."""
    user: str
    status: str
    """PENDING, RUNNING, STOPPED, SUCCEEDED or FAILED."""
    message: str
    started: datetime | None
    ended: datetime | None
    submitted: bool = True
    """False for a plain `farm run` that joined the cluster: it has no log there and cannot be stopped."""

    @property
    def over(self) -> bool:
        return self.status in ENDED


def start(
    address: str,
    *,
    productions: Sequence[str],
    metadata: Mapping[str, str],
    arguments: Sequence[str],
    env: Mapping[str, str],
    command: Sequence[str] = COMMAND,
) -> str:
    """Hands `farm run` with `arguments` to the cluster whose jobs API is at `address`; the job's id.

    `address` is `http://host:8265`. `productions` name the job and `metadata` is what the Jobs page says
    of it: `job_name`, `production`, `user`. `env` reaches the run and its workers; whoever holds the
    cluster's token can read it. Raises `ClusterError`.
    """
    with _client(address) as client:
        return client.submit_job(
            entrypoint=shlex.join([*command, *arguments]),
            submission_id=f"farm-{_short(productions)}-{datetime.now(UTC):%Y%m%dT%H%M%S%fZ}",
            metadata=dict(metadata),
            runtime_env={"env_vars": {"RAY_JOB_STOP_WAIT_TIME_S": str(STOP_SECONDS), **env}},
        )


def _short(productions: Sequence[str]) -> str:
    """A job's id must be no novel: the first production, and how many others."""
    if not productions:
        return "all"
    others = len(productions) - 1
    return productions[0] + (f"-and-{others}-more" if others else "")


def jobs(address: str) -> list[JobInfo]:
    """The farm's runs on the cluster, the newest first; those that joined it by themselves, too.

    Raises `ClusterError`.
    """
    with _client(address) as client:
        found = [_info(job) for job in client.list_jobs() if _is_ours(job)]
    return sorted(found, key=lambda job: job.started or datetime.max.replace(tzinfo=UTC))[::-1]


def stop(address: str, job: str | None, timeout: float) -> str:
    """Ends run `job` (None: the newest that runs) and waits up to `timeout` s; its last status.

    The run gets 60 s for a clean end. Raises `ClusterError` when there is no such run.
    """
    job = _known(address, job) if job else _newest_running(address)
    with _client(address) as client:
        client.stop_job(job)
        deadline = time.monotonic() + timeout
        while (status := str(client.get_job_status(job))) not in ENDED:
            if time.monotonic() >= deadline:
                break
            time.sleep(POLL_SECONDS)
        return status


def log(address: str, job: str) -> str:
    """What run `job` has written so far. Raises `ClusterError`."""
    with _client(address) as client:
        return client.get_job_logs(_known(address, job))


def follow(address: str, job: str) -> Iterator[str]:
    """What run `job` writes, from its first line on, until it ends. Raises `ClusterError`."""
    with _client(address) as client, asyncio.Runner() as runner:
        log: Any = client.tail_job_logs(_known(address, job))

        async def more() -> str | None:
            return await anext(log, None)

        try:
            while (text := runner.run(more())) is not None:
                yield text
        finally:
            runner.run(log.aclose())


def _known(address: str, job: str) -> str:
    known = jobs(address)
    ids = [each.id for each in known if each.submitted]
    if job in ids:
        return job
    if any(each.id == job for each in known):
        raise ClusterError(
            f"{job} is a `farm run` that joined the cluster: it is ended, and its log is, where it runs"
        )
    raise ClusterError(
        f"there is no run {job} on the cluster at {address}; "
        f"its runs are: {', '.join(ids) or 'none'}"
    )


def _newest_running(address: str) -> str:
    running = [job.id for job in jobs(address) if job.submitted and not job.over]
    if not running:
        raise ClusterError(f"no run of the farm is on the cluster at {address}: nothing to stop")
    return running[0]


@contextmanager
def _client(address: str) -> Iterator["JobSubmissionClient"]:
    """A client of the jobs API; what goes wrong with it becomes a sentence."""
    _must_answer(address)
    headers = {"Authorization": f"Bearer {token()}"}
    from ray.exceptions import AuthenticationError
    from ray.job_submission import JobSubmissionClient

    logging.getLogger("ray.dashboard.modules.job.sdk").setLevel(logging.WARNING)
    try:
        with _own_address():
            client = JobSubmissionClient(address, headers=headers)
        yield client
    except AuthenticationError as error:
        raise ClusterError(
            f"the Ray cluster at {address} refuses this token; "
            "set RAY_AUTH_TOKEN or RAY_AUTH_TOKEN_PATH to the cluster's own"
        ) from error
    except (ConnectionError, OSError, RuntimeError) as error:
        raise ClusterError(f"the Ray cluster at {address} says no: {_said(error)}") from error


@contextmanager
def _own_address() -> Iterator[None]:
    """Ray's client lets these overrule the address it is given."""
    names = ("RAY_API_SERVER_ADDRESS", "RAY_ADDRESS")
    set_aside = {name: os.environ.pop(name) for name in names if name in os.environ}
    try:
        yield
    finally:
        os.environ.update(set_aside)


def _must_answer(address: str) -> None:
    url = urlsplit(address)
    if url.scheme not in ("http", "https") or url.hostname is None:
        raise ClusterError(f"{address} is not the address of a jobs API; give http://host:8265")
    port = url.port or (443 if url.scheme == "https" else 80)
    if not answers((url.hostname, port)):
        raise ClusterError(
            f"no Ray dashboard answers at {address}; check the address, the cluster and the firewall"
        )


def _said(error: Exception) -> str:
    """The cluster's own words, without the traceback that may come with them."""
    return str(error).strip().partition("Traceback")[0].strip()[:300]


def _is_ours(job: Any) -> bool:
    """Started with `farm start`, or a `farm run` that joined the cluster."""
    told = job.metadata or {}
    named = job.submission_id is None or job.submission_id.startswith("farm-")
    return named and {"job_name", "production", "user"} <= told.keys()


def _info(job: Any) -> JobInfo:
    return JobInfo(
        id=job.submission_id or job.job_id,
        name=job.metadata["job_name"],
        production=job.metadata["production"],
        user=job.metadata["user"],
        status=str(job.status),
        message=job.message or "",
        started=_time(job.start_time),
        ended=_time(job.end_time),
        submitted=job.submission_id is not None,
    )


def _time(milliseconds: int | None) -> datetime | None:
    return None if milliseconds is None else datetime.fromtimestamp(milliseconds / 1000, UTC)
