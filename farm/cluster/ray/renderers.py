"""The actors that workers live in: all alike but for names, the models they hold, the servers they ask."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache, partial
from typing import Any

from farm.cluster.loading import WorkerSettings
from farm.cluster.ray.actor import GROUPS, MakeWorker, Renderer
from farm.cluster.ray.machines import Machines
from farm.cluster.ray.plan import Plan
from farm.cluster.ray.slot import Slot


class Renderers:
    """Gives each name its slot."""

    def __init__(
        self,
        plan: Plan,
        wave: int,
        worker: MakeWorker,
        machines: Machines,
        namespace: str,
    ) -> None:
        """`plan` says what each holds of the cluster, `machines` where none may be; `wave` is how many
        renders any of them may have at once."""
        self._plan = plan
        self._wave = wave
        self._worker = worker
        self._machines = machines
        self._namespace = namespace
        self._groups: dict[str, Any] = {}
        """The places of the ranks of each worker that has several, by its name."""
        self._asking: list[Slot] = []
        """The places whose workers ask servers."""

    def slot(self, name: str, settings: WorkerSettings) -> Slot:
        """A place for one worker, which loads first what `settings` say; nothing is made before its
        `start_if_due`."""
        ranks = settings.profile.worker.ranks
        each = f"{ranks} times {self._plan} on one machine" if ranks > 1 else str(self._plan)
        wants = " ".join([each, *(f"tagged {tag}" for tag in settings.tags)])
        settings = replace(settings, server=self._free_server(settings.profile.engine.servers))
        make = partial(self._actor, name)
        slot = Slot(name, make, wants, settings, give_back=partial(self._give_back, name))
        if slot.server:
            self._asking.append(slot)
        return slot

    def _free_server(self, servers: Sequence[str]) -> str:
        """One that no worker asks, where servers render: those whose place was given up ask none. There are
        never more places than servers."""
        self._asking = [slot for slot in self._asking if not slot.machine_left]
        held = {slot.server for slot in self._asking}
        return next((each for each in servers if each not in held), servers[0] if servers else "")

    def _actor(self, name: str, settings: WorkerSettings) -> Any:
        """`max_restarts` and `max_task_retries` are 0: the database owns attempts, not Ray."""
        labels = self._machines.labels(settings.profile.name)
        place = self._place(name, settings.profile.worker.ranks, labels)
        actor = _renderer().options(
            name=name,
            namespace=self._namespace,
            num_cpus=self._plan.cpus,
            num_gpus=self._plan.gpus,
            max_restarts=0,
            max_task_retries=0,
            max_concurrency=self._wave,
            **place,
        )
        return actor.remote(self._worker, settings, max(1, int(self._plan.cpus)))

    def _place(self, name: str, ranks: int, labels: Mapping[str, str] | None) -> dict[str, object]:
        """Where it may be: on any machine of these labels, with all its ranks on the same one."""
        if ranks == 1:
            return {"label_selector": labels}
        from ray.util.placement_group import placement_group
        from ray.util.scheduling_strategies import PlacementGroupSchedulingStrategy

        holds = {"CPU": self._plan.cpus, "GPU": self._plan.gpus}
        bundle = {what: much for what, much in holds.items() if much}
        only: dict[str, Any] = {}
        if labels:
            only["bundle_label_selector"] = [dict(labels)] * ranks
        group = placement_group([bundle] * ranks, strategy="STRICT_PACK", **only)
        self._groups[name] = group
        return {"scheduling_strategy": PlacementGroupSchedulingStrategy(group, 0)}

    def _give_back(self, name: str) -> None:
        """The places of a worker's ranks, and whoever is still there."""
        from ray.util.placement_group import remove_placement_group

        if group := self._groups.pop(name, None):
            remove_placement_group(group)


@cache
def _renderer() -> Any:
    import ray

    remote: Any = ray.remote
    return remote(concurrency_groups=GROUPS)(Renderer)
