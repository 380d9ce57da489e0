"""`farm` as chaos runs it: the real command line, whose workers may carry the light model.

CHAOS_MODEL=light|toy chooses the model; CHAOS_AHEAD=3600 sets this process's clock ahead, that of its
SQLite (which is the process's own) too.
"""

import os
import sqlite3
import sys
import time
from functools import partial
from typing import Any

from farm import cli
from farm.cluster import inline
from farm.cluster.ray import cluster
from tests.chaos.light import light_worker


def main() -> None:
    if ahead := float(os.environ.get("CHAOS_AHEAD", "0")):
        set_ahead(ahead)
    if os.environ.get("CHAOS_MODEL", "light") == "light":
        clusters: Any = (cluster, inline)
        ray_cluster, inline_cluster = cluster.RayCluster, inline.InlineCluster
        clusters[0].RayCluster = partial(ray_cluster, worker=light_worker)
        clusters[1].InlineCluster = partial(inline_cluster, worker=light_worker)
    cli.main(sys.argv[1:])


def set_ahead(seconds: float) -> None:
    """This process's clock goes `seconds` ahead of everybody else's."""
    from sqlalchemy import Engine, event

    true_time = time.time
    time.time = lambda: true_time() + seconds
    clock = sqlite3.connect(":memory:", check_same_thread=False)

    def strftime(layout: str, *moments: str) -> str:
        asked = ", ".join("?" * len(moments))
        question = f"SELECT strftime(?, {asked}, ?)"
        return clock.execute(question, (layout, *moments, f"{seconds} seconds")).fetchone()[0]

    @event.listens_for(Engine, "connect")
    def _on_connect(connection: Any, _record: Any) -> None:
        if isinstance(connection, sqlite3.Connection):
            connection.create_function("strftime", -1, strftime)


if __name__ == "__main__":
    main()
