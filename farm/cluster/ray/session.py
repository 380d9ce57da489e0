"""This process's membership of a Ray cluster: how it begins, and how its loss is noticed.

This package is the only place that knows Ray.
"""

import logging
import shutil
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from farm.cluster.ray.address import Endpoint, answers, shown
from farm.errors import ClusterError

CHECK_SECONDS = 2.0
"""Between two looks at whether the cluster is still there."""
HEAD_PATIENCE = 45.0
"""Seconds that the head may be silent. A head with storage restarts within them; after 60 Ray ends
the whole process without a word to people."""

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

    def machines(self, labels: Mapping[str, str] | None = None) -> dict[str, Mapping[str, float]]:
        """The nodes that are there and have these labels, by Ray's name of them: `CPU`, `GPU` and what else
        each has. The head must be there.
        """
        import ray

        wanted = (labels or {}).items()
        return {
            node["NodeID"]: node["Resources"]
            for node in ray.nodes()
            if node["Alive"] and wanted <= node["Labels"].items()
        }

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
                f"the Ray head at {shown(self.head)} has not answered for {HEAD_PATIENCE:.0f} s; "
                "bring it back and start the run again: nothing is lost"
            )


def begin(job: Mapping[str, str], refusal: Callable[[str], str], **options: Any) -> str | None:
    """Connects this process with these options of `ray.init`; where the dashboard is, without its scheme.

    `job` is what Ray's Jobs page says of this process. Raises `ClusterError` with what `refusal` makes of
    the first line of Ray's own words.
    """
    import ray
    from ray.job_config import JobConfig

    with _own_sigterm():
        try:
            return ray.init(
                job_config=JobConfig(metadata=dict(job)),
                log_to_driver=False,
                logging_level=logging.ERROR,
                **options,
            ).dashboard_url
        except Exception as error:  # Ray raises whatever its parts raise
            raise ClusterError(refusal(_first(error))) from error


def current(url: str | None, *, embedded: bool, owned: bool, folder: Path | None = None) -> Session:
    """The session of this process, which must be connected; `url` is where its dashboard is."""
    import ray

    context = ray.get_runtime_context()
    here = context.get_node_id()
    node = next(node for node in ray.nodes() if node["NodeID"] == here)
    host, _, port = context.gcs_address.rpartition(":")
    return Session(
        dashboard=f"http://{url}" if url else None,
        embedded=embedded,
        owned=owned,
        folder=folder,
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


def _remove(folder: Path) -> None:
    """An embedded cluster's folder, and the link to the newest one where that is it."""
    newest = folder.with_name("session_latest")
    if newest.is_symlink() and newest.resolve() == folder.resolve():
        newest.unlink(missing_ok=True)
    shutil.rmtree(folder, ignore_errors=True)


def _first(error: Exception) -> str:
    return str(error).strip().partition("\n")[0] or type(error).__name__
