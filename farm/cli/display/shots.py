"""Shots, for people: a line each."""

from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape

from farm.cli.display import table
from farm.store.queries.overview import ShotStatus


def show_shots(production: str, shots: Sequence[ShotStatus]) -> None:
    """One line per shot."""
    lines = table.table("shot", "state", "takes", "match", "verdict", "seconds", "prompt")
    for shot in shots:
        lines.add_row(
            escape(shot.code),
            table.coloured(shot.state, _state(shot)),
            str(shot.takes),
            "" if shot.match is None else f"{shot.match:.2f}",
            _verdict(shot),
            "" if shot.seconds is None else f"{shot.seconds:.1f}",
            escape(shot.reason or shot.prompt),
        )
    console = Console(emoji=False)
    console.print(lines)
    if not shots:
        console.print(f"No such shots in {escape(production)}.")


def _state(shot: ShotStatus) -> str:
    """Of a shot of which there is a draft alone that is said, too."""
    return f"{shot.state.replace('_', ' ')}{' (draft)' if shot.draft else ''}"


def _verdict(shot: ShotStatus) -> str:
    """With how much it shows, where that is not all."""
    verdict = (shot.verdict or "").replace("_", " ")
    if shot.coverage is None or shot.coverage.whole:
        return verdict
    stages, missing = len(shot.coverage.stages), len(shot.coverage.missing)
    return f"{verdict}, {stages - missing} of {stages}"
