"""Orders the finals of approved drafts. Each call is one transaction."""

from collections.abc import Callable

import sqlalchemy as sa

from farm.domain.drafts import Tie, Tied, approved_draft
from farm.domain.events import Event
from farm.domain.lifecycle import ReviewStatus
from farm.errors import Refused
from farm.store.queue.event_log import write_events
from farm.store.queue.transitions import ReviewMove, move_reviews, order_take
from farm.store.session import Store
from farm.store.shots.in_review import because, one_shot
from farm.store.shots.stale import refuse_stale
from farm.store.tables import Production, Shot, Take
from pipeline.ladder import Step
from pipeline.recipe import Recipe

Plan = Callable[[Recipe, str], Recipe]
"""The recipe of the final, of the draft's recipe and the name of the final's profile."""


def order(
    store: Store,
    production: str,
    code: str,
    plan: Plan,
    who: str,
    why: str = "",
    *,
    take: int | None = None,
    newest: int | None = None,
    known: ReviewStatus | None = None,
) -> list[Event]:
    """Orders the final of the shot's approved draft; `take` is the draft that the person means.

    No take stands for the shot until the final is judged. `newest` and `known` are the take and the review
    that the person saw last. Raises `UnknownName`, `Refused` where there is no such draft, and `Stale`.
    """
    with store.write() as connection:
        shot = one_shot(connection, production, code)
        refuse_stale(connection, shot, who, newest, known)
        takes = _takes(connection, shot.name.id)
        draft = approved_draft(shot.review, shot.selected, [*takes], take)
        if isinstance(draft, str):
            raise Refused(f"{production}/{code} {draft}")
        assert draft.tie.draft_for is not None
        before = takes[draft]
        sentence = because(f"final of take {draft.number} ordered by {who}", why)
        recipe = plan(before, draft.tie.draft_for)
        # Neither rung nor hand: the ladder begins anew, of what the final's own profile made.
        step = Step(rung=0, recipe=recipe, why=sentence, changes={})
        tie = Tie(final_of=draft.number)
        move = ReviewMove(shot.name, ReviewStatus.PENDING, sentence, who, cleared=True)
        news = [
            *move_reviews(connection, [move]),
            order_take(connection, shot.name, step, who=who, tie=tie),
        ]
        return write_events(connection, news)


def with_approved_drafts(store: Store, production: str) -> list[str]:
    """The codes of the shots whose approved take is a draft, in the order of submission."""
    statement = (
        sa.select(Shot.code)
        .join(Production, Production.id == Shot.production_id)
        .join(Take, sa.and_(Take.shot_id == Shot.id, Take.number == Shot.selected_take))
        .where(
            Production.name == production,
            Shot.review == ReviewStatus.APPROVED,
            sa.text("takes.draft_for IS NOT NULL"),
        )
        .order_by(Shot.id)
    )
    with store.read() as connection:
        return list(connection.execute(statement).scalars())


def _takes(connection: sa.Connection, shot_id: int) -> dict[Tied, Recipe]:
    """The takes of a shot in their order, each with its recipe."""
    rows = connection.execute(
        sa.select(
            Take.number, Take.status, Take.rung, Take.by_hand, Take.draft_for, Take.final_of,
            Take.recipe,
        )
        .where(Take.shot_id == shot_id)
        .order_by(Take.number)
    )  # fmt: skip
    return {
        Tied(
            number=row.number,
            status=row.status,
            tie=Tie(draft_for=row.draft_for, final_of=row.final_of),
            by_list=row.rung == 0 and not row.by_hand,
        ): Recipe.from_dict(row.recipe)
        for row in rows
    }
