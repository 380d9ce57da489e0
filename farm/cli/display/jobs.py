"""Runs on a cluster, for people: a line each."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape

from farm.cli.display import table

if TYPE_CHECKING:
    from farm.cluster.ray.jobs import JobInfo


def show_jobs(address: str, jobs: "Sequence[JobInfo]") -> None:
    """One line per run on a cluster."""
    console = Console(emoji=False)
    if not jobs:
        console.print(f"No run of the farm is known at {escape(address)}.")
        return
    lines = table.table("job", "production", "user", "status", "started", "ended")
    for job in jobs:
        ended = table.clock(job.ended) if job.ended and job.over else ""
        started = table.clock(job.started) if job.started else ""
        lines.add_row(
            escape(job.id),
            escape(job.production),
            escape(job.user),
            job.status.lower(),
            started,
            ended,
        )
    console.print(lines)
    if any(not job.submitted for job in jobs):
        console.print(
            "[dim]A number is a plain `farm run`: end it where it runs; its log is there, too, and of its "
            "end Ray knows only that it is over.[/]"
        )
    for job in jobs:
        if job.status == "FAILED":
            console.print(f"[red]{escape(job.id)}[/]: {escape(job.message)}", soft_wrap=True)
