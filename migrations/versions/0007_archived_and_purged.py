"""Productions that are archived, clips that are purged, and takes on hold by production."""

from typing import Literal

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

UTC = sa.DateTime(timezone=True)
HELD = sa.text("status = 'waiting' AND held")


def upgrade() -> None:
    # On SQLite the tables are made anew, so that they read as if they had always been so.
    with op.batch_alter_table("productions", recreate=_always()) as table:
        table.add_column(sa.Column("archived_at", UTC))
    with op.batch_alter_table("clips", recreate=_always()) as table:
        table.add_column(sa.Column("purged_at", UTC))
    _index(["profile", "production_id"])


def downgrade() -> None:
    """Revision 0006 has no place for it: archived productions are open again, and what of them waits
    is claimed unless its shot is on hold; purged clips are told by `farm sweep` alone, as missing."""
    op.execute(
        "UPDATE takes SET held = false WHERE status = 'waiting' AND production_id IN"
        " (SELECT id FROM productions WHERE archived_at IS NOT NULL) AND shot_id NOT IN"
        " (SELECT id FROM shots WHERE review IN ('on_hold', 'omitted'))"
    )
    op.execute(
        "DELETE FROM events WHERE kind IN"
        " ('production_archived', 'production_restored', 'take_purged')"
    )
    _index(["profile"])
    with op.batch_alter_table("clips", recreate=_always()) as table:
        table.drop_column("purged_at")
    with op.batch_alter_table("productions", recreate=_always()) as table:
        table.drop_column("archived_at")


def _always() -> Literal["always", "auto"]:
    return "always" if op.get_bind().dialect.name == "sqlite" else "auto"


def _index(columns: list[str]) -> None:
    op.drop_index("ix_takes_held", "takes")
    op.create_index("ix_takes_held", "takes", columns, postgresql_where=HELD, sqlite_where=HELD)
