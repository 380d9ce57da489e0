"""What `farm metrics` costs over a long log: 300,000 events, counted from the first one and gone on with.

The database is SQLite; a shot's log has six events: submitted, ordered, started, made, reviewed, and every
third time a machine's fault.
"""

import os
import subprocess
import sys
import tempfile
import time
from typing import Any

import sqlalchemy as sa

from farm.store import Store, open_store
from tests.benchmarks.filling import analyze, fill

EVENTS = 300_000
ROUNDS = 3
MADE = (
    '{"verdict": "accepted", "rung": 0, "match": 0.71, "clip": "clips/x.mp4", "seconds": 41.5, '
    '"stages": {"still": 0.2, "encode_text": 0.4, "denoise": 38.0, "decode": 1.7, "score": 0.6, '
    '"encode": 0.6}, "device": "cuda"}'
)
FAULT = '{"failure_class": "machine", "reason": "a worker died", "delay": 5.0, "seconds": 12.25}'
STORY = (
    ("shot_submitted", "NULL", '{"image": "still.png", "profile": "toy"}'),
    (
        "take_ordered",
        "1",
        '{"rung": 0, "why": "submitted", "changes": {}, "removed": [], "recipe_hash": "a"}',
    ),
    ("take_started", "1", '{"worker": "w1", "owner": "host:1:abc", "wait": 3.5}'),
    ("take_returned", "1", FAULT),
    ("take_succeeded", "1", MADE),
    (
        "review_moved",
        "1",
        '{"before": "pending", "after": "accepted", "why": "it matches", "selected_take": 1}',
    ),
)


def run() -> dict[str, Any]:
    """Wall seconds of one `farm metrics`: the first of all, and the median of later ones."""
    with tempfile.TemporaryDirectory() as folder:
        database = f"sqlite:///{folder}/farm.db"
        store = open_store(database)
        write_log(store)
        empty = _seconds(f"sqlite:///{folder}/empty.db")
        first = _seconds(database)
        again = sorted(_seconds(database) for _ in range(ROUNDS))[ROUNDS // 2]
        store.close()
    return {
        "events": EVENTS,
        "of_an_empty_farm": empty,
        "the_first_time": first,
        "again": again,
    }


def write_log(store: Store) -> None:
    """Writes what so many shots leave in the log."""
    shots = EVENTS // len(STORY)
    fill(store, "first", shots // 2, finished=True)
    fill(store, "second", shots - shots // 2, finished=True)
    rows = " UNION ALL ".join(
        f"SELECT {place}, '{kind}', {take}, :data{place}"
        for place, (kind, take, _) in enumerate(STORY)
    )
    statement = f"""
        WITH story(place, kind, take, data) AS ({rows})
        INSERT INTO events (kind, shot_id, take, attempt, who, data)
        SELECT kind, shots.id, take, CASE WHEN place > 1 THEN 1 END, 'farm', data
        FROM shots CROSS JOIN story ORDER BY shots.id, place
        """
    data = {f"data{place}": data for place, (_, _, data) in enumerate(STORY)}
    with store.write() as connection:
        connection.execute(sa.text(statement), data)
    analyze(store)


def _seconds(database: str) -> float:
    begun = time.perf_counter()
    told = subprocess.run(
        [sys.executable, "-m", "farm", "metrics"],
        env=os.environ | {"FARM_DATABASE": database},
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    assert "farm_takes_total" in told
    return round(time.perf_counter() - begun, 2)
