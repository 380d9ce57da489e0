"""Which profile's model each worker holds."""

from typing import Literal

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def _always() -> Literal["always", "never"]:
    """SQLite alone makes the table anew: it would write added columns behind the constraints."""
    return "always" if op.get_bind().dialect.name == "sqlite" else "never"


def upgrade() -> None:
    with op.batch_alter_table("workers", recreate=_always()) as table:
        table.add_column(sa.Column("profile", sa.String(64), nullable=False, server_default=""))


def downgrade() -> None:
    with op.batch_alter_table("workers", recreate=_always()) as table:
        table.drop_column("profile")
