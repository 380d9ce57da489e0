"""Loads the image-to-video model once; a still and a prompt go in, frames come out.

The model is diffusers' own and is left as it is: the same values give the same frames as a plain
call of it. What could go wrong with a checkpoint is said when it is loaded, not during a take.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.engines import acceleration, step_cache, wan_checkpoint, wan_needs
from pipeline.engines.foresight import Foresight
from pipeline.engines.protocol import Abilities, AtBoundary, Look, OnStep, check_picture
from pipeline.engines.wan_exchange import Exchange, Side, waiting_weights
from pipeline.engines.wan_experts import EXPERTS, ExpertSource, sources
from pipeline.engines.wan_needs import TextEncoderOn
from pipeline.engines.wan_texts import Texts
from pipeline.errors import Cause, RenderFault
from pipeline.models.device import card_of, kind_of
from pipeline.models.device_faults import faults
from pipeline.models.device_memory import avoid_fragmentation, free_unused, host_memory
from pipeline.models.folders import fingerprint, first_line
from pipeline.profiles.profile import Profile
from pipeline.profiles.sections import SpeedSection
from pipeline.recipe import Recipe
from pipeline.storage.tensors import NOTHING_KEPT, KeptTensors

if TYPE_CHECKING:
    from diffusers import WanTransformer3DModel
    from PIL.Image import Image
    from torch import Tensor

    from pipeline.engines.wan_conditions import Conditions, Model
    from pipeline.storage.files import Frames


_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Text:
    """Prompt and negative prompt as the experts read them, each (1, text_tokens, width)."""

    prompt: "Tensor"
    negative: "Tensor"


class WanEngine:
    """One loaded model on one device. Threads take turns: while one computes, others may be held in
    `at_boundary` and nowhere else."""

    def __init__(
        self,
        model: "Model",
        device: str,
        texts: Texts,
        conditions: "Conditions",
        speed: SpeedSection,
        foresight: Foresight | None = None,
    ) -> None:
        import torch

        self.abilities = Abilities(
            device=kind_of(device), tells_each_step=True, stops_between_steps=True
        )
        self._device = device
        self._model = model
        self._texts, self._speed = texts, speed
        self._conditions, self._foresight = conditions, foresight
        vae, shape = model.vae, (1, model.vae.config.z_dim, 1, 1, 1)
        self._decode_dtype = getattr(torch, speed.decode) if speed.decode else vae.dtype
        for part in (vae.post_quant_conv, vae.decoder):
            part.to(
                self._decode_dtype
            )  # the encoder stays as it is: its rounding moves every frame
        self._mean, spread = (
            torch.tensor(values).view(shape).to(device, self._decode_dtype)
            for values in (vae.config.latents_mean, vae.config.latents_std)
        )
        self._inverse_spread = 1.0 / spread

    @property
    def experts(self) -> "list[WanTransformer3DModel]":
        """Both, the high-noise one first, for who changes how they compute."""
        return [getattr(self._model, part) for part in EXPERTS]

    def encode_text(self, prompt: str, negative: str, ahead: Sequence[str] = ()) -> Text:
        """Both texts as the experts read them. Raises `RenderFault`."""
        with faults("reading the prompt", self._device):
            return Text(*self._texts.encode([prompt, negative], ahead))

    def denoise(
        self,
        picture: "Image",
        text: Text,
        recipe: Recipe,
        on_step: OnStep,
        at_boundary: AtBoundary | None = None,
        look: Look | None = None,
    ) -> "Tensor":
        """Latents (1, 16, latent frames, rows, columns) of the clip that the recipe asks for.

        `on_step(step, steps)` is called after each step, `at_boundary()` between the experts, `look` below
        the boundary; what they raise ends the render. Raises `RenderFault`, and `ValueError` for a picture
        that diffusers would stretch or cannot read.
        """
        import torch

        check_picture(picture, recipe)
        model = self._model.for_one_call(replace(self._conditions, still=recipe.still))
        try:
            with faults("denoising", self._device), torch.inference_mode():
                (latents,) = model(
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
                    callback_on_step_end=self._after_step(on_step, at_boundary, look, recipe.steps),
                    output_type="latent",
                    return_dict=False,
                )
                return _finite(latents, "denoising")
        finally:
            # A render that was ended half way would otherwise leave its traces in the next one.
            model.maybe_free_model_hooks()

    def decode(self, latents: "Tensor") -> "Frames":
        """Frames (frames, height, width, 3), RGB, as diffusers decodes them. Raises `RenderFault`."""
        import torch

        with faults("decoding", self._device), torch.inference_mode():
            latents = latents.to(self._device, self._decode_dtype)
            video = _finite(self._video(latents / self._inverse_spread + self._mean), "decoding")
            frames = self._model.video_processor.postprocess_video(video, output_type="pt")[
                0
            ].float()
            frames = (frames * 255).round().to(torch.uint8).permute(0, 2, 3, 1)
            return frames.contiguous().cpu().numpy()

    def _video(self, latents: "Tensor") -> "Tensor":
        """The whole picture at once, or in tiles where the memory does not do: a denoise was paid for."""
        import torch

        vae = self._model.vae
        try:
            return vae.decode(latents, return_dict=False)[0]
        except torch.OutOfMemoryError as error:
            _log.warning("decoding once more, in tiles: %s", first_line(error))
        free_unused(self._device)  # what the error held, as long as it was there
        vae.enable_tiling()
        try:
            return vae.decode(latents, return_dict=False)[0]
        finally:
            vae.disable_tiling()

    @property
    def seen_through(self) -> str:
        """The fingerprint of the tiny decoder; empty without one."""
        return self._foresight.fingerprint if self._foresight else ""

    def preview(self, latents: "Tensor") -> "Frames":
        """Rough frames of an estimate. Raises `RenderFault`."""
        assert self._foresight
        return self._foresight.preview(latents)

    def _after_step(
        self, on_step: OnStep, at_boundary: AtBoundary | None, look: Look | None, steps: int
    ) -> Any:
        """What diffusers calls after a step; it wants a dictionary back."""
        above_only = self._speed.guidance == "above_boundary"
        below = 0

        def after_step(
            model: "Model", index: int, _time: object, tensors: "dict[str, Tensor]"
        ) -> dict[str, Any]:
            nonlocal below
            on_step(index + 1, steps)
            below += model.below_boundary(index)
            if look and below in look.after and index + 1 < steps:
                look.at(index + 1, model.estimate)
            if index + 1 < steps and model.below_boundary(index + 1):
                if above_only:
                    model.end_guidance()
                if at_boundary and not model.below_boundary(index):
                    _finite(tensors["latents"], "denoising")
                    at_boundary()
            return {}

        return after_step


def load(
    profile: Profile,
    folder: Path,
    device: str,
    kept: KeptTensors = NOTHING_KEPT,
    loras: Sequence[Path] = (),
    beside: int = 0,
    decoder: Path | None = None,
) -> WanEngine:
    """The profile's model from `folder`, on `device`; what it keeps for others goes to `kept`.

    `loras` are the files of the profile's `model.loras`, `beside` the bytes of the device that others take,
    `decoder` the file of the tiny decoder by which unfinished clips are looked at.
    Raises `RenderFault`: fatal for a checkpoint that is incomplete or of another kind, and for a card on
    which the profile does not run.
    """
    experts = sources(profile, folder, loras)
    wan_checkpoint.check(profile, folder, experts)
    card = card_of(device)
    told = acceleration.why_no_quantisation(profile.speed.quantisation, card)
    if told := told or wan_needs.why_too_small(profile, folder, card, host_memory(), beside):
        raise RenderFault(Cause.FATAL, told)
    reading = wan_needs.text_encoder_on(profile, folder, card, beside)
    with faults("loading the model", device):
        model = wan_checkpoint.read(profile, folder, device)
        from pipeline.engines.wan_conditions import Conditions

        on = kind_of(device)
        texts = Texts(
            model,
            lambda: wan_checkpoint.read_text_encoder(
                profile, folder, device, in_layers=reading is TextEncoderOn.FILE
            ),
            tokens=profile.model.text_tokens,
            device=device,
            stays=reading is TextEncoderOn.DEVICE,
            many_at_once=reading is TextEncoderOn.TURN,
            kept=kept,
            identity=f"{fingerprint(folder / 'text_encoder')} {profile.model.dtype} {on}",
        )
        vae = f"{fingerprint(folder / 'vae')} {profile.model.vae_dtype} {on}"
        conditions = Conditions(kept=kept, identity=vae)
        return assemble(profile, model, experts, texts, conditions, device, decoder)


def assemble(
    profile: Profile,
    model: "Model",
    experts: Sequence[ExpertSource],
    texts: Texts,
    conditions: "Conditions",
    device: str,
    decoder: Path | None = None,
) -> WanEngine:
    """The engine of a model without experts: reads them, and sets up what the profile says of speed.

    `decoder` is the file of the tiny decoder by which unfinished clips are looked at."""
    avoid_fragmentation(device)
    _put_experts(model, experts, profile, device)
    if profile.speed.cache:
        guided = profile.guided and profile.speed.guidance == "always"
        step_cache.enable(model, profile.speed.cache, guided=profile.guided, guided_below=guided)
    foresight = Foresight.load(decoder, device) if decoder else None
    return WanEngine(model, device, texts, conditions, profile.speed, foresight)


def _put_experts(
    model: "Model", experts: Sequence[ExpertSource], profile: Profile, device: str
) -> None:
    """Both on the device, or one of them in whose place the other comes at the boundary."""
    high, low = experts
    if profile.worker.experts == "exchanged":
        one = high.read(device)
        exchange = Exchange(one, high.part, waiting_weights(low.tensors(device), device))
        model.register_modules(**{each.part: Side(exchange, each.part) for each in experts})
        on_device = [one]
    else:
        on_device = [each.read(device) for each in experts]
        model.register_modules(
            **{each.part: read for each, read in zip(experts, on_device, strict=True)}
        )
    acceleration.set_up(on_device, device, compiled=profile.speed.compile)


def _finite(numbers: "Tensor", doing: str) -> "Tensor":
    """Also waits for the device, so that its errors and its seconds count for the right stage."""
    if not bool(numbers.isfinite().all()):
        raise RenderFault(Cause.MACHINE, f"{doing} gave numbers that are not finite")
    return numbers
