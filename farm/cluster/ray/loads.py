"""What follows from a load: a worker is ready, a machine too small for a profile, or a profile given up."""

import logging
from collections.abc import Callable, Mapping, Sequence

from farm.cluster.outcome import Faulted
from farm.cluster.ray.actor import Loaded, Unfit
from farm.cluster.ray.machines import Machines
from farm.cluster.ray.slot import Slot
from farm.cluster.served import Served
from pipeline.errors import Cause

_log = logging.getLogger(__name__)


class Loads:
    """Hears of every load of a run's workers."""

    def __init__(
        self,
        served: Served,
        machines: Machines,
        slots: Callable[[], Mapping[str, Slot]],
        *,
        one_machine: bool,
    ) -> None:
        """`slots` are the places that there are now, `one_machine` says that there will be no other."""
        self._served = served
        self._machines = machines
        self._slots = slots
        self._one_machine = one_machine
        self._too_small: dict[str, str] = {}
        """What was said of a machine that is too small, last of each profile that nobody holds."""
        self._told: set[str] = set()

    def take(self, slot: Slot) -> None:
        """The slot's load has its answer."""
        tried = slot.profile
        told = slot.take_load()
        self._tell_why(slot)
        match told:
            case Loaded():
                self._machines.seen(told.node_id, told.node)
                self._served.load_seconds[tried] = told.seconds
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

    def trouble(self) -> Sequence[str]:
        """A sentence on each profile that nobody holds, where a load says why."""
        given_up = self._served.given_up
        held = {slot.profile for slot in self._slots().values() if slot.node} | given_up.keys()
        sentences = [*given_up.values()]
        if len(self._served.settings) > 1:
            sentences += [told for name, told in self._too_small.items() if name not in held]
        return sentences

    def _tell_why(self, slot: Slot) -> None:
        """The traceback of a load that failed, once for each reason: no attempt is there to keep it."""
        fault = slot.tries.fault
        if fault and fault.evidence and fault.evidence.traceback not in self._told:
            self._told.add(fault.evidence.traceback)
            _log.warning("%s could not start\n%s", slot.name, fault.evidence.traceback)

    def _look_elsewhere(self, slot: Slot, profile: str, told: Unfit) -> None:
        """A profile does not fit on this machine, which loads another one then; people are told."""
        self._too_small[profile] = f"{profile}: {told.sentence}"
        if self._one_machine:
            self._give_up(profile, told.sentence)
        elif slot.profile == profile:
            unfit = self._machines.unfit()
            fits = (name for name in self._served.left if told.node not in unfit.get(name, ()))
            if (other := next(fits, None)) is not None:
                slot.take_instead(self._served.settings[other])

    def _is_lost(self, profile: str) -> bool:
        """Whether no worker holds the profile's model, and none that loads it may yet."""
        others = [slot for slot in self._slots().values() if slot.profile == profile]
        return not any(slot.node or not slot.tries.hopeless for slot in others)

    def _give_up(self, profile: str, sentence: str) -> None:
        """Those that load it load another one, where there is one."""
        if not self._served.give_up(profile, sentence):
            return
        for slot in self._slots().values():
            if slot.profile == profile and slot.node is None:
                slot.take_instead(self._served.settings[self._served.left[0]])
