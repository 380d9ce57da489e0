"""Shots that are rendered once where others would be declined."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    column = sa.Column("no_decline", sa.Boolean(), server_default=sa.false(), nullable=False)
    with op.batch_alter_table("shots", recreate="auto") as table:
        table.add_column(column)


def downgrade() -> None:
    with op.batch_alter_table("shots", recreate="auto") as table:
        table.drop_column("no_decline")
