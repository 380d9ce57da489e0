"""Why takes failed, for people: the traceback of each attempt and its worker's last log lines."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from farm.store.queries.failures import Failure


def show(production: str, shot: str, take: int | None, failures: "Sequence[Failure]") -> None:
    """Every failure of a take, or of the latest that failed where none is named, in full."""
    if not failures:
        which = f"take {take}" if take else "any take"
        click.echo(f"No attempt of {which} of {production}/{shot} has failed.")
    for number, failure in enumerate(failures):
        click.echo("\n" * bool(number) + "\n".join(_told(production, shot, failure)))


def _told(production: str, shot: str, failure: "Failure") -> Sequence[str]:
    at = (failure.ended_at or failure.started_at).astimezone().strftime("%d %b %H:%M:%S")
    place = f"{failure.worker} @ {failure.node}" if failure.node else failure.worker
    blame = f" ({failure.failure_class})" if failure.failure_class else ""
    lines = [
        f"{production}/{shot} take {failure.take}, attempt {failure.attempt} on {place}",
        f"{at}  {failure.outcome.replace('_', ' ')}{blame}: {failure.reason}",
        "",
    ]
    evidence = failure.evidence
    if evidence is None:
        return [*lines, "  No traceback was kept: no code failed, or the attempt is from before "
                "the farm kept any."]  # fmt: skip
    if evidence.traceback:
        lines += [f"  {line}" for line in evidence.traceback.rstrip().splitlines()]
    if evidence.lines:
        lines += ["", "  The worker's last log lines:"]
        lines += [f"  {part}" for line in evidence.lines for part in line.splitlines()]
    return lines
