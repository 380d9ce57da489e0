"""A run's judge as its cluster sees it: made once, brought back by Ray, told of when it is not there."""

import time
from collections.abc import Mapping
from dataclasses import replace
from functools import cache, partial
from typing import Any

from farm.cluster.loading import WorkerSettings
from farm.cluster.outcome import Faulted
from farm.cluster.ray.judge import GROUPS, LIFE, LOADING, STILLS, Judge, LoadScorer
from farm.cluster.ray.machines import Machines
from farm.cluster.ray.plan import Share
from farm.cluster.ray.refs import finished, why
from farm.cluster.ray.shared_scorer import shared
from farm.cluster.served import Served
from farm.domain.serving import own_judges

MOST_RESTARTS = 10
"""Times that a run's judge is made again: one that dies oftener dies of questions, or of its machine."""
ROOM_PATIENCE = 30.0
"""Seconds that it may wait for room before people are told."""
LOAD_PATIENCE = 600.0
"""Seconds that it may load its model before people are told."""
LOOK_AGAIN = 2.0
"""Seconds between two looks at one that has died."""


class JudgePlace:
    """Holds a run's judge, which all its workers ask."""

    def __init__(
        self,
        settings: WorkerSettings,
        load: LoadScorer,
        holds: Share,
        namespace: str,
        labels: Mapping[str, str] | None,
        name: str = "judge",
    ) -> None:
        """`holds` is what it holds of the cluster, `labels` are those of its machine."""
        actor = _judge().options(
            name=name,
            namespace=namespace,
            num_cpus=holds.cpus,
            num_gpus=holds.gpus,
            max_restarts=MOST_RESTARTS,
            max_task_retries=0,  # what it dies of is not asked again
            label_selector=labels,
        )
        threads = max(1, int(settings.profile.worker.cpus))
        self.actor: Any = actor.remote(load, settings, threads)
        self.scorer = partial(shared, self.actor, settings.profile.match)
        """Gives a worker its scorer, once that is loaded."""
        self.ever_failed = False
        self._wants = str(holds)
        self._made_at = time.monotonic()
        self._ping = self._call("ping", STILLS)
        self._next_look = 0.0
        self._loading = self._call("load", LOADING)
        self._life: Any = None
        """Ends with an error once a judge dies that has loaded."""
        self._why = ""
        """Why it is not there; empty where it is, or has not been yet."""
        self._ended = False

    def attend(self) -> None:
        """Hears whether it has loaded, and whether it has died."""
        from ray.exceptions import ActorUnavailableError, RayError

        if self._ended or time.monotonic() < self._next_look:
            return
        if self._loading is None:
            if finished([self._life]):
                self._mourn(_value_or_error(self._life))
            return
        if not finished([self._loading]):
            return
        told, self._loading = _value_or_error(self._loading), None
        if isinstance(told, RayError):
            self.ever_failed = True
            self._why = why(told)
            self._ended = not isinstance(told, ActorUnavailableError)
            if not self._ended:
                self._look_again()
            return
        self._why = told.sentence if isinstance(told, Faulted) else ""
        self._life = self._call("live", LIFE)

    def trouble(self) -> str | None:
        """A sentence on why takes are not judged."""
        if self._ended:
            return (
                "the judge died and is not made again: takes stay unscored until the run is started "
                f"again ({self._why})"
            )
        if self._why:
            return (
                f"the judge is not there: {self._why}; it is made again, and takes wait for it, but what "
                "it was asked about stays unscored"
            )
        waited = time.monotonic() - self._made_at
        if self._loading is None or self.ever_failed or waited <= ROOM_PATIENCE:
            return None
        if not finished([self._ping]):
            return f"the judge waits for room on the cluster: it wants {self._wants}"
        if waited > LOAD_PATIENCE:
            return f"the judge has been loading its model for {waited / 60:.0f} min"
        return None

    def kill(self) -> None:
        """Ends it for good."""
        import ray

        self._ended = True
        ray.kill(self.actor)

    def _mourn(self, error: Any) -> None:
        """It has died: the next load is answered by the process that Ray makes in its place, or says that
        there will be none. Ray alone counts its deaths: one close upon another is not seen here."""
        self.ever_failed = True
        self._why = why(error)
        self._look_again()

    def _look_again(self) -> None:
        self._next_look = time.monotonic() + LOOK_AGAIN
        self._loading = self._call("load", LOADING)

    def _call(self, method: str, group: str) -> Any:
        call = getattr(self.actor, method)
        return call.options(concurrency_group=group, enable_task_events=False).remote()


def make_judges(
    served: Served, load: LoadScorer, holds: Share, namespace: str, machines: Machines
) -> list[JudgePlace]:
    """One for each table [match] that wants it; profiles whose tables are alike share it, and their workers
    are told of it in `served`."""
    judges: list[JudgePlace] = []
    for number, asks in enumerate(own_judges(served.profiles), 1):
        name = "judge" if number == 1 else f"judge-{number}"
        each_holds = replace(holds, gpus=asks.match.gpus if holds.gpus else 0)
        settings, labels = served.settings[asks.name], machines.labels(asks.name)
        judge = JudgePlace(settings, load, each_holds, namespace, labels, name)
        judges.append(judge)
        for of, mine in served.settings.items():
            if mine.profile.match == asks.match:
                served.settings[of] = replace(mine, judge=judge.scorer)
    return judges


@cache
def _judge() -> Any:
    import ray

    remote: Any = ray.remote
    return remote(concurrency_groups=GROUPS)(Judge)


def _value_or_error(ref: Any) -> Any:
    import ray
    from ray.exceptions import RayError

    try:
        return ray.get(ref)
    except RayError as error:
        return error
