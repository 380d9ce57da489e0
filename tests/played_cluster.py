"""A cluster of plain lists: a test says what each worker answers, and looks at what it was told."""

from collections.abc import Collection, Mapping, Sequence

from farm.cluster.outcome import Lost, Made, Outcome, Stopped
from farm.cluster.protocol import Models, Progress, Report
from farm.domain.fleet_size import Headcount
from farm.domain.model_changes import Queue
from pipeline.recipe import TakeOrder
from pipeline.result import Verdict
from tests.conftest import a_result


class PlayedCluster:
    """Implements `farm.cluster.Cluster`; every worker `w1` is on the machine `node-w1`."""

    def __init__(self, *workers: str) -> None:
        self.workers = list(workers)
        self.busy: dict[str, tuple[str, TakeOrder]] = {}
        """Key and order of what each worker renders."""
        self.tails: dict[str, tuple[str, TakeOrder]] = {}
        """Worker and order of each take whose frames are made, by key."""
        self.answers: list[Report] = []
        self.reflex: Outcome | None = None
        """What every worker answers at once, where a test sets it."""
        self.positions: dict[str, tuple[str, int]] = {}
        """Stage and step by worker, or by key for a tail, where a test sets them."""
        self.extended: list[str] = []
        self.stopped: list[str] = []
        self.replaced: list[str] = []
        self.retired: list[str] = []
        self.closed: set[str] = set()
        self.notices: dict[str, str] = {}
        self.troubles: list[str] = []
        self.most = 0
        """Up to how many takes that wait it wants to hear of."""
        self.demands: list[int] = []
        """What it heard."""
        self.pending = 0
        self.released = 0
        self.holds: dict[str, str] = {}
        """The profile whose model a worker holds, where that is not the toy."""
        self.loading: set[str] = set()
        self.load_seconds: dict[str, float] = {}
        self.unfit: dict[str, frozenset[str]] = {}
        self.given_up: dict[str, str] = {}
        self.changed: list[tuple[str, str]] = []
        self.expected: Mapping[str, Queue] = {}

    def answer(self, worker: str, outcome: Outcome) -> None:
        key, _ = self.busy.pop(worker)
        self.answers.append(Report(worker, key, outcome))

    def made(self, worker: str, verdict: Verdict, score: float) -> None:
        _, order = self.busy[worker]
        self.answer(worker, Made(a_result(order.clip, verdict, score)))

    def frames_made(self, worker: str) -> str:
        """What the worker renders is in its tail from now on, and the worker free; its key."""
        key, order = self.busy.pop(worker)
        self.tails[key] = (worker, order)
        return key

    def finish(self, key: str, outcome: Outcome | None = None) -> None:
        """The answer to a take in its tail; None makes a perfect one."""
        worker, order = self.tails.pop(key)
        self.answers.append(Report(worker, key, outcome or Made(a_result(order.clip))))

    def free(self) -> Sequence[str]:
        return [
            worker
            for worker in self.workers
            if worker not in self.busy
            and worker not in self.loading
            and f"node-{worker}" not in self.closed
        ]

    def nodes(self) -> Mapping[str, str]:
        return {worker: f"node-{worker}" for worker in self.workers}

    def models(self) -> Models:
        return Models(
            holds={each: self.holds.get(each, "toy") for each in self.workers},
            loading=frozenset(self.loading),
            load_seconds=self.load_seconds,
            unfit=self.unfit,
            given_up=self.given_up,
        )

    def change(self, worker: str, profile: str) -> None:
        """It loads until the test says `loaded`."""
        assert worker not in self.busy
        self.holds[worker] = profile
        self.loading.add(worker)
        self.changed.append((worker, profile))

    def loaded(self) -> None:
        """Those that changed are free again."""
        self.loading.clear()

    def expect(self, queues: Mapping[str, Queue]) -> None:
        self.expected = queues

    def leaving(self) -> Mapping[str, str]:
        return self.notices

    def avoid(self, nodes: Collection[str]) -> None:
        self.closed = set(nodes)

    def size(self) -> int:
        return len(self.workers)

    def headcount(self) -> Headcount:
        return Headcount(len(self.workers), self.pending, self.released)

    def most_demand(self) -> int:
        return self.most

    def demand(self, waiting: int) -> None:
        self.demands.append(waiting)

    def trouble(self) -> Sequence[str]:
        return self.troubles

    def send(self, worker: str, key: str, order: TakeOrder, lease_seconds: float) -> None:
        assert worker not in self.busy, f"{worker} was given two takes at once"
        self.busy[worker] = (key, order)
        if self.reflex is not None:
            self.answer(worker, self.reflex)

    def collect(self, timeout: float) -> Sequence[Report]:
        answers, self.answers = self.answers, []
        return answers

    def progress(self) -> Mapping[str, Progress]:
        found: dict[str, Progress] = {}
        for worker, (key, order) in self.busy.items():
            stage, step = self.positions.get(worker, ("denoise", 3))
            found[key] = Progress(worker, key, order.title, stage, step, 8)
        for key, (worker, order) in self.tails.items():
            stage, step = self.positions.get(key, ("score", 8))
            found[key] = Progress(worker, key, order.title, stage, step, 8)
        return found

    def extend(self, keys: Sequence[str], lease_seconds: float) -> None:
        self.extended += keys

    def stop(self, key: str) -> None:
        self.stopped.append(key)
        for worker in self._with(key):
            self.answer(worker, Stopped("asked to stop"))
        if key in self.tails:
            self.finish(key, Stopped("asked to stop"))

    def replace(self, key: str) -> None:
        self.replaced.append(key)
        worker = self.tails.pop(key)[0] if key in self.tails else self._with(key)[0]
        if self.busy.get(worker, ("",))[0] == key:
            del self.busy[worker]
        others = [each for each, (where, _) in self.tails.items() if where == worker]
        for other in others:
            self.finish(other, Lost(f"{worker} was replaced"))
        if worker in self.busy:
            self.answer(worker, Lost(f"{worker} was replaced"))

    def retire(self, worker: str) -> None:
        self.retired.append(worker)
        self.workers.remove(worker)

    def restore(self, worker: str) -> None:
        self.retired.remove(worker)
        self.workers.append(worker)

    def close(self, grace: float) -> None: ...

    def dashboard(self) -> str | None:
        return None

    def _with(self, key: str) -> list[str]:
        return [each for each, (held, _) in self.busy.items() if held == key]


class Clock:
    """Goes on by `step` seconds at every look."""

    def __init__(self, step: float = 0.6) -> None:
        self.now = 0.0
        self.step = step

    def __call__(self) -> float:
        self.now += self.step
        return self.now
