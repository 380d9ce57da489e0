"""What people are told at the end of a run: what it made, what failed and what to do about it."""

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

from farm.cli.context import command
from farm.wording.amounts import counted, only_in_part, waiting_in_archives

if TYPE_CHECKING:
    from farm.operations.run_summary import Summary
    from farm.store.queries.queued import Queue


def sentences(summary: "Summary") -> Iterator[str]:
    """What a run did, and the commands that help where takes failed."""
    yield f"{_made(summary)}, {counted(summary.climbed, 'retake')} ordered."
    if summary.partly:
        yield f"{only_in_part(summary.partly)}."
    if summary.ended_early:
        yield f"{counted(summary.ended_early, 'take')} ended early: they would not have been accepted."
    for reason in summary.declined[:10]:
        yield f"not rendered: {reason}"
    if summary.stopped:
        yield "Stopped; the takes in flight wait for the next run."
    for reason in summary.failed[:10]:
        yield f"farm: {reason}"
    if summary.failed:
        yield f"farm: {len(summary.failed)} failed; {_what_next(summary)}"


def _made(summary: "Summary") -> str:
    """Drafts are not accepted here, whatever their verdict: that is said of full takes."""
    if not summary.drafts:
        return f"{counted(summary.made, 'take')} made, {summary.accepted:,} of them accepted"
    drafts, full = counted(summary.drafts, "draft"), summary.made - summary.drafts
    if not full:
        return f"{drafts} made"
    return f"{drafts} made, and {counted(full, 'full take')}: {summary.accepted:,} accepted"


def _what_next(summary: "Summary") -> str:
    productions = dict.fromkeys(production for production, _ in summary.failed_shots)
    retakes = [command("retake", each, "--state", "failed") for each in productions]
    why = command("logs", *summary.failed_shots[0])
    return f"why: `{why}`; once mended: {', '.join(f'`{each}`' for each in retakes)}"


def left_waiting(queue: "Queue", profiles: Collection[str]) -> Iterator[str]:
    """What a run of these profiles leaves to others, or to nobody."""
    for name, count in queue.waiting.items():
        if name not in profiles:
            waits = "waits" if count == 1 else "wait"
            other = command("run", "--profile", name)
            yield f"{counted(count, 'take')} {waits} for another model: {other}"
    if queue.archived:
        yield waiting_in_archives(queue.archived)
