"""The large model with weights made by chance on the device: nothing is read and nothing is fetched.

Everything else is the farm's own: experts come through the source that reads checkpoints, and an engine is
put together by what loads one.
"""

import json
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.engines import acceleration, wan, wan_checkpoint
from pipeline.engines.wan_experts import EXPERTS, ExpertSource, sources
from pipeline.engines.wan_needs import Size
from pipeline.profiles.profile import Profile
from pipeline.profiles.sections import Quantisation
from pipeline.recipe import Recipe
from pipeline.storage.tensors import NOTHING_KEPT
from tests.gpu.takes import AREAS

if TYPE_CHECKING:
    from diffusers import WanTransformer3DModel
    from PIL.Image import Image
    from torch import Tensor

    from pipeline.engines.wan_conditions import Model

SPREAD = 0.02
"""Standard deviation of weights made by chance."""
ONES = ("norm_q.weight", "norm_k.weight", "norm2.weight")
"""How the weights end that norms multiply by: those of a trained model are near 1."""
DTYPE = "bfloat16"
SAMPLER = {"num_train_timesteps": 1000, "solver_order": 2}
"""Of the published sampler's configuration, what no profile says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Architecture:
    """What a checkpoint's configuration files would say, and the clips that are made."""

    expert: Mapping[str, Any]
    vae: Mapping[str, Any]
    sizes: Mapping[str, Size]
    first_blocks: int
    """Of an expert, that a step cache always computes."""
    backend: str | None = None
    """What compiles, where it is not torch's own compiler."""

    @property
    def text_shape(self) -> tuple[int, int, int]:
        return (1, 512, self.expert["text_dim"])


LARGE = Architecture(
    expert={
        "patch_size": [1, 2, 2],
        "num_attention_heads": 40,
        "attention_head_dim": 128,
        "in_channels": 36,
        "out_channels": 16,
        "text_dim": 4096,
        "freq_dim": 256,
        "ffn_dim": 13824,
        "num_layers": 40,
        "cross_attn_norm": True,
        "qk_norm": "rms_norm_across_heads",
        "eps": 1e-6,
    },
    vae={},
    sizes=AREAS,
    first_blocks=8,
)
"""Wan2.2-I2V-A14B."""
TINY = Architecture(
    expert={
        **LARGE.expert,
        "num_attention_heads": 2,
        "attention_head_dim": 32,
        "text_dim": 16,
        "freq_dim": 32,
        "ffn_dim": 64,
        "num_layers": 2,
    },
    vae={"base_dim": 4, "num_res_blocks": 1},
    sizes={
        "480p": Size(width=32, height=32, frames=5),
        "720p": Size(width=48, height=32, frames=5),
    },
    first_blocks=1,
    backend="eager",  # torch's own compiler wants a C compiler, which a rehearsal does without
)
"""The same classes, for a rehearsal on any machine."""


@dataclass(frozen=True, kw_only=True)
class ChanceExpert(ExpertSource):
    """An expert whose weights are made where others are read."""

    def tensors(
        self, device: str, *, without: frozenset[str] = frozenset()
    ) -> "Iterator[tuple[str, Tensor]]":
        """As they would be read, and equal for equal names: in 8 bits they are those of half precision."""
        plain = ExpertSource(folder=self.folder, part=self.part, dtype=self.dtype).skeleton()
        for name, empty in sorted(plain.state_dict().items()):
            if name not in without:
                weight = self._by_chance(name, empty, device)
                yield from self._made_of(name, weight)

    def _by_chance(self, name: str, empty: "Tensor", device: str) -> "Tensor":
        import torch

        made = torch.empty(empty.shape, dtype=self._dtype_of(name), device=device)
        if name.endswith(ONES):
            return made.fill_(1)
        seed = zlib.crc32(f"{self.part} {name}".encode())
        return made.normal_(0, SPREAD, generator=torch.Generator(device).manual_seed(seed))


def write_configuration(architecture: Architecture, folder: Path) -> None:
    """A checkpoint's folder, of which there are the small files alone."""
    for part in EXPERTS:
        (folder / part).mkdir(parents=True)
        (folder / part / "config.json").write_text(json.dumps(architecture.expert))


def expert(
    folder: Path, device: str, quantisation: Quantisation | None = None
) -> "WanTransformer3DModel":
    """The high-noise expert on the device."""
    source = ChanceExpert(folder=folder, part=EXPERTS[0], dtype=DTYPE, quantisation=quantisation)
    return source.read(device)


def without_experts(architecture: Architecture, profile: Profile, device: str) -> "Model":
    """The profile's model with a VAE of its own and its sampler; without experts and text encoder."""
    import torch
    from diffusers import AutoencoderKLWan

    from pipeline.engines.wan_conditions import Model

    with torch.device(device):
        vae = AutoencoderKLWan(**architecture.vae).requires_grad_(False).eval()
    nothing: Any = None
    model = Model(
        tokenizer=nothing,
        text_encoder=nothing,
        vae=vae,  # in full precision, as every profile wants it
        scheduler=sampler(profile),
        boundary_ratio=profile.model.boundary,
    )
    model.set_progress_bar_config(disable=True)
    return model


def sampler(profile: Profile) -> Any:
    """The profile's, as an engine has it."""
    from diffusers import UniPCMultistepScheduler

    kind: Any = UniPCMultistepScheduler
    return kind.from_config(SAMPLER, **wan_checkpoint.sampler(profile))


def engine(
    architecture: Architecture, profile: Profile, folder: Path, device: str
) -> wan.WanEngine:
    """The profile's engine, put together as any is; low-rank changes are left out, which add no time."""
    plain = profile.model_copy(update={"model": profile.model.model_copy(update={"loras": ()})})
    experts = [
        ChanceExpert(
            folder=folder, part=each.part, dtype=each.dtype, quantisation=each.quantisation
        )
        for each in sources(plain, folder)
    ]
    model = without_experts(architecture, plain, device)
    return wan.assemble(plain, model, experts, *no_texts_and_nothing_kept(), device)


def no_texts_and_nothing_kept() -> tuple[Any, Any]:
    """For an engine that gets its texts as numbers, and encodes the still of each take."""
    from pipeline.engines.wan_conditions import Conditions

    return None, Conditions(kept=NOTHING_KEPT, identity="")


def set_up(
    architecture: Architecture, experts: "Sequence[WanTransformer3DModel]", device: str
) -> None:
    """The exact path, compiled. Unlike the farm's, a compiler that fails is an error here."""
    acceleration.set_up(experts, device, compiled=False)
    options = {"backend": architecture.backend} if architecture.backend else {}
    acceleration.compile_blocks(experts, **options)
    acceleration.warm_up(experts, device)


def inputs(architecture: Architecture, size: Size, device: str) -> dict[str, Any]:
    """What one pass through an expert takes in."""
    import torch

    chance = torch.Generator(device).manual_seed(1)
    groups = (size.frames - 1) // 4 + 1
    shape = (1, architecture.expert["in_channels"], groups, size.height // 8, size.width // 8)
    made = {"device": device, "dtype": getattr(torch, DTYPE), "generator": chance}
    return {
        "hidden_states": torch.randn(shape, **made),
        "timestep": torch.full((1,), 900, device=device),
        "encoder_hidden_states": torch.randn(architecture.text_shape, **made),
        "return_dict": False,
    }


def text(architecture: Architecture, device: str) -> wan.Text:
    """Two prompts that say nothing."""
    import torch

    chance = torch.Generator(device).manual_seed(2)
    prompt, negative = (
        torch.randn(
            architecture.text_shape, generator=chance, device=device, dtype=getattr(torch, DTYPE)
        )
        for _ in range(2)
    )
    return wan.Text(prompt, negative)


def picture(size: Size) -> "Image":
    """A still without a subject."""
    from PIL import Image

    return Image.linear_gradient("L").convert("RGB").resize((size.width, size.height))


def recipe(profile: Profile, size: Size, steps: int) -> Recipe:
    """A take of the profile in other steps, whose still nobody keeps."""
    return Recipe(
        still="",
        prompt="",
        negative="",
        seed=7,
        steps=steps,
        cfg_high=profile.sampler.cfg_high,
        cfg_low=profile.sampler.cfg_low,
        width=size.width,
        height=size.height,
        frames=size.frames,
        fps=profile.frame.fps,
        profile=profile.name,
        revision=profile.revision,
    )
