"""A farm at work is upgraded and taken back with everything in place, on both databases."""

from typing import Any

import pytest
import sqlalchemy as sa

from farm.errors import SchemaError
from farm.store import REVISION, open_store, schema, session
from farm.store.queries import shot_story
from farm.store.queue import claims
from farm.store.shots import intake, review
from tests.audit import Auditor
from tests.conftest import a_new_shot, a_result
from tests.integration.farm.store.conftest import a_step, claim, make, seats, submit, value

OLD = """
INSERT INTO productions (id, name) VALUES (1, 'ads'), (2, 'film');
INSERT INTO shots (id, production_id, code, image, prompt, priority, review, takes_made, selected_take)
VALUES (1, 1, 'sh010', 'a.png', 'it moves', 5, 'pending', 1, NULL),
       (2, 1, 'sh020', 'a.png', 'it moves', 0, 'accepted', 1, 1),
       (3, 2, 'sh010', 'a.png', 'it moves', 0, 'on_hold', 1, NULL),
       (4, 2, 'sh020', 'a.png', 'it moves', 0, 'pending', 1, NULL);
INSERT INTO takes (id, shot_id, number, recipe, recipe_hash, profile, status, rank, token, lease_owner,
                   lease_until, verdict)
VALUES (1, 1, 1, '{}', 'h', 'toy', 'waiting', -5, 0, NULL, NULL, NULL),
       (2, 2, 1, '{}', 'h', 'toy', 'succeeded', 0, 1, NULL, NULL, 'accepted'),
       (3, 3, 1, '{}', 'h', 'toy', 'waiting', 0, 0, NULL, NULL, NULL),
       (4, 4, 1, '{}', 'h', 'toy', 'running', 0, 1, 'farm-a', '2999-01-01 00:00:00', NULL);
INSERT INTO attempts (id, take_id, token, owner, worker, outcome, ended_at)
VALUES (1, 2, 1, 'farm-a', 'w1', 'succeeded', '2026-01-01 00:00:00'), (2, 4, 1, 'farm-a', 'w1', NULL, NULL);
INSERT INTO clips (take_id, token, path, sha256, size, frames, fps, width, height)
VALUES (2, 1, 'clips/ads/a.mp4', 'c', 1, 17, 8, 64, 64);
INSERT INTO events (id, kind, shot_id, take, attempt, who, data)
VALUES (1, 'shot_submitted', 1, NULL, NULL, 'anna', '{}');
"""
"""A farm of revision 0001: one shot waits, one is done, one is on hold, one is rendered."""


@pytest.fixture
def old(empty_database: str) -> str:
    """The URL of a database at revision 0001 with work in it."""
    schema.upgrade(empty_database, "0001")
    _tell(empty_database, OLD)
    return empty_database


def test_an_upgrade_keeps_every_row_and_gives_each_take_its_production(old: str) -> None:
    before = _rows(old)

    schema.upgrade(old)

    after = _rows(old)
    for table, rows in before.items():
        assert [_only(row, rows[0]) for row in after[table]] == rows
    assert [take["production_id"] for take in after["takes"]] == [1, 1, 2, 2]
    assert [bool(take["held"]) for take in after["takes"]] == [False, False, True, False]
    assert [shot["review_before"] for shot in after["shots"]] == [None, None, "pending", None]
    assert [each["weight"] for each in after["productions"]] == [1.0, 1.0]


def test_a_way_back_keeps_every_row_and_a_second_upgrade_works(old: str) -> None:
    before = _rows(old)
    schema.upgrade(old)
    _tell(
        old,
        "INSERT INTO drains (node, who) VALUES ('node7', 'anna');"
        "INSERT INTO events (id, kind, who, data) VALUES (99, 'node_drained', 'anna', '{}');"
        "UPDATE productions SET weight = 3;",
    )

    schema.downgrade(old, "0001")

    assert _rows(old) == before
    schema.upgrade(old)
    with session.visit(old) as engine:
        assert schema.differences(engine) == []


def test_an_upgraded_farm_goes_on_with_what_it_had(empty_database: str) -> None:
    schema.upgrade(empty_database)
    new = open_store(empty_database)
    submit(new, "sh010", "sh020", production="ads")
    running = claim(new)
    new.close()
    schema.downgrade(empty_database, "0001")
    schema.upgrade(empty_database)

    store = open_store(empty_database)
    assert make(store, running)
    make(store, claim(store))
    review.retake(store, "ads", "sh020", lambda _: a_step(seed=9), "anna")
    intake.submit(store, "ads", [a_new_shot("sh030")], who="anna")

    assert claims.claim(store, "farm-b", "toy", seats("w1", "w2"), 60.0)[0]
    assert shot_story.tell(store, "ads", "sh010").takes[0].clip == a_result(running.clip).clip.path
    assert Auditor(store.engine).audit() == []
    store.close()


def test_a_scheduler_refuses_a_schema_that_changed_under_it_in_one_sentence(
    database: str,
) -> None:
    store = open_store(database)
    with store.write() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))

    with pytest.raises(SchemaError) as refusal:
        session.still_known(store)

    assert str(refusal.value).endswith(
        f": the database is at schema revision 9999, this farm needs {REVISION}; "
        "it was made by a newer farm: upgrade this one"
    )
    assert value(store, "SELECT count(*) FROM takes") == 0
    store.close()


def _rows(url: str) -> dict[str, list[dict[str, Any]]]:
    tables = ("productions", "shots", "takes", "attempts", "clips", "events")
    with session.visit(url) as engine, engine.connect() as connection:
        return {
            table: [
                dict(row)
                for row in connection.execute(
                    sa.text(f"SELECT * FROM {table} ORDER BY 1")
                ).mappings()
            ]
            for table in tables
        }


def _only(row: dict[str, Any], like: dict[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in like}


def _tell(url: str, script: str) -> None:
    with session.visit(url) as engine, engine.begin() as connection:
        for statement in script.split(";"):
            if statement.strip():
                connection.exec_driver_sql(statement)
