"""What makes the frames of a profile: the farm itself by diffusers, or ComfyUI servers."""

import re
from collections.abc import Mapping
from typing import Any, Literal, Self

from pydantic import Field, field_validator, model_validator

from pipeline.profiles.sections import Section

Place = str
"""A place of an API graph: `node.input`."""
PLACE = re.compile(r"[^.]+\.[^.]+")
ADDRESS = re.compile(r"https?://(\[[0-9A-Fa-f:]+\]|[A-Za-z0-9._-]+)(:\d{1,5})?(/[A-Za-z0-9._/-]*)?")


class ServerLoraSection(Section):
    """A LoRA that the servers add to one expert."""

    expert: Literal["high", "low"]
    file: str = Field(min_length=1)
    """Its name on the servers, as they list it."""
    strength: float = Field(default=1.0, gt=0, le=2)


class SlotSection(Section):
    """Where the farm puts a take's values in a studio's own graph, as `node.input`; one or several each."""

    still: tuple[Place, ...]
    prompt: tuple[Place, ...]
    negative: tuple[Place, ...] = ()
    """Without it the negative prompt is the graph's own."""
    seed: tuple[Place, ...]
    width: tuple[Place, ...]
    height: tuple[Place, ...]
    frames: tuple[Place, ...]
    cfg_high: tuple[Place, ...] = ()
    """A profile with guidance must say where it goes: retakes raise it."""
    cfg_low: tuple[Place, ...] = ()
    steps: tuple[Place, ...] = ()
    """Without it the steps are the graph's own."""
    images: str = Field(min_length=1)
    """The node whose first output is the frames, as VAEDecode's."""

    @field_validator("*", mode="before")
    @classmethod
    def _one_or_several(cls, value: object) -> object:
        return (value,) if isinstance(value, str) and PLACE.fullmatch(value) else value

    @property
    def places(self) -> Mapping[str, tuple[Place, ...]]:
        """Where each value goes, by name."""
        return {name: getattr(self, name) for name in type(self).model_fields if name != "images"}


class EngineSection(Section):
    kind: Literal["diffusers", "comfyui"] = "diffusers"
    """`diffusers`: each worker has the model. `comfyui`: each asks a ComfyUI server, and has no GPU."""
    servers: tuple[str, ...] = ()
    """Their addresses (`http://render1:8188`); one worker for each. No part of `revision`."""
    version: str = ""
    """The ComfyUI that all servers are (`0.33.0`): another one makes other frames, and is refused."""
    high: str = ""
    """File of the high-noise expert, as the servers list it."""
    low: str = ""
    """File of the low-noise expert."""
    text_encoder: str = ""
    vae: str = ""
    loras: tuple[ServerLoraSection, ...] = ()
    """In the order in which they are added."""
    sampler: str = ""
    """ComfyUI's name; without it `euler` where [sampler] sets solver_order 1 without the corrector, and
    `uni_pc` otherwise."""
    scheduler: str = "simple"
    split: int | None = Field(default=None, ge=1)
    """Steps of the high-noise expert; without it as many as lie above `model.boundary`."""
    their_graph: str = ""
    """A graph of the studio's own in API format, a file beside the profile; then [engine.slots] says what
    goes where, and files, LoRAs, sampler and split are the graph's own."""
    graph: Mapping[str, Any] = {}
    """What stands in `their_graph`; read with the profile."""
    slots: SlotSection | None = None

    @field_validator("servers")
    @classmethod
    def _are_addresses(cls, values: tuple[str, ...]) -> tuple[str, ...]:
        for value in values:
            if not ADDRESS.fullmatch(value):
                raise ValueError(
                    f"{value!r} is no address of a server; write http://host:8188, without a name or a "
                    "password in it"
                )
        bare = tuple(value.rstrip("/") for value in values)
        if twice := [each for each in bare if bare.count(each) > 1]:
            raise ValueError(f"{twice[0]} is named twice: a server makes one take at a time")
        return bare

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if self.kind == "diffusers":
            if self.model_dump(exclude_defaults=True):
                raise ValueError('servers and what they are to do need kind = "comfyui"')
            return self
        for name in ("servers", "version"):
            if not getattr(self, name):
                raise ValueError(f'kind = "comfyui" needs {name}')
        if self.their_graph:
            return self._checked_graph()
        lacking = [name for name in _FILES if not getattr(self, name)]
        if lacking:
            raise ValueError(
                f"{' and '.join(lacking)} must name files on the servers, or set their_graph"
            )
        if self.slots:
            raise ValueError("slots are places in their_graph, and none is named")
        return self

    def _checked_graph(self) -> Self:
        own = [name for name in (*_FILES, "loras", "sampler", "split") if getattr(self, name)]
        if own:
            raise ValueError(f"{own[0]} is the business of their_graph: take it out")
        if self.slots is None:
            raise ValueError("their_graph needs [engine.slots]: where a take's values go")
        graph = self.graph
        if not graph or not all(_is_node(node) for node in graph.values()):
            raise ValueError(
                f"{self.their_graph} is no graph in API format: in ComfyUI use Export (API)"
            )
        for name, places in self.slots.places.items():
            for place in places:
                node, _, key = place.partition(".")
                if not PLACE.fullmatch(place) or key not in graph.get(node, {}).get("inputs", {}):
                    raise ValueError(f"slots.{name}: {self.their_graph} has no input {place}")
        if self.slots.images not in graph:
            raise ValueError(f"slots.images: {self.their_graph} has no node {self.slots.images}")
        return self

    def fingerprint(self) -> dict[str, Any]:
        """What of it changes frames: not where the servers are, nor what the file of a graph is called."""
        return self.model_dump(
            mode="json", exclude={"servers", "their_graph"}, exclude_defaults=True
        )


_FILES = ("high", "low", "text_encoder", "vae")


def _is_node(node: Any) -> bool:
    return (
        isinstance(node, Mapping)
        and isinstance(node.get("class_type"), str)
        and isinstance(node.get("inputs"), Mapping)
    )
