"""What a run serves and under which name, and who hears of it while it lasts."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

from farm.cluster.protocol import Progress
from farm.domain.events import Event, Listener
from farm.scheduler.pace import Pace
from pipeline.profiles.profile import Profile
from pipeline.storage.protocol import Media

OnProgress = Callable[[Mapping[str, Progress]], None]
"""Told where each worker is, by the key of its attempt, again and again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run: the takes of some profiles, rendered into one media folder under one name."""

    owner: str
    """A name that no other run has; its leases bear it."""
    profiles: tuple[Profile, ...]
    """At least one; workers begin with the model of the first."""
    media: Media
    """Where stills and clips lie."""
    pace: Pace = field(default_factory=Pace)
    least_free: int = 0
    """Bytes that must be free under the media root for a take to be handed out."""
    productions: Collection[int] | None = None
    """Keys of the productions whose takes are claimed and waited for; None serves all. What was lost, and
    what dead runs left behind, is taken back and settled whose it may be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listeners:
    """Who hears of a run while it lasts."""

    events: Sequence[Listener] = ()
    on_progress: OnProgress = lambda _: None
    on_trouble: Callable[[Sequence[str]], None] = lambda _: None
    """Told what people should know, in sentences, whenever that changes."""

    def announce(self, events: Sequence[Event]) -> None:
        """Tells every listener of these events, in their order."""
        for event in events:
            for listener in self.events:
                listener(event)
