"""What came of a chaos, as a table for people and as one line of JSON."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import Any

from rich.console import Console
from rich.table import Table

from tests.chaos.checker import Findings
from tests.chaos.story import Diary, Struck


@dataclass(frozen=True)
class Outcome:
    """One farm's chaos and what the checker found after it."""

    database: str
    seed: int
    model: str
    diary: Diary
    findings: Findings
    recoveries: Mapping[str, Sequence[float]]
    """By kind of fault: seconds from its end until a take that was begun after it is made."""

    @property
    def wrong(self) -> list[str]:
        late = [] if self.diary.calm is not None else ["the farm did not come to rest"]
        return [*self.findings.wrong(), *self.diary.endings, *late]

    def as_dict(self) -> dict[str, Any]:
        found, every = self.findings, [each for kind in self.recoveries.values() for each in kind]
        return {
            "database": self.database,
            "seed": self.seed,
            "model": self.model,
            "faults": len(self.diary.faults),
            "faults_by_kind": dict(Counter(struck.kind for struck in self.diary.faults)),
            "not_possible_here": self.diary.impossible,
            "seconds": round(self.diary.seconds),
            "calm_seconds": self.diary.calm and round(self.diary.calm, 1),
            "shots": found.shots,
            "takes_made": found.takes,
            "attempts": found.attempts,
            "attempts_returned": found.returned,
            "given_up": found.given_up,
            "ended_early": found.ended_early,
            "finals": found.finals,
            "lost": len(found.lost),
            "doubled": len(found.doubled),
            "late_kept_aside": found.late,
            "damaged": len(found.damaged),
            "orphans": len(found.orphans),
            "recovery_median_s": round(median(every), 1) if every else None,
            "recovery_worst_s": round(max(every), 1) if every else None,
            "wrong": self.wrong,
        }


def recoveries(
    faults: Sequence[Struck], made: Sequence[tuple[datetime, datetime]]
) -> dict[str, list[float]]:
    """Seconds from the end of each fault until a take that was begun after it is made, by kind.

    `made` are the beginnings and ends of the attempts that succeeded. A fault after which none was
    made is left out.
    """
    found: dict[str, list[float]] = {}
    for struck in faults:
        after = [end for begun, end in made if begun >= struck.healed]
        if after:
            took = (min(after) - struck.healed).total_seconds()
            found.setdefault(struck.kind, []).append(took)
    return found


def show(outcomes: Sequence[Outcome]) -> None:
    """Prints the tables, what is wrong, and one line of JSON."""
    console = Console(width=100)
    for outcome in outcomes:
        console.print(_faults(outcome))
    console.print(_figures(outcomes))
    for outcome in outcomes:
        for sentence in outcome.wrong[:40]:
            console.print(f"{outcome.database}: {sentence}", style="red", highlight=False)
        for kind in outcome.diary.impossible:
            console.print(f"{outcome.database}: this machine does not allow “{kind}”")
    console.print("Real: the runs, Ray, the actors, still, checks, encoding, files, database.")
    if any(outcome.model == "light" for outcome in outcomes):
        console.print("Played: the model's frames and their scores (tests/chaos/light.py).")
    line = json.dumps([outcome.as_dict() for outcome in outcomes], ensure_ascii=False)
    console.print(line, soft_wrap=True, highlight=False, markup=False)


def _faults(outcome: Outcome) -> Table:
    table = Table(title=f"Faults, {outcome.database}, seed {outcome.seed}")
    for name in ("fault", "times", "recovery: median s", "worst s"):
        table.add_column(name, justify="left" if name == "fault" else "right")
    counts = Counter(struck.kind for struck in outcome.diary.faults)
    for kind, times in counts.most_common():
        took = outcome.recoveries.get(kind, [])
        middle, worst = (f"{median(took):.1f}", f"{max(took):.1f}") if took else ("-", "-")
        table.add_row(kind, str(times), middle, worst)
    return table


def _figures(outcomes: Sequence[Outcome]) -> Table:
    table = Table(title="What came of it")
    table.add_column("")
    for outcome in outcomes:
        table.add_column(outcome.database, justify="right")
    values = [outcome.as_dict() for outcome in outcomes]
    for key in (
        "faults", "seconds", "shots", "takes_made", "attempts", "attempts_returned", "given_up",
        "ended_early", "finals",
        "lost", "doubled", "damaged", "orphans", "late_kept_aside", "recovery_median_s",
        "recovery_worst_s", "calm_seconds",
    ):  # fmt: skip
        table.add_row(key.replace("_", " "), *[str(each[key]) for each in values])
    return table
