"""Which forms of the desk were sent, so that each does once what it asks for; the newest takes."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

CLOCK = {
    "postgresql": "statement_timestamp()",
    "sqlite": "strftime('%Y-%m-%d %H:%M:%f000', 'now')",
}
"""What tells the time, by database."""


def upgrade() -> None:
    clock = sa.literal_column(CLOCK[op.get_bind().dialect.name])
    op.create_table(
        "sent_forms",
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=clock, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_sent_forms"),
    )
    op.create_index("ix_sent_forms_at", "sent_forms", ["at"])
    every = sa.text("number > 0")
    op.create_index(
        "ix_takes_newest",
        "takes",
        ["production_id", "id"],
        postgresql_where=every,
        sqlite_where=every,
    )


def downgrade() -> None:
    op.drop_index("ix_takes_newest", "takes")
    op.drop_table("sent_forms")
