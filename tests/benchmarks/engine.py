"""What a take of the large model costs on a card: calculated from its operations, and from rates.

The rates are printed with the figures: what cards sustain in long matrix products, in attention and in the
VAE's convolutions, and how much the parts between them read and write. Hopper's follow what `make gpu`
measured on an H200 (`docs/proofs/h200.json`); those of other cards are assumed.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from pipeline.engines.acceleration import why_no_quantisation
from pipeline.engines.wan_needs import Size
from pipeline.models.device import Accelerator
from pipeline.profiles import profile
from pipeline.profiles.profile import Profile
from pipeline.profiles.sections import Quantisation
from tests.gpu import published, takes
from tests.gpu.takes import ACCEPTED, AREAS, CACHE, EXPERT, TAIL, Parts

EAGER, COMPILED = 1_890_000, 336_000
"""Bytes that a block reads and writes for each token, beside what its products do."""
STILL = {"480p": 163.7, "720p": 381.7}
DECODE = {"480p": 275.4, "720p": 639.2}
"""10^12 operations of the VAE (`test_wan_needs.py`)."""
HALF = 1.25
"""How much sooner a decode in half precision is over."""
BUS = 0.020
"""10^12 bytes a second between a card and pinned memory, one way at a time."""


@dataclass(frozen=True)
class Card:
    """What a card sustains: 10^12 operations a second, and 10^12 bytes."""

    gib: int
    capability: tuple[int, int]
    products: float
    attention: float
    memory: float
    vae: float
    in_8_bits: Mapping[Quantisation, float] = field(default_factory=dict)


H100 = Card(
    gib=80,
    capability=(9, 0),
    products=700,
    attention=585,
    memory=3.35,
    vae=125,
    in_8_bits={"float8": 1100, "int8": 715},
)
CARDS = {
    "H100": H100,
    "H200": replace(H100, gib=141, memory=4.8),
    "RTX 4090": Card(
        gib=24,
        capability=(8, 9),
        products=150,
        attention=150,
        memory=1.01,
        vae=55,
        in_8_bits={"float8": 270, "int8": 270},
    ),
    "RTX 3090": Card(
        gib=24,
        capability=(8, 6),
        products=60,
        attention=60,
        memory=0.94,
        vae=24,
        in_8_bits={"int8": 140},
    ),
}
FLASH = 360.0
"""FlashAttention 2 on a Hopper card, which torch chose before it had cuDNN's; measured, too."""
SMALL = 24
"""GiB of cards on which the profiles for small ones alone fit, which no larger card is in need of."""


def run() -> dict[str, Any]:
    """Seconds of a take, and of the card for each accepted clip, by card and profile, beside what others
    have published."""
    exact = profile.load("wan2.2-i2v-a14b")
    before = replace(H100, attention=FLASH)
    found: dict[str, Any] = {
        "calculated": "from measured rates on Hopper, from assumed ones else",
        "accepted": ACCEPTED,
    }
    found["H100, exact, not compiled, FlashAttention 2"] = {
        area: _told(takes.in_area(exact, area), before, "", eager=True) for area in AREAS
    }
    for name, card in CARDS.items():
        found[name] = {
            f"{wanted.name} {wanted.frame.area}": _told(wanted, card, name)
            for wanted in takes.profiles()
            if (card.gib <= SMALL) == (wanted.worker.experts == "exchanged")
        }
    found["operations of 8.06 s, times those of 81 frames"] = {
        area: {
            "2 segments of 65 frames": round(_operations(size, 65, 65), 2),
            "in one piece": round(_operations(size, 129), 2),
        }
        for area, size in AREAS.items()
    }
    found["limit of a Hopper card, 40 exact steps"] = published.LIMIT
    found["published"] = {
        f"{each.who}, {each.card}, {each.area}, {each.how or each.kind}"
        + (", its steps alone" if each.steps_alone else ""): round(each.seconds)
        for each in published.FIGURES
    }
    found["assumed"] = {
        **{name: asdict(card) for name, card in CARDS.items()},
        "FlashAttention 2 on Hopper": FLASH,
        "bytes a token and block, eager and compiled": [EAGER, COMPILED],
        "decode in half precision, times as fast": HALF,
        "10^12 bytes a second to the machine's memory": BUS,
        "step cache, times as fast": CACHE,
        "seconds of checks, score and film": TAIL,
    }
    return found


def _operations(size: Size, *lengths: int) -> float:
    """Of passes through segments of so many frames each, as a share of one of that size."""
    each = (EXPERT.operations(replace(size, frames=frames)) for frames in lengths)
    return sum(each) / EXPERT.operations(size)


def a_pass(
    card: Card, size: Size, quantisation: Quantisation | None, *, eager: bool = False
) -> float:
    """Seconds of one pass through an expert."""
    attention = EXPERT.layers * 4 * size.tokens**2 * EXPERT.width
    products = EXPERT.operations(size) - attention
    traffic = EXPERT.layers * size.tokens * (EAGER if eager else COMPILED)
    rate = card.in_8_bits[quantisation] if quantisation else card.products
    return (attention / card.attention + products / rate + traffic / card.memory) / 1e12


def parts(wanted: Profile, card: Card, *, eager: bool = False) -> Parts:
    """Seconds of what a take of a profile is made of."""
    area, precision = wanted.frame.area, wanted.speed.quantisation
    decode = DECODE[area] / card.vae
    return Parts(
        high=a_pass(card, AREAS[area], precision.high, eager=eager),
        low=a_pass(card, AREAS[area], precision.low, eager=eager),
        still=STILL[area] / card.vae,
        decode=decode / HALF if wanted.speed.decode == "bfloat16" else decode,
        exchange=2 * EXPERT.linear / (BUS * 1e12),
    )


def _told(wanted: Profile, card: Card, name: str, *, eager: bool = False) -> Any:
    known = Accelerator(name=name, memory=card.gib * 2**30, capability=card.capability)
    if told := why_no_quantisation(wanted.speed.quantisation, known):
        return f"does not run: {told}"
    found = parts(wanted, card, eager=eager)
    said = {
        "seconds_per_take": round(takes.seconds(wanted, found)),
        "card_seconds_per_accepted_clip": round(takes.card_seconds(wanted, found) / ACCEPTED),
    }
    goal = published.target(wanted.name, wanted.frame.area, name) if name else None
    return said | ({"wanted": goal} if goal else {})
