"""The trained parts of the render model, put together as diffusers knows it."""

from typing import TYPE_CHECKING, Any

from pipeline.toy.training import autoencoder, experts, words
from pipeline.toy.training.workshop import Workshop

if TYPE_CHECKING:
    from diffusers import WanImageToVideoPipeline


def take(workshop: Workshop) -> "WanImageToVideoPipeline":
    """The whole model. On the CPU."""
    from diffusers import UniPCMultistepScheduler, WanImageToVideoPipeline

    reader, high = experts.take(workshop, "high")
    _, low = experts.take(workshop, "low")
    parts: dict[str, Any] = {
        "tokenizer": words.for_experts(),
        "text_encoder": reader,
        "vae": autoencoder.take(workshop),
        "scheduler": UniPCMultistepScheduler(
            prediction_type="flow_prediction", use_flow_sigmas=True, flow_shift=experts.SHIFT
        ),
        "transformer": high,
        "transformer_2": low,
    }
    boundary = experts.BOUNDARY
    return WanImageToVideoPipeline(**parts, boundary_ratio=boundary, expand_timesteps=False)
