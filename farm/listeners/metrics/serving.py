"""Serves the series over HTTP, with a page beside them that only says that somebody is there."""

from collections.abc import Callable, Iterable
from typing import Any

from farm.listeners.metrics.series import FarmMetrics

HEALTH = "/healthz"
"""Answers without reading anything: for probes, which ask often and want nothing but an answer."""


def serve(metrics: FarmMetrics, host: str, port: int) -> tuple[int, Callable[[], None]]:
    """Serves the series over HTTP; the port in use (0 picks one) and a function that ends it.

    Raises `OSError` when the port is taken.
    """
    from prometheus_client import start_http_server

    server, thread = start_http_server(port, addr=host, registry=metrics.registry)
    tell: Any = server.get_app()

    def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ["PATH_INFO"] != HEALTH:
            return tell(environ, start_response)
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [b"here\n"]

    server.set_app(app)

    def close() -> None:
        server.shutdown()
        server.server_close()
        thread.join()

    return server.server_port, close
