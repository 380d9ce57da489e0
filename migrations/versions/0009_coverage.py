"""What a take shows of its shot's own prompt, and a verdict for those that show only a part.

Of takes that were made before nobody knows it: their coverage stays null.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from alembic.operations.base import BatchOperations

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True)
BEFORE = ("accepted", "low_match", "bad_clip", "unscored")
AFTER = ("accepted", "partly", "low_match", "bad_clip", "unscored")

PARTLY = sa.text("verdict = 'partly'")


def upgrade() -> None:
    with op.batch_alter_table("takes", recreate="auto") as table:
        table.add_column(sa.Column("coverage", JSON))
        _allow(table, AFTER)
    op.create_index(
        "ix_takes_partly",
        "takes",
        ["shot_id", "number"],
        postgresql_where=PARTLY,
        sqlite_where=PARTLY,
    )


def downgrade() -> None:
    op.drop_index("ix_takes_partly", "takes")
    # An older farm knows no such verdict: by its own rule such a take was accepted.
    op.execute("UPDATE takes SET verdict = 'accepted' WHERE verdict = 'partly'")
    with op.batch_alter_table("takes", recreate="auto") as table:
        _allow(table, BEFORE)
        table.drop_column("coverage")


def _allow(table: BatchOperations, verdicts: Sequence[str]) -> None:
    table.drop_constraint("verdict", type_="check")
    named = ", ".join(f"'{verdict}'" for verdict in verdicts)
    table.create_check_constraint("verdict", f"verdict IN ({named})")
