"""What a take costs, of what its parts cost: the passes that a profile makes, and the rest. Pure.

Measured parts (`tests.gpu.measure`) and calculated ones (`tests.benchmarks.engine`) are added up here, with
the same assumptions.
"""

from dataclasses import dataclass
from typing import Literal

from pipeline.engines.wan_needs import Expert, Size
from pipeline.profiles import profile
from pipeline.profiles.profile import Profile

EXPERT = Expert(layers=40, width=5120, hidden=13_824, text_tokens=512)
AREAS = {
    "480p": Size(width=832, height=480, frames=81),
    "720p": Size(width=1280, height=720, frames=81),
}
ACCEPTED = 0.6
"""Share of takes that are accepted: assumed."""
CACHE = 1.35
"""How much sooner steps are over with a step cache: assumed; weights made by chance cannot say it."""
TAIL = {"480p": 3.0, "720p": 7.0}
"""Seconds from the decoded frames to the sealed clip (checks, score, film), on a CPU: assumed."""
NOISE_LEVELS = 1000
"""The sampler's training steps, which the boundary is a share of."""

Kind = Literal["exact", "fewer operations", "few steps"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Seconds of what a take is made of, on one card and in one area."""

    high: float
    """One pass through the high-noise expert."""
    low: float
    still: float
    """Encoding it, in full precision."""
    decode: float
    exchange: float = 0.0
    """Once, from one expert to the other."""


def profiles() -> list[Profile]:
    """The packaged ones of the large model, in each of their areas."""
    return [
        in_area(each, area)
        for name in profile.names()
        if name.startswith("wan2.2")
        for each in [profile.load(name)]
        for area in each.frame.areas
    ]


def in_area(wanted: Profile, area: str) -> Profile:
    return wanted.model_copy(update={"frame": wanted.frame.model_copy(update={"area": area})})


def steps_above(wanted: Profile, steps: int) -> int:
    """How many of the steps the high-noise expert makes, by the sampler's own spacing of noise."""
    shift = wanted.flow_shift
    even = [1 - step * (1 - 1 / NOISE_LEVELS) / steps for step in range(steps)]
    noise = [shift * each / (1 + (shift - 1) * each) for each in even]
    return sum(each >= wanted.model.boundary for each in noise)


def passes(wanted: Profile) -> tuple[int, int]:
    """Passes through the high-noise and the low-noise expert in a take: two a step with guidance."""
    high = steps_above(wanted, wanted.sampler.steps)
    low = wanted.sampler.steps - high
    below = wanted.guided and wanted.speed.guidance == "always"
    return high * (2 if wanted.guided else 1), low * (2 if below else 1)


def seconds(wanted: Profile, parts: Parts) -> float:
    """Seconds of one take by itself, from its still to its clip; its texts are kept from before."""
    return card_seconds(wanted, parts) + TAIL[wanted.frame.area]


def card_seconds(wanted: Profile, parts: Parts) -> float:
    """Seconds that a take keeps its card from others: its tail runs beside the next one's denoise."""
    high, low = passes(wanted)
    denoise = (high * parts.high + low * parts.low) / (CACHE if wanted.speed.cache else 1.0)
    # Twice a wave: at the boundary, and back again for the next one.
    exchanged = wanted.worker.experts == "exchanged"
    exchanges = 2 * parts.exchange / wanted.worker.wave if exchanged else 0.0
    return parts.still + denoise + exchanges + parts.decode


def kind(wanted: Profile) -> Kind:
    """What a profile's takes may be compared with."""
    if not wanted.guided:
        return "few steps"
    lossy = (*wanted.speed.quantisation.model_dump().values(), wanted.speed.cache)
    return "fewer operations" if any(lossy) or wanted.speed.guidance != "always" else "exact"
