"""Where a shared Ray cluster is, whether it answers there, and the token that opens it."""

import os
import socket
from pathlib import Path

from farm.errors import ClusterError

Endpoint = tuple[str, int]
"""Host and port."""
PROBE_SECONDS = 3.0


def endpoint_of(address: str) -> Endpoint:
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


def shown(endpoint: Endpoint) -> str:
    """As people write it."""
    return f"{endpoint[0]}:{endpoint[1]}"


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
