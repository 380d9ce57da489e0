"""Published clips that are gone: their shots go back to a person."""

import sqlalchemy as sa

from farm.domain.events import Event
from farm.domain.lifecycle import ReviewStatus
from farm.store.queries.media_inventory import PublishedFile
from farm.store.queue.transitions import move_review
from farm.store.session import Store
from farm.store.shots.in_review import refuse_archived
from farm.store.tables import PublishedClip, Shot


def clip_is_lost(store: Store, file: PublishedFile, why: str, who: str) -> list[Event]:
    """The clip that stands for a shot is no more: a passed shot goes back to a person. Raises `Refused`
    where its production is archived."""
    with store.write() as connection:
        refuse_archived(connection, file.shot.production)
        review, selected = connection.execute(
            sa.select(Shot.review, Shot.selected_take)
            .where(Shot.id == file.shot.id)
            .with_for_update(key_share=True)
        ).one()
        passed = review in (ReviewStatus.ACCEPTED, ReviewStatus.APPROVED)
        purged = connection.execute(
            sa.select(PublishedClip.purged_at).where(PublishedClip.path == file.path)
        ).scalar()
        if not passed or selected != file.take or purged is not None:
            return []
        return move_review(connection, file.shot, ReviewStatus.NEEDS_REVIEW, why, who=who)
