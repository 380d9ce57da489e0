"""What people say of shots, takes and frames."""

from datetime import datetime

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
NAME = sa.String(120)
UTC = sa.DateTime(timezone=True)
CLOCK = {
    "postgresql": "statement_timestamp()",
    "sqlite": "strftime('%Y-%m-%d %H:%M:%f000', 'now')",
}
"""What tells the time, by database."""


def upgrade() -> None:
    op.create_table(
        "comments",
        sa.Column("id", KEY, nullable=False),
        sa.Column("shot_id", KEY, nullable=False),
        sa.Column("take", sa.Integer()),
        sa.Column("frame", sa.Integer()),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("mark", sa.JSON(none_as_null=True)),
        sa.Column("who", NAME, nullable=False),
        _at(),
        sa.Column("resolved_at", UTC),
        sa.Column("resolved_by", NAME),
        sa.CheckConstraint("frame IS NULL OR take IS NOT NULL", name="frame_shape"),
        sa.CheckConstraint("(resolved_at IS NULL) = (resolved_by IS NULL)", name="resolved_shape"),
        sa.ForeignKeyConstraint(["shot_id"], ["shots.id"], name="fk_comments_shot_id"),
        sa.ForeignKeyConstraint(
            ["shot_id", "take"],
            ["takes.shot_id", "takes.number"],
            name="fk_comments_shot_id_take",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_comments"),
    )
    op.create_index("ix_comments_shot_id", "comments", ["shot_id"])


def _at() -> sa.Column[datetime]:
    clock = sa.literal_column(CLOCK[op.get_bind().dialect.name])
    return sa.Column("at", UTC, server_default=clock, nullable=False)


def downgrade() -> None:
    """Revision 0009 knows neither comments nor events of that kind."""
    op.drop_table("comments")
    op.execute("DELETE FROM events WHERE kind IN ('comment_written', 'comment_resolved')")
