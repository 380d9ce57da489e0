"""Who may come to the desk: people with their roles, links for clients, and how they signed in."""

from datetime import datetime

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
UTC = sa.DateTime(timezone=True)
CLOCK = {
    "postgresql": "statement_timestamp()",
    "sqlite": "strftime('%Y-%m-%d %H:%M:%f000', 'now')",
}
"""What tells the time, by database."""
ROLES = ("producer", "reviewer", "operator")


def upgrade() -> None:
    role = sa.Enum(*ROLES, name="role", native_enum=False, create_constraint=True, length=24)
    op.create_table(
        "people",
        sa.Column("id", KEY, nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("role", role, nullable=False),
        sa.Column("token_sha256", sa.String(64), nullable=False),
        _now("made_at"),
        sa.Column("made_by", sa.String(120), nullable=False),
        sa.Column("revoked_at", UTC),
        sa.PrimaryKeyConstraint("id", name="pk_people"),
        sa.UniqueConstraint("name", name="uq_people_name"),
        sa.UniqueConstraint("token_sha256", name="uq_people_token_sha256"),
    )
    op.create_table(
        "client_links",
        sa.Column("id", KEY, nullable=False),
        sa.Column("production_id", KEY, nullable=False),
        sa.Column("takes", sa.JSON(none_as_null=True)),
        sa.Column("label", sa.String(64), server_default=sa.text("''"), nullable=False),
        sa.Column("may_comment", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("token_sha256", sa.String(64), nullable=False),
        sa.Column("expires_at", UTC, nullable=False),
        _now("made_at"),
        sa.Column("made_by", sa.String(120), nullable=False),
        sa.Column("revoked_at", UTC),
        sa.PrimaryKeyConstraint("id", name="pk_client_links"),
        sa.ForeignKeyConstraint(
            ["production_id"], ["productions.id"], name="fk_client_links_production_id"
        ),
        sa.UniqueConstraint("token_sha256", name="uq_client_links_token_sha256"),
    )
    op.create_table(
        "sign_ins",
        sa.Column("id", KEY, nullable=False),
        sa.Column("who", sa.String(120), nullable=False),
        _now("at"),
        sa.Column("address", sa.String(64), nullable=False),
        sa.Column("outcome", sa.String(24), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sign_ins"),
    )
    op.create_index("ix_sign_ins_at", "sign_ins", ["at"])


def downgrade() -> None:
    op.drop_table("sign_ins")
    op.drop_table("client_links")
    op.drop_table("people")


def _now(name: str) -> sa.Column[datetime]:
    clock = sa.literal_column(CLOCK[op.get_bind().dialect.name])
    return sa.Column(name, UTC, server_default=clock, nullable=False)
