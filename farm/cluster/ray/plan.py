"""How many workers a run has on a Ray cluster, and what each of them holds of it. Pure."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.profiles.sections import WorkerSection

MOST_CPU_WORKERS = 4
"""Workers on CPUs unless more are asked for: each loads a model of its own."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How many workers, and what each of them holds of the cluster."""

    workers: int
    cpus: float
    gpus: float

    def __str__(self) -> str:
        return f"{self.cpus:g} CPU" + (f" and {self.gpus:g} GPU" if self.gpus else "")


def plan(
    wants: WorkerSection, has: Mapping[str, float], workers: int | None, *, embedded: bool
) -> Plan:
    """One worker per GPU where the profile wants GPUs and there are some; else a few on CPUs.

    A shared cluster keeps the profile's wishes and waits for room, since nodes may still join it; an
    embedded one has no more to come, so its workers share what there is.
    """
    cpus, gpus = has.get("CPU", 1.0), has.get("GPU", 0.0)
    on_gpus = wants.gpus > 0 and (gpus >= wants.gpus or not embedded)
    if workers is None and on_gpus:
        workers = max(1, int(gpus // wants.gpus))
    if workers is None:
        least = 2 if embedded and cpus >= 2 else 1
        workers = max(least, min(int(cpus // max(wants.cpus, 1)), MOST_CPU_WORKERS))
    share = math.floor(100 * cpus / workers) / 100
    return Plan(
        workers=workers,
        cpus=min(wants.cpus, share) if embedded else wants.cpus,
        gpus=wants.gpus if on_gpus else 0,
    )
