"""What a sweep finds: each thing that is not as it should be, and its repair."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum


class Code(StrEnum):
    """What was found."""

    DRAFT = "draft"
    """Half a file of a writer that is no more."""
    UNPUBLISHED = "unpublished"
    """A whole clip of an attempt that had lost its lease."""
    PREVIEW = "preview"
    """A thumbnail or a filmstrip of such a clip."""
    UPLOAD = "upload"
    """A file that was dropped at a desk and never handed in."""
    KEPT = "kept"
    """A text, a still or latents that workers kept for each other, long ago."""
    STRAY = "stray"
    """A file that no attempt of this database explains."""
    PURGED = "purged"
    """A clip that was purged and whose file is still there: the purge was cut off."""
    MISSING = "missing"
    """A published clip that is not there."""
    ALTERED = "altered"
    """A published clip that is not what was published."""
    ABANDONED = "abandoned"
    """An attempt whose lease is over and that nobody took back."""
    DEAD_RUN = "dead_run"
    """The workers of a run that did not say that it ended, long ago."""
    UNSETTLED = "unsettled"
    """A finished take that the database was away for and does not know of yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Find:
    """One thing that is not as it should be."""

    code: Code
    where: str
    """A path below the media root, a take, or a run."""
    sentence: str
    fix: Callable[[], object] | None = field(default=None, repr=False, compare=False)
    """Repairs it; None where only a person or a run can."""
