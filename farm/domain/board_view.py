"""What a person wants to see of a production's shots: which, and in what order. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Self

from farm.domain.lifecycle import ReviewStatus, ShotState
from pipeline.misses import MissKind


class Order(StrEnum):
    """How shots are sorted."""

    LIST = "list"
    """As they were handed in."""
    CODE = "code"
    NEWEST = "newest"
    """Those with the newest take first."""
    MATCH = "match"
    """The lowest match first; those without one last."""
    TAKES = "takes"
    """Those with most takes first."""
    ATTENTION = "attention"
    """What waits for a person first, then what is made, then what is done."""


GUESTS_ORDERS = (Order.LIST, Order.CODE)
"""Those that tell nothing of takes which somebody may not see."""
ATTENTION = (
    ShotState.NEEDS_REVIEW,
    ShotState.FAILED,
    ShotState.ACCEPTED,
    ShotState.RENDERING,
    ShotState.WAITING,
    ShotState.ON_HOLD,
    ShotState.CANCELLED,
    ShotState.REJECTED,
    ShotState.APPROVED,
    ShotState.OMITTED,
)
"""States by how much they want a person to look."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardLine:
    """One shot, as far as it is needed to find and to sort it."""

    id: int
    code: str
    state: ShotState
    review: ReviewStatus
    takes: int
    """The number of its newest take."""
    selected: int | None
    """The take that stands for it."""
    latest: int
    """The key of its newest take, which grows with time."""
    match: float | None
    prompt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardView:
    """Which shots, and in what order."""

    states: frozenset[ShotState] = frozenset()
    """Only those; all where it is empty."""
    text: str = ""
    """Stands in their code or prompt, in whatever case."""
    miss: str = ""
    """A kind of miss that the take has which stands for them, else their newest."""
    person: str = ""
    """Who did something to them."""
    order: Order = Order.LIST

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> Self:
        """The view that a page's address names; what it does not know in it is left out."""
        known = {each.value for each in ShotState}
        states = query.get("state", "").split(",")
        order, miss = query.get("sort", ""), query.get("miss", "").strip()
        return cls(
            states=frozenset(ShotState(each) for each in states if each in known),
            text=query.get("text", "").strip(),
            miss=miss if miss in {each.value for each in MissKind} else "",
            person=query.get("person", "").strip(),
            order=Order(order) if order in {each.value for each in Order} else Order.LIST,
        )

    def of_guest(self) -> Self:
        """What a client may ask: nothing that tells of misses, of people, or of takes they do not see."""
        order = self.order if self.order in GUESTS_ORDERS else Order.LIST
        return replace(self, miss="", person="", order=order)

    def as_query(self) -> dict[str, str]:
        """As it stands in a page's address; what is usual stands not there."""
        named = {
            "state": ",".join(each for each in ShotState if each in self.states),
            "text": self.text,
            "miss": self.miss,
            "person": self.person,
            "sort": "" if self.order is Order.LIST else self.order.value,
        }
        return {name: value for name, value in named.items() if value}

    def pick(self, lines: Iterable[BoardLine], among: frozenset[int] | None) -> list[BoardLine]:
        """The lines that are in it, in its order; only those `among`, where miss or person ask for it."""
        text = self.text.casefold()
        found = [
            line
            for line in lines
            if (not self.states or line.state in self.states)
            and (not text or text in line.code.casefold() or text in line.prompt.casefold())
            and (among is None or line.id in among)
        ]
        return sorted(found, key=lambda line: _rank(line, self.order))


def _rank(line: BoardLine, order: Order) -> tuple[float | str, ...]:
    """Lines that are alike stay as they were handed in."""
    match order:
        case Order.LIST:
            return (line.id,)
        case Order.CODE:
            return (line.code, line.id)
        case Order.NEWEST:
            return (-line.latest, line.id)
        case Order.MATCH:
            return (2.0 if line.match is None else line.match, line.id)
        case Order.TAKES:
            return (-line.takes, line.id)
        case Order.ATTENTION:
            return (ATTENTION.index(line.state), line.id)
