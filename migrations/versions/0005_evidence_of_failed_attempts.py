"""What failed attempts leave behind, and an index of what backs off in one production."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
NOT_DUE = sa.text("status = 'waiting' AND NOT due")


def upgrade() -> None:
    op.create_table(
        "evidence",
        sa.Column("take_id", KEY, autoincrement=False, nullable=False),
        sa.Column("token", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("traceback", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column(
            "lines", sa.JSON(none_as_null=True), server_default=sa.text("'[]'"), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["take_id", "token"],
            ["attempts.take_id", "attempts.token"],
            name="fk_evidence_take_id_token",
        ),
        sa.PrimaryKeyConstraint("take_id", "token", name="pk_evidence"),
    )
    op.create_index(
        "ix_takes_backing_off",
        "takes",
        ["profile", "production_id", "due_at"],
        postgresql_where=NOT_DUE,
        sqlite_where=NOT_DUE,
    )


def downgrade() -> None:
    op.drop_index("ix_takes_backing_off", "takes")
    op.drop_table("evidence")
