"""Productions, shots, takes, attempts, clips and events."""

from datetime import datetime

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON(none_as_null=True)
UTC = sa.DateTime(timezone=True)
CLOCK = {
    "postgresql": "statement_timestamp()",
    "sqlite": "strftime('%Y-%m-%d %H:%M:%f000', 'now')",
}
"""What tells the time, by database."""
WAITING = sa.text("status = 'waiting' AND due")
NOT_DUE = sa.text("status = 'waiting' AND NOT due")
RUNNING = sa.text("status = 'running'")
ACTIVE = sa.text("status IN ('waiting', 'running')")


def _one_of(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=24)


def _failure_class() -> sa.Enum:
    return _one_of("failure_class", "content", "shot", "machine", "capacity", "fatal")


def _now(name: str) -> sa.Column[datetime]:
    clock = sa.literal_column(CLOCK[op.get_bind().dialect.name])
    return sa.Column(name, UTC, server_default=clock, nullable=False)


def upgrade() -> None:
    op.create_table(
        "productions",
        sa.Column("id", KEY, nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        _now("created_at"),
        sa.PrimaryKeyConstraint("id", name="pk_productions"),
        sa.UniqueConstraint("name", name="uq_productions_name"),
    )
    op.create_table(
        "shots",
        sa.Column("id", KEY, nullable=False),
        sa.Column("production_id", KEY, nullable=False),
        sa.Column("code", sa.String(64), nullable=False),
        sa.Column("image", sa.Text(), nullable=False),
        sa.Column("prompt", sa.Text(), nullable=False),
        sa.Column("aspect", sa.String(16)),
        sa.Column("priority", sa.Integer(), server_default="0", nullable=False),
        sa.Column("alternates", JSON, server_default="[]", nullable=False),
        sa.Column("must_keep", JSON, server_default="[]", nullable=False),
        sa.Column("notes", sa.Text(), server_default="", nullable=False),
        sa.Column("findings", JSON, server_default="[]", nullable=False),
        sa.Column(
            "review",
            _one_of(
                "review",
                *("pending", "accepted", "needs_review", "approved"),
                *("rejected", "on_hold", "omitted"),
            ),
            server_default="pending",
            nullable=False,
        ),
        sa.Column("takes_made", sa.Integer(), server_default="0", nullable=False),
        sa.Column("selected_take", sa.Integer()),
        _now("created_at"),
        sa.ForeignKeyConstraint(
            ["production_id"], ["productions.id"], name="fk_shots_production_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_shots"),
        sa.UniqueConstraint("production_id", "code", name="uq_shots_production_id_code"),
    )
    op.create_table(
        "takes",
        sa.Column("id", KEY, nullable=False),
        sa.Column("shot_id", KEY, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("recipe", JSON, nullable=False),
        sa.Column("recipe_hash", sa.String(64), nullable=False),
        sa.Column("profile", sa.String(64), nullable=False),
        sa.Column("rung", sa.Integer(), server_default="0", nullable=False),
        sa.Column("by_hand", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("why", sa.Text(), server_default="", nullable=False),
        sa.Column("changes", JSON, server_default="{}", nullable=False),
        sa.Column(
            "status",
            _one_of("status", "waiting", "running", "succeeded", "failed", "cancelled"),
            server_default="waiting",
            nullable=False,
        ),
        sa.Column("rank", sa.Integer(), server_default="0", nullable=False),
        sa.Column("due", sa.Boolean(), server_default=sa.true(), nullable=False),
        _now("due_at"),
        sa.Column("faults", sa.Integer(), server_default="0", nullable=False),
        sa.Column("token", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("lease_owner", sa.String(120)),
        sa.Column("lease_until", UTC),
        sa.Column("step", sa.Integer(), server_default="0", nullable=False),
        sa.Column("verdict", _one_of("verdict", "accepted", "low_match", "bad_clip", "unscored")),
        sa.Column("match", sa.Double()),
        sa.Column("failure_class", _failure_class()),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("result", JSON),
        _now("created_at"),
        sa.Column("ended_at", UTC),
        sa.CheckConstraint("(status = 'running') = (lease_owner IS NOT NULL)", name="lease_shape"),
        sa.CheckConstraint("(status = 'succeeded') = (verdict IS NOT NULL)", name="verdict_shape"),
        sa.ForeignKeyConstraint(["shot_id"], ["shots.id"], name="fk_takes_shot_id"),
        sa.PrimaryKeyConstraint("id", name="pk_takes"),
        sa.UniqueConstraint("shot_id", "number", name="uq_takes_shot_id_number"),
    )
    for name, columns, where, unique in (
        ("ix_takes_claim", ["profile", "rank", "id"], WAITING, False),
        ("ix_takes_not_due", ["due_at"], NOT_DUE, False),
        ("ix_takes_lease", ["lease_until"], RUNNING, False),
        ("uq_takes_active", ["shot_id"], ACTIVE, True),
    ):
        op.create_index(
            name, "takes", columns, unique=unique, postgresql_where=where, sqlite_where=where
        )
    op.create_table(
        "attempts",
        sa.Column("id", KEY, nullable=False),
        sa.Column("take_id", KEY, nullable=False),
        sa.Column("token", sa.BigInteger(), nullable=False),
        sa.Column("owner", sa.String(120), nullable=False),
        sa.Column("worker", sa.String(120), nullable=False),
        _now("started_at"),
        sa.Column("ended_at", UTC),
        sa.Column("outcome", sa.String(24)),
        sa.Column("failure_class", _failure_class()),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["take_id"], ["takes.id"], name="fk_attempts_take_id"),
        sa.PrimaryKeyConstraint("id", name="pk_attempts"),
        sa.UniqueConstraint("take_id", "token", name="uq_attempts_take_id_token"),
    )
    op.create_table(
        "clips",
        sa.Column("take_id", KEY, autoincrement=False, nullable=False),
        sa.Column("token", sa.BigInteger(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("frames", sa.Integer(), nullable=False),
        sa.Column("fps", sa.Integer(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["take_id"], ["takes.id"], name="fk_clips_take_id"),
        sa.PrimaryKeyConstraint("take_id", name="pk_clips"),
        sa.UniqueConstraint("path", name="uq_clips_path"),
    )
    op.create_table(
        "events",
        sa.Column("id", KEY, nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        _now("at"),
        sa.Column("shot_id", KEY, nullable=False),
        sa.Column("take", sa.Integer()),
        sa.Column("attempt", sa.BigInteger()),
        sa.Column("who", sa.String(120), nullable=False),
        sa.Column("data", JSON, nullable=False),
        sa.ForeignKeyConstraint(["shot_id"], ["shots.id"], name="fk_events_shot_id"),
        sa.PrimaryKeyConstraint("id", name="pk_events"),
    )
    op.create_index("ix_events_shot_id", "events", ["shot_id"])


def downgrade() -> None:
    for table in ("events", "clips", "attempts", "takes", "shots", "productions"):
        op.drop_table(table)
