"""Starts a Ray cluster of this process's own, on loopback alone: it ends with the process."""

import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from farm.cluster.ray.session import Session, begin, current
from farm.errors import ClusterError
from pipeline import terminal

LOOPBACK = "127.0.0.1"
OBJECT_STORE = 128 * 2**20
"""Bytes. Names and numbers travel through Ray, never pictures; its own choice is 30 % of memory."""


def start(
    dashboard: bool, cpus: int | None, folder: Path | None, job: Mapping[str, str]
) -> Session:
    """A cluster on this machine, with `cpus` CPUs (None: the machine's) and its files below `folder`.

    Raises `ClusterError` where Ray cannot start, or would listen to others.
    """
    import ray
    from ray._private import ray_constants

    # Everything on loopback, metrics too, so that no password is needed (checked below). It is
    # Ray's default on some systems; the variable for it works only before the first import.
    ray_constants.ENABLE_RAY_CLUSTER = False
    # Whatever Ray starts keeps what it is given here: no terminal, and deaf to its end, so that a run
    # whose terminal is gone can still close its takes.
    with terminal.kept_from_children(), _deaf_to_hangup():
        url = begin(
            job,
            lambda why: f"Ray could not start on this machine: {why}",
            address="local",
            num_cpus=cpus,
            object_store_memory=OBJECT_STORE,
            include_dashboard=dashboard,
            dashboard_host=LOOPBACK,
            _temp_dir=str(folder.absolute()) if folder else None,
        )
    session = current(url, embedded=True, owned=True, folder=_own_folder())
    if session.head[0] != LOOPBACK:
        ray.shutdown()
        raise ClusterError(
            f"Ray would listen on {session.head[0]} for everyone without a password; run "
            "`ray start --head` with a token and name it with --address, or use --cluster inline"
        )
    return session


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
