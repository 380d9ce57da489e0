"""One remark about a prompt, a still or a clip, with a stable code and its severity."""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Finding:
    """One remark about a prompt, a still or a clip."""

    code: str
    """Stable and dotted: `still.upscaled`, `clip.frozen`."""
    severity: Severity
    message: str
    """One sentence for people."""
