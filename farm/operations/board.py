"""Productions and shots as pages show them: with pictures, filtered, sorted, a window at a time."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from farm.domain.board_view import BoardView

if TYPE_CHECKING:
    from farm.domain.board_view import BoardLine
    from farm.domain.lifecycle import ShotState
    from farm.domain.roles import Opening
    from farm.store import Store
    from farm.store.queries.board import Tile

WINDOW = 60
"""Shots that a page gets at once."""
MOSAIC = 8
"""Pictures that stand for a production."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many shots a production has."""

    production: str
    view: BoardView
    shots: int
    states: "Mapping[ShotState, int]"
    """Of all its shots."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Board(Counts):
    """A window on a production's shots."""

    tiles: Sequence["Tile"]
    offset: int
    found: int
    """Shots that are in the view."""

    @property
    def more(self) -> int | None:
        """Where the next window begins, where there is one."""
        end = self.offset + len(self.tiles)
        return end if end < self.found else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbours:
    """Where a shot stands in a view; all None or 0 where it is not in it."""

    place: int
    """Counted from 1."""
    of: int
    before: str | None
    after: str | None


def board(
    store: "Store",
    production: str,
    view: BoardView,
    *,
    offset: int = 0,
    window: int = WINDOW,
    opening: "Opening | None" = None,
    known: "Sequence[BoardLine] | None" = None,
) -> Board:
    """The shots of a production that are in a view, from `offset` on; of a guest's `opening` alone, where
    there is one. `known` are its lines, where somebody has read them already. Raises `UnknownName`."""
    from farm.store.queries import board as queries

    lines = known or queries.lines(store, production)
    counted = counts(lines, production, view, opening)
    view = counted.view
    found = view.pick(_open(lines, opening), queries.among(store, production, view))
    offset = min(max(0, offset), len(found))
    return Board(
        production=production,
        view=view,
        tiles=queries.tiles(
            store, [line.id for line in found[offset : offset + window]], _shows(opening)
        ),
        offset=offset,
        found=len(found),
        shots=counted.shots,
        states=counted.states,
    )


def counts(
    lines: "Sequence[BoardLine]", production: str, view: BoardView, opening: "Opening | None" = None
) -> Counts:
    """How many of the `lines` of a production are in which state, and how many there are."""
    lines = _open(lines, opening)
    return Counts(
        production=production,
        view=view.of_guest() if opening else view,
        shots=len(lines),
        states=Counter(line.state for line in lines),
    )


def tiles_of(
    store: "Store", production: str, codes: Sequence[str], opening: "Opening | None" = None
) -> "list[Tile]":
    """Shots by their codes; those that there are not are left out. Raises `UnknownName`."""
    from farm.store.queries import board as queries

    found = queries.keys(store, production, codes)
    keys = [key for code, key in found if opening is None or opening.shows(code)]
    return queries.tiles(store, keys, _shows(opening))


def mosaic(store: "Store", production: str) -> "list[Tile]":
    """The shots that stand for a production on its card: those with the newest takes. Raises
    `UnknownName`."""
    from farm.store.queries import board as queries

    return queries.tiles(store, queries.newest(store, production, MOSAIC))


def neighbours(
    store: "Store",
    production: str,
    code: str,
    view: BoardView,
    opening: "Opening | None" = None,
    known: "Sequence[BoardLine] | None" = None,
) -> Neighbours:
    """The shots before and after one in a view; `known` as for `board`. Raises `UnknownName`."""
    from farm.store.queries import board as queries

    view = view.of_guest() if opening else view
    lines = _open(known or queries.lines(store, production), opening)
    return _neighbours(view.pick(lines, queries.among(store, production, view)), code)


def _open(lines: "Sequence[BoardLine]", opening: "Opening | None") -> "Sequence[BoardLine]":
    if opening is None or opening.takes is None:
        return lines
    return [line for line in lines if opening.shows(line.code)]


def _shows(opening: "Opening | None") -> "Callable[[str, int], bool]":
    return opening.shows if opening else lambda code, take: True


def _neighbours(found: "Sequence[BoardLine]", code: str) -> Neighbours:
    codes = [line.code for line in found]
    if code not in codes:
        return Neighbours(place=0, of=len(codes), before=None, after=codes[0] if codes else None)
    at = codes.index(code)
    return Neighbours(
        place=at + 1,
        of=len(codes),
        before=codes[at - 1] if at else None,
        after=codes[at + 1] if at + 1 < len(codes) else None,
    )
