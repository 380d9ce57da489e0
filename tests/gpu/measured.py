"""What a take costs by what was measured: a pure function of what a measurement has written down."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from pipeline.profiles.profile import Profile
from pipeline.profiles.sections import Quantisation
from tests.gpu import published, takes
from tests.gpu.takes import ACCEPTED, Parts

Stages = Mapping[str, Mapping[str, Any]]


class NotMeasured(Exception):
    """A part of a take that was not measured; says which, and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What a take of a profile costs in an area."""

    profile: str
    area: str
    kind: takes.Kind
    seconds: float | None = None
    """None where a part of it was not measured."""
    missing: str | None = None
    per_accepted: float | None = None
    """Of the card."""
    limit: int | None = None
    """Of exact ones alone."""
    wanted: int | None = None
    best_published: str | None = None


def costs(found: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Every packaged profile in each of its areas, on the card that was measured."""
    card = str(found.get("card") or "")
    return [asdict(_cost(wanted, found["stages"], card)) for wanted in takes.profiles()]


def _cost(wanted: Profile, stages: Stages, card: str) -> Cost:
    area, kind = wanted.frame.area, takes.kind(wanted)
    said: dict[str, Any] = {"profile": wanted.name, "area": area, "kind": kind}
    if best := published.best(kind, area, card):
        alone = ", its steps alone" if best.steps_alone else ""
        said["best_published"] = f"{best.seconds:.0f} ({best.who}, {best.card}{alone})"
    said["wanted"] = published.target(wanted.name, area, card)
    said["limit"] = published.LIMIT[area] if kind == "exact" else None
    try:
        parts = _parts(wanted, stages)
    except NotMeasured as reason:
        return Cost(**said, missing=str(reason))
    return Cost(
        **said,
        seconds=round(takes.seconds(wanted, parts), 1),
        per_accepted=round(takes.card_seconds(wanted, parts) / ACCEPTED, 1),
    )


def _parts(wanted: Profile, stages: Stages) -> Parts:
    area, precision = wanted.frame.area, wanted.speed.quantisation
    decode = f"decode {wanted.speed.decode or wanted.model.vae_dtype}"
    exchanged = wanted.worker.experts == "exchanged"
    return Parts(
        high=_a_pass(stages, area, precision.high),
        low=_a_pass(stages, area, precision.low),
        still=_value(stages, f"vae_{area}", "encode float32", "s"),
        decode=_value(stages, f"vae_{area}", decode, "s"),
        exchange=_value(stages, "exchange", "one_way_s") if exchanged else 0.0,
    )


def _a_pass(stages: Stages, area: str, quantisation: Quantisation | None) -> float:
    """The packaged profiles are all compiled."""
    if quantisation:
        return _value(stages, quantisation, area, "pass_s")
    return _value(stages, f"compiled_{area}", "pass_s")


def _value(stages: Stages, stage: str, *keys: str) -> float:
    value: Any = stages.get(stage, {})
    for key in keys:
        value = value.get(key) if isinstance(value, Mapping) else None
    if value is None:
        raise NotMeasured(f"{stage}: {why_not(stages, stage)}")
    return float(value)


def why_not(stages: Stages, stage: str) -> str:
    """Why a stage has not all that it was to find."""
    found = stages.get(stage)
    if found is None:
        return "the measurement was ended before it"
    return str(found.get("left_out") or found.get("error") or "it says nothing of it")
