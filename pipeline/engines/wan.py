"""Loads the image-to-video model once; a still and a prompt go in, frames come out.

The model is diffusers' own and is left as it is: the same values give the same frames as a plain
call of it. What could go wrong with a checkpoint is said when it is loaded, not during a take.
"""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.engines import wan_checkpoint
from pipeline.engines.protocol import Abilities, OnStep
from pipeline.errors import Cause, RenderFault
from pipeline.models.device import faults
from pipeline.profiles.profile import Profile
from pipeline.recipe import Recipe

if TYPE_CHECKING:
    from diffusers import WanImageToVideoPipeline
    from PIL.Image import Image
    from torch import Tensor

    from pipeline.storage.files import Frames

TEXTS_KEPT = 16
"""Encoded texts that stay in memory; the negative prompt is one, since every take asks for it."""


@dataclass(frozen=True, slots=True)
class Text:
    """Prompt and negative prompt as the experts read them, each (1, text_tokens, width)."""

    prompt: "Tensor"
    negative: "Tensor"


class WanEngine:
    """One loaded model on one device. Not for use by two threads at once."""

    def __init__(self, profile: Profile, model: "WanImageToVideoPipeline", device: str) -> None:
        import torch

        self.abilities = Abilities(device=device, tells_each_step=True, stops_between_steps=True)
        self._device = device
        self._model = model
        self._tokens = profile.model.text_tokens
        self._embed = lru_cache(maxsize=TEXTS_KEPT)(self._embed_anew)
        vae, shape = model.vae, (1, model.vae.config.z_dim, 1, 1, 1)
        self._mean, spread = (
            torch.tensor(values).view(shape).to(device, vae.dtype)
            for values in (vae.config.latents_mean, vae.config.latents_std)
        )
        self._inverse_spread = 1.0 / spread

    def encode_text(self, prompt: str, negative: str) -> Text:
        """Both texts as the experts read them. Raises `RenderFault`."""
        with faults("reading the prompt", self._device):
            return Text(self._embed(prompt), self._embed(negative))

    def denoise(self, picture: "Image", text: Text, recipe: Recipe, on_step: OnStep) -> "Tensor":
        """Latents (1, 16, latent frames, rows, columns) of the clip that the recipe asks for.

        `on_step(step, steps)` is called after each step; what it raises ends the render. Raises
        `RenderFault`, and `ValueError` for a picture that diffusers would stretch or cannot read.
        """
        import torch

        if (picture.mode, picture.size) != ("RGB", (recipe.width, recipe.height)):
            raise ValueError(
                f"the picture is {picture.mode} of {picture.width}x{picture.height}, the recipe "
                f"wants RGB of {recipe.width}x{recipe.height}: prepare the still for this recipe"
            )

        try:
            with faults("denoising", self._device), torch.inference_mode():
                (latents,) = self._model(
                    image=picture,
                    prompt_embeds=text.prompt,
                    negative_prompt_embeds=text.negative,
                    width=recipe.width,
                    height=recipe.height,
                    num_frames=recipe.frames,
                    num_inference_steps=recipe.steps,
                    guidance_scale=recipe.cfg_high,
                    guidance_scale_2=recipe.cfg_low,
                    generator=torch.Generator("cpu").manual_seed(recipe.seed),
                    callback_on_step_end=_telling(on_step, recipe.steps),
                    output_type="latent",
                    return_dict=False,
                )
                return _finite(latents, "denoising")
        finally:
            # A render that was ended half way would otherwise leave its traces in the next one.
            self._model.maybe_free_model_hooks()

    def decode(self, latents: "Tensor") -> "Frames":
        """Frames (frames, height, width, 3), RGB, as diffusers decodes them. Raises `RenderFault`."""
        import torch

        model = self._model
        with faults("decoding", self._device), torch.inference_mode():
            latents = latents.to(model.vae.dtype) / self._inverse_spread + self._mean
            video = _finite(model.vae.decode(latents, return_dict=False)[0], "decoding")
            frames = model.video_processor.postprocess_video(video, output_type="pt")[0].float()
            frames = (frames * 255).round().to(torch.uint8).permute(0, 2, 3, 1)
            return frames.contiguous().cpu().numpy()

    def _embed_anew(self, words: str) -> "Tensor":
        import torch

        with torch.no_grad():
            return self._model.encode_prompt(
                words, do_classifier_free_guidance=False, max_sequence_length=self._tokens
            )[0]


def load(profile: Profile, folder: Path, device: str) -> WanEngine:
    """The profile's model from `folder`, on `device`.

    Raises `RenderFault`: fatal for a checkpoint that is incomplete or of another kind.
    """
    wan_checkpoint.check(profile, folder)
    model = wan_checkpoint.read(profile, folder)
    with faults("loading the model", device):
        model.to(device)
        return WanEngine(profile, model, device)


def _telling(on_step: OnStep, steps: int) -> Any:
    """What diffusers calls after a step; it wants a dictionary back."""

    def after_step(_model: object, index: int, _time: object, _tensors: object) -> dict[str, Any]:
        on_step(index + 1, steps)
        return {}

    return after_step


def _finite(numbers: "Tensor", doing: str) -> "Tensor":
    """Also waits for the device, so that its errors and its seconds count for the right stage."""
    if not bool(numbers.isfinite().all()):
        raise RenderFault(Cause.MACHINE, f"{doing} gave numbers that are not finite")
    return numbers
