"""What was seen of a take before it was done. Of takes of before nobody looked."""

from typing import Literal

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True)
LOOKED_AT = sa.text("early IS NOT NULL")


def _always() -> Literal["always", "never"]:
    """SQLite alone makes the table anew: it would write added columns behind the constraints."""
    return "always" if op.get_bind().dialect.name == "sqlite" else "never"


def upgrade() -> None:
    with op.batch_alter_table("takes", recreate=_always()) as table:
        table.add_column(sa.Column("early", JSON))
    op.create_index(
        "ix_takes_early",
        "takes",
        ["production_id", "profile"],
        postgresql_where=LOOKED_AT,
        sqlite_where=LOOKED_AT,
    )


def downgrade() -> None:
    """Revision 0014 takes a take that was ended early for one that was declined."""
    op.drop_index("ix_takes_early", "takes")
    with op.batch_alter_table("takes", recreate=_always()) as table:
        table.drop_column("early")
