"""The actors that a run's workers live in: all alike but for their names and the servers that they ask."""

from dataclasses import replace
from functools import cache
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
        settings: WorkerSettings,
        worker: MakeWorker,
        machines: Machines,
        namespace: str,
    ) -> None:
        """`plan` says what each holds of the cluster, `machines` where none may be."""
        self._plan = plan
        self._settings = settings
        self._worker = worker
        self._machines = machines
        self._namespace = namespace
        self._asking: list[Slot] = []
        """The places whose workers ask servers."""

    def slot(self, name: str) -> Slot:
        """A place for one worker; nothing is made before its `start_if_due`."""
        wants = " ".join([str(self._plan), *(f"tagged {tag}" for tag in self._settings.tags)])
        wave = self._settings.profile.worker.wave
        server = self._free_server()
        slot = Slot(name, lambda: self._actor(name, server), wants=wants, wave=wave, server=server)
        if server:
            self._asking.append(slot)
        return slot

    def _free_server(self) -> str:
        """One that no worker asks, where servers render: those whose place was given up ask none. There are
        never more places than servers."""
        servers = self._settings.profile.engine.servers
        self._asking = [slot for slot in self._asking if not slot.machine_left]
        held = {slot.server for slot in self._asking}
        return next((each for each in servers if each not in held), servers[0] if servers else "")

    def _actor(self, name: str, server: str) -> Any:
        """`max_restarts` and `max_task_retries` are 0: the database owns attempts, not Ray."""
        actor = _renderer().options(
            name=name,
            namespace=self._namespace,
            num_cpus=self._plan.cpus,
            num_gpus=self._plan.gpus,
            max_restarts=0,
            max_task_retries=0,
            max_concurrency=self._settings.profile.worker.wave,
            label_selector=self._machines.labels(),
        )
        settings = replace(self._settings, server=server)
        return actor.remote(self._worker, settings, max(1, int(self._plan.cpus)))


@cache
def _renderer() -> Any:
    import ray

    remote: Any = ray.remote
    return remote(concurrency_groups=GROUPS)(Renderer)
