"""A cache of steps: where an expert's first blocks change little, the others are taken over from before.

cache-dit does it; both experts have a cache of their own, and a take that is broken off leaves nothing in
either for the next one.
"""

import os
from typing import TYPE_CHECKING

from pipeline.errors import Cause, RenderFault
from pipeline.profiles.sections import StepCacheSection

if TYPE_CHECKING:
    from pipeline.engines.wan_conditions import Model


def enable(model: "Model", cache: StepCacheSection, *, guided: bool, guided_below: bool) -> None:
    """Shortens steps from now on, in place.

    `guided` and `guided_below` tell whether there is guidance above and below the boundary. Where there
    is none an expert makes one pass a step: cache-dit must be told, or it takes every second one for the
    other side of guidance and shortens less. Raises `RenderFault` (fatal) for an expert with too few
    blocks.
    """
    os.environ.setdefault("CACHE_DIT_LOG_LEVEL", "WARNING")  # it tells all it does, twice
    import cache_dit

    blocks, always = len(model.transformer.blocks), cache.first_blocks + cache.last_blocks
    if always >= blocks:
        raise RenderFault(
            Cause.FATAL,
            f"speed.cache computes {always} blocks at every step and an expert of this model has {blocks}: "
            "there is nothing left to take over; set first_blocks and last_blocks lower",
        )

    def settings(*, guided: bool) -> cache_dit.DBCacheConfig:
        return cache_dit.DBCacheConfig(
            Fn_compute_blocks=cache.first_blocks,
            Bn_compute_blocks=cache.last_blocks,
            residual_diff_threshold=cache.threshold,
            max_warmup_steps=cache.warm_up,
            max_continuous_cached_steps=cache.in_a_row,
            enable_separate_cfg=guided,
        )

    # cache-dit wraps the call of a whole class: this model gets one of its own, others stay as they are.
    model.__class__ = type(type(model).__name__, (type(model),), {})
    experts = [model.transformer, model.transformer_2]
    pattern = cache_dit.ForwardPattern.Pattern_2
    adapter = cache_dit.BlockAdapter(
        pipe=model,
        transformer=experts,
        blocks=[expert.blocks for expert in experts],
        forward_pattern=[pattern, pattern],
        params_modifiers=[
            [cache_dit.ParamsModifier(cache_config=settings(guided=guided))]
            for guided in (guided, guided_below)
        ],
        has_separate_cfg=guided,
    )
    cache_dit.enable_cache(adapter, cache_config=settings(guided=guided))
