"""Samplers in their row: which expert works when, with how much guidance and from which seed."""

from dataclasses import dataclass
from typing import Any

from pipeline.comfy.graph import Node
from pipeline.comfy.reader import Reader

_ADVANCED = "KSamplerAdvanced"
_SIMPLE = "KSampler"
_LARGEST_SEED = 2**63 - 1
KINDS = frozenset({_ADVANCED, _SIMPLE})
_OTHERS = frozenset({"SamplerCustomAdvanced", "SamplerCustom"})
SOLVERS = {"euler": (1, False), "uni_pc": (2, True), "uni_pc_bh2": (2, True)}
"""Samplers that a profile can say, with order and corrector of UniPC."""
_SPACED = "simple"
_LATENT = ("latent_image", "samples", "latent")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampling:
    """How a clip is denoised. None where the file does not tell."""

    steps: int | None = None
    split: int | None = None
    """Steps of the high-noise expert."""
    seed: int | None = None
    sampler: str | None = None
    scheduler: str | None = None
    cfg_high: float | None = None
    cfg_low: float | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """The samplers of a film, the first at work first, and what the first one begins with."""

    nodes: tuple[str, ...]
    source: str | None


def row(reader: Reader, latent: Any) -> Row:
    """The samplers behind a decoder, back to the node that lays out the clip."""
    found: list[str] = []
    source: str | None = None
    for number, node in reader.chain(latent, *_LATENT):
        if node.kind in KINDS or node.kind in _OTHERS or "sampler" in node.kind.lower():
            found.append(number)
            source = None
            continue
        if source is None and any(name in node.inputs for name in _LATENT):
            reader.remarks.warn(
                "comfy.post", number,
                f"{node.kind} changes the clip between sampling and decoding; the farm does not.",
            )  # fmt: skip
        source = number
    return Row(tuple(found[::-1]), source)


def read(reader: Reader, found: Row) -> Sampling:
    """What a row of samplers does. What a recipe cannot say is a finding."""
    nodes = [(number, reader.graph[number]) for number in found.nodes]
    strange = next(((number, node) for number, node in nodes if node.kind not in KINDS), None)
    if strange:
        reader.remarks.error(
            "comfy.samplers", strange[0],
            f"{strange[1].kind} is not KSamplerAdvanced: what it does cannot be told from the file.",
        )  # fmt: skip
    known = [(number, node) for number, node in nodes if node.kind in KINDS]
    if not known:
        return Sampling()
    if len(nodes) > 2:
        reader.remarks.error(
            "comfy.samplers", known[1][0],
            f"{len(nodes)} samplers work one after the other; a recipe has two, one for each expert.",
        )  # fmt: skip
    elif len(nodes) == 1:
        reader.remarks.error(
            "comfy.one_expert", known[0][0],
            "One sampler makes the whole clip; Wan2.2 A14B has two experts, a sampler for each.",
        )  # fmt: skip
    (first, high), last = known[0], known[-1][0]
    steps = reader.whole(first, "steps", "number of steps")
    sampler = _same(reader, "comfy.sampler", known, "sampler_name", "samplers")
    scheduler = _same(reader, "comfy.scheduler", known, "scheduler", "schedulers")
    _check_solver(reader, first, sampler, scheduler)
    split = _split(reader, known, steps) if len(known) == 2 else None
    return Sampling(
        steps=steps,
        split=split,
        seed=_seed(reader, first, high),
        sampler=sampler,
        scheduler=scheduler,
        cfg_high=_float(reader, first, "guidance of the high-noise expert"),
        cfg_low=_float(reader, last, "guidance of the low-noise expert"),
    )


def _split(reader: Reader, known: list[tuple[str, Node]], steps: int | None) -> int | None:
    (first, high), (last, low) = known
    if high.kind == _SIMPLE or low.kind == _SIMPLE:
        reader.remarks.error(
            "comfy.steps", first if high.kind == _SIMPLE else last,
            "KSampler has no steps of its own to begin and end at: use KSamplerAdvanced for both experts.",
        )  # fmt: skip
        return None
    _check_noise(reader, first, last)
    others = reader.whole(last, "steps", "number of steps of the second sampler")
    start = reader.whole(first, "start_at_step", "first step")
    end = reader.whole(first, "end_at_step", "last step of the high-noise expert")
    go_on = reader.whole(last, "start_at_step", "first step of the low-noise expert")
    stop = reader.whole(last, "end_at_step", "last step")
    if steps is None or others is None or end is None or go_on is None:
        return None
    if others != steps:
        reader.remarks.error(
            "comfy.steps", last,
            f"The first sampler counts {steps} steps and the second {others}: a recipe has one number.",
        )  # fmt: skip
    if start:
        reader.remarks.error(
            "comfy.steps", first, f"The first sampler begins at step {start}; the farm begins at 0."
        )
    if min(end, steps) != go_on:
        how = "overlap" if end > go_on else "leave a gap"
        reader.remarks.error(
            "comfy.steps", last,
            f"The steps {how}: the high-noise expert ends at {end}, the low-noise one begins at {go_on}.",
        )  # fmt: skip
    if stop is not None and stop < steps:
        reader.remarks.error(
            "comfy.steps",
            last,
            f"The second sampler ends at step {stop} of {steps}, before the end.",
        )
    return min(end, steps)


def _check_noise(reader: Reader, first: str, last: str) -> None:
    wanted = (
        (first, "add_noise", "enable", "The first sampler adds no noise."),
        (first, "return_with_leftover_noise", "enable",
         "The first sampler hands on no noise that is left, as if it had done all steps."),
        (last, "add_noise", "disable", "The second sampler adds noise of its own."),
    )  # fmt: skip
    for number, name, value, sentence in wanted:
        found = reader.text(number, name, name.replace("_", " "))
        if found is not None and found != value:
            reader.remarks.error(
                "comfy.low_noise_seed", number, f"{sentence} The farm does it otherwise."
            )


def _check_solver(reader: Reader, number: str, sampler: str | None, scheduler: str | None) -> None:
    if sampler is not None and sampler not in SOLVERS:
        reader.remarks.warn(
            "comfy.sampler", number,
            f"The sampler {sampler} is none that a profile has; its clips come from UniPC.",
        )  # fmt: skip
    if scheduler is not None and scheduler != _SPACED:
        reader.remarks.warn(
            "comfy.scheduler", number,
            f"The scheduler {scheduler} spaces the steps otherwise than a profile, which is like "
            f"{_SPACED}; the boundary is reckoned by {_SPACED}.",
        )  # fmt: skip


def _seed(reader: Reader, number: str, node: Node) -> int | None:
    name = "noise_seed" if "noise_seed" in node.inputs else "seed"
    seed = reader.whole(number, name, "seed")
    if seed is not None and not 0 <= seed <= _LARGEST_SEED:
        reader.remarks.error(
            "comfy.seed", number,
            f"The seed {seed} is outside of what a recipe takes, 0 … 2^63-1: choose another one.",
        )  # fmt: skip
        return None
    return seed


def _same(
    reader: Reader, code: str, known: list[tuple[str, Node]], name: str, what: str
) -> str | None:
    found = [(number, reader.text(number, name, what[:-1])) for number, _ in known]
    names = list(dict.fromkeys(each for _, each in found if each is not None))
    if len(names) > 1:
        reader.remarks.error(
            code, found[-1][0],
            f"The experts have different {what} ({', '.join(names)}); a profile has one.",
        )  # fmt: skip
    return names[0] if names else None


def _float(reader: Reader, number: str, what: str) -> float | None:
    found = reader.number(number, "cfg", what)
    return None if found is None else round(float(found), 6)
