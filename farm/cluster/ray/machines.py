"""The machines of a Ray cluster as far as a run knows them: where no takes go, where none fit. Pure."""

from collections.abc import Collection, Mapping, Sequence


class Machines:
    """A machine is named by its host, and by Ray with an id of its own."""

    def __init__(self, tags: Sequence[str] = ()) -> None:
        """`tags` are what a worker's machine must be tagged with."""
        self._tags = tags
        self._hosts: dict[str, str] = {}
        """The hosts seen so far, by Ray's name of them."""
        self._avoided: frozenset[str] = frozenset()
        """Hosts that get no takes."""
        self._too_small: dict[str, set[str]] = {}
        """Those on which a profile does not fit, by its name: Ray's names of them."""

    def seen(self, node_id: str, host: str) -> None:
        """A worker has loaded there."""
        self._hosts[node_id] = host

    def too_small(self, node_id: str, profile: str) -> None:
        """The profile does not fit there."""
        self._too_small.setdefault(profile, set()).add(node_id)

    def unfit(self) -> dict[str, frozenset[str]]:
        """The hosts that are too small, by profile."""
        return {
            profile: frozenset(self._hosts[each] for each in found if each in self._hosts)
            for profile, found in self._too_small.items()
        }

    def avoid(self, hosts: Collection[str]) -> bool:
        """From now on these get no takes, and no others are kept from them; whether that is news."""
        before, self._avoided = self._avoided, frozenset(hosts)
        return before != self._avoided

    def may_work(self, host: str | None) -> bool:
        """Whether takes may be made there."""
        return host not in self._avoided

    def by_host(self, told: Mapping[str, str]) -> dict[str, str]:
        """What is told by Ray's names, by host; machines that were not seen are left out."""
        return {host: what for each, what in told.items() if (host := self._hosts.get(each))}

    def labels(self, profile: str = "") -> dict[str, str] | None:
        """The labels that the machine of a new worker must have that loads this profile's model; None where
        any will do."""
        avoided = {each for each, host in self._hosts.items() if host in self._avoided}
        return place_labels(self._tags, avoided | self._too_small.get(profile, set()))


def place_labels(tags: Sequence[str], not_on: Collection[str]) -> dict[str, str] | None:
    """The labels that a worker's machine must have: each tag as `farm/TAG=yes`, and another id."""
    labels = {f"farm/{tag}": "yes" for tag in tags}
    if not_on:
        labels["ray.io/node-id"] = f"!in({', '.join(sorted(not_on))})"
    return labels or None
