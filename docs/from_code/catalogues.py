"""What the farm says by a stable name: findings, kinds of misses, events, metrics."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from prometheus_client.core import Metric

from docs.from_code.markdown import NONE, attribute_docs, code, codes, prose, table
from farm.domain.events import EventKind
from farm.listeners.metrics import FarmMetrics, Now, Seen
from pipeline.clips.lint import BROKEN
from pipeline.comfy import findings as of_graphs
from pipeline.misses import MissKind
from pipeline.profiles.clip_section import ClipSection, LetteringSection
from pipeline.profiles.remedies import GRAVEST_FIRST, REMEDIES, Rung
from pipeline.prompts import findings as of_prompts
from pipeline.stills import findings as of_stills
from pipeline.storage.folder import MediaFolder


def findings() -> str:
    """Every finding on a prompt and on a still, with its severity and its sentence; those on graphs."""
    return "\n\n".join(
        (
            "## On prompts",
            table(("code", "severity", "sentence"), _prompts()),
            "## On stills",
            table(("code", "severity", "sentence"), _stills()),
            "## On ComfyUI graphs",
            table(
                ("code", "what is said"),
                ((code(name), said) for name, said in of_graphs.CODES.items()),
            ),
        )
    )


def misses() -> str:
    """Every kind of miss, the gravest first, with what is tried against it by diagnosis."""
    told = attribute_docs(MissKind)
    rows = (
        (code(kind), told[kind.name], _weight(kind), "; ".join(map(_rung, REMEDIES[kind])))
        for kind in GRAVEST_FIRST
    )
    return table(("kind", "", "a clip with it", "remedies, in order"), rows)


def events() -> str:
    """Every event with the keys of its data."""
    told = attribute_docs(EventKind)
    return table(("event", "what happened, and the keys of its data"), _events(told))


def metrics() -> str:
    """Every series that is told, with its labels."""
    families = FarmMetrics(Now(Seen, media=MediaFolder(Path()))).registry.collect()
    rows = (
        (code(_series(each)), each.type, codes(_labels(each)), prose(each.documentation))
        for each in sorted(families, key=_series)
    )
    return table(("series", "type", "labels", ""), rows)


def _prompts() -> Iterable[tuple[str, str, str]]:
    for each in of_prompts.Code:
        said = of_prompts.ADVICE[each]
        yield code(each), said.severity, prose(said.english)


def _stills() -> Iterable[tuple[str, str, str]]:
    for each in of_stills.Code:
        said = of_stills.ADVICE[each]
        yield code(each.finding), said.severity, prose(said.english)


def _events(told: dict[str, str]) -> Iterable[tuple[str, str]]:
    return ((code(each), told[each.name]) for each in EventKind)


def _weight(kind: MissKind) -> str:
    if kind in BROKEN:
        return "is broken (error)"
    if kind in LetteringSection().errors:
        return "is broken (error), unless `[lettering] errors` leaves it out"
    known = {*ClipSection.model_fields, *LetteringSection.model_fields}
    return "is weighed by a person (warning)" if kind in known else NONE


def _rung(rung: Rung) -> str:
    changes = rung.model_dump(exclude_defaults=True)
    return ", ".join(
        name.replace("_", " ") if value is True else f"{code(name)} {value}"
        for name, value in changes.items()
    )


def _series(family: Metric) -> str:
    return f"{family.name}_total" if family.type == "counter" else family.name


def _labels(family: Metric) -> Sequence[str]:
    return getattr(family, "_labelnames", ())
