"""How many workers a run has on a Ray cluster, and what they and their judge hold of it. Pure."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pipeline.models.device import is_cpu
from pipeline.profiles.match_section import MatchSection
from pipeline.profiles.sections import WorkerSection

MOST_CPU_WORKERS = 4
"""Workers on CPUs unless more are asked for: each loads a model of its own."""


@dataclass(frozen=True, slots=True)
class Share:
    """What an actor holds of the cluster."""

    cpus: float
    gpus: float

    def __str__(self) -> str:
        return f"{self.cpus:g} CPU" + (f" and {self.gpus:g} GPU" if self.gpus else "")


@dataclass(frozen=True, slots=True)
class Plan:
    """How many workers, what each of them holds of the cluster, and what their judge does."""

    workers: int
    cpus: float
    gpus: float
    judge: Share | None = None
    """What all scorers of their own hold together; None where each worker has one."""

    def __str__(self) -> str:
        return str(Share(self.cpus, self.gpus))


def summed(
    machines: Iterable[Mapping[str, float]], wants: WorkerSection | None = None
) -> dict[str, float]:
    """What machines have together of the resources that plans go by; of GPUs, where a worker `wants`
    several ranks, what it can have on one machine."""
    each = list(machines)
    whole = wants.gpus * wants.ranks if wants and wants.ranks > 1 else 0
    return {
        "CPU": sum(has.get("CPU", 0.0) for has in each),
        "GPU": sum(_in_wholes(has.get("GPU", 0.0), whole) for has in each),
    }


def _in_wholes(gpus: float, whole: float) -> float:
    return gpus // whole * whole if whole else gpus


def plan(
    wants: WorkerSection,
    has: Mapping[str, float],
    workers: int | None,
    *,
    embedded: bool,
    match: MatchSection | None = None,
) -> Plan:
    """One worker per GPU where the profile wants GPUs and there are some; else a few on CPUs.

    A shared cluster keeps the profile's wishes and waits for room, since nodes may still join it; an
    embedded one has no more to come, so its workers share what there is. A judge of its own on a GPU takes
    its share of what every worker leaves, since nobody knows beside whom Ray will put it. What a worker of
    several ranks holds is told of each of them.
    """
    cpus, gpus = has.get("CPU", 1.0), has.get("GPU", 0.0)
    of_all = wants.gpus * wants.ranks
    on_gpus = wants.gpus > 0 and (gpus >= of_all or not embedded)
    own = match is not None and match.where == "own"
    beside = match.gpus if match and own and on_gpus and not is_cpu(match.device) else 0.0
    if workers is None and on_gpus:
        whole = gpus - 1 if beside and wants.gpus > 1 else gpus
        workers = max(1, int(whole // of_all))
    if workers is None:
        least = 2 if embedded and cpus >= 2 * wants.ranks else 1
        each = max(wants.cpus, 1) * wants.ranks
        workers = max(least, min(int(cpus // each), MOST_CPU_WORKERS))
    share = math.floor(100 * cpus / workers / wants.ranks) / 100
    return Plan(
        workers=workers,
        cpus=min(wants.cpus, share) if embedded else wants.cpus,
        gpus=_beside(wants.gpus, beside) if on_gpus else 0,
        judge=_judge(wants, beside, embedded=embedded) if own else None,
    )


def _beside(gpus: float, judge: float) -> float:
    """What a worker holds of its GPU where a judge has to find room on any of them; Ray counts in ten
    thousandths. Whole GPUs, of which a worker has several, stay whole."""
    if not judge or gpus > 1:
        return gpus
    return math.floor(10_000 * (1 - judge) / int(1 // gpus)) / 10_000


def _judge(wants: WorkerSection, gpus: float, *, embedded: bool) -> Share:
    """On CPUs it holds as many as a worker; of a machine whose CPUs are all dealt out it holds none, and
    shares them."""
    if embedded:
        return Share(0, gpus)
    return Share(1, gpus) if gpus else Share(wants.cpus, 0)
