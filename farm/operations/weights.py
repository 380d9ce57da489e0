"""A profile's weights: made into what it runs, once, and held against what was written."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from farm.errors import SettingsError
from farm.operations.workspace import profile_of

if TYPE_CHECKING:
    from farm.config import Settings

Told = Callable[[str, int, int], None]
"""Hears `(file, bytes done, bytes in all)` after each file."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A checkpoint that holds what a profile runs, and no more."""

    profile: str
    place: Path
    source: Path | None
    """The published one that it was made of; None where it was there already."""
    bytes: int


@dataclass(frozen=True, slots=True)
class Verified:
    """A profile's checkpoint, and what is wrong with it."""

    profile: str
    place: Path
    files: int
    """Those that were read whole; of others only their headers were."""
    problems: tuple[str, ...]


def prepare(settings: "Settings", profile: str | None, told: Told) -> Prepared:
    """Makes what a profile runs of the published weights, below the folder of weights.

    What is there of it is kept, so that what was broken off goes on. Raises `SettingsError` where no folder
    is set, and `RenderFault` (fatal) for weights that are wrong, and for a disk that is too small.
    """
    from pipeline.engines import loading

    wanted = profile_of(settings, profile)
    if settings.weights is None:
        raise SettingsError(
            ["there is no folder of weights: set FARM_WEIGHTS, or `weights` in farm.toml, to one"]
        )
    made = loading.prepare(wanted, settings.weights, told)
    size = sum(file.stat().st_size for file in made.place.rglob("*") if file.is_file())
    return Prepared(wanted.name, made.place, made.source, size)


def verify(settings: "Settings", profile: str | None, told: Told) -> Verified:
    """Reads a profile's weights and says what is wrong with them.

    Raises `RenderFault` (fatal) for weights that are not at hand, or not a checkpoint at all.
    """
    from pipeline.engines import loading

    read: list[str] = []

    def noted(file: str, done: int, whole: int) -> None:
        read.append(file)
        told(file, done, whole)

    wanted = profile_of(settings, profile)
    place, problems = loading.verify(wanted, settings.weights, noted)
    return Verified(wanted.name, place, len(read), tuple(problems))
