"""The actors that a run's workers live in: all alike but for their names and the models they hold."""

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

    def slot(self, name: str, settings: WorkerSettings) -> Slot:
        """A place for one worker, which loads first what `settings` say; nothing is made before its
        `start_if_due`."""
        wants = " ".join([str(self._plan), *(f"tagged {tag}" for tag in settings.tags)])
        return Slot(name, lambda held: self._actor(name, held), wants, settings)

    def _actor(self, name: str, settings: WorkerSettings) -> Any:
        """`max_restarts` and `max_task_retries` are 0: the database owns attempts, not Ray."""
        actor = _renderer().options(
            name=name,
            namespace=self._namespace,
            num_cpus=self._plan.cpus,
            num_gpus=self._plan.gpus,
            max_restarts=0,
            max_task_retries=0,
            max_concurrency=self._wave,
            label_selector=self._machines.labels(settings.profile.name),
        )
        return actor.remote(self._worker, settings, max(1, int(self._plan.cpus)))


@cache
def _renderer() -> Any:
    import ray

    remote: Any = ray.remote
    return remote(concurrency_groups=GROUPS)(Renderer)
