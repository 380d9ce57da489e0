"""Does to a farm what machines, networks and disks do, and counts afterwards what is lost or doubled.

    python -m tests.chaos [--database sqlite|postgresql|both] [--seconds N] [--seed S] [--faults N]

Real processes on two Ray nodes; a seed draws the same faults, though they never strike at the same
moments. Exits with 1 if a shot is lost or doubled, a clip damaged, or anything unaccounted for.
"""

import argparse
import shutil
import signal
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from tests.chaos import runs, summary
from tests.chaos.checker import check
from tests.chaos.databases import Database
from tests.chaos.story import Story, Struck
from tests.chaos.studio import folder_of, site

MANY = 100
"""Faults, from which on those that cost nothing make up for those that cost a run's renders, or all."""


def main() -> None:
    arguments = _arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    both = arguments.database == "both"
    kinds = ["sqlite", "postgresql"] if both else [arguments.database]
    outcomes = [chaos(kind, arguments) for kind in kinds]
    summary.show(outcomes)
    sys.exit(any(outcome.wrong for outcome in outcomes))


def chaos(kind: str, arguments: argparse.Namespace) -> summary.Outcome:
    """One farm's chaos; its folder is kept where something is wrong."""
    folder = folder_of(arguments.folder)
    sys.stderr.write(f"chaos on {kind}, seed {arguments.seed}, in {folder}\n")
    with site(kind, folder, arguments.model) as farm:
        diary = Story(farm, arguments.seed, arguments.seconds, arguments.faults).tell()
        named = runs.sweep(folder, farm.environment)
        engine = farm.database.engine
        findings = check(
            engine,
            farm.media.place,
            acknowledged=farm.desk.acknowledged,
            named=named,
            renders=renders_cost(diary.faults),
        )
        took = summary.recoveries(diary.faults, made_takes(farm.database))
    outcome = summary.Outcome(kind, arguments.seed, arguments.model, diary, findings, took)
    if not outcome.wrong and not arguments.keep:
        shutil.rmtree(folder)
    return outcome


def renders_cost(faults: Sequence[Struck]) -> int:
    """How many renders the faults can have cost: among many, one each, since most cost none or one."""
    if len(faults) >= MANY:
        return len(faults)
    return sum(fault.renders for fault in faults)


def made_takes(database: Database) -> list[tuple[datetime, datetime]]:
    """When the attempts that succeeded began and ended; none of a run whose clock was ahead."""
    question = "SELECT started_at, ended_at FROM attempts WHERE outcome = 'succeeded'"
    rows = [(_moment(row[0]), _moment(row[1])) for row in database.ask(question) or []]
    return [row for row in rows if row[1] <= datetime.now(UTC)]


def _moment(value: object) -> datetime:
    """SQLite holds naive text in UTC."""
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos")
    parser.add_argument("--database", choices=("sqlite", "postgresql", "both"), default="both")
    parser.add_argument(
        "--seconds",
        type=float,
        default=255,
        help="of faults, for each database; more where the farm recovers slowly",
    )
    parser.add_argument("--faults", type=int, default=310, help="for each database")
    parser.add_argument("--seed", type=int, default=int(time.time()) % 100_000)
    parser.add_argument("--model", choices=("light", "toy"), default="light")
    parser.add_argument("--folder", type=Path, help="where to work; default: the temporary folder")
    parser.add_argument("--keep", action="store_true", help="keep the folder and its logs")
    return parser.parse_args()


if __name__ == "__main__":
    main()
