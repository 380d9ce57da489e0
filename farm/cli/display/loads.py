"""Which workers are to load a model, and which have: a line each where there is no display to show it."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from farm.cluster.protocol import Cluster, Progress
    from farm.domain.events import Event


class Loads:
    """Looks at a cluster now, and whenever it is told of progress, or of an event while a model loads."""

    def __init__(self, cluster: "Cluster", note: Callable[..., None]) -> None:
        """`note` hears `model_loading` and `model_loaded`, with the worker, the profile and, in the end,
        the seconds that it took where they are known."""
        self._cluster = cluster
        self._note = note
        self._loading: Mapping[str, str] = {}
        self._look()

    def __call__(self, _: "Event") -> None:
        """A worker that gets its first take has loaded: that is told before."""
        if self._loading:
            self._look()

    def progress(self, _: "Mapping[str, Progress]") -> None:
        """A turn of the run."""
        self._look()

    def _look(self) -> None:
        models = self._cluster.models()
        loading = {worker: models.holds[worker] for worker in sorted(models.loading)}
        there = self._cluster.nodes()
        loaded = {
            worker: profile
            for worker, profile in self._loading.items()
            if worker not in loading and worker in there and models.holds.get(worker) == profile
        }  # the others could not, and people are told why
        for worker, profile in loaded.items():
            # Of several that are ready at once only the last one's seconds are known.
            alone = [*loaded.values()].count(profile) == 1
            seconds = models.load_seconds.get(profile) if alone else None
            self._note("model_loaded", worker=worker, profile=profile, seconds=seconds)
        for worker, profile in loading.items():
            if self._loading.get(worker) != profile:
                self._note("model_loading", worker=worker, profile=profile)
        self._loading = loading
