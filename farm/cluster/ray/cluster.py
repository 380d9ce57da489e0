"""A cluster of Ray actors, each with a worker of its own; takes are pushed to them one by one."""

import logging
import math
import secrets
import time
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from farm.cluster.loading import WorkerSettings, load_scorer
from farm.cluster.outcome import Faulted
from farm.cluster.protocol import Models, Progress, Report
from farm.cluster.ray.actor import Loaded, MakeWorker, Unfit
from farm.cluster.ray.connect import connect
from farm.cluster.ray.crew import Crew
from farm.cluster.ray.judge import LoadScorer
from farm.cluster.ray.judge_place import JudgePlace
from farm.cluster.ray.log import last_words
from farm.cluster.ray.machines import Machines
from farm.cluster.ray.plan import Share
from farm.cluster.ray.refs import finished
from farm.cluster.ray.renderers import Renderers
from farm.cluster.ray.room import Room
from farm.cluster.ray.slot import Job, Slot
from farm.cluster.worker import Worker
from farm.domain.evidence import Evidence
from farm.domain.fleet_size import ByDemand, ByRoom, Headcount, Standing
from farm.domain.model_changes import Queue, for_a_new_worker
from farm.domain.serving import joint, own_judges
from farm.errors import ClusterError
from pipeline.errors import Cause
from pipeline.recipe import TakeOrder

TOGETHER = 0.002
"""Seconds to wait for more answers once one has come: those told together share a wait for the disk."""
ATTEND_EVERY = 0.01
"""Seconds between two looks at who has loaded or died: the loop asks several times a round."""
_log = logging.getLogger(__name__)

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
        self._settings = {each.profile.name: each for each in (settings, *also)}
        profiles = [each.profile for each in self._settings.values()]
        place = replace(settings, profile=joint(profiles))
        self._room = Room(self._session, place)
        planned = self._room.plan(workers)
        self.namespace = f"farm-{secrets.token_hex(4)}"
        """Keeps the workers' names apart from those of other runs on the same cluster."""
        # Tags say nothing on an embedded cluster: its one machine is all there is.
        self._machines = Machines(() if self._session.embedded else settings.tags)
        self._judges: list[JudgePlace] = []
        if planned.judge:
            self._make_judges(planned.judge, scorer)
        self._waiting: Mapping[str, Queue] = waiting or {}
        self._load_seconds: dict[str, float] = {}
        self._given_up: dict[str, str] = {}
        self._too_small: dict[str, str] = {}
        """What was said of a machine that is too small, last of each profile that nobody holds."""
        wave = place.profile.worker.wave
        self._renderers = Renderers(planned, wave, worker, self._machines, self.namespace)
        by = ByRoom(planned.workers)
        if workers is not None and not self._session.embedded:
            by = ByDemand(workers, 0, wave, idle_release)
        self._crew = Crew(self._slot, by)
        self._next_attend = 0.0
        self._told: set[str] = set()
        self._crew.fit()
        self._attend()

    @property
    def _slots(self) -> Mapping[str, Slot]:
        return self._crew.slots

    def _make_judges(self, holds: Share, scorer: LoadScorer) -> None:
        """One for each table [match] that wants it; profiles whose tables are alike share it."""
        asked = own_judges([each.profile for each in self._settings.values()])
        for number, asks in enumerate(asked, 1):
            name = "judge" if number == 1 else f"judge-{number}"
            each_holds = replace(holds, gpus=asks.match.gpus if holds.gpus else 0)
            labels = self._machines.labels(asks.name)
            settings = self._settings[asks.name]
            judge = JudgePlace(settings, scorer, each_holds, self.namespace, labels, name)
            self._judges.append(judge)
            for of, mine in self._settings.items():
                if mine.profile.match == asks.match:
                    self._settings[of] = replace(mine, judge=judge.scorer)

    def _slot(self, name: str) -> Slot:
        """A place that loads what is needed most beside what the others hold."""
        left = [each for each in self._settings if each not in self._given_up]
        held = Counter(slot.profile for slot in self._slots.values())
        waiting = {each: queue for each, queue in self._waiting.items() if each in left}
        profile = for_a_new_worker(waiting, held) if waiting else left[0]
        return self._renderers.slot(name, self._settings[profile])

    def models(self) -> Models:
        nowhere = (Standing.PENDING, Standing.OUT, Standing.GONE)
        there = {name: each for name, each in self._slots.items() if each.standing not in nowhere}
        return Models(
            holds={name: each.profile for name, each in there.items()},
            loading=frozenset(name for name, each in there.items() if each.will_be_free),
            load_seconds=self._load_seconds,
            unfit=self._machines.unfit(),
            given_up=self._given_up,
        )

    def change(self, worker: str, profile: str) -> None:
        self._slots[worker].change(self._settings[profile])

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
        sentences += self._given_up.values()
        held = {slot.profile for slot in self._slots.values() if slot.node} | self._given_up.keys()
        if len(self._settings) > 1:
            sentences += [told for name, told in self._too_small.items() if name not in held]
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
        if self._lost or not any(_without_evidence(report) for report in reports):
            return reports
        lines = last_words(actor, on_this_machine=node == self._session.node_id)
        return [
            replace(report, outcome=replace(report.outcome, evidence=Evidence("", lines)))
            if _without_evidence(report)
            else report
            for report in reports
        ]

    def _tell_why(self, slot: Slot) -> None:
        """The traceback of a load that failed, once for each reason: no attempt is there to keep it."""
        fault = slot.tries.fault
        if fault and fault.evidence and fault.evidence.traceback not in self._told:
            self._told.add(fault.evidence.traceback)
            _log.warning("%s could not start\n%s", slot.name, fault.evidence.traceback)

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
            self._take_load(loading[ref])
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

    def _take_load(self, slot: Slot) -> None:
        tried = slot.profile
        told = slot.take_load()
        self._tell_why(slot)
        match told:
            case Loaded():
                self._machines.seen(told.node_id, told.node)
                self._load_seconds[tried] = told.seconds
            case Unfit():
                self._machines.seen(told.node_id, told.node)
                self._machines.too_small(told.node_id, tried)
                self._look_elsewhere(slot, tried, told)
            case Faulted(Cause.FATAL, sentence) if self._is_lost(tried):
                self._give_up(tried, sentence)
            case Faulted(_, sentence) if slot.tries.hopeless and self._is_lost(tried):
                self._give_up(tried, sentence)
            case _:
                pass

    def _look_elsewhere(self, slot: Slot, profile: str, told: Unfit) -> None:
        """A profile does not fit on this machine, which loads another one then; people are told."""
        self._too_small[profile] = f"{profile}: {told.sentence}"
        if self._session.embedded:  # its one machine is all there is
            self._give_up(profile, told.sentence)
        elif slot.profile == profile:
            unfit = self._machines.unfit()
            fits = (
                name
                for name in self._settings
                if name not in self._given_up and told.node not in unfit.get(name, ())
            )
            if (other := next(fits, None)) is not None:
                slot.take_instead(self._settings[other])

    def _is_lost(self, profile: str) -> bool:
        """Whether no worker holds the profile's model, and none that loads it may yet."""
        others = [slot for slot in self._slots.values() if slot.profile == profile]
        return not any(slot.node or not slot.tries.hopeless for slot in others)

    def _give_up(self, profile: str, sentence: str) -> None:
        """What nobody can load is loaded nowhere any more, while others are left to serve."""
        left = [each for each in self._settings if each not in {*self._given_up, profile}]
        if not left:
            return
        self._given_up[profile] = f"{profile} cannot be loaded: {sentence}"
        for slot in self._slots.values():
            if slot.profile == profile and slot.node is None:
                slot.take_instead(self._settings[left[0]])

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


def _without_evidence(report: Report) -> bool:
    return isinstance(report.outcome, Faulted) and not report.outcome.evidence
