"""A worker's side of a judge: a scorer like any other, whose answers come from another process in time.

A question that the judge dies of, or does not answer in time, is one that nobody could answer: the take
stays unscored, and goes to a person. The next question waits until the judge is back.
"""

import statistics
import time
from collections import deque
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any

from farm.cluster.outcome import Faulted
from farm.cluster.ray.judge import CLIPS, LOADING, STILLS, Said
from farm.cluster.ray.refs import finished, why
from pipeline.errors import Cause, RenderFault
from pipeline.misses import Answer
from pipeline.profiles.match_section import MatchSection
from pipeline.scoring.protocol import CannotJudge
from pipeline.scoring.sampling import looked_at

if TYPE_CHECKING:
    from PIL.Image import Image

    from pipeline.scoring.questions import Words
    from pipeline.storage.files import Frames

FIRST_PATIENCE = {STILLS: 240.0, CLIPS: 190.0}
"""Seconds that a first question may take, queue and all. Two of a still and three of a clip must fit into
what a stage may last (`farm.scheduler.stalls`), or the worker counts as one that hangs."""
LEAST_PATIENCE = 50.0
PATIENCE = 8
"""Times the usual seconds of a question that the next one may take."""
MOST_PATIENCE = 1500.0
KEPT = 20
"""Questions that are remembered."""
BACK_PATIENCE = 300.0
"""Seconds that takes wait for a judge that has died to be back."""
LOAD_PATIENCE = 1800.0
"""Seconds that a worker waits for the judge's first load, which may fetch weights."""


class SharedScorer:
    """Implements `pipeline.scoring.protocol.SharedScorer`: asks the judge, and waits for one that died."""

    def __init__(self, judge: Any, section: MatchSection, name: str) -> None:
        """`judge` is the handle of a loaded actor, `name` what its scorer is called."""
        self.name = name
        self._judge, self._section = judge, section
        self._seconds: dict[str, deque[float]] = {}
        """How long the last questions took, by their sort."""
        self._awaited: tuple[float, Any] | None = None
        """Since when the judge is waited for, and what has its answer once it is there."""

    def ask_still(self, picture: "Image", prompt: str) -> tuple[Answer, ...]:
        return self._answers(self._ask("ask_still", STILLS, picture, prompt))

    def ask_clip(self, frames: "Frames", picture: "Image", prompt: str) -> tuple[Answer, ...]:
        in_parts = self._section.kind == "clip" and self._section.order_margin is not None
        shown = looked_at(frames, self._section.sampled_frames, in_parts=in_parts)
        return self._answers(self._ask("ask_clip", CLIPS, shown, picture, prompt))

    def ask_stages(self, frames: "Frames", stages: "Sequence[Words]") -> tuple[Answer, ...]:
        shown = looked_at(frames, self._section.sampled_frames, in_parts=False)
        return self._answers(self._ask("ask_stages", CLIPS, shown, [*stages]))

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:
        """Whether the judge may be asked: one that is there answers several at once. One that has died is
        waited for at most `BACK_PATIENCE` in all, and then asked all the same: who asks it hears why."""
        since, there = self._awaited = self._awaited or self._call_it(time.monotonic())
        seconds = BACK_PATIENCE if timeout < 0 else timeout
        if not finished([there], seconds if blocking else 0.0):
            return time.monotonic() - since > BACK_PATIENCE
        self._awaited = None if _is_there(there) else self._call_it(since)
        return self._awaited is None or time.monotonic() - since > BACK_PATIENCE

    def release(self) -> None:
        """Nobody waits for it."""

    def _ask(self, method: str, group: str, *about: object) -> Any:
        """Raises `CannotJudge`."""
        import ray
        from ray.exceptions import GetTimeoutError, RayError, RayTaskError

        seconds = self._seconds.setdefault(method, deque(maxlen=KEPT))
        began, limit = time.monotonic(), patience(seconds, group)
        call = getattr(self._judge, method).options(
            concurrency_group=group, enable_task_events=False
        )
        ref = call.remote(*about)
        try:
            answer = ray.get(ref, timeout=limit)
        except GetTimeoutError as error:
            ray.cancel(ref)  # where it still stands in line, nobody has to answer it any more
            if seconds:
                seconds.append(limit)  # it is slower than was thought, or it hangs
            raise CannotJudge(f"the judge has not answered for {limit:.0f} s") from error
        except RayTaskError as error:
            raise CannotJudge(f"the judge failed: {why(error)}") from error
        except RayError as error:
            raise CannotJudge(f"the judge died: {why(error)}") from error
        seconds.append(time.monotonic() - began)
        return answer

    def _answers(self, said: Said) -> tuple[Answer, ...]:
        if said.note:
            raise CannotJudge(said.note, said.answers)
        return said.answers

    def _call_it(self, since: float) -> tuple[float, Any]:
        return since, _load(self._judge)


class SharedEye(SharedScorer):
    """The same of a scorer that compares pictures: it tells how alike two of them look, too."""

    def see(self, pictures: "Sequence[Image]") -> Any:
        """Unit vectors (pictures, width). Raises `CannotJudge`."""
        return self._ask("see", CLIPS, [*pictures])


def shared(judge: Any, section: MatchSection) -> SharedScorer:
    """The judge's scorer, once that is loaded. Raises `RenderFault`: as loading it here would have."""
    import ray
    from ray.exceptions import GetTimeoutError, RayError

    try:
        told: Any = ray.get(_load(judge), timeout=LOAD_PATIENCE)
    except GetTimeoutError as error:
        sentence = f"the judge has been loading for {LOAD_PATIENCE / 60:.0f} min"
        raise RenderFault(Cause.MACHINE, sentence) from error
    except RayError as error:
        raise RenderFault(Cause.MACHINE, f"the judge died: {why(error)}") from error
    if isinstance(told, Faulted):
        raise RenderFault(told.cause, told.sentence)
    return (SharedEye if section.kind == "clip" else SharedScorer)(judge, section, told.name)


def patience(seen: Collection[float], group: str) -> float:
    """Seconds that a question may take, by those that others of its sort took."""
    if not seen:
        return FIRST_PATIENCE[group]
    return min(max(LEAST_PATIENCE, PATIENCE * statistics.median(seen)), MOST_PATIENCE)


def _load(judge: Any) -> Any:
    return judge.load.options(concurrency_group=LOADING, enable_task_events=False).remote()


def _is_there(ref: Any) -> bool:
    """Whether the answer is that it is; that it cannot be loaded the next question will hear."""
    import ray
    from ray.exceptions import ActorUnavailableError, RayError

    try:
        ray.get(ref)
    except ActorUnavailableError:  # Ray has not made it anew yet
        time.sleep(0.2)
        return False
    except RayError:  # it is not made anew any more
        return True
    return True
