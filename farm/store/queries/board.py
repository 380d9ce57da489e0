"""A production's shots as a page shows them: all of them in a few columns, some with their pictures."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

import sqlalchemy as sa

from farm.domain.board_view import BoardLine, BoardView
from farm.domain.lifecycle import ReviewStatus, ShotState, shot_state
from farm.store.queries.names import unknown
from farm.store.queries.standing import LATEST, shots_with_takes
from farm.store.session import Store
from farm.store.tables import LoggedEvent, Production, PublishedClip, Shot, Take
from pipeline.coverage import Coverage
from pipeline.recipe import all_steps
from pipeline.result import Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Film:
    """A published clip, as far as a page needs it."""

    take: int
    path: str
    """Below the media root."""
    frames: int
    fps: int
    width: int
    height: int
    purged: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """One shot with its picture."""

    code: str
    state: ShotState
    review: ReviewStatus
    takes: int
    """The number of its newest take that may be seen, as is all that follows."""
    selected: int | None
    prompt: str
    priority: int
    still: str
    """The prepared still of its newest take, below the media root."""
    draft: bool
    """What is shown is a draft."""
    film: Film | None
    """Of the take that stands for it, else of its newest one that has any."""
    verdict: Verdict | None
    match: float | None
    coverage: Coverage | None
    misses: tuple[Mapping[str, Any], ...]
    """Of the take whose film it is, else of its newest."""
    step: int
    """Of the newest take where it renders, among `steps`."""
    steps: int
    reason: str


def lines(store: Store, production: str) -> list[BoardLine]:
    """Every shot of a production, in the order of submission. Raises `UnknownName`."""
    with store.read() as connection:
        return _lines(connection, production) or _none(connection, production)


def lines_of(store: Store, production: str, keys: Collection[int]) -> list[BoardLine]:
    """Those of the shots with these keys that are the production's, in the order of submission."""
    with store.read() as connection:
        return _lines(connection, production, Shot.id.in_(keys))


def _lines(
    connection: sa.Connection, production: str, *where: sa.ColumnElement[bool]
) -> list[BoardLine]:
    statement = shots_with_takes(production, LATEST.id.label("latest")).where(*where)
    return [
        BoardLine(
            id=row.id,
            code=row.code,
            state=shot_state(row.review, row.status, row.failure_class),
            review=row.review,
            takes=row.takes_made,
            selected=row.selected_take,
            latest=row.latest,
            match=row.match,
            prompt=row.prompt,
        )
        for row in connection.execute(statement)
    ]


def _none(connection: sa.Connection, production: str) -> NoReturn:
    raise unknown(connection, production)


def newest(store: Store, production: str, count: int) -> list[int]:
    """The keys of the shots of a production that have the newest takes, newest first. Raises
    `UnknownName`."""
    with store.read() as connection:
        of_one = sa.select(Production.id).where(Production.name == production)
        key = connection.scalar(of_one)
        if key is None:
            raise unknown(connection, production)
        # From the newest take on, by its index: no more of them are read than are shown, and those that
        # their shot has a newer one than.
        statement = (
            sa.select(Take.shot_id)
            .join(Shot, sa.and_(Shot.id == Take.shot_id, Shot.takes_made == Take.number))
            .where(Take.production_id == key, sa.text("takes.number > 0"))
            .order_by(Take.id.desc())
            .limit(count)
        )
        return list(connection.execute(statement).scalars())


def keys(store: Store, production: str, codes: Sequence[str]) -> list[tuple[str, int]]:
    """Code and key of the shots with these codes, in the order of submission. Raises `UnknownName`."""
    statement = (
        sa.select(Shot.code, Shot.id)
        .join(Production, Production.id == Shot.production_id)
        .where(Production.name == production, Shot.code.in_(codes))
        .order_by(Shot.id)
    )
    with store.read() as connection:
        found = [(row.code, row.id) for row in connection.execute(statement)]
        if not found and not connection.scalar(
            sa.select(sa.exists().where(Production.name == production))
        ):
            raise unknown(connection, production)
    return found


def among(store: Store, production: str, view: BoardView) -> frozenset[int] | None:
    """The keys of the shots that have the miss and the person that a view asks for; None for all."""
    asked: list[sa.Select[Any]] = []
    shots = sa.select(Shot.id).join(Production).where(Production.name == production)
    if view.miss:
        kind = Take.result["misses"].as_string()
        newest = sa.and_(
            Take.shot_id == Shot.id,
            Take.number == sa.func.coalesce(Shot.selected_take, Shot.takes_made),
        )
        asked.append(
            shots.join(Take, newest).where(kind.contains(f'"{view.miss}"', autoescape=True))
        )
    if view.person:
        # Shot by shot, by the index: a log is longer than a production.
        did = sa.exists().where(LoggedEvent.shot_id == Shot.id, LoggedEvent.who == view.person)
        asked.append(shots.where(did))
    if not asked:
        return None
    with store.read() as connection:
        found = [frozenset(connection.execute(each).scalars()) for each in asked]
    return frozenset.intersection(*found)


def people(store: Store, production: str) -> list[str]:
    """Who did anything to the shots of a production, by name."""
    statement = (
        sa.select(LoggedEvent.who)
        .join(Shot, Shot.id == LoggedEvent.shot_id)
        .join(Production, Production.id == Shot.production_id)
        .where(Production.name == production)
        .distinct()
    )
    with store.read() as connection:
        return sorted(connection.execute(statement).scalars())


def tiles(
    store: Store,
    keys: Sequence[int],
    shows: Callable[[str, int], bool] = lambda code, take: True,
) -> list[Tile]:
    """The shots of those keys with their pictures, in the order of the keys; of takes for which `shows`
    says so alone, by shot and number."""
    with store.read() as connection:
        takes = connection.execute(
            sa.select(
                Shot.id.label("shot"), Shot.code, Shot.review, Shot.takes_made, Shot.selected_take,
                Shot.prompt, Shot.priority, Take.number, Take.status, Take.failure_class,
                Take.recipe, Take.verdict, Take.match, Take.coverage, Take.result, Take.step,
                Take.reason, Take.draft_for, PublishedClip.path, PublishedClip.frames, PublishedClip.fps,
                PublishedClip.width, PublishedClip.height, PublishedClip.purged_at,
            )
            .join(Take, Take.shot_id == Shot.id)
            .outerjoin(PublishedClip, PublishedClip.take_id == Take.id)
            .where(Shot.id.in_(keys))
            .order_by(Shot.id, Take.number)
        ).all()  # fmt: skip
    by_shot: dict[int, list[Any]] = {}
    for row in takes:
        by_shot.setdefault(row.shot, []).append(row)
    return [_tile(by_shot[key], shows) for key in keys if key in by_shot]


def _tile(takes: Sequence[Any], shows: Callable[[str, int], bool]) -> Tile:
    newest = takes[-1]
    seen = [take for take in takes if shows(take.code, take.number)]
    last = (seen or takes)[-1]
    filmed = [take for take in seen if take.path]
    standing = [take for take in filmed if take.number == newest.selected_take]
    shown = (standing or filmed or [None])[-1]
    judged = shown or last
    return Tile(
        code=newest.code,
        state=shot_state(newest.review, newest.status, newest.failure_class),
        review=newest.review,
        takes=last.number,
        selected=newest.selected_take,
        prompt=newest.prompt,
        priority=newest.priority,
        still=last.recipe["still"],
        draft=judged.draft_for is not None,
        film=shown and film(shown.number, shown),
        verdict=judged.verdict,
        match=judged.match,
        coverage=Coverage.from_dict(judged.coverage) if judged.coverage else None,
        misses=tuple((judged.result or {}).get("misses", ())),
        step=last.step,
        steps=all_steps(last.recipe),
        reason=last.reason,
    )


def film(take: int, row: Any) -> Film:
    """The film of a row that has a clip's columns."""
    return Film(
        take=take,
        path=row.path,
        frames=row.frames,
        fps=row.fps,
        width=row.width,
        height=row.height,
        purged=row.purged_at is not None,
    )


def films(store: Store, production: str, code: str) -> dict[int, Film]:
    """The published clips of a shot by the number of their take; none for a shot that there is not."""
    statement = (
        sa.select(
            Take.number, PublishedClip.path, PublishedClip.frames, PublishedClip.fps,
            PublishedClip.width, PublishedClip.height, PublishedClip.purged_at,
        )
        .join(PublishedClip, PublishedClip.take_id == Take.id)
        .join(Shot, Shot.id == Take.shot_id)
        .join(Production, Production.id == Shot.production_id)
        .where(Production.name == production, Shot.code == code)
        .order_by(Take.number)
    )  # fmt: skip
    with store.read() as connection:
        return {row.number: film(row.number, row) for row in connection.execute(statement)}


def stills(store: Store, production: str, code: str) -> dict[int, str]:
    """The prepared stills of a shot's takes, as they are named, by the number of the take."""
    statement = (
        sa.select(Take.number, Take.recipe)
        .join(Shot, Shot.id == Take.shot_id)
        .join(Production, Production.id == Shot.production_id)
        .where(Production.name == production, Shot.code == code)
    )
    with store.read() as connection:
        return {row.number: row.recipe["still"] for row in connection.execute(statement)}
