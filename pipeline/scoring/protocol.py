"""What every scorer can do, and what it says when it cannot judge."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from pipeline.misses import Answer
from pipeline.models import weights
from pipeline.profiles.match_section import WHERE_ASKED, MatchSection

if TYPE_CHECKING:
    from PIL.Image import Image

    from pipeline.scoring.questions import Words
    from pipeline.storage.files import Frames


class Scorer(Protocol):
    """Whatever can judge: it asks its own questions of a prompt and answers them, each 0..1."""

    name: str
    """Changes with whatever changes its answers: those of different names are not compared."""

    def ask_still(self, picture: "Image", prompt: str) -> tuple[Answer, ...]:
        """Does the prompt fit the picture? Raises `CannotJudge`."""
        ...

    def ask_clip(self, frames: "Frames", picture: "Image", prompt: str) -> tuple[Answer, ...]:
        """Do the frames (frames, height, width, 3) show the prompt, and still the picture?

        Answers about the picture are of the kinds `subject_replaced` and `subject_drift`. Raises
        `CannotJudge`.
        """
        ...

    def ask_stages(self, frames: "Frames", stages: "Sequence[Words]") -> tuple[Answer, ...]:
        """Do the frames show each of these stages, wherever? One answer each, of the kind
        `action_absent`. Raises `CannotJudge`."""
        ...


class TurnToAsk(Protocol):
    """Whose turn it is to ask: a lock is one."""

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:
        """Whether it has come, within `timeout` seconds."""
        ...

    def release(self) -> None: ...


class SharedScorer(Scorer, TurnToAsk, Protocol):
    """A scorer elsewhere, which others ask, too: its turn comes once it is there."""


class CannotJudge(Exception):
    """The scorer has no answers that count; carries those it gave all the same."""

    def __init__(self, note: str, answers: tuple[Answer, ...] = ()) -> None:
        super().__init__(note)
        self.note = note
        self.answers = answers


def scorer_name(section: MatchSection, folder: Path) -> str:
    """Changes with the weights and with whatever lays their answers on 0..1, not with where they are."""
    parts = [
        weights.identity(section.weights, folder),
        section.model_dump_json(
            exclude={"threshold", "coverage", "partial", *WHERE_ASKED}, exclude_defaults=True
        ),
    ]
    return f"{section.weights}#{hashlib.sha256('|'.join(parts).encode()).hexdigest()[:8]}"
