"""Gets this process onto a Ray cluster: a shared one, or one of its own."""

import logging
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from farm.cluster.ray import embedded
from farm.cluster.ray.address import answers, endpoint_of, shown, token
from farm.cluster.ray.session import Session, begin, current
from farm.errors import ClusterError

_log = logging.getLogger(__name__)


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
    _set_environment(shared=address is not None)
    import ray

    _keep_off_stdout()
    if ray.is_initialized():
        return current(None, embedded=address is None, owned=False)
    if address is None:
        return embedded.start(dashboard, cpus, folder, job or {})
    return _join(address, job or {})


def look(address: str | None) -> str:
    """What `connect` would meet, without connecting. Raises `ClusterError` with the remedy."""
    from importlib.metadata import version

    if address is None:
        return f"Ray {version('ray')} would start a cluster of its own, on loopback"
    token()
    endpoint = endpoint_of(address)
    if not answers(endpoint):
        raise ClusterError(f"no Ray cluster answers at {shown(endpoint)}; check the address")
    return f"a Ray cluster answers at {shown(endpoint)}, its token is at hand"


def _join(address: str, job: Mapping[str, str]) -> Session:
    endpoint = endpoint_of(address)
    where = shown(endpoint)
    if not answers(endpoint):
        raise ClusterError(
            f"no Ray cluster answers at {where}; check --address, the cluster and the firewall"
        )
    url = begin(
        job,
        lambda why: (
            f"the Ray cluster at {where} did not let this process in: {why}; a run joins from a node "
            "of the cluster and with its token: from elsewhere use `farm start`"
        ),
        address=where,
    )
    return current(url, embedded=False, owned=True)


def _set_environment(*, shared: bool) -> None:
    """Must come before the first `import ray`, which reads most of it."""
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    # A control call to a worker that has just died is no news: the render's own answer tells it.
    os.environ["RAY_IGNORE_UNHANDLED_ERRORS"] = "1"
    # Ray counts tasks by name for its metrics and forgets no name: each render has one of its own, which
    # cost this process up to 0.1 MiB a take. What that counts, the farm's own metrics tell.
    os.environ.setdefault("RAY_enable_metrics_collection", "0")
    if shared:
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
