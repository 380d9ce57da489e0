"""The ranks but the first of a worker that several processes are together: each in an actor of its own, on
the machine of the first, whose takes it renders with it."""

import os
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from farm.cluster.loading import WorkerSettings
from pipeline import terminal

if TYPE_CHECKING:
    from pipeline.engines.ranks import Group


class Follower:
    """Rank 1 or higher: dies where it fails, so that the others' exchanges with it end at once."""

    def __init__(self, threads: int) -> None:
        terminal.leave()  # before anything is imported that starts programs
        os.environ["OMP_NUM_THREADS"] = str(threads)

    def follow(self, settings: WorkerSettings, rank: int, rendezvous: str) -> None:
        """Renders what rank 0 renders until that lets it go; its process ends where they are broken."""
        try:
            live(settings, rank, rendezvous)
        except BaseException:
            os._exit(1)


class Followers:
    """Those of one worker: started by the actor that is rank 0, and gone with it."""

    def __init__(self, settings: WorkerSettings, threads: int) -> None:
        self._settings = settings
        self._threads = threads
        self._actors: list[Any] = []
        """Each is gone with its last handle."""
        self._lives: Sequence[Any] = ()

    def gather(self, device: str) -> "Group":
        """Starts them, and joins them as rank 0. Raises `RenderFault` (machine) where they do not come."""
        from ray.util.placement_group import get_current_placement_group
        from ray.util.scheduling_strategies import PlacementGroupSchedulingStrategy

        from pipeline.engines import ranks

        worker = self._settings.profile.worker
        rendezvous = Path(tempfile.mkdtemp(prefix="farm-ranks-")) / "rendezvous"
        group: Any = get_current_placement_group()
        for rank in range(1, worker.ranks):
            place = PlacementGroupSchedulingStrategy(group, placement_group_bundle_index=rank)
            bundle: dict[str, float] = group.bundle_specs[rank]
            actor = _follower().options(
                num_cpus=bundle.get("CPU", 0),
                num_gpus=bundle.get("GPU", 0),
                max_restarts=0,
                scheduling_strategy=place,
            )
            self._actors.append(actor.remote(self._threads))
        self._lives = [
            actor.follow.remote(self._settings, rank, str(rendezvous))
            for rank, actor in enumerate(self._actors, 1)
        ]
        return ranks.join(rendezvous, 0, worker.ranks, device)

    def __bool__(self) -> bool:
        """Whether there are any."""
        return bool(self._actors)

    def wait_for_a_death(self) -> None:
        """Returns once one of them has ended; never where there are none."""
        import ray

        if self._lives:
            ray.wait([*self._lives], num_returns=1)


def live(settings: WorkerSettings, rank: int, rendezvous: str) -> None:
    """The life of a rank but 0, in whatever process. Raises `RenderFault` once the ranks are broken."""
    from pipeline.engines import loading, ranks
    from pipeline.models import device
    from pipeline.storage.roots import media_at
    from pipeline.storage.tensors import KeptTensors

    place = device.best_device()
    count = settings.profile.worker.ranks
    group = ranks.join(Path(rendezvous), rank, count, place)
    kept = KeptTensors(media_at(settings.media))
    loading.load_and_follow(settings.profile, settings.weights_root, place, group, kept)


@cache
def _follower() -> Any:
    import ray

    remote: Any = ray.remote
    return remote(Follower)
