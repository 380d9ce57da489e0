"""Holds the prompts of a played server, in whatever process it is: a file in its folder says so."""

from collections.abc import Callable
from pathlib import Path

HOLD, FINISHED = "hold", "finished"
"""How many prompts may come to their end, and the hashes of the recipes that have."""


def hold(folder: Path, may_end: int = 0) -> Callable[[], None]:
    """From now on prompts of the server in this folder stay at the step where they are, once so many have
    ended there; until what this gives is called."""
    draft = folder / f"{HOLD}.part"
    draft.write_text(str(may_end))
    draft.replace(folder / HOLD)  # at once: a server reads it meanwhile
    return lambda: (folder / HOLD).unlink(missing_ok=True)


def is_held(folder: Path, node: str, step: int) -> bool:
    """Whether a prompt stays after so many steps, in a node of this class: in a sampler alone."""
    if node != "KSamplerAdvanced" or not step:
        return False
    try:
        may_end = int((folder / HOLD).read_text())
    except FileNotFoundError:
        return False
    return len(finished(folder)) >= may_end


def finished(folder: Path) -> list[str]:
    """The hashes of the recipes that were rendered to their end there."""
    place = folder / FINISHED
    return place.read_text().split() if place.exists() else []
