"""The profiles that a run serves: how each is loaded, how long that took, and which nobody can load."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from farm.cluster.loading import WorkerSettings
from farm.domain.model_changes import Queue, for_a_new_worker
from pipeline.profiles.profile import Profile


class Served:
    """What the workers of one cluster may load. There is always a profile left that was not given up."""

    def __init__(self, settings: Iterable[WorkerSettings]) -> None:
        """`settings` are those of each profile, one at least."""
        self.settings = {each.profile.name: each for each in settings}
        """By the profile's name, in the order in which they were named."""
        self.load_seconds: dict[str, float] = {}
        """How long its model took to load last, where one did."""
        self.given_up: dict[str, str] = {}
        """A sentence on why it is loaded nowhere any more."""

    @property
    def profiles(self) -> Sequence[Profile]:
        return [each.profile for each in self.settings.values()]

    @property
    def left(self) -> Sequence[str]:
        """The names of those that were not given up."""
        return [each for each in self.settings if each not in self.given_up]

    def next_to_load(self, waiting: Mapping[str, Queue], held: Iterable[str]) -> str:
        """The profile that a new worker loads: what is needed most beside what the others hold or load."""
        wanted = {each: queue for each, queue in waiting.items() if each in self.left}
        return for_a_new_worker(wanted, Counter(held)) if wanted else self.left[0]

    def give_up(self, profile: str, why: str) -> bool:
        """What nobody can load is loaded nowhere any more, if others are left to serve; whether any are."""
        if {*self.left} <= {profile}:
            return False
        self.given_up[profile] = f"{profile} cannot be loaded: {why}"
        return True
