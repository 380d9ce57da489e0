"""Indexes from which `farm status` counts long tables without reading them."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

CLAIM = ["profile", "production_id", "rank", "id"]
CLAIMABLE = sa.text("status = 'waiting' AND due AND NOT held")
HELD = sa.text("status = 'waiting' AND held")


def upgrade() -> None:
    op.drop_index("ix_takes_claim", "takes")
    _index("ix_takes_claim", [*CLAIM, "due_at"], CLAIMABLE)
    _index("ix_takes_held", ["profile"], HELD)
    op.create_index("ix_takes_standing", "takes", ["shot_id", "number", "status"])


def downgrade() -> None:
    op.drop_index("ix_takes_standing", "takes")
    op.drop_index("ix_takes_held", "takes")
    op.drop_index("ix_takes_claim", "takes")
    _index("ix_takes_claim", CLAIM, CLAIMABLE)


def _index(name: str, columns: list[str], where: sa.TextClause) -> None:
    op.create_index(name, "takes", columns, postgresql_where=where, sqlite_where=where)
