"""The tables of a profile: each key with what it means, in which unit, and what it may hold.

[match], [clip] with [lettering], [engine] and [early] have modules of their own beside this one.
"""

import re
from collections.abc import Mapping
from typing import Literal, Self

from PIL import ImageColor
from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from pipeline.profiles.remedies import Guidance

DType = Literal["float32", "bfloat16", "float16"]
Quantisation = Literal["int8", "float8"]
WIDEST = 4.0
"""The widest ratio that is rendered, width / height; the tallest is as narrow."""
TEMPORAL_STRIDE = 4
"""The Wan VAE packs four frames into one latent frame, after a first one of its own: 4k+1 frames."""


class Section(BaseModel):
    """A table of a profile: frozen, and without keys that nobody knows."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class LoraSection(Section):
    """A low-rank change of one expert, added to its weights when they are read. The solver and the guidance
    that it was trained with are for [sampler] to say."""

    expert: Literal["high", "low"]
    weights: str
    """A folder, or a hub name."""
    file: str = Field(pattern=r"^[^/\\][^\\]*\.safetensors$")
    """The file in it."""
    hub_revision: str | None = None
    strength: float = Field(default=1.0, gt=0, le=2)

    @field_validator("file")
    @classmethod
    def _stays_inside(cls, value: str) -> str:
        if ".." in value.split("/"):
            raise ValueError("the file must lie in the folder of weights")
        return value


class ModelSection(Section):
    weights: str
    """A folder in the diffusers layout, a hub name, or `builtin:` and a model of the package."""
    hub_revision: str | None = None
    dtype: DType
    vae_dtype: DType
    text_tokens: int = Field(ge=8, le=512)
    boundary: float = Field(gt=0, lt=1)
    """Share of the noise range above which the high-noise expert works."""
    loras: tuple[LoraSection, ...] = ()
    """Low-rank changes of the experts; distilled models come as these."""


class SamplerSection(Section):
    steps: int = Field(ge=1, le=200)
    flow_shift: float = Field(gt=0)
    cfg_high: Guidance
    cfg_low: Guidance
    negative: str
    flow_shifts: Mapping[str, float] = {}
    """Other shifts of some areas, by their names."""
    solver_order: Literal[1, 2, 3] = 2
    """Of UniPC. Models that were distilled to few steps want 1 without the corrector, which is Euler's."""
    corrector: bool = True

    @model_validator(mode="after")
    def _shifts_are_positive(self) -> Self:
        wrong = [area for area, shift in self.flow_shifts.items() if not shift > 0]
        if wrong:
            raise ValueError(f"the flow shift of {wrong[0]} must be above 0")
        return self

    @model_validator(mode="after")
    def _guidance_acts(self) -> Self:
        if self.cfg_high == 1.0 < self.cfg_low:
            raise ValueError(
                "cfg_high 1 switches guidance off for both experts; set cfg_low to 1 too"
            )
        return self


class StepCacheSection(Section):
    """A cache of steps (cache-dit's DBCache): where the first blocks of an expert change little from one
    step to the next, the others are not computed but taken over."""

    threshold: float = Field(gt=0, le=1)
    """Change of the first blocks, relative, below which the others are taken over."""
    first_blocks: int = Field(default=8, ge=1)
    """Blocks that are always computed, at the beginning."""
    last_blocks: int = Field(default=0, ge=0)
    """The same, at the end."""
    warm_up: int = Field(default=4, ge=0)
    """Steps of an expert that are computed whole before any is shortened."""
    in_a_row: int = Field(default=2, ge=1)
    """Shortened steps after which one is computed whole."""


class QuantisationSection(Section):
    """Precision of each expert's linear layers, with a scale for each output and each token; without one
    that of `model.dtype`."""

    high: Quantisation | None = None
    low: Quantisation | None = None


class SpeedSection(Section):
    """What makes a take cheaper. Each changes its frames, if only in the last bits, so what is set here is
    part of `revision`; `farm gate` says whether the clips are as good as those without it."""

    compile: bool = False
    """Each expert's blocks as one compiled graph, for all sizes; needs a C compiler on the machine."""
    guidance: Literal["always", "above_boundary"] = "always"
    """Below the boundary, where the picture is settled, guidance costs half of the time and adds little."""
    decode: DType | None = None
    """Another precision for decoding than `vae_dtype`, in which stills are encoded."""
    cache: StepCacheSection | None = None
    quantisation: QuantisationSection = QuantisationSection()
    """float8 wants an Ada or Hopper card or a later one; int8 runs everywhere, and rounds less."""


class FrameSection(Section):
    fps: int = Field(ge=1, le=120)
    max_frames: int = Field(ge=1)
    """Of what the model makes in one go: a clip of one segment."""
    longest_frames: int | None = None
    """Of the longest clip, a chain of segments of `max_frames` at most; without it every clip is one
    segment. No part of `revision`: a recipe names its segments, and those of one stay as they were."""
    default_frames: int = Field(ge=1)
    grid: int = Field(ge=8)
    """Width and height are multiples of this many pixels."""
    area: str
    areas: Mapping[str, int]
    """Pixels of one frame, by name."""
    min_still_side: int = Field(ge=1)

    @model_validator(mode="after")
    def _frames_fit(self) -> Self:
        for name in ("max_frames", "default_frames"):
            if (getattr(self, name) - 1) % TEMPORAL_STRIDE:
                raise ValueError(f"{name} must be 4k+1 (5, 9, … 81)")
        if self.default_frames > self.max_frames:
            raise ValueError("default_frames is above max_frames")
        if self.longest < self.max_frames or (self.longest - 1) % TEMPORAL_STRIDE:
            raise ValueError("longest_frames must be 4k+1, and no less than max_frames")
        if self.max_frames == 1 < self.longest:
            raise ValueError("longest_frames: segments of one frame lead nowhere")
        if self.area not in self.areas:
            raise ValueError(f"area {self.area!r} is not one of {', '.join(self.areas)}")
        return self

    @property
    def longest(self) -> int:
        """Frames of the longest clip."""
        return self.longest_frames or self.max_frames


class StillSection(Section):
    """How pictures are fitted and what is said of them. Nothing here changes `revision`: a still that
    comes out otherwise has another hash, and its recipe with it."""

    ground: str = "white"
    """What is laid under clear parts: a colour by name or as #rrggbb."""
    ratios: tuple[str, ...] = ()
    """The ratios that a picture may be rendered at where its shot asks for none (`16:9`); without any,
    its own."""
    detector: str = ""
    """An object detector of transformers that says what the subject is; without one, what stands out."""
    sure: float = Field(default=0.5, ge=0, le=1)
    """Confidence below which no subject is known, and nothing is said about it."""
    measured: Literal["box", "mask"] = "box"
    """What the subject's share of the frame is the share of."""
    least: float = Field(default=0.6, ge=0, le=1)
    """Share of the frame below which the subject is small."""
    most: float = Field(default=0.85, ge=0, le=1)
    """Share of the frame above which it has no room to move."""
    off_centre: float = Field(default=0.2, ge=0, le=0.5)
    """How far the subject's middle may be from the frame's, as a share of the side."""
    room: float = Field(default=0.15, ge=0, le=0.5)
    """The margin in the direction of the action, as a share of the side; growing and coming nearer
    need half of it on each side."""
    enlarged: float = Field(default=2.0, ge=1)
    """A picture that must be enlarged more often than this is too small."""
    cut: float = Field(default=0.25, ge=0, le=1)
    """Share of the picture's area that another ratio may cost before it is advised against."""
    soft: float = Field(default=0.1, ge=0, le=1)
    """Sharpness below which the subject is blurred (`pipeline.stills.quality.sharpness`)."""
    blocks: float = Field(default=1.0, ge=0)
    """Blockiness above which a picture shows that it was a JPEG (`pipeline.stills.quality.blockiness`)."""

    @field_validator("ground")
    @classmethod
    def _is_a_colour(cls, value: str) -> str:
        if len(ImageColor.getrgb(value)) != 3:
            raise ValueError("the ground must be a colour without alpha, such as white or #f4f1ea")
        return value

    @field_validator("ratios")
    @classmethod
    def _are_ratios(cls, values: tuple[str, ...]) -> tuple[str, ...]:
        for value in values:
            if not re.fullmatch(r"[1-9]\d{0,3}:[1-9]\d{0,3}", value):
                raise ValueError(f"{value!r} is no ratio; write width:height, such as 16:9")
        return values


class WorkerSection(Section):
    """What a worker takes of its machine. Nothing here changes a frame."""

    cpus: float = Field(ge=0)
    gpus: float = Field(ge=0)
    """GPUs that a worker holds; below 1 several workers share one. A take is made by the first of them
    alone: a second one is for a scorer that `[match] device` puts there."""
    experts: Literal["resident", "exchanged"] = "resident"
    """Both experts on the card; or one of them, while the other waits in the machine's memory and takes its
    place at the boundary: half of the card's memory, for about 3 s a take."""
    ranks: int = Field(default=1, ge=1, le=8)
    """Processes that make a take together, each with the GPUs of `gpus` and the whole model: 2, 4 or 8 of
    them on one machine, for single shots that are urgent. They cost more GPU time than as many workers. Ray
    alone starts them."""
    wave: int = Field(default=1, ge=1, le=8)
    """Takes that a worker is given at once, where its experts are exchanged: their steps above the boundary
    come one after the other, then the experts change places once for all, then the steps below. A parked
    take holds about 50 MB of the card; each may hold its frames in the machine's memory later."""
