"""Stills as the experts see them: encoded once for all takes of a shot.

diffusers encodes the still at every call, as a film of as many frames as the clip has, and takes no
result from outside. So its model is given a method that looks first whether the result is kept.
"""

from copy import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from diffusers import WanImageToVideoPipeline
from diffusers.utils.torch_utils import randn_tensor

from pipeline.storage.tensors import KeptTensors, Kind, key_of

if TYPE_CHECKING:
    import torch
    from torch import Tensor


@dataclass(slots=True)
class Conditions:
    """Where conditions are kept, and by what name the next one goes."""

    kept: KeptTensors
    identity: str
    """Tells the encoder, its precision and its device from any other."""
    still: str = ""
    """The hash of the still that is rendered next; empty for one that must not be kept."""

    def key(self, width: int, height: int, frames: int) -> str:
        return key_of(
            encoder=self.identity, still=self.still, width=width, height=height, frames=frames
        )


class Model(WanImageToVideoPipeline):
    """diffusers' own model, which knows stills again."""

    conditions: Conditions | None = None

    def prepare_latents(
        self,
        image: Any,
        batch_size: int,
        num_channels_latents: int = 16,
        height: int = 480,
        width: int = 832,
        num_frames: int = 81,
        dtype: "torch.dtype | None" = None,
        device: "torch.device | None" = None,
        generator: Any = None,
        latents: "Tensor | None" = None,
        last_image: "Tensor | None" = None,
    ) -> "tuple[Tensor, Tensor]":
        """Noise and condition as diffusers makes them; the condition only where none is kept."""
        size = (height, width, num_frames, dtype, device)
        conditions = self.conditions
        if conditions is None or not conditions.still or last_image is not None:
            return super().prepare_latents(
                image, batch_size, num_channels_latents, *size, generator, latents, last_image
            )
        shape = (
            batch_size,
            num_channels_latents,
            (num_frames - 1) // self.vae_scale_factor_temporal + 1,
            height // self.vae_scale_factor_spatial,
            width // self.vae_scale_factor_spatial,
        )
        if latents is None:
            latents = randn_tensor(shape, generator=generator, device=device, dtype=dtype)
        key = conditions.key(width, height, num_frames)
        if found := conditions.kept.get(Kind.CONDITION, key):
            return latents, found["condition"].to(device=device, dtype=dtype)
        noise, condition = super().prepare_latents(
            image, batch_size, num_channels_latents, *size, generator, latents
        )
        conditions.kept.put(Kind.CONDITION, key, condition=condition)
        return noise, condition

    def for_one_call(self, conditions: Conditions) -> "Model":
        """The same parts, with what a call keeps in its model to itself: others may come in between."""
        model = copy(self)
        scheduler: Any = self.scheduler
        model.scheduler = type(scheduler).from_config(scheduler.config)
        model.conditions = conditions
        return model

    def below_boundary(self, step: int) -> bool:
        """Whether the low-noise expert makes the step of this index, in the call that is under way."""
        config: Any = self.config
        boundary = config.boundary_ratio * self.scheduler.config.num_train_timesteps
        return bool(self.scheduler.timesteps[step] < boundary)

    @property
    def estimate(self) -> "Tensor":
        """What the clean clip is by the step that was made last, in the call that is under way."""
        return self.scheduler.model_outputs[-1]

    def end_guidance(self) -> None:
        """The rest of the call that is under way goes on without, at half its cost. diffusers asks before
        each step whether there is guidance, and its `guidance_scale_2=1` computes both sides all the same.
        """
        self._guidance_scale = 1.0
