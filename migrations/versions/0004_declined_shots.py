"""An index of the takes that were declined, which `farm status` counts apart."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

DECLINED = sa.text("status = 'failed' AND failure_class = 'content'")


def upgrade() -> None:
    op.create_index(
        "ix_takes_declined",
        "takes",
        ["shot_id", "number"],
        postgresql_where=DECLINED,
        sqlite_where=DECLINED,
    )


def downgrade() -> None:
    op.drop_index("ix_takes_declined", "takes")
