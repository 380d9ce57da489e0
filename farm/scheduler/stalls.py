"""Whether a render has stalled: it has not moved for many times as long as such a step takes. Pure."""

import statistics
from collections import deque
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field

from pipeline.stages import LOADING, WAITING

DENOISE = "denoise"
FIRST_LIMITS: Mapping[str, float] = {
    "prepare": 120.0,
    "precheck": 600.0,
    "text": 300.0,
    LOADING: 1800.0,
    DENOISE: 1800.0,
    "decode": 600.0,
    "check": 180.0,
    "score": 600.0,
    "encode": 300.0,
}
"""Seconds that a stage, or one step of `denoise`, may last while nobody knows how long it usually does. A
judge on a CPU takes minutes for a clip."""
ASKING = ("precheck", "score")
"""Stages that ask a scorer, which may be a judge that is new, or stands behind others: they may always last
what they may at first."""
OTHER_STAGE = 300.0
KEPT = 50
"""Takes of a kind that are remembered."""
OWN_STEPS = 3
"""Steps of its own after which a render is measured by itself, where its kind is new."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StallLimits:
    """How long a render may keep still."""

    factor: float = 20.0
    """Times the usual seconds of a step, or of another stage."""
    least: float = 120.0
    """Seconds that anything may take: the first step warms up, and models move in and out."""
    total: float = 21_600.0
    """Seconds that a whole take may take."""


@dataclass(slots=True)
class Movement:
    """How one render moves, as it is seen from outside."""

    started: float
    moved: float
    """When it was last seen somewhere new."""
    stage: str = "prepare"
    step: int = 0
    steps: int = 0
    own: list[float] = field(default_factory=list[float])
    """Seconds of its own steps so far."""

    def seen(self, stage: str, step: int, steps: int, now: float) -> None:
        """It is at this step of this stage.

        One that waits for another take of its worker moves with it, and its wait is no time of its own.
        """
        if stage != WAITING and (stage, step) == (self.stage, self.step):
            return
        if self.stage == WAITING:
            self.started += now - self.moved
        if stage == self.stage and step > self.step:
            self.own.append((now - self.moved) / (step - self.step))
        self.stage, self.step, self.steps, self.moved = stage, step, steps, now


class UsualTimes:
    """How long the stages of takes of one kind usually last."""

    def __init__(self) -> None:
        self._seen: dict[tuple[Hashable, str], deque[float]] = {}

    def learn(self, kind: Hashable, seconds: Mapping[str, float], steps: int) -> None:
        """A take of this kind was made in these seconds by stage."""
        for stage, each in seconds.items():
            per_move = each / steps if stage == DENOISE else each
            self._seen.setdefault((kind, stage), deque(maxlen=KEPT)).append(per_move)

    def seconds(self, kind: Hashable, movement: Movement) -> float | None:
        """Of one step, or of the whole stage where it has no steps; None where nothing is known."""
        if seen := self._seen.get((kind, movement.stage)):
            return statistics.median(seen)
        if movement.stage == DENOISE and len(movement.own) >= OWN_STEPS:
            return statistics.median(movement.own)
        return None


def moves(movement: Movement, now: float, limits: StallLimits) -> bool:
    """Whether the render has moved lately: `why_stalled` has nothing to say, whatever is usual."""
    return now - movement.moved <= limits.least and now - movement.started <= limits.total


def why_stalled(
    movement: Movement, now: float, usual: float | None, limits: StallLimits
) -> str | None:
    """A sentence where the render has stalled or run too long; None while it may go on."""
    if now - movement.started > limits.total:
        return (
            f"it has run for {now - movement.started:.0f} s; a take may last {limits.total:.0f} s"
        )
    first = FIRST_LIMITS.get(movement.stage, OTHER_STAGE)
    still = now - movement.moved
    limit = max(limits.least, first if usual is None else limits.factor * usual)
    if movement.stage in ASKING:
        limit = max(limit, first)
    if still <= limit:
        return None
    takes = f"may take {first:.0f} s at first" if usual is None else f"takes {usual:.2g} s"
    if movement.stage == DENOISE:
        place = f"step {movement.step} of {movement.steps}, where a step {takes}"
    else:
        place = f"the stage {movement.stage}, which {takes}"
    return f"it is stuck: nothing has moved for {still:.0f} s at {place}"
