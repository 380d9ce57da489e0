"""Holds, shares of productions, workers and drained nodes."""

from contextlib import AbstractContextManager
from datetime import datetime

import sqlalchemy as sa
from alembic import op
from alembic.operations.base import BatchOperations

revision = "0002"
down_revision = "0001"
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
CLAIM = ["profile", "production_id", "rank", "id"]
CLAIMABLE = sa.text("status = 'waiting' AND due AND NOT held")
CLAIM_BEFORE = ["profile", "rank", "id"]
CLAIMABLE_BEFORE = sa.text("status = 'waiting' AND due")
REVIEWS = ("pending", "accepted", "needs_review", "approved", "rejected", "on_hold", "omitted")


def upgrade() -> None:
    with _table("productions") as table:
        table.add_column(sa.Column("weight", sa.Double(), server_default="1", nullable=False))
        table.create_check_constraint("weight_positive", "weight > 0")
    review = sa.Enum(
        *REVIEWS, name="review_before", native_enum=False, create_constraint=True, length=24
    )
    with _table("shots") as table:
        table.add_column(sa.Column("review_before", review))
    # No farm has set these before; where somebody did by hand, a release leads back to pending.
    op.execute("UPDATE shots SET review_before = 'pending' WHERE review IN ('on_hold', 'omitted')")
    with _table("shots") as table:
        table.create_check_constraint(
            "cover_shape", "(review IN ('on_hold', 'omitted')) = (review_before IS NOT NULL)"
        )
    _upgrade_takes()
    with _table("attempts") as table:
        table.add_column(sa.Column("node", NAME, server_default=sa.text("''"), nullable=False))
    with _table("events") as table:
        table.alter_column("shot_id", existing_type=KEY, nullable=True)
    op.create_table(
        "workers",
        sa.Column("owner", NAME, nullable=False),
        sa.Column("name", NAME, nullable=False),
        sa.Column("node", NAME, server_default=sa.text("''"), nullable=False),
        sa.Column("sick", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("why", sa.Text(), server_default=sa.text("''"), nullable=False),
        _since(),
        sa.Column("until", UTC, nullable=False),
        sa.PrimaryKeyConstraint("owner", "name", name="pk_workers"),
    )
    op.create_table(
        "drains",
        sa.Column("node", NAME, nullable=False),
        sa.Column("who", NAME, nullable=False),
        sa.Column("why", sa.Text(), server_default=sa.text("''"), nullable=False),
        _since(),
        sa.PrimaryKeyConstraint("node", name="pk_drains"),
    )


def _since() -> sa.Column[datetime]:
    clock = sa.literal_column(CLOCK[op.get_bind().dialect.name])
    return sa.Column("since", UTC, server_default=clock, nullable=False)


def _upgrade_takes() -> None:
    op.drop_index("ix_takes_claim", "takes")
    with _table("takes") as table:
        table.add_column(sa.Column("production_id", KEY))
        table.add_column(sa.Column("held", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.execute(
        "UPDATE takes SET production_id ="
        " (SELECT production_id FROM shots WHERE shots.id = takes.shot_id)"
    )
    op.execute(
        "UPDATE takes SET held = true WHERE status = 'waiting' AND shot_id IN"
        " (SELECT id FROM shots WHERE review IN ('on_hold', 'omitted'))"
    )
    with _table("takes") as table:
        table.alter_column("production_id", existing_type=KEY, nullable=False)
        table.create_foreign_key("fk_takes_production_id", "productions", ["production_id"], ["id"])
    _claim_index(CLAIM, CLAIMABLE)


def downgrade() -> None:
    """What revision 0001 has no place for is dropped: weights, what holds covered, workers, nodes."""
    op.drop_table("drains")
    op.drop_table("workers")
    op.execute("DELETE FROM events WHERE shot_id IS NULL")
    with _table("events") as table:
        table.alter_column("shot_id", existing_type=KEY, nullable=False)
    with _table("attempts") as table:
        table.drop_column("node")
    op.drop_index("ix_takes_claim", "takes")
    with _table("takes") as table:
        table.drop_constraint("fk_takes_production_id", type_="foreignkey")
        table.drop_column("production_id")
        table.drop_column("held")
    _claim_index(CLAIM_BEFORE, CLAIMABLE_BEFORE)
    with _table("shots") as table:
        table.drop_constraint("cover_shape", type_="check")
        table.drop_constraint("review_before", type_="check")
        table.drop_column("review_before")
    with _table("productions") as table:
        table.drop_constraint("weight_positive", type_="check")
        table.drop_column("weight")


def _table(name: str) -> AbstractContextManager[BatchOperations]:
    """Changes to one table; on SQLite it is made anew, so that it reads as if it had always been so."""
    return op.batch_alter_table(name, recreate="auto")


def _claim_index(columns: list[str], where: sa.TextClause) -> None:
    op.create_index("ix_takes_claim", "takes", columns, postgresql_where=where, sqlite_where=where)
