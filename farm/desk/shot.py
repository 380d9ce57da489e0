"""One shot: its takes side by side, what was asked of each, and what people may do now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from aiohttp import web

from farm.desk.access import require
from farm.desk.places import Desk, ask, desk_of
from farm.desk.rendering import page, rendered
from farm.domain.board_view import BoardView
from farm.domain.lettering import Lettering, lettering
from farm.domain.lifecycle import COVERS, ReviewStatus, ShotState, TakeStatus
from farm.domain.roles import Action, Visitor
from farm.domain.stale import changed_after
from farm.domain.struck import Piece, pieces
from farm.operations import board, known_stills
from farm.operations.known_stills import choice
from farm.operations.lost_films import is_lost
from farm.operations.retake import own_negative

if TYPE_CHECKING:
    from farm.domain.comment import Comment
    from farm.operations.board import Neighbours
    from farm.store.queries.board import Film
    from farm.store.queries.shot_story import ShotStory, TakeStory
    from farm.store.queries.stills import KnownStill

ORDER_AGE = 5.0
"""Seconds that the order of the shots around one may be old."""
LEVELS = ("L1", "L2", "L3")
ACTIONS = {
    "approve": Action.APPROVE,
    "reject": Action.REJECT,
    "retake": Action.RETAKE,
    "finals": Action.RETAKE,
    "hold": Action.HOLD,
    "release": Action.HOLD,
    "omit": Action.OMIT,
    "cancel": Action.CANCEL,
    "priority": Action.SET_PRIORITY,
}
"""What the buttons of a shot do, by their names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeCard:
    """A take as the page shows it."""

    take: "TakeStory"
    film: "Film | None"
    prompt: tuple[Piece, ...]
    """The prompt that it was cut from, with what was cut; empty where nothing was."""
    outdated: tuple[str, ...]
    """Fields of the shot that are wished otherwise since it was ordered."""
    lettering: Sequence[Lettering] = ()
    """What became of the words on its subject."""
    lost: bool = False
    """Its film is not there, and nobody removed it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShotPage:
    """A shot as the page shows it."""

    story: "ShotStory"
    cards: Sequence[TakeCard]
    comments: "Sequence[Comment]"
    neighbours: "Neighbours"
    view: BoardView
    chosen: int | None
    """The take that is looked at first: the one that stands for the shot, else the newest with a film."""
    stills: "Sequence[KnownStill]"
    """Other start pictures that it had or has, for who may order a retake."""
    negative: str
    """What its newest take must not show, beside what the profile says."""
    actions: frozenset[str]
    """What may be done now: approve, reject, retake, finals, hold, release, omit, cancel."""

    @property
    def newest(self) -> int:
        """The newest take that may be seen."""
        shown = [card.take for card in self.cards] or self.story.takes
        return shown[-1].number


async def shot(request: web.Request) -> web.Response:
    """The page of a shot."""
    shown = await shown_to(request)
    return page(request, "shot.html", shot=shown, refusal=None, levels=LEVELS)


async def shown_to(request: web.Request) -> ShotPage:
    """The shot that the address names. Raises `UnknownName`."""
    desk, named = desk_of(request), request.match_info
    production, code = named["production"], named["shot"]
    visitor = require(request, Action.LOOK, production, code)
    view = BoardView.from_query(request.query)
    return await ask(_shown, desk, production, code, view, visitor)


async def refused(request: web.Request, sentence: str, form: Mapping[str, str]) -> web.Response:
    """The page of a shot to which something could not be done, with what was asked for."""
    shown = await shown_to(request)
    kept = known_stills.read(form.get("still", ""))
    if kept and choice(kept) not in map(choice, shown.stills):
        shown = replace(shown, stills=(*shown.stills, kept))  # it was found among other shots
    text = rendered(
        request,
        "shot.html",
        shot=shown,
        refusal={"sentence": sentence, "form": form},
        levels=LEVELS,
    )
    return web.Response(text=text, status=409, content_type="text/html")


def _shown(desk: Desk, production: str, code: str, view: BoardView, visitor: Visitor) -> ShotPage:
    from farm.operations import comment as comments
    from farm.store.queries import board as queries
    from farm.store.queries import shot_story, stills

    story = shot_story.tell(desk.store, production, code)
    opening = visitor.opening
    found = {
        number: film
        for number, film in queries.films(desk.store, production, code).items()
        if visitor.may(Action.LOOK, production, code, number)
    }
    films = {number: _seen(desk, film) for number, film in found.items()}
    return ShotPage(
        story=story,
        cards=[
            TakeCard(
                take=take,
                film=films.get(take.number),
                lost=take.number in films and films[take.number] != found[take.number],
                prompt=pieces(_prompts(story, take.number), take.removed),
                outdated=tuple(each.field for each in changed_after(story.events, take.number)),
                lettering=lettering(take.result),
            )
            for take in story.takes
            if visitor.may(Action.LOOK, production, code, take.number)
        ],
        comments=[
            each
            for each in comments.comments(desk.store, production, code)
            if visitor.opening is None or each.who == visitor.name
        ],
        neighbours=board.neighbours(
            desk.store, production, code, view, opening, desk.lines(production, age=ORDER_AGE)
        ),
        view=view,
        chosen=_chosen(story, films),
        stills=(
            stills.of_shot(desk.store, production, code)
            if visitor.may(Action.RETAKE, production, code)
            else ()
        ),
        negative=own_negative(desk.settings, story.takes[-1].recipe),
        actions=frozenset(
            each for each in _actions(story, films) if visitor.may(ACTIONS[each], production, code)
        ),
    )


def _seen(desk: Desk, film: "Film") -> "Film":
    """The film as purged where its file is lost."""
    if film.purged or not is_lost(desk.media, film.path):
        return film
    return replace(film, purged=True)


def _prompts(story: "ShotStory", number: int) -> list[str]:
    """What a take's prompt may have been cut from: the shot's own, and those of the takes before it."""
    before = [take.recipe["prompt"] for take in story.takes if take.number < number]
    return [story.prompt, *before]


def _chosen(story: "ShotStory", films: Mapping[int, Any]) -> int | None:
    if story.selected in films:
        return story.selected
    there = [number for number, film in films.items() if not film.purged]
    return max(there, default=None)


def _actions(story: "ShotStory", films: "Mapping[int, Film]") -> list[str]:
    """What would not be refused out of hand."""
    if story.review in COVERS:
        return ["release"] if story.review is ReviewStatus.OMITTED else ["release", "omit"]
    renders = story.takes[-1].status is TakeStatus.RUNNING
    found = ["omit", "priority"]
    if any(not film.purged for film in films.values()):
        found.append("approve")
    if story.state is not ShotState.REJECTED:
        found.append("reject")
    found.append("cancel" if renders else "retake")
    stands = next((take for take in story.takes if take.number == story.selected), None)
    if story.state is ShotState.APPROVED and stands and stands.draft_for is not None:
        found.append("finals")
    if story.takes[-1].status is TakeStatus.WAITING:
        found.append("cancel")
    if story.review is ReviewStatus.PENDING:
        found.append("hold")
    return found
