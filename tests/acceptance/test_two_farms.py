"""Several runs on one PostgreSQL database: nothing is made twice, and the rest take over from the dead."""

import os
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from tests.chaos.checker import check
from tests.conftest import Server

ROOT = Path(__file__).resolve().parents[2]
SHOTS = 40
RUN = ("run", "--cluster", "inline", "--workers", "2", "--profile", "quick", "--until-idle")


@pytest.mark.parametrize("runs", [2, 4])
def test_runs_share_a_database_and_take_over_from_one_that_is_killed(
    farm_folder: Any, postgresql: Server, migrated: str, runs: int
) -> None:
    with postgresql.database(migrated) as url:
        # Nobody's lease ends by itself, however slow the machine is.
        farm_folder.settings |= {
            "FARM_DATABASE": url, "PYTHONPATH": str(ROOT), "FARM_LEASE_SECONDS": "600",
        }  # fmt: skip
        farm_folder.submit(SHOTS, profile="quick")
        engine = sa.create_engine(url, poolclass=sa.NullPool)
        gate = farm_folder.path / "gate"
        step = os.environ.get("CHAOS_STEP_SECONDS", "0.02")
        played = {"CHAOS_STEP_SECONDS": step, "CHAOS_GATE": str(gate)}
        started = [farm_folder.start(*RUN, module="tests.chaos.run", **played) for _ in range(runs)]
        victim = started[0]
        farm_folder.wait_for(lambda: all(_running(engine, run.pid) for run in started))
        victim.kill()
        victim.communicate()
        lost = _running(engine, victim.pid)
        assert not _count(engine, "lease_taken_back", 1), "before its lease is over"
        _age_leases(engine, victim.pid)
        # The others' workers stay in their takes: who takes it back need not be done with anything.
        farm_folder.wait_for(lambda: _count(engine, "lease_taken_back", 1) == lost)
        gate.touch()
        for run in started[1:]:
            ended = farm_folder.end_of(run)
            assert ended.status == 0, ended.err

        codes = [f"sh{number:03d}" for number in range(SHOTS)]
        found = check(engine, farm_folder.path / "media", acknowledged=codes, renders=lost)
        again = _count(engine, "take_started", 2)
        engine.dispose()

    assert found.wrong() == []
    assert (found.takes, found.late, found.given_up) == (SHOTS, 0, 0)
    assert found.attempts == SHOTS + lost, "something was rendered twice"
    assert lost, "it held nothing when it died: the test proves nothing"
    assert again == lost


ITS_TAKES = "status = 'running' AND lease_owner LIKE :owner"


def _running(engine: sa.Engine, pid: int) -> int:
    """How many takes a run renders, by its process."""
    question = sa.text(f"SELECT count(*) FROM takes WHERE {ITS_TAKES}")
    with engine.connect() as connection:
        return connection.execute(question, {"owner": f"%:{pid}:%"}).scalar_one()


def _age_leases(engine: sa.Engine, pid: int) -> None:
    """As if a run had been gone for longer than they last."""
    wish = sa.text(f"UPDATE takes SET lease_until = '2000-01-01' WHERE {ITS_TAKES}")
    with engine.begin() as connection:
        connection.execute(wish, {"owner": f"%:{pid}:%"})


def _count(engine: sa.Engine, kind: str, attempt: int) -> int:
    """To how many takes this happened in that attempt, as the events tell."""
    question = sa.text("SELECT count(*) FROM events WHERE kind = :kind AND attempt = :attempt")
    with engine.connect() as connection:
        return connection.execute(question, {"kind": kind, "attempt": attempt}).scalar_one()
