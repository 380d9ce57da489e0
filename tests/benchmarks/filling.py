"""Takes by the hundred thousand, written by plain SQL in a moment: long tables for the benchmarks."""

import json

import sqlalchemy as sa

from farm.store import Store
from tests.conftest import a_recipe

FAR = "2999-01-01 00:00:00.000000"


def fill(
    store: Store,
    production: str,
    shots: int,
    *,
    takes: int = 1,
    finished: bool = False,
    profile: str = "toy",
    draft_for: str | None = None,
) -> None:
    """Adds a production of so many shots, each with `takes` takes: all finished, or the latest waits.

    They have no attempts, clips or events: neither a claim nor `farm status` reads those.
    """
    review = "accepted" if finished else "pending"
    made = a_recipe(profile=profile)
    recipe = json.dumps(made.as_dict())
    of_draft = f"'{draft_for}'" if draft_for else "NULL"
    run = f"""
        INSERT INTO shots
            (production_id, code, image, prompt, priority, review, takes_made, selected_take)
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {shots})
        SELECT productions.id, 'sh' || n.i, 'still.png', 'a red bicycle turns on a white table',
            n.i % 10, '{review}', {takes}, {takes if finished else "NULL"}
        FROM n JOIN productions ON productions.name = '{production}'
        """
    # Waiting shots may have been tried before; what was tried is finished.
    waits = f"n.i = {takes}" if not finished else "n.i = 0"
    add = f"""
        INSERT INTO takes
            (shot_id, production_id, number, recipe, recipe_hash, profile, draft_for, status, rank, verdict)
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {takes})
        SELECT shots.id, shots.production_id, n.i, '{recipe}', '{made.hash}', '{profile}', {of_draft},
            CASE WHEN {waits} THEN 'waiting' ELSE 'succeeded' END, -shots.priority,
            CASE WHEN {waits} THEN NULL ELSE 'accepted' END
        FROM shots JOIN productions ON productions.id = shots.production_id CROSS JOIN n
        WHERE productions.name = '{production}'
        """
    with store.write() as connection:
        for statement in (f"INSERT INTO productions (name) VALUES ('{production}')", run, add):
            connection.execute(sa.text(statement))


def back_off(store: Store, production: str) -> None:
    """Makes all that waits in a production back off for a long time."""
    wanted = "SELECT id FROM productions WHERE name = :production"
    with store.write() as connection:
        connection.execute(
            sa.text(
                "UPDATE takes SET due = :no, due_at = :far"
                f" WHERE status = 'waiting' AND production_id = ({wanted})"
            ),
            {"no": False, "far": FAR, "production": production},
        )


def analyze(store: Store) -> None:
    """Lets the database learn how long its tables are, and PostgreSQL clear away what the filling left
    in its indexes, as it does by itself in time: a hundred thousand takes never back off at once."""
    with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        postgresql = store.dialect == "postgresql"
        connection.exec_driver_sql("VACUUM ANALYZE" if postgresql else "ANALYZE")
