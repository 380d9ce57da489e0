"""An auditor of farm databases: reads the tables and the log of events in plain SQL, by itself.

It knows nothing of the farm's code. It tells each shot's story again from its events alone, and says
where that story is impossible or does not end in what the tables hold.
"""

import json
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

TABLES = ("productions", "shots", "takes", "attempts", "clips", "comments")
PLAIN = ("code", "prompt", "aspect", "priority", "notes")
"""What a shot's row has of its wish as the events tell it."""
MISSES = ("low_match", "bad_clip")
ENDS = {
    "take_returned": "waiting",
    "lease_taken_back": "waiting",
    "take_succeeded": "succeeded",
    "take_failed": "failed",
}
OUTCOMES = {"take_returned": "returned", "lease_taken_back": "taken_back"}
IN_ARCHIVES = ("late_result", "take_purged")
"""What may still happen to shots of an archived production."""
DECIDED = ("accepted", "approved", "omitted")
"""Reviews under which the files of a shot's takes may go."""


@dataclass
class TakeTold:
    """One take as its events tell it."""

    rung: int
    status: str = "waiting"
    token: int = 0
    verdict: str | None = None
    declined: bool = False
    """It failed of its content: nothing was rendered."""
    purged: bool = False
    """Its clip was removed."""
    outcomes: list[str | None] = field(default_factory=list[str | None])
    """How each attempt ended; None for one that runs."""


@dataclass
class ShotTold:
    """One shot as its events tell it."""

    review: str = "pending"
    selected: int | None = None
    wish: dict[str, Any] = field(default_factory=dict[str, Any])
    """What was changed of it, as it is now; its code, too."""
    takes: list[TakeTold] = field(default_factory=list[TakeTold])
    moves: dict[int, tuple[Any, ...]] = field(default_factory=dict[int, tuple[Any, ...]])
    """The last move of its review, by the event: who moved it, and from which review and take."""
    comments: dict[int, tuple[Any, ...]] = field(default_factory=dict[int, tuple[Any, ...]])
    """Take, frame, text, who wrote it and who resolved it, by number."""


class Auditor:
    """Follows one database; `audit` may be called again and again while it changes."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._last = 0
        self._shots: dict[int, ShotTold] = {}
        self._archived: set[str] = set()
        """Productions, by name."""
        self._wrong: list[str] = []
        self.news: list[dict[str, Any]] = []
        """The events that the last audit saw for the first time."""
        self.tables: dict[str, list[dict[str, Any]]] = {}
        """Every row of every table, as the last audit read it."""

    def audit(self) -> list[str]:
        """A sentence for everything that should never be; empty when all is well."""
        with self._engine.connect() as connection:
            self.news = _rows(
                connection, f"SELECT * FROM events WHERE id > {self._last} ORDER BY id"
            )
            self.tables = {
                name: _rows(connection, f"SELECT * FROM {name} ORDER BY 1") for name in TABLES
            }
        for event in self.news:
            self._last = event["id"]
            self._tell(event)
        return (
            self._wrong
            + self._differences(self.tables)
            + _unwished(self._shots, self.tables)
            + _alone(self.tables)
        )

    def _tell(self, event: dict[str, Any]) -> None:
        """Adds one event to the story, where the story so far allows it."""
        shot, kind = event["shot_id"], event["kind"]
        data = event["data"]
        data = json.loads(data) if isinstance(data, str) else data
        if shot is None:
            self._tell_of_production(kind, event, data)
            return
        gone = self._production_of(shot) in self._archived and kind not in IN_ARCHIVES
        self._refuse_if(gone, event, "though its production is archived")
        known = self._shots.get(shot)
        if kind == "shot_submitted":
            self._refuse_if(known is not None, event, "a second time")
            self._shots[shot] = ShotTold()
            return
        if known is None:
            self._refuse_if(True, event, "for a shot that was never submitted")
            return
        getattr(self, f"_on_{kind}", self._on_end)(known, event, data)

    def _tell_of_production(self, kind: str, event: dict[str, Any], data: Any) -> None:
        if kind == "production_archived":
            self._refuse_if(data["production"] in self._archived, event, "a second time")
            self._archived.add(data["production"])
        elif kind == "production_restored":
            self._refuse_if(data["production"] not in self._archived, event, "without an archive")
            self._archived.discard(data["production"])

    def _production_of(self, shot: int) -> str:
        names = {row["id"]: row["name"] for row in self.tables["productions"]}
        return next(
            names[row["production_id"]] for row in self.tables["shots"] if row["id"] == shot
        )

    def _on_take_ordered(self, shot: ShotTold, event: dict[str, Any], data: Any) -> None:
        active = [take for take in shot.takes if take.status in ("waiting", "running")]
        self._refuse_if(bool(active), event, "while another take waits or runs")
        self._refuse_if(event["take"] != len(shot.takes) + 1, event, "under a number out of turn")
        if shot.takes and event["who"] == "farm":
            before = shot.takes[-1]
            missed = before.verdict in MISSES or before.declined
            self._refuse_if(not missed, event, "by the farm after no miss")
            self._refuse_if(data["rung"] <= before.rung, event, "without a step up the ladder")
        shot.takes.append(TakeTold(rung=data["rung"]))

    def _on_take_started(self, shot: ShotTold, event: dict[str, Any], data: Any) -> None:
        take = shot.takes[event["take"] - 1]
        self._refuse_if(take.status != "waiting", event, f"while it is {take.status}")
        self._refuse_if(event["attempt"] != take.token + 1, event, "under a token out of turn")
        take.status, take.token = "running", event["attempt"]
        take.outcomes.append(None)

    def _on_end(self, shot: ShotTold, event: dict[str, Any], data: Any) -> None:
        """What ends an attempt: only the current one of a running take."""
        take, kind = shot.takes[event["take"] - 1], event["kind"]
        if kind not in ENDS:
            self._refuse_if(True, event, "of a kind that nobody knows")
            return
        self._refuse_if(take.status != "running", event, f"while it is {take.status}")
        self._refuse_if(event["attempt"] != take.token, event, "by an attempt that is not current")
        take.status, take.verdict = ENDS[kind], data.get("verdict")
        take.declined = kind == "take_failed" and data["failure_class"] == "content"
        take.outcomes[-1:] = [OUTCOMES.get(kind, take.status)]

    def _on_take_cancelled(self, shot: ShotTold, event: dict[str, Any], data: Any) -> None:
        take = shot.takes[event["take"] - 1]
        self._refuse_if(take.status not in ("waiting", "running"), event, "after its end")
        if take.status == "running":
            take.outcomes[-1:] = ["cancelled"]
        take.status = "cancelled"

    def _on_late_result(self, shot: ShotTold, event: dict[str, Any], data: Any) -> None:
        take = shot.takes[event["take"] - 1]
        current = event["attempt"] == take.token and take.status == "running"
        self._refuse_if(current, event, "though the attempt is current")

    def _on_take_purged(self, shot: ShotTold, event: dict[str, Any], data: Any) -> None:
        take = shot.takes[event["take"] - 1]
        active = any(each.status in ("waiting", "running") for each in shot.takes)
        self._refuse_if(active, event, "while a take of its shot waits or runs")
        self._refuse_if(shot.review not in DECIDED, event, f"while its shot is {shot.review}")
        self._refuse_if(not data["files"], event, "without a file")
        if data["clip"] is not None:
            self._refuse_if(take.status != "succeeded", event, f"with a clip, as it {take.status}")
            self._refuse_if(take.purged, event, "a second time")
            take.purged = True

    def _on_priority_set(self, shot: ShotTold, event: dict[str, Any], data: Any) -> None:
        self._change(shot, event, "priority", data["before"], data["after"])

    def _on_shot_renamed(self, shot: ShotTold, event: dict[str, Any], data: Any) -> None:
        self._change(shot, event, "code", data["before"], data["after"])

    def _on_shot_changed(self, shot: ShotTold, event: dict[str, Any], data: Any) -> None:
        self._refuse_if(not data["changes"], event, "without a change")
        for name, (before, after) in data["changes"].items():
            self._change(shot, event, name, before, after)

    def _on_comment_written(self, shot: ShotTold, event: dict[str, Any], data: Any) -> None:
        number, take = data["comment"], event["take"]
        known = any(number in each.comments for each in self._shots.values())
        self._refuse_if(known, event, "under a number that another has")
        gone = take is not None and (
            shot.takes[take - 1].status != "succeeded" or shot.takes[take - 1].purged
        )
        self._refuse_if(gone, event, "though there is no clip to look at")
        shot.comments[number] = (take, data["frame"], data["text"], event["who"], None)

    def _on_comment_resolved(self, shot: ShotTold, event: dict[str, Any], data: Any) -> None:
        *said, resolved = shot.comments.get(data["comment"], (None,) * 5)
        self._refuse_if(resolved is not None, event, "a second time")
        self._refuse_if(
            said[:3] != [event["take"], data["frame"], data["text"]], event, "of others"
        )
        shot.comments[data["comment"]] = (*said, event["who"])

    def _change(
        self, shot: ShotTold, event: dict[str, Any], name: str, before: Any, after: Any
    ) -> None:
        """One field of a shot goes from what it was last to something else."""
        self._refuse_if(before == after, event, f"without a move of {name}")
        known = name in shot.wish and shot.wish[name] != before
        self._refuse_if(known, event, f"from another {name} than it had")
        shot.wish[name] = after

    def _on_review_moved(self, shot: ShotTold, event: dict[str, Any], data: Any) -> None:
        self._refuse_if(data["before"] != shot.review, event, f"from {data['before']}")
        same = (data["after"], data["selected_take"]) == (shot.review, shot.selected)
        self._refuse_if(same, event, "without a move")
        fresh = data["selected_take"] if data["selected_take"] != shot.selected else None
        gone = fresh is not None and shot.takes[fresh - 1].purged
        self._refuse_if(gone, event, "for a take whose clip is gone")
        if "undoes" in data:
            who, *before = shot.moves.get(data["undoes"], (None, None, None))
            self._refuse_if(who != event["who"], event, "that takes back what somebody else did")
            again = [data["after"], data["selected_take"]]
            self._refuse_if(again != before, event, "to something else than was before")
        shot.moves = {event["id"]: (event["who"], shot.review, shot.selected)}
        shot.review, shot.selected = data["after"], data["selected_take"]

    def _refuse_if(self, wrong: bool, event: dict[str, Any], how: str) -> None:
        if wrong:
            self._wrong.append(
                f"event {event['id']}: {event['kind']} of shot {event['shot_id']} "
                f"take {event['take']} attempt {event['attempt']} {how}"
            )

    def _differences(self, tables: dict[str, list[dict[str, Any]]]) -> list[str]:
        """Where the tables hold something else than the events tell."""
        told = _told(self._shots) | {f"archive {name}": True for name in self._archived}
        held = _held(tables)
        return [
            f"{key}: the events tell {told.get(key)}, the tables hold {held.get(key)}"
            for key in sorted(told.keys() | held.keys())
            if told.get(key) != held.get(key)
        ]


def _told(shots: dict[int, ShotTold]) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    for shot, told in shots.items():
        facts[f"shot {shot}"] = (told.review, told.selected, len(told.takes))
        for number, take in enumerate(told.takes, start=1):
            name = f"shot {shot} take {number}"
            facts[name] = (take.status, take.token, take.rung, take.verdict)
            for token, outcome in enumerate(take.outcomes, start=1):
                facts[f"{name} attempt {token}"] = outcome
            if take.status == "succeeded":
                facts[f"{name} clip"] = (take.token, take.purged)
        for number, said in told.comments.items():
            facts[f"shot {shot} comment {number}"] = said
    return facts


def _held(tables: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    for shot in tables["shots"]:
        key = f"shot {shot['id']}"
        facts[key] = (shot["review"], shot["selected_take"], shot["takes_made"])
    names: dict[int, str] = {}
    for take in tables["takes"]:
        names[take["id"]] = name = f"shot {take['shot_id']} take {take['number']}"
        facts[name] = (take["status"], take["token"], take["rung"], take["verdict"])
    for attempt in tables["attempts"]:
        facts[f"{names[attempt['take_id']]} attempt {attempt['token']}"] = attempt["outcome"]
    for clip in tables["clips"]:
        purged = clip["purged_at"] is not None
        facts[f"{names[clip['take_id']]} clip"] = (clip["token"], purged)
    for row in tables["comments"]:
        said = (row["take"], row["frame"], row["text"], row["who"], row["resolved_by"])
        facts[f"shot {row['shot_id']} comment {row['id']}"] = said
    for production in tables["productions"]:
        if production["archived_at"] is not None:
            facts[f"archive {production['name']}"] = True
    return facts


def _unwished(shots: dict[int, ShotTold], tables: dict[str, list[dict[str, Any]]]) -> list[str]:
    """Where a shot's row has something else than it was changed to last."""
    wrong: list[str] = []
    for row in tables["shots"]:
        wish = shots[row["id"]].wish if row["id"] in shots else {}
        wrong += [
            f"shot {row['id']}: the events tell {name} {wish[name]!r}, the row has {row[name]!r}"
            for name in PLAIN
            if name in wish and wish[name] != row[name]
        ]
    ranks = {row["id"]: -row["priority"] for row in tables["shots"]}
    wrong += [
        f"take {take['id']} is ranked {take['rank']}, its shot {ranks[take['shot_id']]}"
        for take in tables["takes"]
        if take["status"] in ("waiting", "running") and take["rank"] != ranks[take["shot_id"]]
    ]
    return wrong


def _alone(tables: dict[str, list[dict[str, Any]]]) -> list[str]:
    """What the tables may never hold, whatever the events tell."""
    numbers: dict[int, list[int]] = {}
    active: dict[int, int] = {}
    for take in tables["takes"]:
        numbers.setdefault(take["shot_id"], []).append(take["number"])
        active[take["shot_id"]] = active.get(take["shot_id"], 0) + (
            take["status"] in ("waiting", "running")
        )
    wrong = [
        f"shot {shot} has {count} takes at once" for shot, count in active.items() if count > 1
    ]
    wrong += [
        f"shot {shot['id']} has takes {sorted(numbers.get(shot['id'], []))}"
        for shot in tables["shots"]
        if sorted(numbers.get(shot["id"], [])) != list(range(1, shot["takes_made"] + 1))
        or not shot["takes_made"]
    ]
    running = {
        (take["id"], take["token"]) for take in tables["takes"] if take["status"] == "running"
    }
    open_ones = [(a["take_id"], a["token"]) for a in tables["attempts"] if a["ended_at"] is None]
    if sorted(open_ones) != sorted(running):
        wrong.append(f"attempts {sorted(open_ones)} are open, takes {sorted(running)} are running")
    return wrong


def _rows(connection: sa.Connection, question: str) -> list[dict[str, Any]]:
    found = connection.exec_driver_sql(question)
    names = list(found.keys())
    return [dict(zip(names, row, strict=True)) for row in found]
