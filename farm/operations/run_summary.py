"""What a run did, counted from its events while it lasts."""

from collections.abc import Collection
from dataclasses import dataclass, field

from farm.domain.events import Event, EventKind
from farm.domain.lifecycle import FailureClass


@dataclass
class Summary:
    """What a run did, counted from its events."""

    made: int = 0
    accepted: int = 0
    partly: int = 0
    """Takes that show only a part of what their shots ask for."""
    drafts: int = 0
    """Of those made; they are neither accepted nor partly, whatever their verdict."""
    climbed: int = 0
    failed: list[str] = field(default_factory=list[str])
    declined: list[str] = field(default_factory=list[str])
    """What was not rendered, since its still cannot serve its prompt: a miss, and no failure."""
    ended_early: int = 0
    """Takes that were ended in the middle, since they would not have been accepted: misses, too."""
    stopped: bool = False
    dashboard: str | None = None
    productions: Collection[str] = ()
    """Those that the run serves; none means all. What else it settles is not its own."""
    profiles: Collection[str] = ()
    """Those that the run serves."""
    seen: set[str] = field(default_factory=set[str])
    """The productions that it had to do with."""
    failed_shots: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    """Production and code of what failed, in the order of `failed`."""

    def __post_init__(self) -> None:
        self.seen.update(self.productions)

    def __call__(self, event: Event) -> None:
        if self.productions and event.production not in self.productions:
            return
        self.seen.update([event.production] if event.production else ())
        match event.kind:
            case EventKind.TAKE_SUCCEEDED:
                self.made += 1
                draft = bool(event.data.get("draft"))
                self.drafts += draft
                self.accepted += not draft and event.data["verdict"] == "accepted"
                self.partly += not draft and event.data["verdict"] == "partly"
            case EventKind.TAKE_ORDERED:
                self.climbed += 1
            case EventKind.TAKE_FAILED:
                if event.data.get("steps_spared"):
                    self.ended_early += 1
                    return
                declined = event.data["failure_class"] == FailureClass.CONTENT
                told = f"{event.production}/{event.shot}: {event.data['reason']}"
                (self.declined if declined else self.failed).append(told)
                if not declined:
                    self.failed_shots.append((str(event.production), str(event.shot)))
            case _:
                pass
