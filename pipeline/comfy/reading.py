"""What a graph renders: walked from the film it saves back to its files, by wires and never by names."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from pipeline.comfy import experts, films, layout, samplers, split, texts
from pipeline.comfy.experts import Expert
from pipeline.comfy.films import Film
from pipeline.comfy.findings import Remark
from pipeline.comfy.graph import Graph
from pipeline.comfy.reader import Reader
from pipeline.findings import Severity
from pipeline.recipe import GUIDANCE_CAP

_MOST_STEPS, _LARGEST_SHIFT = 10_000, 100.0
"""As ComfyUI bounds them."""
_WRAPPER = frozenset(
    {"WanVideoSampler", "WanVideoSamplerv2", "WanVideoModelLoader", "WanVideoDecode"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Values of a profile and of a recipe. None where the graph does not tell; findings say why."""

    high: Expert | None = None
    low: Expert | None = None
    text_encoder: str | None = None
    vae: str | None = None
    steps: int | None = None
    split: int | None = None
    boundary: float | None = None
    shift: float | None = None
    sampler: str | None = None
    scheduler: str | None = None
    cfg_high: float | None = None
    cfg_low: float | None = None
    seed: int | None = None
    width: int | None = None
    height: int | None = None
    frames: int | None = None
    """4k+1."""
    fps: int | None = None
    prompt: str | None = None
    negative: str | None = None
    still: str | None = None
    """The start picture's file, as the graph names it."""
    findings: tuple[Remark, ...] = ()

    @property
    def honoured(self) -> bool:
        """Whether a clip by these values is the graph's: no finding is an error."""
        return all(each.severity is not Severity.ERROR for each in self.findings)

    @property
    def seconds(self) -> float | None:
        return self.frames / self.fps if self.frames and self.fps else None

    def as_dict(self) -> dict[str, Any]:
        """As JSON has it."""
        values = {each.name: getattr(self, each.name) for each in fields(self)}
        return values | {
            "high": _expert(self.high),
            "low": _expert(self.low),
            "findings": [each.as_dict() for each in self.findings],
        }


def read(graph: Graph, doubts: Mapping[str, str] | None = None) -> Reading:
    """What a graph renders. `doubts` says of nodes why their values may be wrong."""
    reader = Reader(graph)
    found = _choose(reader)
    if found is None:
        return Reading(findings=tuple(reader.remarks))
    film, row = found
    films.look_between(reader, film)
    sampling = samplers.read(reader, row)
    source = row.source
    first = graph[row.nodes[0]].inputs if row.nodes else {}
    last = graph[row.nodes[-1]].inputs if row.nodes else {}
    high, low = _experts(reader, row, first, last)
    shift = _shift(reader, high, low)
    width, height, frames = layout.size(reader, source)
    prompt = texts.read(reader, first.get("positive"), source, "positive")
    negative = texts.read(reader, first.get("negative"), source, "negative")
    if len(row.nodes) > 1:
        _compare_prompts(reader, row.nodes[-1], source, prompt)
    reading = Reading(
        high=high,
        low=low,
        text_encoder=_file_behind(reader, first.get("positive"), source, "clip", "clip_name"),
        vae=_file_behind(reader, graph[film.decode].inputs.get("vae"), None, "vae", "vae_name"),
        steps=sampling.steps,
        split=sampling.split,
        boundary=_boundary(reader, row.nodes, sampling, shift),
        shift=shift,
        sampler=sampling.sampler,
        scheduler=sampling.scheduler,
        cfg_high=sampling.cfg_high,
        cfg_low=sampling.cfg_low,
        seed=sampling.seed,
        width=width,
        height=height,
        frames=frames,
        fps=films.fps(reader, film),
        prompt=prompt,
        negative=negative,
        still=layout.still(reader, source),
    )
    _check_guidance(reader, row.nodes, sampling)
    _doubt(reader, film, doubts or {})
    return Reading(**{**_values(reading), "findings": tuple(reader.remarks)})


def _choose(reader: Reader) -> tuple[Film, samplers.Row] | None:
    """The film to read: the first whose samplers begin with a node that lays out a clip."""
    graph = reader.graph
    made = [
        (film, samplers.row(reader, graph[film.decode].inputs.get("samples")))
        for film in films.films(graph)
    ]
    laid = [
        each
        for each in made
        if each[1].nodes
        and each[1].source
        and set(layout.SIZES) <= set(graph[each[1].source].inputs)
    ]
    wrapped = next((each for each, node in graph.items() if node.kind in _WRAPPER), None)
    if not laid:
        if wrapped:
            reader.remarks.error(
                "comfy.wrapper", wrapped,
                f"{graph[wrapped].kind} is of WanVideoWrapper, whose graphs are not read.",
            )  # fmt: skip
        else:
            reader.remarks.error(
                "comfy.no_video", "",
                "No film of this graph leads back over samplers to a node that lays out a clip.",
            )  # fmt: skip
        return None
    laid.sort(key=lambda each: graph[each[1].source or ""].kind not in layout.KINDS)
    others = sorted({film.saver for film, _ in laid[1:]} - {laid[0][0].saver})
    if len(laid) > 1:
        saver = laid[0][0].saver
        reader.remarks.warn(
            "comfy.outputs", saver,
            f"The graph makes {len(laid)} films; what node {saver} saves is read"
            + (f", and not that of {', '.join(others[:5])}." if others else "."),
        )  # fmt: skip
    return laid[0]


def _experts(
    reader: Reader, row: samplers.Row, first: Mapping[str, Any], last: Mapping[str, Any]
) -> tuple[Expert | None, Expert | None]:
    if not row.nodes or "model" not in first:
        return None, None
    high = experts.read(reader, first.get("model"), "high-noise")
    if len(row.nodes) == 1:
        return high, None
    low = experts.read(reader, last.get("model"), "low-noise")
    for expert, number, own, other in (
        (high, row.nodes[0], "high", "low"), (low, row.nodes[-1], "low", "high")
    ):  # fmt: skip
        name = (expert.file or "").lower()
        if other in name and own not in name:
            reader.remarks.warn(
                "comfy.names_swapped", number,
                f"The {own}-noise sampler is given {expert.file}; files are taken by their wires.",
            )  # fmt: skip
    for expert in (high, low):
        name = (expert.file or "").lower().replace("_", "").replace(".", "")
        if name and ("t2v" in name or "5b" in name or "fun" in name or "s2v" in name):
            reader.remarks.warn(
                "comfy.model",
                "",
                f"By its name {expert.file} is another model than Wan2.2 I2V A14B.",
            )
    return high, low


def _shift(reader: Reader, high: Expert | None, low: Expert | None) -> float | None:
    if high is None:
        return None
    shifts = [each.shift or experts.DEFAULT_SHIFT for each in (high, low) if each]
    if any(each and each.shift is None for each in (high, low)):
        reader.remarks.note(
            "comfy.shift", "",
            f"No node sets a shift for each expert; ComfyUI goes by {experts.DEFAULT_SHIFT:g}.",
        )  # fmt: skip
    if len(set(shifts)) > 1:
        reader.remarks.error(
            "comfy.shift", "",
            f"The experts have different shifts ({shifts[0]:g}, {shifts[1]:g}); a profile has one.",
        )  # fmt: skip
    return shifts[0]


def _boundary(
    reader: Reader, nodes: tuple[str, ...], sampling: samplers.Sampling, shift: float | None
) -> float | None:
    steps, parted = sampling.steps, sampling.split
    if not steps or parted is None or not shift or not 0 < steps <= _MOST_STEPS:
        return None
    if not 0 < shift <= _LARGEST_SHIFT:
        reader.remarks.error(
            "comfy.shift", "", f"The shift {shift:g} is none that a model is run with."
        )
        return None
    found = split.boundary(parted, steps, shift)
    if found is None:
        reader.remarks.error(
            "comfy.steps",
            nodes[0],
            f"With {parted} of {steps} steps for the first, one expert has none, or next to none.",
        )
    elif found != split.WAN:
        reader.remarks.note(
            "comfy.boundary", nodes[0],
            f"{parted} of {steps} steps at shift {shift:g} is a boundary of {found:g}; Wan's own is "
            f"{split.WAN:g}.",
        )  # fmt: skip
    return found


def _compare_prompts(reader: Reader, last: str, source: str | None, prompt: str | None) -> None:
    inputs = reader.graph[last].inputs
    other = texts.read(reader, inputs.get("positive"), source, "positive")
    if other is not None and prompt is not None and other != prompt:
        reader.remarks.error(
            "comfy.prompts_differ", last,
            "The low-noise expert is given another prompt; a recipe has one.",
        )  # fmt: skip


def _file_behind(
    reader: Reader, value: Any, source: str | None, name: str, held: str
) -> str | None:
    """A file that a loader names, behind wires called `name`."""
    for number, node in reader.chain(value, "positive", "conditioning", name, "model"):
        if held in node.inputs and number != source:
            return reader.text(number, held, held.replace("_", " "))
    return None


def _check_guidance(reader: Reader, nodes: tuple[str, ...], found: samplers.Sampling) -> None:
    for cfg, number in zip((found.cfg_high, found.cfg_low), (nodes[0], nodes[-1]), strict=True):
        if cfg is not None and not (math.isfinite(cfg) and 1 <= cfg <= GUIDANCE_CAP):
            reader.remarks.error(
                "comfy.guidance", number,
                f"A guidance of {cfg:g} is outside of what a recipe takes, 1 … {GUIDANCE_CAP:g}.",
            )  # fmt: skip
    if found.cfg_high == 1 and (found.cfg_low or 1) > 1:
        reader.remarks.error(
            "comfy.guidance", nodes[-1],
            "Guidance for the low-noise expert alone: a recipe cannot say that.",
        )  # fmt: skip


def _doubt(reader: Reader, film: Film, doubts: Mapping[str, str]) -> None:
    """Says of the nodes that the film depends on whose values may be wrong."""
    graph, waiting, seen = reader.graph, [film.saver], {film.saver}
    while waiting:
        number = waiting.pop()
        if number in doubts:
            reader.remarks.warn(
                "comfy.class_unknown", number,
                f"The values of this node cannot be told: {doubts[number]}.",
            )  # fmt: skip
        behind = {wire.node for _, wire in graph[number].wires()} - seen
        seen |= behind
        waiting += [each for each in behind if each in graph]


def _values(reading: Reading) -> dict[str, Any]:
    return {each.name: getattr(reading, each.name) for each in fields(reading)}


def _expert(expert: Expert | None) -> dict[str, Any] | None:
    if expert is None:
        return None
    loras = [{"file": each.file, "strength": each.strength} for each in expert.loras]
    return {"file": expert.file, "loras": loras, "shift": expert.shift}
