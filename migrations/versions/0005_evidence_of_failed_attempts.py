"""What failed attempts leave behind: tracebacks and log lines."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


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


def downgrade() -> None:
    op.drop_table("evidence")
