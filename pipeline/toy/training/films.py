"""Clips that the trained model makes, and what measuring finds in them: the scorer learns from these too.

What a render does wrong is not what somebody would draw: subjects melt, stop half way, or push at an edge.
"""

import random
from collections.abc import Sequence
from dataclasses import astuple, dataclass, replace
from typing import TYPE_CHECKING, Any

from pipeline.toy import captions, choosing, measuring, world
from pipeline.toy.training import autoencoder, batches, codec, experts, scorer, whole_clip, words
from pipeline.toy.training.workshop import Workshop
from pipeline.toy.world import Scene

if TYPE_CHECKING:
    from diffusers import UniPCMultistepScheduler, WanTransformer3DModel
    from torch import Tensor

BATCH = 8
STEPS, GUIDANCE = 8, 3.0
"""As the profile `toy` renders."""
NEGATIVE = "blurry, still picture"
NOT_SURE = ("?",)
"""Among the motions of a film: a caption of one motion is neither right nor wrong for it."""


@dataclass(frozen=True, slots=True)
class Film:
    """One clip, and the truth about it."""

    scene: Scene
    """What the still shows and the clip was to do."""
    shown: tuple[tuple[str, ...], ...]
    """The motions that a right caption tells; none where the subject does not stay what it is."""
    kept: tuple[bool, ...]
    """In which of the filmstrip's frames the subject has its colour and its shape."""
    strip: "Tensor"
    """The filmstrip's frames (3, 4, 64, 64), 0..1."""


def make(workshop: Workshop, count: int) -> None:
    """Films `count` scenes, of every kind that goes well or wrong."""
    import torch

    rng, model = random.Random("films of the toy"), _Model(workshop)
    kept: dict[str, list[Any]] = {"scenes": [], "shown": [], "kept": [], "strips": []}
    torch.manual_seed(6)
    for done in range(0, count, BATCH):
        wanted = [_wished(rng) for _ in range(min(BATCH, count - done))]
        frames = model.render([scene for scene, _ in wanted], [prompt for _, prompt in wanted])
        for (scene, _), clip in zip(wanted, frames, strict=True):
            measured = measuring.measure(clip, scene)
            kept["scenes"].append(astuple(scene))
            kept["shown"].append(_shown(measured, scene))
            looks = [measured.looks[number] for number in scorer.STRIP]
            right = (scene.colour, scene.shape)
            kept["kept"].append(tuple((look.colour, look.shape) == right for look in looks))
            kept["strips"].append(torch.from_numpy(clip[[*scorer.STRIP]]).permute(3, 0, 1, 2))
        workshop.told(done + len(wanted), count, 0.0)
    workshop.keep("films", {**kept, "strips": torch.stack(kept["strips"])})


def take(workshop: Workshop) -> list[Film]:
    """The workshop's films. On the CPU."""
    kept = workshop.take("films")
    told = zip(kept["scenes"], kept["shown"], kept["kept"], strict=True)
    strips = kept["strips"].float() / 255
    return [
        Film(Scene(*scene), shown, right, strip)
        for (scene, shown, right), strip in zip(told, strips, strict=True)
    ]


def mirrored(film: Film) -> Film:
    """The film with left and right changed places."""
    other = {"left": "right", "right": "left"}
    shown = tuple(tuple(other.get(move, move) for move in moves) for moves in film.shown)
    moves = tuple(other.get(move, move) for move in film.scene.moves)
    x, y = film.scene.centre
    scene = replace(film.scene, centre=(world.SIDE - x, y), moves=moves)
    return Film(scene, shown, film.kept, film.strip.flip(-1))


def _wished(rng: random.Random) -> tuple[Scene, str]:
    """A scene, and the prompt that it is filmed by."""
    kind = rng.random()
    if kind < 0.25:
        scene = choosing.choose(rng)
    elif kind < 0.55:
        scene = choosing.choose_cramped(rng, rng.choice([*world.DIRECTIONS]))
    elif kind < 0.75:
        scene = choosing.choose(rng, moves=choosing.choose_stages(rng), free=False)
    else:
        scene = choosing.choose(rng)
        return scene, captions.cluttered(scene, rng, rng.choice((0, 0, 1)))
    return scene, captions.for_training(scene, rng)


def _shown(measured: measuring.Measured, scene: Scene) -> tuple[tuple[str, ...], ...]:
    if measured.jumped or not measured.kept(scene):
        return ()
    first, second = measured.did(2)
    if first != second and "rest" not in (first, second):
        return ((first, second), NOT_SURE)
    if len(scene.moves) == 2:
        # Half of it, perhaps: too little for a whole clip's motion, and no rest either.
        return (NOT_SURE,)
    return (measured.did(),)


class _Model:
    """The trained parts as diffusers puts them together, but for a batch at a time."""

    def __init__(self, workshop: Workshop) -> None:
        import torch

        self._device = workshop.device
        self._codec = codec.take(workshop)
        self._reader, high = experts.take(workshop, "high")
        _, low = experts.take(workshop, "low")
        self._vae = autoencoder.take(workshop)
        parts: list[Any] = [self._reader, high, low, self._vae]
        for part in parts:
            part.eval().requires_grad_(False).to(self._device)
        self._experts: tuple[WanTransformer3DModel, WanTransformer3DModel] = (high, low)
        self._tokenizer = words.for_experts()
        black = torch.zeros(1, 3, 5, world.SIDE, world.SIDE, device=self._device)
        self._grey = self._codec.encode(black)[0, :, 1, 0, 0]

    def render(self, scenes: Sequence[Scene], prompts: Sequence[str]) -> Any:
        """Frames (scenes, 17, 64, 64, 3), 0..255; their noise comes from torch's generator."""
        import torch

        still = batches.clips(scenes, (0,)).to(self._device)
        with torch.inference_mode():
            seen = self._codec.encode(
                torch.cat([still, still.expand(-1, -1, codec.GROUP, -1, -1)], 2)
            )
            beside = experts.condition(seen[:, :, :1], self._grey)
            told = experts.reading(self._reader, self._tokenizer, prompts)
            blank = experts.reading(self._reader, self._tokenizer, [NEGATIVE] * len(prompts))
            noise = torch.randn(len(scenes), codec.CHANNELS, *beside.shape[2:])
            latents = noise.to(self._device)
            sampler = scheduler()
            sampler.set_timesteps(STEPS, device=self._device)
            for level in sampler.timesteps:
                expert = self._experts[int(level < experts.BOUNDARY * 1000)]
                both = torch.cat([latents, beside], 1)
                at = level.expand(len(scenes))
                asked, plain = expert(both, at, told).sample, expert(both, at, blank).sample
                made = plain + GUIDANCE * (asked - plain)
                (latents,) = sampler.step(made, level, latents, return_dict=False)
            return batches.frames(whole_clip.decode(self._vae, latents))


def scheduler() -> "UniPCMultistepScheduler":
    """How the toy goes from noise to a clip."""
    from diffusers import UniPCMultistepScheduler

    return UniPCMultistepScheduler(
        prediction_type="flow_prediction", use_flow_sigmas=True, flow_shift=experts.SHIFT
    )
