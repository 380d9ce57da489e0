"""What others have published, what a card could do at most, and what this project wants to reach."""

from dataclasses import dataclass

from tests.gpu.takes import Kind

LIMIT = {"480p": 170, "720p": 661}
"""Seconds of 40 exact steps with guidance on a Hopper card that did nothing but multiply, at the 790
TFLOP/s that one was measured to sustain in bfloat16."""


@dataclass(frozen=True, slots=True)
class Target:
    """What a take should cost at most, from its still to its clip."""

    profile: str
    area: str
    card: str
    seconds: int


TARGETS = (
    Target("wan2.2-i2v-a14b", "480p", "H100", 240),
    Target("wan2.2-i2v-a14b", "480p", "H200", 225),
    Target("wan2.2-i2v-a14b", "720p", "H100", 900),
    Target("wan2.2-i2v-a14b", "720p", "H200", 900),
    Target("wan2.2-i2v-a14b-draft", "480p", "H100", 16),
    Target("wan2.2-i2v-a14b-draft", "480p", "H200", 16),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """Seconds that somebody published for 81 frames on one card."""

    who: str
    card: str
    area: str
    kind: Kind
    seconds: float
    source: str
    steps_alone: bool = False
    """Whether still, texts and decode are not in it."""
    how: str = ""


WAN = "Wan-Video/Wan2.2, README, Computational Efficiency"
LIGHTX2V = "ModelTC/LightX2V, README, Cross-Framework (Wan2.1-I2V-14B), seconds a step x 40"
LIGHTX2V_PAGES = (
    "ModelTC/LightX2V, docs/EN/source/getting_started/benchmark_source.md (Wan2.1-I2V-14B)"
)
ON_PAGES: tuple[tuple[str, str, str, Kind, int, str], ...] = (
    ("Wan2.1's own code", "H200", "480p", "exact", 366, ""),
    ("Wan2.1's own code", "H200", "720p", "exact", 974, ""),
    ("FastVideo", "H200", "480p", "fewer operations", 292, "SageAttention 2"),
    ("FastVideo", "H200", "720p", "fewer operations", 914, "SageAttention 2"),
    ("LightX2V", "H200", "480p", "fewer operations", 191, "float8, SageAttention 2"),
    ("LightX2V", "H200", "720p", "fewer operations", 671, "float8, SageAttention 2"),
    ("LightX2V", "H200", "480p", "fewer operations", 107, "the same and TeaCache"),
    ("LightX2V", "H200", "720p", "fewer operations", 344, "the same and TeaCache"),
    ("LightX2V", "H200", "480p", "few steps", 14, "4 steps, float8"),
    ("LightX2V", "H200", "720p", "few steps", 44, "4 steps, float8"),
    ("LightX2V", "RTX 4090", "480p", "fewer operations", 630, "float8, offloaded, 12 GB"),
    ("LightX2V", "RTX 4090", "480p", "few steps", 63, "4 steps, float8, offloaded"),
)
"""Who, card, area, kind, seconds, and how."""
FIGURES = (
    Figure(
        who="Wan2.2's own code", card="H100", area="480p", kind="exact", seconds=328, source=WAN
    ),
    Figure(
        who="Wan2.2's own code", card="H100", area="720p", kind="exact", seconds=1056, source=WAN
    ),
    *(
        Figure(
            who=who,
            card="H100",
            area="480p",
            kind="exact",
            seconds=seconds,
            source=LIGHTX2V,
            steps_alone=True,
        )
        for who, seconds in (
            ("diffusers", 391),
            ("xDiT", 357),
            ("FastVideo", 294),
            ("SGLang Diffusion", 245),
            ("LightX2V", 207),
        )
    ),
    Figure(
        who="SGLang Diffusion",
        card="not stated",
        area="720p",
        kind="exact",
        seconds=776,
        source="sgl-project/sglang, pull request 18149, seconds a step x 40",
        steps_alone=True,
        how="compiled",
    ),
    *(
        Figure(
            who=who,
            card=card,
            area=area,
            kind=kind,
            seconds=seconds,
            source=LIGHTX2V_PAGES,
            how=how,
        )
        for who, card, area, kind, seconds, how in ON_PAGES
    ),
    Figure(
        who="vLLM-Omni",
        card="H100",
        area="480p",
        kind="few steps",
        seconds=27.6,
        source="vllm-project/vllm-omni, tests/dfx/perf/tests/test_wan22_i2v_vllm_omni.json",
        how="4 steps with guidance",
    ),
)


def target(profile: str, area: str, card: str) -> int | None:
    """Seconds to reach on a card of this name, as far as one was set."""
    return next(
        (
            each.seconds
            for each in TARGETS
            if (each.profile, each.area) == (profile, area) and each.card in card
        ),
        None,
    )


def best(kind: Kind, area: str, card: str) -> Figure | None:
    """The fastest that was published for a card of this name; H100 and H200 are one family."""
    family = next(
        (each for each in (("H100", "H200"), ("RTX 4090",)) if any(one in card for one in each)), ()
    )
    known = [
        each for each in FIGURES if (each.kind, each.area) == (kind, area) and each.card in family
    ]
    return min(known, key=lambda each: each.seconds, default=None)
