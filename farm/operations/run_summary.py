"""What a run did, counted from its events while it lasts."""

from collections.abc import Collection
from dataclasses import dataclass, field

from farm.domain.events import Event, EventKind
from farm.domain.lifecycle import FailureClass, ReviewStatus
from pipeline.result import Verdict

_PARTLY_IN = (ReviewStatus.ACCEPTED, ReviewStatus.NEEDS_REVIEW)


@dataclass
class Summary:
    """What a run did, counted from its events."""

    made: int = 0
    accepted: int = 0
    """Full takes that the gate accepted, wholly or, where the profile lets it, in part."""
    partly: int = 0
    """Of the full takes that this run made those that stand for their shots, accepted or a person's, and
    show only a part of what was asked for. A run beside it counts its own."""
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
    _verdicts: dict[tuple[str, int | None], str] = field(
        default_factory=dict[tuple[str, int | None], str], init=False, repr=False
    )
    """Of the full takes that were made, by shot and number."""
    _standing: dict[str, tuple[str, str]] = field(
        default_factory=dict[str, tuple[str, str]], init=False, repr=False
    )
    """Review and verdict of the take that stands, by shot, where that is one of these."""

    def __post_init__(self) -> None:
        self.seen.update(self.productions)

    def __call__(self, event: Event) -> None:
        if self.productions and event.production not in self.productions:
            return
        self.seen.update([event.production] if event.production else ())
        match event.kind:
            case EventKind.TAKE_SUCCEEDED:
                self.made += 1
                if event.data.get("draft"):
                    self.drafts += 1
                else:
                    self._verdicts[_name(event), event.take] = event.data["verdict"]
            case EventKind.REVIEW_MOVED:
                self._note_review(event)
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

    def _note_review(self, event: Event) -> None:
        """What became of a shot, counted as `farm status` counts: by the take that stands for it."""
        shot = _name(event)
        if before := self._standing.pop(shot, None):
            self._count(*before, by=-1)
        verdict = self._verdicts.get((shot, event.data["selected_take"]))
        if verdict is not None:
            self._standing[shot] = now = (event.data["after"], verdict)
            self._count(*now, by=1)

    def _count(self, review: str, verdict: str, *, by: int) -> None:
        if review == ReviewStatus.ACCEPTED:
            self.accepted += by
        if verdict == Verdict.PARTLY and review in _PARTLY_IN:
            self.partly += by


def _name(event: Event) -> str:
    return f"{event.production}/{event.shot}"
