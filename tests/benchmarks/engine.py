"""What a take of the large model costs on a card: calculated, not measured, from its operations.

Nobody has run it on a card yet. The rates are assumptions, printed with the figures: what cards sustain in
long matrix products and in attention, and how much the parts between them read and write.
"""

from dataclasses import dataclass, replace
from typing import Any

from pipeline.engines.wan_needs import Expert, Size
from pipeline.profiles import profile

EXPERT = Expert(layers=40, width=5120, hidden=13_824, text_tokens=512)
SIZES = {
    "480p": Size(width=832, height=480, frames=81),
    "720p": Size(width=1280, height=720, frames=81),
}
STEPS, HIGH = 40, 15
"""Steps of the exact profile, and those of them above the boundary (`test_wan_configuration.py`)."""
ACCEPTED = 0.6
"""Share of takes that are accepted."""
FIXED = {"480p": 10.0, "720p": 24.0}
"""Seconds of a take beside its steps: still, decode, checks, score, film."""
EAGER, COMPILED = 1_280_000, 336_000
"""Bytes that a block reads and writes for each token, beside what its products do."""
CACHE = 1.35
"""How much sooner a step cache is over."""


@dataclass(frozen=True)
class Card:
    """What a card sustains: 10^12 operations a second, and 10^12 bytes."""

    products: float
    attention: float
    memory: float


@dataclass(frozen=True)
class Way:
    """How a take is made."""

    traffic: int = COMPILED
    passes: int = 2 * STEPS
    faster: float = 1.0


H100 = Card(products=650, attention=600, memory=3.35)
CARDS = {"H100": H100, "H200": replace(H100, memory=4.8)}
UNTUNED = 380.0
"""Attention on a Hopper card as torch chooses it."""
WAYS = {
    "exact, not compiled": Way(traffic=EAGER),
    "exact, compiled": Way(),
    "with guidance above the boundary alone": Way(passes=2 * HIGH + (STEPS - HIGH)),
    "and with a step cache": Way(passes=2 * HIGH + (STEPS - HIGH), faster=CACHE),
}


def run() -> dict[str, Any]:
    """Seconds of a take, and for each accepted clip, by card, area and way."""
    exact = profile.load("wan2.2-i2v-a14b")
    assert (exact.sampler.steps, exact.guided) == (STEPS, True)
    before = replace(H100, attention=UNTUNED)
    found: dict[str, Any] = {"calculated": "not measured", "accepted": ACCEPTED}
    for area in SIZES:
        eager = _take(before, area, Way(traffic=EAGER))
        found[f"H100 {area}, eager, torch's attention"] = _told(eager)
    for name, card in CARDS.items():
        for area in SIZES:
            for way, how in WAYS.items():
                found[f"{name} {area}, {way}"] = _told(_take(card, area, how))
    found["assumed"] = {
        **{name: vars(card) for name, card in CARDS.items()},
        "torch's attention on Hopper": UNTUNED,
        "bytes a token and block, eager and compiled": [EAGER, COMPILED],
        "seconds beside the steps": FIXED,
        "step cache": CACHE,
    }
    return found


def _take(card: Card, area: str, way: Way) -> float:
    size = SIZES[area]
    attention = EXPERT.layers * 4 * size.tokens**2 * EXPERT.width
    products = EXPERT.operations(size) - attention
    traffic = EXPERT.layers * size.tokens * way.traffic
    forward = (attention / card.attention + products / card.products + traffic / card.memory) / 1e12
    return way.passes * forward / way.faster + FIXED[area]


def _told(seconds: float) -> dict[str, int]:
    return {"seconds_per_take": round(seconds), "per_accepted_clip": round(seconds / ACCEPTED)}
