"""Gets this process onto a Ray cluster, its own or a shared one, and notices when that is lost.

This package is the only place that knows Ray.
"""

import logging
import os
import shutil
import signal
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from farm.errors import ClusterError
from pipeline import terminal

Endpoint = tuple[str, int]

LOOPBACK = "127.0.0.1"
PROBE_SECONDS = 3.0
CHECK_SECONDS = 2.0
"""Between two looks at whether the cluster is still there."""
HEAD_PATIENCE = 45.0
"""Seconds that the head may be silent. A head with storage restarts within them; after 60 Ray ends
the whole process without a word to people."""
OBJECT_STORE = 128 * 2**20
"""Bytes. Names and numbers travel through Ray, never pictures; its own choice is 30 % of memory."""

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Session:
    """This process's membership of a cluster."""

    dashboard: str | None
    """Its URL; of an embedded cluster on 127.0.0.1 and without a password."""
    embedded: bool
    """The cluster was started by and for this process."""
    owned: bool
    """This session made the connection, so that `close` ends it."""
    head: Endpoint
    node: Endpoint
    folder: Path | None
    """Where an embedded cluster keeps its sockets and logs; None of a shared one."""
    node_id: str = ""
    """Ray's own name of this machine."""
    _checked: float = 0.0
    _silent_since: float | None = None

    def resources(self) -> Mapping[str, float]:
        """`CPU`, `GPU` and the rest, summed over all nodes."""
        import ray

        return ray.cluster_resources()

    def head_answers(self) -> bool:
        """Whether the head was there at the last look, at most two seconds ago.

        Raises `ClusterError` when this machine's Ray process is gone or the head stays silent.
        """
        now = time.monotonic()
        if now - self._checked >= CHECK_SECONDS:
            self._checked = now
            self._look(now)
        return self._silent_since is None

    def leaving(self) -> Mapping[str, str]:
        """Nodes that Ray was told to drain, by its name of them, each with why."""
        from ray._private.state import state  # the one place that knows, and Ray Train's own source

        try:
            draining = state.get_draining_nodes()
        except Exception as error:  # a head that is away for a moment is noticed elsewhere
            _log.debug("Ray does not tell which nodes it drains: %s", error)
            return {}
        return dict.fromkeys(draining, "the cluster drains it")

    def close(self, *, keep_logs: bool = False) -> None:
        """Leaves the cluster; an embedded one ends, and its folder goes unless its logs are wanted."""
        import ray

        if not self.owned:
            return
        ray.shutdown()
        if self.folder is not None and not keep_logs:
            _remove(self.folder)

    def _look(self, now: float) -> None:
        if not answers(self.node):
            raise ClusterError(
                "Ray's process on this machine (the raylet) has died, and the renders with it; "
                "start the run again: nothing is lost"
            )
        if answers(self.head):
            self._silent_since = None
            return
        self._silent_since = self._silent_since or now
        if now - self._silent_since > HEAD_PATIENCE:
            raise ClusterError(
                f"the Ray head at {_shown(self.head)} has not answered for {HEAD_PATIENCE:.0f} s; "
                "bring it back and start the run again: nothing is lost"
            )


def connect(
    address: str | None,
    dashboard: bool,
    cpus: int | None,
    folder: Path | None = None,
    job: Mapping[str, str] | None = None,
) -> Session:
    """Joins the cluster at `address` (`host:6379`, `auto`), or starts one of its own where None.

    An embedded cluster listens on loopback alone, has `cpus` CPUs (None: the machine's) and keeps its
    sockets and logs below `folder` (None: where Ray does, in the system's temporary folder). `job` is
    what Ray's Jobs page says of this process.
    Raises `ClusterError` with the remedy. In a process that Ray already knows, joins that.
    """
    _set_environment(embedded=address is None)
    import ray

    _keep_off_stdout()
    if ray.is_initialized():
        return _session(ray.get_runtime_context(), None, embedded=address is None, owned=False)
    if address is None:
        return _start(dashboard, cpus, folder, job or {})
    return _join(address, job or {})


def look(address: str | None) -> str:
    """What `connect` would meet, without connecting. Raises `ClusterError` with the remedy."""
    from importlib.metadata import version

    if address is None:
        return f"Ray {version('ray')} would start a cluster of its own, on loopback"
    token()
    endpoint = _endpoint(address)
    if not answers(endpoint):
        raise ClusterError(f"no Ray cluster answers at {_shown(endpoint)}; check the address")
    return f"a Ray cluster answers at {_shown(endpoint)}, its token is at hand"


def answers(endpoint: Endpoint, seconds: float = PROBE_SECONDS) -> bool:
    """Whether something listens there."""
    try:
        with socket.create_connection(endpoint, timeout=seconds):
            return True
    except OSError:
        return False


def token() -> str:
    """The secret of a shared cluster, from where Ray itself looks for it.

    Raises `ClusterError` when there is none.
    """
    if found := os.environ.get("RAY_AUTH_TOKEN"):
        return found
    named = os.environ.get("RAY_AUTH_TOKEN_PATH")
    file = Path(named) if named else Path.home() / ".ray" / "auth_token"
    try:
        return file.read_text().strip()
    except OSError as error:
        raise ClusterError(
            f"a shared Ray cluster wants its token, and {file} cannot be read ({error.strerror}); "
            "set RAY_AUTH_TOKEN, or RAY_AUTH_TOKEN_PATH to the file with the cluster's token"
        ) from error


def _set_environment(*, embedded: bool) -> None:
    """Must come before the first `import ray`, which reads most of it."""
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    # A control call to a worker that has just died is no news: the render's own answer tells it.
    os.environ["RAY_IGNORE_UNHANDLED_ERRORS"] = "1"
    # Ray counts tasks by name for its metrics and forgets no name: each render has one of its own, which
    # cost this process up to 0.1 MiB a take. What that counts, the farm's own metrics tell.
    os.environ.setdefault("RAY_enable_metrics_collection", "0")
    if not embedded:
        token()
        os.environ["RAY_AUTH_MODE"] = "token"
        # A wrong token, or a machine that is no node of the cluster: seconds, not a minute.
        os.environ.setdefault("RAY_NUM_REDIS_GET_RETRIES", "3")
        os.environ.setdefault("RAY_GCS_SERVER_REQUEST_TIMEOUT_SECONDS", "5")
        return
    os.environ["RAY_AUTH_MODE"] = "disabled"
    # Each render's name would become a time series of its own.
    os.environ.setdefault("RAY_metric_cardinality_level", "low")


def _keep_off_stdout() -> None:
    """Ray prints its "(raylet) …" messages to stdout whatever its log level; log them instead."""
    import ray._private.worker as worker

    def to_log(data: Mapping[str, Any], **_: object) -> None:
        _log.info("Ray: %s", " ".join(data["lines"]))

    worker.print_to_stdstream = to_log


def _start(
    dashboard: bool, cpus: int | None, folder: Path | None, job: Mapping[str, str]
) -> Session:
    import ray
    from ray._private import ray_constants
    from ray.job_config import JobConfig

    # Everything on loopback, metrics too, so that no password is needed (checked below). It is
    # Ray's default on some systems; the variable for it works only before the first import.
    ray_constants.ENABLE_RAY_CLUSTER = False
    # Whatever Ray starts keeps what it is given here: no terminal, and deaf to its end, so that a run
    # whose terminal is gone can still close its takes.
    with _own_sigterm(), terminal.kept_from_children(), _deaf_to_hangup():
        try:
            context = ray.init(
                address="local",
                num_cpus=cpus,
                object_store_memory=OBJECT_STORE,
                include_dashboard=dashboard,
                dashboard_host=LOOPBACK,
                _temp_dir=str(folder.absolute()) if folder else None,
                job_config=JobConfig(metadata=dict(job)),
                log_to_driver=False,
                logging_level=logging.ERROR,
            )
        except Exception as error:  # Ray raises whatever its parts raise
            raise ClusterError(f"Ray could not start on this machine: {_first(error)}") from error
    session = _session(ray.get_runtime_context(), context.dashboard_url, embedded=True, owned=True)
    if session.head[0] != LOOPBACK:
        ray.shutdown()
        raise ClusterError(
            f"Ray would listen on {session.head[0]} for everyone without a password; run "
            "`ray start --head` with a token and name it with --address, or use --cluster inline"
        )
    return session


def _join(address: str, job: Mapping[str, str]) -> Session:
    import ray
    from ray.job_config import JobConfig

    endpoint = _endpoint(address)
    if not answers(endpoint):
        raise ClusterError(
            f"no Ray cluster answers at {_shown(endpoint)}; check --address, the cluster and the "
            "firewall"
        )
    with _own_sigterm():
        try:
            context = ray.init(
                address=_shown(endpoint),
                job_config=JobConfig(metadata=dict(job)),
                log_to_driver=False,
                logging_level=logging.ERROR,
            )
        except Exception as error:  # ConnectionError, RuntimeError, AuthenticationError, …
            raise ClusterError(
                f"the Ray cluster at {_shown(endpoint)} did not let this process in: "
                f"{_first(error)}; a run joins from a node of the cluster and with its token: "
                "from elsewhere use `farm start`"
            ) from error
    return _session(ray.get_runtime_context(), context.dashboard_url, embedded=False, owned=True)


def _endpoint(address: str) -> Endpoint:
    """`host:port` as two; `auto` is the cluster that this machine is a node of."""
    from ray._private.services import canonicalize_bootstrap_address

    if "://" in address:
        raise ClusterError(
            f"{address} is no address to join; give host:6379 or auto on a node of the cluster, "
            "or hand the run to the cluster with `farm start`"
        )
    try:
        found = canonicalize_bootstrap_address(address)
        host, _, port = (found or "").rpartition(":")
        return host.strip("[]"), int(port)
    except (ConnectionError, ValueError) as error:
        raise ClusterError(
            f"there is no Ray cluster at {address!r}; give host:6379, or auto on one of its nodes"
        ) from error


def _session(context: Any, url: str | None, *, embedded: bool, owned: bool) -> Session:
    import ray

    here = context.get_node_id()
    node = next(node for node in ray.nodes() if node["NodeID"] == here)
    host, _, port = context.gcs_address.rpartition(":")
    return Session(
        dashboard=f"http://{url}" if url else None,
        embedded=embedded,
        owned=owned,
        folder=_own_folder() if embedded and owned else None,
        head=(host, int(port)),
        node=(node["NodeManagerAddress"], node["NodeManagerPort"]),
        node_id=here,
    )


@contextmanager
def _own_sigterm() -> Iterator[None]:
    """`ray.init` takes SIGTERM for itself; a run has its own way of ending."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.getsignal(signal.SIGTERM)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def _deaf_to_hangup() -> Iterator[None]:
    """What is started meanwhile outlives the terminal; this process hears of its end afterwards."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGHUP})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _own_folder() -> Path:
    from ray._private import worker

    node: Any = worker._global_node
    return Path(node.get_session_dir_path())


def _remove(folder: Path) -> None:
    """An embedded cluster's folder, and the link to the newest one where that is it."""
    newest = folder.with_name("session_latest")
    if newest.is_symlink() and newest.resolve() == folder.resolve():
        newest.unlink(missing_ok=True)
    shutil.rmtree(folder, ignore_errors=True)


def _first(error: Exception) -> str:
    return str(error).strip().partition("\n")[0] or type(error).__name__


def _shown(endpoint: Endpoint) -> str:
    return f"{endpoint[0]}:{endpoint[1]}"
