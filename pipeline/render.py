"""Loads the image-to-video model once; a still and a prompt go in, frames come out.

The model is diffusers' own and is left as it is: the same values give the same frames as a plain
call of it. What could go wrong with a checkpoint is said when it is loaded, not during a take.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline import weights
from pipeline.errors import Cause, RenderFault
from pipeline.profile import Profile
from pipeline.recipe import Recipe

if TYPE_CHECKING:
    import numpy as np
    from diffusers import WanImageToVideoPipeline
    from numpy.typing import NDArray
    from PIL.Image import Image
    from torch import Tensor

CLASS = "WanImageToVideoPipeline"
EXPERTS = ("transformer", "transformer_2")
MODELS = (*EXPERTS, "vae", "text_encoder")
PARTS = (*MODELS, "tokenizer", "scheduler")
EXPERT_CHANNELS = 36
"""16 of noise, 4 of mask, 16 of the still: what an expert of this kind of model takes in."""
TEXTS_KEPT = 16
"""Encoded texts that stay in memory; the negative prompt is one, since every take asks for it."""


@dataclass(frozen=True, slots=True)
class Text:
    """Prompt and negative prompt as the experts read them, each (1, text_tokens, width)."""

    prompt: "Tensor"
    negative: "Tensor"


class Renderer:
    """One loaded model on one device. Not for use by two threads at once."""

    def __init__(self, profile: Profile, model: "WanImageToVideoPipeline", device: str) -> None:
        import torch

        self.device = device
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
        with faults("reading the prompt", self.device):
            return Text(self._embed(prompt), self._embed(negative))

    def denoise(
        self, picture: "Image", text: Text, recipe: Recipe, on_step: Callable[[int, int], None]
    ) -> "Tensor":
        """Latents (1, 16, latent frames, height/8, width/8) of the clip that the recipe asks for.

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
            with faults("denoising", self.device), torch.inference_mode():
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

    def decode(self, latents: "Tensor") -> "NDArray[np.uint8]":
        """Frames (frames, height, width, 3), RGB, as diffusers decodes them. Raises `RenderFault`."""
        import torch

        model = self._model
        with faults("decoding", self.device), torch.inference_mode():
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


def best_device() -> str:
    """The device that a model should run on here: `cuda` or `cpu`."""
    import torch

    return "cuda" if torch.cuda.is_available() else "cpu"


def load(profile: Profile, folder: Path, device: str) -> Renderer:
    """The profile's model from `folder`, on `device`, checked before its weights are read.

    Raises `RenderFault`: fatal for a checkpoint that is incomplete or of another kind.
    """
    _check_checkpoint(profile, folder)
    model = _read(profile, folder)
    with faults("loading the model", device):
        model.to(device)
        return Renderer(profile, model, device)


@contextmanager
def faults(doing: str, device: str) -> Iterator[None]:
    """Turns torch's errors into `RenderFault`: no memory is capacity, anything else machine."""
    import torch

    try:
        yield
    except torch.OutOfMemoryError as error:
        torch.cuda.empty_cache()
        raise RenderFault(
            Cause.CAPACITY,
            f"the memory of {device} ran out while {doing}: free it of other programs, or choose "
            f"a profile with a smaller area ({weights.first_line(error)})",
        ) from error
    except RuntimeError as error:
        raise RenderFault(
            Cause.MACHINE, f"{doing} failed on {device}: {weights.first_line(error)}"
        ) from error


def _telling(on_step: Callable[[int, int], None], steps: int) -> Any:
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


def _read(profile: Profile, folder: Path) -> "WanImageToVideoPipeline":
    import torch
    from diffusers import UniPCMultistepScheduler, WanImageToVideoPipeline

    _silence_progress_bars()
    section = profile.model
    precision = {"default": section.dtype, "vae": section.vae_dtype}
    try:
        model = WanImageToVideoPipeline.from_pretrained(
            folder,
            use_safetensors=True,
            local_files_only=True,
            dtype={part: getattr(torch, name) for part, name in precision.items()},
        )
    except Exception as error:  # a bad checkpoint fails in as many ways as there are libraries
        raise _refused(folder, f"cannot be loaded: {weights.first_line(error)}") from error
    model.scheduler = UniPCMultistepScheduler.from_config(
        model.scheduler.config,
        flow_shift=profile.sampler.flow_shift,
        prediction_type="flow_prediction",
        use_flow_sigmas=True,
    )
    model.set_progress_bar_config(disable=True)
    return model


def _check_checkpoint(profile: Profile, folder: Path) -> None:
    """Reads the small files alone, so that a wrong checkpoint is refused in no time."""
    index = _json(folder, "model_index.json")
    if index.get("_class_name") != CLASS:
        raise _refused(folder, f"is a {index.get('_class_name')}, not a {CLASS}")
    for part in PARTS:
        if not (index.get(part) or [None])[0]:
            raise _refused(folder, f"has no {part} in its model_index.json")
        if not (folder / part).is_dir():
            raise _refused(folder, f"has no folder {part}")
    if index.get("boundary_ratio") != profile.model.boundary:
        raise _refused(
            folder,
            f"changes experts at {index.get('boundary_ratio')}, while profile {profile.name} says "
            f"boundary = {profile.model.boundary}",
        )
    if index.get("expand_timesteps"):
        raise _refused(folder, "expands its timesteps, which this kind of model does not")
    for part in MODELS:
        weights.check_whole(folder / part)
    for part in EXPERTS:
        _check_expert(profile, folder, part)


def _check_expert(profile: Profile, folder: Path, part: str) -> None:
    expert, vae = _json(folder, f"{part}/config.json"), _json(folder, "vae/config.json")
    if expert.get("in_channels") != EXPERT_CHANNELS:
        raise _refused(
            folder, f"has a {part} of {expert.get('in_channels')} channels, not {EXPERT_CHANNELS}"
        )
    grid = vae.get("scale_factor_spatial", 8) * expert["patch_size"][1]
    if profile.frame.grid % grid:
        raise _refused(
            folder,
            f"works on a grid of {grid}, while profile {profile.name} says {profile.frame.grid}",
        )


def _json(folder: Path, name: str) -> dict[str, Any]:
    try:
        return json.loads((folder / name).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise _refused(folder, f"has no readable {name} ({weights.first_line(error)})") from error


def _refused(folder: Path, what: str) -> RenderFault:
    return RenderFault(
        Cause.FATAL,
        f"the checkpoint {folder} {what}: fetch it again whole, or name another in the profile's "
        "[model] weights",
    )


def _silence_progress_bars() -> None:
    from diffusers.utils import logging as diffusers_logging
    from transformers.utils import logging as transformers_logging

    diffusers_logging.disable_progress_bar()
    transformers_logging.disable_progress_bar()
