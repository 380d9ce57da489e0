"""What a worker that died last wrote, as far as Ray keeps it: a crash leaves its stack there."""

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from farm.cluster.outcome import Faulted
from farm.cluster.protocol import Report
from farm.domain.evidence import MOST_LINES, Evidence

SECONDS = 3.0
"""How long another machine is asked: the scheduler waits for it."""
MOST_BYTES = 32_000
"""Of the end of the file; a worker may have written for days."""

_log = logging.getLogger(__name__)


def last_words(actor_id: str, *, on_this_machine: bool) -> tuple[str, ...]:
    """The last lines of a worker's error log, oldest first; none where nobody can read it in time."""
    if not actor_id:
        return ()
    found: list[Sequence[str]] = []
    read = _read_here if on_this_machine else _ask_for
    thread = threading.Thread(target=lambda: found.append(_tried(read, actor_id)), daemon=True)
    thread.start()  # a head that went away in this moment would keep us for a minute
    thread.join(SECONDS)
    return tuple(found[0][-MOST_LINES:]) if found else ()


def with_last_words(
    reports: Sequence[Report], actor_id: str, *, on_this_machine: bool
) -> list[Report]:
    """The reports, with the worker's last lines for those that bring no evidence, as it died."""
    if not any(_without_evidence(report) for report in reports):
        return list(reports)
    lines = last_words(actor_id, on_this_machine=on_this_machine)
    return [
        replace(report, outcome=replace(report.outcome, evidence=Evidence("", lines)))
        if _without_evidence(report)
        else report
        for report in reports
    ]


def _without_evidence(report: Report) -> bool:
    return isinstance(report.outcome, Faulted) and not report.outcome.evidence


def _tried(read: Callable[[str], str], actor_id: str) -> Sequence[str]:
    try:
        return [line.rstrip() for line in read(actor_id).splitlines() if line.strip()]
    except Exception as error:  # Ray raises whatever its parts raise; words are a kindness
        _log.debug("the log of actor %s cannot be read: %s", actor_id, error)
        return []


def _read_here(actor_id: str) -> str:
    from ray._private import worker
    from ray._private.state import actors

    node: Any = worker._global_node
    folder = Path(node.get_logs_dir_path())
    pid = actors(actor_id)["Pid"]
    file = max(folder.glob(f"worker-*-{pid}.err"), key=lambda each: each.stat().st_mtime)
    with file.open("rb") as stream:
        stream.seek(max(0, file.stat().st_size - MOST_BYTES))
        return stream.read().decode(errors="replace")


def _ask_for(actor_id: str) -> str:
    from ray.util.state import get_log

    chunks = get_log(actor_id=actor_id, suffix="err", tail=MOST_LINES, timeout=int(SECONDS))
    return "".join(chunks)
