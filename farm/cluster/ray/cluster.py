"""A cluster of Ray actors, each with a worker of its own; takes are pushed to them one by one."""

import math
import secrets
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from farm.cluster.loading import WorkerSettings, load_scorer
from farm.cluster.protocol import Models, Progress, Report
from farm.cluster.ray.actor import MakeWorker
from farm.cluster.ray.connect import connect
from farm.cluster.ray.crew import Crew
from farm.cluster.ray.judge import LoadScorer
from farm.cluster.ray.judge_place import JudgePlace, make_judges
from farm.cluster.ray.loads import Loads
from farm.cluster.ray.log import with_last_words
from farm.cluster.ray.machines import Machines
from farm.cluster.ray.refs import finished
from farm.cluster.ray.renderers import Renderers
from farm.cluster.ray.room import Room
from farm.cluster.ray.slot import Job, Slot
from farm.cluster.served import Served
from farm.cluster.worker import Worker
from farm.domain.fleet_size import ByDemand, ByRoom, Headcount, Standing
from farm.domain.model_changes import Queue
from farm.domain.serving import joint
from farm.errors import ClusterError
from pipeline.recipe import TakeOrder

TOGETHER = 0.002
"""Seconds to wait for more answers once one has come: those told together share a wait for the disk."""
ATTEND_EVERY = 0.01
"""Seconds between two looks at who has loaded or died: the loop asks several times a round."""
PROGRESS_SECONDS = 0.3
"""How long `progress` waits for workers in all."""
STOP_AGAIN = 0.5
"""Seconds between two requests to stop while the cluster closes."""


class RayCluster:
    """Implements `farm.cluster.Cluster` on Ray.

    `free`, `trouble` and `collect` raise `ClusterError` once when the cluster is lost; after that
    what still answers can be collected, and nothing new is started.
    """

    def __init__(
        self,
        settings: WorkerSettings,
        *,
        workers: int | None,
        idle_release: float = math.inf,
        address: str | None = None,
        dashboard: bool = True,
        folder: Path | None = None,
        worker: MakeWorker = Worker,
        scorer: LoadScorer = load_scorer,
        job: Mapping[str, str] | None = None,
        also: Sequence[WorkerSettings] = (),
        waiting: Mapping[str, Queue] | None = None,
    ) -> None:
        """Joins the cluster at `address`, or starts one where None, with its files below `folder`.

        Without `workers` there is one wherever there is room, now and when machines come and go. With them
        that many are the most: on a cluster that is joined there are as many as takes wait, and one that
        has been idle for `idle_release` seconds gives its place back; on one of its own they are there
        from the start, and stay.
        `job` is what Ray's Jobs page says of the run: `job_name` and whatever else. `scorer` loads what a
        judge of its own asks. `also` are the settings of other profiles whose takes come, `waiting` says
        what waits of each now. Raises `ClusterError`.
        """
        self._session = connect(address, dashboard, cpus=None, folder=folder, job=job)
        self._lost = False
        self._served = Served((settings, *also))
        place = replace(settings, profile=joint(self._served.profiles))
        self._room = Room(self._session, place)
        planned = self._room.plan(workers)
        self.namespace = f"farm-{secrets.token_hex(4)}"
        """Keeps the workers' names apart from those of other runs on the same cluster."""
        # Tags say nothing on an embedded cluster: its one machine is all there is.
        self._machines = Machines(() if self._session.embedded else settings.tags)
        self._judges: list[JudgePlace] = []
        if planned.judge:
            self._judges += make_judges(
                self._served, scorer, planned.judge, self.namespace, self._machines
            )
        self._waiting: Mapping[str, Queue] = waiting or {}
        wave = place.profile.worker.wave
        self._renderers = Renderers(planned, wave, worker, self._machines, self.namespace)
        by = ByRoom(planned.workers)
        if workers is not None and not self._session.embedded:
            by = ByDemand(workers, 0, wave, idle_release)
        self._crew = Crew(self._slot, by)
        one_machine = self._session.embedded
        self._loads = Loads(
            self._served, self._machines, lambda: self._slots, one_machine=one_machine
        )
        self._next_attend = 0.0
        self._crew.fit()
        self._attend()

    @property
    def _slots(self) -> Mapping[str, Slot]:
        return self._crew.slots

    def _slot(self, name: str) -> Slot:
        """A place that loads what is needed most beside what the others hold."""
        held = [slot.profile for slot in self._slots.values()]
        profile = self._served.next_to_load(self._waiting, held)
        return self._renderers.slot(name, self._served.settings[profile])

    def models(self) -> Models:
        nowhere = (Standing.PENDING, Standing.OUT, Standing.GONE)
        there = {name: each for name, each in self._slots.items() if each.standing not in nowhere}
        return Models(
            holds={name: each.profile for name, each in there.items()},
            loading=frozenset(name for name, each in there.items() if each.will_be_free),
            load_seconds=self._served.load_seconds,
            unfit=self._machines.unfit(),
            given_up=self._served.given_up,
        )

    def change(self, worker: str, profile: str) -> None:
        self._slots[worker].change(self._served.settings[profile])

    def expect(self, queues: Mapping[str, Queue]) -> None:
        self._waiting = queues

    def free(self) -> Sequence[str]:
        self._attend()
        if self._lost:
            return []
        self._raise_if_hopeless()
        free = [
            slot
            for slot in self._slots.values()
            if slot.free and self._machines.may_work(slot.node)
        ]
        return [slot.name for slot in sorted(free, key=lambda slot: slot.renders)]

    def nodes(self) -> Mapping[str, str]:
        return {name: slot.node for name, slot in self._slots.items() if slot.node}

    def leaving(self) -> Mapping[str, str]:
        found = {} if self._lost or not self._head_answers() else self._session.leaving()
        return self._machines.by_host(found)

    def avoid(self, nodes: Collection[str]) -> None:
        if self._machines.avoid(nodes):
            self._crew.start_anew()

    def size(self) -> int:
        return self._crew.size()

    def headcount(self) -> Headcount:
        return self._crew.headcount()

    def most_demand(self) -> int:
        return self._crew.most_demand

    def demand(self, waiting: int) -> None:
        self._crew.demand(waiting)

    def trouble(self) -> Sequence[str]:
        self._attend()
        self._raise_if_hopeless()
        sentences = [slot.trouble() for slot in self._slots.values()]
        sentences += [judge.trouble() for judge in self._judges]
        sentences += self._loads.trouble()
        return [sentence for sentence in sentences if sentence]

    def send(self, worker: str, key: str, order: TakeOrder, lease_seconds: float) -> None:
        self._slots[worker].send(key, order, lease_seconds)
        self._crew.sent()

    def collect(self, timeout: float) -> Sequence[Report]:
        self._attend()
        self._fit()
        if untold := [report for slot in self._slots.values() for report in slot.take_untold()]:
            return untold
        jobs = {job.answer: (slot, job) for slot, job in self._jobs()}
        loads = [slot.loading for slot in self._slots.values() if slot.loading]
        if not jobs and not loads:
            time.sleep(timeout)
            return []
        first = finished([*jobs, *loads], timeout, at_least=1)
        if jobs.keys().isdisjoint(first):
            return []
        done = [jobs[answer] for answer in finished([*jobs], TOGETHER)]
        return [
            report
            for slot, job in done
            if job in slot.jobs  # else it ended with its actor, and was told of
            for report in self._with_last_words(slot, job)
        ]

    def _with_last_words(self, slot: Slot, job: Job) -> list[Report]:
        """A worker that answers brings its evidence; of one that died its log is all there is."""
        node, actor = slot.last_node_id, slot.actor_id
        reports = slot.take_answer(job)
        if self._lost:
            return reports
        return with_last_words(reports, actor, on_this_machine=node == self._session.node_id)

    def progress(self) -> Mapping[str, Progress]:
        busy = [slot for slot in self._slots.values() if slot.jobs]
        finished([ref for ref in [slot.ask() for slot in busy] if ref], PROGRESS_SECONDS)
        asked = {slot.asked: slot for slot in busy}
        answered = finished([*asked])
        return {at.key: at for ref in answered for at in asked[ref].take_positions()}

    def extend(self, keys: Sequence[str], lease_seconds: float) -> None:
        for slot in self._slots.values():
            slot.extend(keys, lease_seconds)

    def stop(self, key: str) -> None:
        for slot, job in self._jobs():
            if job.key == key:
                slot.stop(key)

    def replace(self, key: str) -> None:
        for slot, job in self._jobs():
            if job.key == key:
                slot.replace(job)

    def retire(self, worker: str) -> None:
        if slot := self._slots.get(worker):
            slot.retire()

    def restore(self, worker: str) -> None:
        if slot := self._slots.get(worker):
            slot.restore()

    def close(self, grace: float) -> None:
        deadline = time.monotonic() + grace
        while self._unanswered() and time.monotonic() < deadline:
            for slot, job in self._jobs():
                slot.stop(job.key)  # again and again: one that comes too early is not heard
            finished(self._unanswered(), min(grace, STOP_AGAIN))
        for slot in self._slots.values():
            slot.kill()
        for judge in self._judges:
            judge.kill()
        places = [*self._slots.values(), *self._judges]
        failed = self._lost or any(place.ever_failed for place in places)
        self._session.close(keep_logs=failed)

    def dashboard(self) -> str | None:
        return self._session.dashboard

    def _attend(self) -> None:
        """Takes in workers that have loaded, drops those that died idle, makes those that are due."""
        now = time.monotonic()
        if now < self._next_attend:
            return
        self._next_attend = now + ATTEND_EVERY
        loading = {slot.loading: slot for slot in self._slots.values() if slot.loading}
        for ref in finished([*loading]):
            slot = loading[ref]
            if slot.loading == ref:  # else another's load gave its profile up, and ended it
                self._loads.take(slot)
        idle = {slot.life: slot for slot in self._slots.values() if slot.idle}
        for ref in finished([*idle]):
            idle[ref].take_death()
        for judge in self._judges:
            judge.attend()
        if self._lost or not self._head_answers():
            return
        for slot in self._slots.values():
            if slot.idle and not self._machines.may_work(slot.node):
                slot.leave()
            slot.start_if_due()

    def _fit(self) -> None:
        """Makes workers that are missing, and lets go those that are too many."""
        if self._lost or not self._head_answers():
            return
        if counted := self._room.count():
            self._crew.there_is(*counted)
        self._crew.fit()

    def _head_answers(self) -> bool:
        """Without the head, making an actor would block for good."""
        try:
            return self._session.head_answers()
        except ClusterError:
            self._lost = True
            raise

    def _raise_if_hopeless(self) -> None:
        tries = [slot.tries for slot in self._slots.values()]
        if tries and all(each.hopeless for each in tries):
            faults = {each.fault.sentence for each in tries if each.fault}
            raise ClusterError(f"no worker can start: {'; '.join(sorted(faults))}")

    def _unanswered(self) -> list[Any]:
        answers = [job.answer for _, job in self._jobs()]
        return [answer for answer in answers if answer not in finished(answers)]

    def _jobs(self) -> list[tuple[Slot, Job]]:
        """All that the workers are busy with."""
        return [(slot, job) for slot in self._slots.values() for job in slot.jobs]
