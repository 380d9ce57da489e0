"""Which takes are drafts, and which draft a full take is the final of. Takes of before are neither."""

from typing import Literal

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

DRAFTS = sa.text("draft_for IS NOT NULL")


def _always() -> Literal["always", "never"]:
    """SQLite alone makes the table anew: it would write added columns behind the constraints."""
    return "always" if op.get_bind().dialect.name == "sqlite" else "never"


def upgrade() -> None:
    with op.batch_alter_table("takes", recreate=_always()) as table:
        table.add_column(sa.Column("draft_for", sa.String(64)))
        table.add_column(sa.Column("final_of", sa.Integer()))
    op.create_index(
        "ix_takes_drafts",
        "takes",
        ["shot_id", "number"],
        postgresql_where=DRAFTS,
        sqlite_where=DRAFTS,
    )


def downgrade() -> None:
    """Revision 0012 takes a draft for a clip like any other: those that stand for a shot would be
    delivered."""
    op.drop_index("ix_takes_drafts", "takes")
    with op.batch_alter_table("takes", recreate=_always()) as table:
        table.drop_column("final_of")
        table.drop_column("draft_for")
