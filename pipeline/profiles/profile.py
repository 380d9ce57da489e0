"""A profile: a model and how it is run, read from a TOML file and checked as a whole.

The packaged ones lie in `pipeline/profiles`; a studio keeps its own as files beside its `farm.toml`.
"""

import hashlib
import json
import math
import os
import tomllib
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, Self

from pydantic import Field, ValidationError, model_validator

from pipeline.models import builtin
from pipeline.profiles.clip_section import ClipSection, LetteringSection
from pipeline.profiles.early import EarlySection
from pipeline.profiles.engine_section import EngineSection
from pipeline.profiles.match_section import MatchSection
from pipeline.profiles.remedies import RetakeSection, Rung
from pipeline.profiles.sections import (
    TEMPORAL_STRIDE,
    WIDEST,
    FrameSection,
    ModelSection,
    SamplerSection,
    Section,
    SpeedSection,
    StillSection,
    WorkerSection,
)

LATER_KEYS = {"model": ("loras",), "sampler": ("flow_shifts", "solver_order", "corrector")}
"""Keys that there were not from the beginning, by table: unset, they leave a revision as it was."""


ON_SERVERS = {"weights": "comfyui", "dtype": "bfloat16", "vae_dtype": "float32", "text_tokens": 512}
"""What [model] says of a model that only servers have; its boundary alone is asked for."""


class ProfileError(ValueError):
    """A profile cannot be read; the message names the file, the field and the remedy."""


class Profile(Section):
    """How one model is run. Frozen; `revision` is the fingerprint of what determines frames."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9._-]*$")
    title: str
    stands_for: str = ""
    """The exact profile that it claims to be as good as, by its name; `farm gate` holds it to that."""
    engine: EngineSection = EngineSection()
    model: ModelSection
    sampler: SamplerSection
    frame: FrameSection
    speed: SpeedSection = SpeedSection()
    match: MatchSection
    clip: ClipSection
    lettering: LetteringSection = LetteringSection()
    still: StillSection = StillSection()
    ladder: tuple[Rung, ...]
    retakes: RetakeSection = RetakeSection()
    early: EarlySection = EarlySection()
    worker: WorkerSection

    @property
    def revision(self) -> str:
        """12 hex digits over everything that changes frames: model, sampler, frame, speed, and the files
        of a model that comes with the package."""
        parts = self.model_dump(mode="json", include={"model", "sampler", "frame"})
        del parts["frame"]["longest_frames"]  # it changes no frames: a recipe names its segments
        for table, keys in LATER_KEYS.items():
            section = getattr(self, table)
            for key in keys:
                if getattr(section, key) == type(section).model_fields[key].default:
                    del parts[table][key]
        if self.engine.kind != "diffusers":
            parts["engine"] = self.engine.fingerprint()
        if self.speed != SpeedSection():
            parts["speed"] = self.speed.model_dump(mode="json", exclude_defaults=True)
        if self.model.weights in builtin.names():
            parts["files"] = builtin.fingerprint(self.model.weights)
        text = json.dumps(parts, sort_keys=True, ensure_ascii=True)
        return hashlib.sha256(text.encode()).hexdigest()[:12]

    @model_validator(mode="before")
    @classmethod
    def _servers_have_the_model(cls, values: Any) -> Any:
        """A profile whose frames come from servers need not say of the model what only a loader asks."""
        if isinstance(values, dict) and _kind(values) == "comfyui":
            model = values.get("model", {})
            if isinstance(model, dict):
                return values | {"model": ON_SERVERS | model}
        return values

    @model_validator(mode="after")
    def _servers_do_it(self) -> Self:
        """Nothing is set that no server would hear of."""
        if self.engine.kind != "comfyui":
            return self
        if self.worker.gpus or self.worker.wave > 1 or self.worker.experts != "resident":
            raise ValueError(
                "a worker that asks a server has no model: set worker.gpus to 0, and leave worker.wave and "
                "worker.experts out"
            )
        if self.speed.model_dump(exclude_defaults=True):
            raise ValueError("[speed] is of the farm's own engine, and no server hears of it")
        if self.early.mode != "off":
            raise ValueError('servers show nothing of an unfinished clip: set early.mode to "off"')
        if self.model.loras:
            raise ValueError("LoRAs that the servers add stand in [[engine.loras]]")
        slots = self.engine.slots
        if slots and self.guided and not (slots.cfg_high and slots.cfg_low):
            raise ValueError(
                "slots.cfg_high and slots.cfg_low must say where the guidance goes: retakes raise it"
            )
        if slots and self.sampler.negative and not slots.negative:
            raise ValueError(
                "slots.negative must say where sampler.negative goes, or leave that empty"
            )
        split = self.engine.split
        if split is not None and split >= self.sampler.steps:
            raise ValueError(f"engine.split {split} leaves the low-noise expert none of the steps")
        return self

    @model_validator(mode="after")
    def _parts_fit(self) -> Self:
        if self.stands_for == self.name:
            raise ValueError(
                f"stands_for names {self.name} itself; name the exact profile, or none"
            )
        unknown = sorted(set(self.sampler.flow_shifts) - set(self.frame.areas))
        if unknown:
            raise ValueError(f"sampler.flow_shifts names {unknown[0]}, which is no area of [frame]")
        if self.early.mode != "off" and self.early.step >= self.sampler.steps:
            raise ValueError(
                f"early.step {self.early.step} lies beyond the {self.sampler.steps} steps of a take: look "
                'earlier, or set early.mode to "off"'
            )
        if self.speed.guidance == "above_boundary":
            rungs = [
                *self.ladder,
                *(rung for each in self.retakes.remedies.values() for rung in each),
            ]
            if any(rung.cfg_low is not None for rung in rungs):
                raise ValueError(
                    'speed.guidance "above_boundary" leaves no guidance below the boundary, and a rung '
                    "sets cfg_low: take one of both away"
                )
        return self

    @model_validator(mode="after")
    def _experts_can_be_exchanged(self) -> Self:
        if self.worker.experts != "exchanged":
            if self.worker.wave > 1:
                raise ValueError(
                    f"worker.wave {self.worker.wave} spares exchanges of experts, and worker.experts "
                    '"resident" has none: set worker.wave to 1, or worker.experts to "exchanged"'
                )
            return self
        if self.speed.quantisation.high != self.speed.quantisation.low:
            raise ValueError(
                'worker.experts "exchanged" lets one expert take the place of the other, which needs '
                "one precision for both: set speed.quantisation.high and low alike"
            )
        if self.speed.cache:
            raise ValueError(
                'speed.cache keeps apart what it knows of each expert, and worker.experts "exchanged" '
                "shows it only one: take one of both away"
            )
        return self

    @property
    def flow_shift(self) -> float:
        """The sampler's shift for the frames of this profile's area."""
        return self.sampler.flow_shifts.get(self.frame.area, self.sampler.flow_shift)

    @property
    def guided(self) -> bool:
        """Whether guidance acts on this model; on distilled ones it does not."""
        return self.sampler.cfg_high > 1.0

    @property
    def longest(self) -> float:
        """Seconds of the longest clip this model makes, in one segment or in several."""
        return self.frame.longest / self.frame.fps

    def frames_for(self, seconds: float | None) -> int:
        """The nearest number of frames (4k+1) for a wish in seconds; None means the default.

        Raises `ValueError` with a sentence that names the longest or the shortest.
        """
        if seconds is None:
            return self.frame.default_frames
        shortest = (1 + TEMPORAL_STRIDE) / self.frame.fps
        if not math.isfinite(seconds) or seconds > self.longest + 0.005:
            raise ValueError(
                f"{seconds:g} s is longer than {self.name} makes: at most {self.longest:.2f} s "
                f"({self.frame.longest} frames at {self.frame.fps} fps); split the shot in two"
            )
        if seconds < shortest - 0.005:
            raise ValueError(
                f"{seconds:g} s is too short to show a motion: at least {shortest:.2f} s"
            )
        groups = round((seconds * self.frame.fps - 1) / TEMPORAL_STRIDE)
        return min(max(groups, 1) * TEMPORAL_STRIDE + 1, self.frame.longest)

    def lengths_for(self, frames: int) -> tuple[int, ...]:
        """Frames of each segment of a clip of so many (4k+1), as even as may be, a longer one first.

        Each is 4k+1 and begins with the last frame of the one before, which is counted once.
        """
        groups = (frames - 1) // TEMPORAL_STRIDE
        most = (self.frame.max_frames - 1) // TEMPORAL_STRIDE
        count = max(1, -(-groups // max(most, 1)))
        each, over = divmod(groups, count)
        return tuple((each + (number < over)) * TEMPORAL_STRIDE + 1 for number in range(count))

    def size_for(self, width: float, height: float) -> tuple[int, int]:
        """Width and height in pixels on the grid, of the picture's own ratio and the profile's area.

        The rest that the grid leaves over is cropped by `still`, never squeezed.
        """
        area, grid = self.frame.areas[self.frame.area], self.frame.grid
        ratio = min(max(width / height, 1 / WIDEST), WIDEST)
        ideal = math.sqrt(area * ratio), math.sqrt(area / ratio)
        sides = [{max(1, int(side // grid)), int(side // grid) + 1} for side in ideal]
        sizes = [(across * grid, down * grid) for across in sides[0] for down in sides[1]]
        fitting = [size for size in sizes if size[0] * size[1] <= area] or [min(sizes)]
        return min(fitting, key=lambda size: (abs(math.log(size[0] / size[1] / ratio)), -size[0]))


def load(name: str, folder: Path | None = None) -> Profile:
    """The profile called `name`: from `folder` first, then from the package, or a path to a TOML file.

    Raises `ProfileError`.
    """
    for source in _sources(name, folder):
        if os.path.isfile(source):  # a name of 300 letters is no file, and no error
            return _read(source)
    known = ", ".join(names(folder))
    raise ProfileError(f"there is no profile {name!r}; there are: {known}")


def text_of(name: str, folder: Path | None = None) -> str:
    """The TOML of the profile that `load` would read. Raises `ProfileError`."""
    load(name, folder)
    source = next(each for each in _sources(name, folder) if os.path.isfile(each))
    return source.read_text("utf-8")


def names(folder: Path | None = None) -> list[str]:
    """The names of all profiles at hand, sorted."""
    found = {path.stem for path in _packaged().glob("*.toml")}
    if folder is not None:
        found |= {path.stem for path in folder.glob("*.toml")}
    return sorted(found)


def _sources(name: str, folder: Path | None) -> list[Path]:
    if name.endswith(".toml"):
        return [Path(name)]
    own = [folder / f"{name}.toml"] if folder is not None else []
    return [*own, _packaged() / f"{name}.toml"]


def _packaged() -> Path:
    return Path(str(resources.files("pipeline"))) / "profiles"


@cache
def _read(path: Path) -> Profile:
    try:
        with path.open("rb") as file:
            return Profile.model_validate(_with_graph(tomllib.load(file), path))
    except tomllib.TOMLDecodeError as error:
        raise ProfileError(f"{path}: not TOML: {error}") from error
    except ValidationError as error:
        problems = "; ".join(
            f"{'.'.join(map(str, problem['loc']))}: {problem['msg']}" for problem in error.errors()
        )
        raise ProfileError(f"{path}: {problems}") from error


def _kind(values: dict[str, Any]) -> str:
    engine = values.get("engine")
    if isinstance(engine, EngineSection):
        return engine.kind
    return engine.get("kind", "") if isinstance(engine, dict) else ""


def _with_graph(values: dict[str, Any], path: Path) -> dict[str, Any]:
    """The graph that a profile names, read from beside it: workers elsewhere have no such file."""
    engine = values.get("engine")
    if not isinstance(engine, dict) or not isinstance(name := engine.get("their_graph"), str):
        return values
    place = path.parent / name
    try:
        graph = json.loads(place.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ProfileError(
            f"{path}: engine.their_graph: {place} cannot be read: {error}"
        ) from error
    if not isinstance(graph, dict):
        raise ProfileError(f"{path}: engine.their_graph: {place} is no graph in API format")
    return values | {"engine": engine | {"graph": graph}}
