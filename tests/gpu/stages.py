"""The stages of the measurement, in their order: what matters most comes first.

Each goes through the farm's own code with weights made by chance (`tests.gpu.model`).
"""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from pipeline.engines import acceleration, step_cache, wan
from pipeline.engines.wan_exchange import Exchange, Side
from pipeline.engines.wan_experts import EXPERTS
from pipeline.engines.wan_needs import BYTES, DECODE_NUMBERS, GIB
from pipeline.models.device import card_of, is_cpu
from pipeline.models.device_memory import forget_peak, memory_limit, memory_peak
from pipeline.models.folders import first_line
from pipeline.profiles import profile
from pipeline.profiles.sections import (
    Quantisation,
    QuantisationSection,
    SpeedSection,
    StepCacheSection,
)
from tests.gpu import model, takes
from tests.gpu.bench import Bench, as_gib, off, rate, rounded, size_of
from tests.gpu.record import Found, LeftOut, Stage

if TYPE_CHECKING:
    from torch import Tensor

EXACT = "wan2.2-i2v-a14b"
FAST, DRAFT, SMALL = f"{EXACT}-fast", f"{EXACT}-draft", f"{EXACT}-24gb"
USABLE_OF_24_GB, USABLE_OF_80_GB = 23.2, 78.5
"""GiB that cards of 24 and 80 GB leave beside CUDA's own context and its driver."""
HALF, TWO_HALVES, IN_8_BITS, TWO_IN_8_BITS, VAE = 31, 72, 18, 34, 12
"""GiB that an expert takes with one pass of 480p, two with a decode, and the VAE alone in tiles."""
SHORT_OF = 0.6
"""Share of a whole decode's memory that forces it into tiles, which want a quarter."""
WITH_CACHE = 8
"""Steps, three of them above the boundary."""
BOTH_EXPERTS = 2
"""Steps, one by each expert: where one alone is on the card, they change places."""


def stages(bench: Bench) -> list[Stage]:
    """All of them; a rehearsal begins each however little time is left."""

    def begun_with(seconds: float) -> float:
        return seconds if bench.architecture.backend is None else 0

    def stage(name: str, seconds: float, measure: Callable[[Bench, Found], None]) -> Stage:
        return Stage(name, begun_with(seconds), lambda found: measure(bench, found))

    return [
        stage("attention", 10, attention),
        stage("expert", 10, expert),
        stage("torch_480p", 15, lambda bench, found: found.update(bench.passes("480p", times=2))),
        stage("torch_720p", 32, lambda bench, found: found.update(bench.passes("720p", times=1))),
        stage("exact_480p", 20, exact),
        stage("compiled_480p", 45, compiled),
        stage(
            "compiled_720p", 42, lambda bench, found: found.update(bench.passes("720p", times=2))
        ),
        stage("vae_480p", 45, lambda bench, found: vae(bench, found, "480p")),
        stage("vae_720p", 70, lambda bench, found: vae(bench, found, "720p")),
        stage("float8", 60, lambda bench, found: in_8_bits(bench, found, "float8")),
        stage("draft", 45, draft),
        stage("step_cache", 55, cached_steps),
        stage("int8", 60, lambda bench, found: in_8_bits(bench, found, "int8")),
        stage("exchange", 25, exchange),
        stage("take_in_24_gb", 45, take_in_24_gb),
        stage("take_in_80_gb", 110, take_in_80_gb),
    ]


def attention(bench: Bench, found: Found) -> None:
    """The kernels by themselves, at the tokens of both areas."""
    import torch
    from torch.nn.attention import SDPBackend, sdpa_kernel

    attend = torch.nn.functional.scaled_dot_product_attention
    known = bench.architecture.expert
    heads, width = known["num_attention_heads"], known["attention_head_dim"]
    kernels: dict[str, list[SDPBackend]] = {"torch's choice": []}
    if not is_cpu(bench.device):
        kernels["flash"] = [SDPBackend.FLASH_ATTENTION]
        kernels["cuDNN"] = [SDPBackend.CUDNN_ATTENTION]
    for area, size in bench.architecture.sizes.items():
        shape, dtype = (3, 1, heads, size.tokens, width), getattr(torch, model.DTYPE)
        query, key, value = torch.randn(shape, device=bench.device, dtype=dtype)
        operations = 4 * size.tokens**2 * heads * width
        found[area] = {}
        for name, backends in kernels.items():
            given = partial(attend, query, key, value)
            try:
                with sdpa_kernel(backends) if backends else nullcontext():
                    seconds = bench.seconds(given, times=3)
            except RuntimeError as error:  # this card or this torch has no such kernel
                found[area][name] = {"not_here": first_line(error)}
            else:
                found[area][name] = {"s": rounded(seconds), "tflops": rate(operations, seconds)}


def expert(bench: Bench, found: Found) -> None:
    """One, in half precision."""
    bench.make_room(HALF)
    bench.expert = model.expert(bench.folder, bench.device)
    found |= size_of(bench.expert)


def exact(bench: Bench, found: Found) -> None:
    """Not compiled, with the attention that the farm sets; others are held against what it makes."""
    before = bench.made()
    acceleration.set_up([bench.present()], bench.device, compiled=False)
    bench.right = bench.made()
    found["attention"] = (
        " > ".join(acceleration.attention_for(card_of(bench.device))) or "torch's choice"
    )
    found["off_torchs_attention"] = off(before, bench.right)
    with ThreadPoolExecutor(1) as another:  # as takes of a wave have theirs
        found["off_in_another_thread"] = off(bench.right, another.submit(bench.made).result())
    found |= bench.passes("480p", times=2)


def compiled(bench: Bench, found: Found) -> None:
    """The exact path: one graph for all sizes."""
    found |= bench.compile(bench.present())
    found |= bench.passes("480p", times=3)
    found |= bench.off_exact()


def vae(bench: Bench, found: Found, area: str) -> None:
    """A still encoded as a take does, in full precision; decodes in both, and one without room."""
    import torch

    bench.make_room(VAE)
    acceleration.set_up([], bench.device, compiled=False)
    size = bench.architecture.sizes[area]
    groups, rows, columns = (size.frames - 1) // 4 + 1, size.height // 8, size.width // 8
    latents = torch.randn(1, 16, groups, rows, columns, device=bench.device)
    parts = model.without_experts(bench.architecture, profile.load(EXACT), bench.device)
    still = parts.video_processor.preprocess(
        model.picture(size), height=size.height, width=size.width
    ).to(bench.device)
    found["encode float32"] = bench.peak_of(
        lambda: parts.prepare_latents(
            still,
            1,
            16,
            size.height,
            size.width,
            size.frames,
            torch.float32,
            torch.device(bench.device),
        )
    )
    for precision in ("float32", "bfloat16"):  # the decoder's weights are rounded once, and last
        speed = SpeedSection.model_validate({"decode": precision})
        engine = wan.WanEngine(parts, bench.device, *model.no_texts_and_nothing_kept(), speed)
        found[f"decode {precision}"] = bench.peak_of(lambda engine=engine: engine.decode(latents))
        if precision == "bfloat16":
            found["decode bfloat16, too little room"] = _without_room(bench, engine, latents)


def in_8_bits(bench: Bench, found: Found, kind: Quantisation) -> None:
    """Linear layers in 8 bits, compiled, with the weights of the exact expert."""
    wanted = QuantisationSection(high=kind, low=kind)
    if told := acceleration.why_no_quantisation(wanted, card_of(bench.device)):
        raise LeftOut(told)
    bench.make_room(IN_8_BITS)
    bench.expert = model.expert(bench.folder, bench.device, kind)
    found |= size_of(bench.expert)
    found |= bench.compile(bench.expert)
    found["480p"] = bench.passes("480p", times=2)
    found |= bench.off_exact()
    found["720p"] = bench.passes("720p", times=1)


def draft(bench: Bench, found: Found) -> None:
    """A whole take of the profile for drafts, but its texts: both experts on the card."""
    bench.make_room(TWO_IN_8_BITS)
    wanted = bench.profile(DRAFT)
    _load(bench, found, DRAFT)
    found |= bench.take(_engine(bench, DRAFT), wanted, wanted.sampler.steps, times=2)


def cached_steps(bench: Bench, found: Found) -> None:
    """What a shortened step costs, with a cache that shortens every other one."""
    parts = _engine(bench, DRAFT)._model
    fast = bench.profile(FAST)
    cache = StepCacheSection(
        threshold=1.0, first_blocks=bench.architecture.first_blocks, warm_up=1, in_a_row=1
    )
    parts.scheduler = model.sampler(fast)
    step_cache.enable(parts, cache, guided=True, guided_below=False)
    speed = fast.speed.model_copy(update={"cache": cache})
    engine = wan.WanEngine(parts, bench.device, *model.no_texts_and_nothing_kept(), speed)
    found |= bench.take(engine, fast, WITH_CACHE, times=2)
    below = found["steps_s"][takes.steps_above(fast, WITH_CACHE) :]  # one pass a step
    found |= {"whole_step_s": max(below), "shortened_step_s": min(below)}
    found["first_blocks"] = cache.first_blocks


def exchange(bench: Bench, found: Found) -> None:
    """An expert of the profile for 24 GB changes places with the one that waits, and back."""
    bench.make_room(IN_8_BITS)
    with memory_limit(bench.device, int(USABLE_OF_24_GB * GIB)):
        _load(bench, found, SMALL)
        places = exchange_of(_engine(bench, SMALL))
        seconds = bench.seconds(lambda: [places.put(part) for part in reversed(EXPERTS)], times=2)
        found |= {"one_way_s": rounded(seconds / 2)} | bench.peaks()
    waiting = places._waiting.values()
    blocks = {each.untyped_storage().data_ptr(): each.untyped_storage() for each in waiting}
    found["waiting_gib"] = as_gib(sum(each.nbytes for each in waiting))
    found["pinned_gib"] = as_gib(sum(each.nbytes() for each in blocks.values()))


def take_in_24_gb(bench: Bench, found: Found) -> None:
    """Two steps with guidance, an exchange and a decode in the memory that a card of 24 GB leaves."""
    engine, wanted = _engine(bench, SMALL), bench.profile(SMALL)
    found["limit_gib"] = USABLE_OF_24_GB
    with memory_limit(bench.device, int(USABLE_OF_24_GB * GIB)):
        found |= bench.take(engine, wanted, BOTH_EXPERTS, times=1)


def take_in_80_gb(bench: Bench, found: Found) -> None:
    """Two exact steps with guidance and a decode at 720p, both experts in the memory of an 80 GB card."""
    bench.make_room(TWO_HALVES)
    wanted = takes.in_area(bench.profile(EXACT), "720p")
    found["limit_gib"] = USABLE_OF_80_GB
    with memory_limit(bench.device, int(USABLE_OF_80_GB * GIB)):
        _load(bench, found, EXACT)
        found |= bench.take(_engine(bench, EXACT), wanted, BOTH_EXPERTS, times=1, area="720p")


def exchange_of(engine: wan.WanEngine) -> Exchange:
    """Of an engine whose experts change places."""
    return cast(Side, engine._model.transformer)._exchange


def _load(bench: Bench, found: Found, name: str) -> None:
    begun = time.perf_counter()
    wanted = bench.profile(name)
    bench.engines[name] = model.engine(bench.architecture, wanted, bench.folder, bench.device)
    found["loaded_s"] = round(time.perf_counter() - begun, 1)


def _engine(bench: Bench, name: str) -> wan.WanEngine:
    if name not in bench.engines:
        raise LeftOut(f"it goes on with an engine of {name}, which the stage before has not left")
    return bench.engines[name]


def _without_room(bench: Bench, engine: wan.WanEngine, latents: "Tensor") -> Found:
    """A decode where there is too little room for the whole picture: it goes in tiles."""
    rows, columns = (8 * side for side in latents.shape[-2:])
    whole = BYTES["bfloat16"] * DECODE_NUMBERS * rows * columns
    vae: Any = engine._model.vae
    enable, tiled = vae.enable_tiling, list[bool]()
    vae.enable_tiling = lambda: (tiled.append(True), enable())
    forget_peak(bench.device)
    there = memory_peak(bench.device)
    try:
        with memory_limit(bench.device, int((there.reserved if there else 0) + SHORT_OF * whole)):
            found = bench.peak_of(lambda: engine.decode(latents))
    finally:
        vae.enable_tiling = enable
    return found | {"in_tiles": bool(tiled)}
