"""What a worker answers, and where it is meanwhile."""

from dataclasses import dataclass, field

from farm.domain.evidence import NONE, Evidence
from pipeline.errors import Cause
from pipeline.result import EndedEarly, Refusal, TakeResult


@dataclass(frozen=True, slots=True)
class Made:
    """The take is made; its clip is sealed."""

    result: TakeResult


@dataclass(frozen=True, slots=True)
class Declined:
    """Nothing was rendered: the still cannot serve the prompt."""

    refusal: Refusal


@dataclass(frozen=True, slots=True)
class Ended:
    """The take was not rendered to its end: it would not have been accepted."""

    ended: EndedEarly


@dataclass(frozen=True, slots=True)
class Rejected:
    """The shot has to change."""

    code: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Faulted:
    """The machine failed."""

    cause: Cause
    sentence: str
    evidence: Evidence = field(default=NONE, compare=False)
    """Its traceback and the worker's last log lines, as far as there are any."""


@dataclass(frozen=True, slots=True)
class Stopped:
    """The render ended before it was done, because it was told to or its lease ran out."""

    reason: str


@dataclass(frozen=True, slots=True)
class Lost:
    """The worker's machine is gone, and the answer with it; the take is not to blame."""

    reason: str


Outcome = Made | Declined | Ended | Rejected | Faulted | Stopped | Lost
"""What ends an attempt."""


@dataclass(frozen=True, slots=True)
class FramesMade:
    """No outcome yet: the worker holds the frames, and `finish` makes their clip beside another take."""


@dataclass(frozen=True, slots=True)
class Position:
    """Where a worker is in one of its takes."""

    key: str
    title: str
    stage: str
    step: int
    steps: int
