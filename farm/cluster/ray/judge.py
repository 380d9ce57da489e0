"""What lives in the actor of a judge: one scorer that all workers of a run ask, each for its own takes."""

import os
import socket
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from farm.cluster import failure
from farm.cluster.loading import WorkerSettings
from farm.cluster.outcome import Faulted
from pipeline import terminal
from pipeline.misses import Answer
from pipeline.models.folders import first_line
from pipeline.scoring.protocol import CannotJudge, Scorer

if TYPE_CHECKING:
    from PIL.Image import Image

    from pipeline.scoring.questions import Words
    from pipeline.storage.files import Frames

LoadScorer = Callable[[WorkerSettings], Scorer]
LIFE, LOADING, STILLS, CLIPS = "life", "loading", "stills", "clips"
GROUPS = {LIFE: 1, LOADING: 1, STILLS: 1, CLIPS: 1}
"""Threads: a still, which a render waits for, is answered beside a clip, for which only a tail does."""
FAILURES = 3
"""Questions in a row that end in a defect, after which the process makes way for a fresh one."""


@dataclass(frozen=True, slots=True)
class Ready:
    """The scorer is in memory."""

    name: str
    """The scorer's own."""
    place: str
    """The host."""


@dataclass(frozen=True, slots=True)
class Said:
    """What the scorer answered, and why that does not count where it does not."""

    answers: tuple[Answer, ...]
    note: str = ""


class Judge:
    """A scorer behind Ray's calls. It is loaded when it is first asked for, also in a process that Ray
    made anew."""

    def __init__(self, load: LoadScorer, settings: WorkerSettings, threads: int) -> None:
        terminal.leave()  # before anything is imported that starts programs
        # Read by torch's thread pools when torch is first imported, which is when the scorer loads.
        os.environ["OMP_NUM_THREADS"] = str(threads)
        self._load, self._settings = load, settings
        self._scorer: Scorer | None = None
        self._loading = threading.Lock()
        self._failures = 0

    def __repr__(self) -> str:
        return f"Judge({socket.gethostname()})"

    def ping(self) -> None:
        """Answers once the actor has found room on the cluster, while the scorer still loads."""

    def live(self) -> None:
        """Never answers: Ray ends this call with an error in the moment that the actor dies."""
        threading.Event().wait()

    def load(self) -> Ready | Faulted:
        """Loads the scorer, once; one that cannot be loaded is an answer, with its sentence."""
        try:
            return Ready(self._loaded().name, socket.gethostname())
        except Exception as error:  # the actor lives on, and answers
            return failure.not_loaded(error)

    def ask_still(self, picture: "Image", prompt: str) -> Said:
        return self._said(lambda scorer: scorer.ask_still(picture, prompt))

    def ask_clip(self, frames: "Frames", picture: "Image", prompt: str) -> Said:
        """Of the frames those alone that the scorer looks at."""
        return self._said(lambda scorer: scorer.ask_clip(frames, picture, prompt))

    def ask_stages(self, frames: "Frames", stages: "Sequence[Words]") -> Said:
        """Of the frames those alone that the scorer looks at."""
        return self._said(lambda scorer: scorer.ask_stages(frames, stages))

    def see(self, pictures: "Sequence[Image]") -> Any:
        """What a scorer that has an eye makes of pictures: (pictures, width)."""
        eye: Any = self._loaded()
        return eye.see(pictures)

    def _loaded(self) -> Scorer:
        with self._loading:
            if self._scorer is None:
                self._scorer = self._load(self._settings)
            return self._scorer

    def _said(self, question: Callable[[Scorer], tuple[Answer, ...]]) -> Said:
        """Where the device is broken every question fails, and a process that is made anew may answer."""
        try:
            said = Said(question(self._loaded()))
        except CannotJudge as refusal:
            said = Said(refusal.answers, refusal.note)
        except Exception as error:  # whatever a scorer dies of, the paid-for take lives on unscored
            self._failures += 1
            if self._failures >= FAILURES:
                os._exit(1)
            return Said((), f"the scorer failed: {type(error).__name__}: {first_line(error)}")
        self._failures = 0
        return said
