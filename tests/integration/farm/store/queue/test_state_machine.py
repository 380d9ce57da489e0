"""Anything that can happen to a farm, in any order: the store does what the oracle says, and no more.

Schedulers, workers and people are rules, the clock is another; a lease once given stays in the
story for good, so that any attempt may report late, twice, or after somebody else has won.
`FARM_TEST_EXAMPLES` says how many stories are tried (`make test` has few, the long runs have many).
"""

import os
import shutil
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from farm.domain.changes import Asked
from farm.domain.decision import Decide, Decision, History
from farm.domain.fair_share import FairShare
from farm.domain.lease import Lease
from farm.domain.lifecycle import FailureClass, ReviewStatus
from farm.domain.retry import RetryPolicy
from farm.domain.shot import NewShot
from farm.errors import Refused
from farm.store import Store, open_store
from farm.store.queue import claims, faults, leases, settle
from farm.store.shots import archive, holds, intake, purging, review, undo
from farm.store.shots.intake import Intake
from farm.store.tables import Table
from pipeline.ladder import Step
from pipeline.recipe import Recipe
from pipeline.result import Verdict
from tests.audit import Auditor
from tests.conftest import Server, a_new_shot, a_recipe, a_refusal, a_result
from tests.integration.farm.store.conftest import seats
from tests.integration.farm.store.oracle import (
    DECISIONS,
    ENDINGS,
    LEASE,
    MAX_FAULTS,
    TICK,
    Ending,
    Oracle,
    Refusal,
    TakeThought,
    Told,
)

pytestmark = pytest.mark.long
EXAMPLES = int(os.environ.get("FARM_TEST_EXAMPLES", "60"))
STEPS = 40
SHRINK = os.environ.get("FARM_TEST_SHRINK", "1") == "1"
"""Whether a story that fails is made shorter, which takes minutes."""
POLICY = RetryPolicy(max_faults=MAX_FAULTS, backoff=100.0, longest_backoff=TICK / 2, max_waits=99)

CODES = ["sh010", "sh020", "sh030", "sh040"]
FIRST_SEED = 1_000_000
"""Seeds of the shots' first takes; every take of a story has a seed of its own."""
codes = st.sampled_from(CODES)
owners = st.sampled_from(["farm-a", "farm-b", "farm-c"])
people = st.sampled_from(["anna", "bert"])
Pick = tuple[str, int]
picks = st.tuples(st.sampled_from(["current", "zombie", "any"]), st.integers(0, 5))
"""Which lease: one that counts, one whose take is another attempt's by now, or any; where there is one."""
PROMPTS = (a_recipe().prompt, "a blue car waits", "a green car turns")
"""What a list may want of a shot, by turns."""
numbers = st.none() | st.integers(1, 4)
FAILURES = ["machine", "machine", "capacity", "shot", "fatal", "stopped"]
MADE = [ending for ending in ENDINGS if not ending.declined]
news = st.sampled_from([*ENDINGS, *FAILURES])
"""What an attempt may report: an ending for the gate, a failure class, or that it was stopped."""
wishes = st.sampled_from(["submit", "retake", "cancel", "approved", "rejected"])


class FarmMachine(RuleBasedStateMachine):
    """One story of a farm. `begin` gives an empty store and is set by the test."""

    @staticmethod
    def begin() -> Store:
        raise NotImplementedError

    @initialize(priorities=st.lists(st.integers(-1, 1), min_size=2, max_size=4))
    def open(self, priorities: list[int]) -> None:
        self.store = self.begin()
        self.oracle = Oracle()
        self.auditor = Auditor(self.store.engine)
        self.given: list[Lease] = []
        self.shares: defaultdict[str, FairShare] = defaultdict(FairShare)
        self.heard: defaultdict[int, list[Told]] = defaultdict(list)
        self.keys: dict[str, int] = {}
        self.told: list[str] = []
        self.workers = self.seed = 0
        self.shot_of: dict[int, str] = {}
        for code, priority in zip(CODES, priorities, strict=False):
            self.submit([code], priority)

    @rule(owner=owners, workers=st.integers(1, 3), remembers=st.booleans())
    def claim(self, owner: str, workers: int, remembers: bool) -> None:
        """A scheduler that `remembers` claims from the productions that it saw when it claimed last."""
        share = self.shares[owner]
        if not remembers:
            share.forget()
        expected = self.oracle.claim(workers, knows=share.anybody_wants)
        self.workers += (
            workers  # names that no take has failed on: where it may sit is another test's
        )
        free = seats(*(f"{owner}/w{self.workers - number}" for number in range(workers)))
        given, _ = claims.claim(self.store, owner, "toy", free, LEASE, share=share)
        assert [(each.shot.code, each.number, each.token) for each in given] == expected
        self.given += given
        assert all(self.keys[each.shot.code] == each.shot.id for each in given)

    @precondition(lambda self: self.given)
    @rule(owner=owners)
    def beat(self, owner: str) -> None:
        """A scheduler beats for all that it was ever given: it may have slept through anything."""
        some = [lease for lease in self.given if lease.owner == owner]
        expected = [self.oracle.beat(*self._name(lease)) for lease in some]
        kept, lost = leases.beat(self.store, dict.fromkeys(some, 3), LEASE)
        assert kept == [lease for lease, held in zip(some, expected, strict=True) if held]
        assert lost == [lease for lease, held in zip(some, expected, strict=True) if not held]

    @rule(ticks=st.sampled_from([0, 1, 1, 2]))
    def time_passes_and_somebody_looks_for_the_lost(self, ticks: int) -> None:
        self.oracle.now += ticks * TICK
        earlier = EARLIER[self.store.dialect]
        with self.store.write() as connection:
            for column in ("lease_until", "due_at"):
                connection.exec_driver_sql(
                    f"UPDATE takes SET {column} = {earlier.format(column, ticks * TICK)}"
                )
        self.oracle.take_back()
        leases.take_back(self.store)

    @precondition(lambda self: any(map(self._counts, self.given)))
    @rule(index=st.integers(0, 5), ending=st.sampled_from(ENDINGS))
    def finish(self, index: int, ending: Ending) -> None:
        self._report(self._pick(("current", index)), ending)

    @precondition(lambda self: any(map(self._counts, self.given)))
    @rule(index=st.integers(0, 5), failure=st.sampled_from(FAILURES))
    def fail(self, index: int, failure: str) -> None:
        self._report(self._pick(("current", index)), failure)

    @precondition(lambda self: self.given)
    @rule(pick=picks, news=news)
    def report(self, pick: Pick, news: Ending | str) -> None:
        """An attempt tells how it ended, whether or not it is still anybody's."""
        self._report(self._pick(pick), news)

    @precondition(lambda self: self.given)
    @rule(picked=st.lists(st.tuples(picks, st.sampled_from(MADE)), min_size=2, max_size=3))
    def report_together(self, picked: list[tuple[Pick, Ending]]) -> None:
        """Results of several shots come in at once and are settled at once, each in its own right."""
        chosen: dict[str, tuple[Lease, Ending]] = {}
        for pick, ending in picked:
            lease = self._pick(pick)
            chosen.setdefault(self._code(lease), (lease, ending))
        self._report_made(list(chosen.values()))

    @rule(code=codes, who=people, lid=st.sampled_from(["hold", "omit", "release", "release"]))
    def cover(self, code: str, who: str, lid: str) -> None:
        self._wish(code, who, lid, None)

    @rule(code=codes, who=people)
    def undo(self, code: str, who: str) -> None:
        self._wish(code, who, "undo", None)

    @rule(code=codes, who=people, wish=st.sampled_from(DECISIONS), number=numbers, then=people)
    def decide_and_undo(
        self, code: str, who: str, wish: str, number: int | None, then: str
    ) -> None:
        """Somebody takes back at once what was decided."""
        self._wish(code, who, wish, number)
        self._wish(code, then, "undo", None)

    @rule(code=codes, who=people, wish=wishes, number=numbers)
    def wish(self, code: str, who: str, wish: str, number: int | None) -> None:
        self._wish(code, who, wish, number)

    @rule(
        code=codes, who=people, wished=st.integers(1, 3), priority=st.integers(-1, 1),
        reopen=st.booleans(),
    )  # fmt: skip
    def update(self, code: str, who: str, wished: int, priority: int, reopen: bool) -> None:
        """A list that is handed in again changes a shot, in whatever state it is."""
        if code not in self.oracle.shots:
            self.submit([code], priority)
            return
        row = a_new_shot(
            code, priority=priority, recipe=self._recipe(code, prompt=PROMPTS[wished - 1])
        )
        if self._put_away([row]):
            return
        left_before = self.auditor.tables["takes"]
        done = self._hand_in([row], who)
        assert (done.added, done.changed) == ((), ())
        assert self._takes() == left_before
        changed, left = self.oracle.update(code, wished, priority, reopen)
        done = self._hand_in([row], who, update=True, reopen=reopen)
        assert (done.changed, done.differing) == ((code,) * changed, (code,) * left)

    @rule(keep=st.sets(codes, min_size=1), who=people)
    def hand_in_a_shorter_list(self, keep: set[str], who: str) -> None:
        rows = [self._row(code) for code in sorted(keep & self.oracle.shots.keys())]
        if rows and not self._put_away(rows):
            gone = self.oracle.omit_missing(keep, who)
            done = self._hand_in(rows, who, omit_missing=True)
            assert set(done.gone) == set(gone)

    @rule(one=codes, other=codes, who=people)
    def swap(self, one: str, other: str, who: str) -> None:
        """Two shots change places: what renders goes on, and comes in where its shot is by then."""
        if one == other or not {one, other} <= self.oracle.shots.keys():
            return
        if self._put_away([self._row(one), self._row(other)]):
            return
        self.oracle.swap(one, other)
        places = {one: other, other: one}
        self.keys = {places.get(code, code): key for code, key in self.keys.items()}
        self.shot_of = {seed: places.get(code, code) for seed, code in self.shot_of.items()}
        rows = [self._row(one), self._row(other)]
        done = self._hand_in(rows, who, renames=places)
        assert (done.renamed, done.changed, done.differing) == (places, (), ())

    def _put_away(self, rows: list[NewShot]) -> bool:
        """Whether the production is archived; then it takes no list in."""
        if self.oracle.archived:
            with pytest.raises(Refused):
                self._hand_in(rows, "anna", update=True)
        return self.oracle.archived

    def _row(self, code: str) -> NewShot:
        """The row of a shot as it is."""
        shot = self.oracle.shots[code]
        recipe = a_recipe(prompt=PROMPTS[shot.wished - 1])
        return a_new_shot(code, priority=shot.priority, recipe=recipe)

    def _hand_in(self, rows: list[NewShot], who: str, **asked: Any) -> Intake:
        how = Asked(**asked)
        return intake.submit(self.store, "ads", rows, who=who, asked=how, shotlist="/lists/ads.csv")

    def _takes(self) -> list[dict[str, Any]]:
        with self.store.read() as connection:
            rows = connection.exec_driver_sql("SELECT * FROM takes ORDER BY 1")
            names = list(rows.keys())
            return [dict(zip(names, row, strict=True)) for row in rows]

    def _wish(self, code: str, who: str, wish: str, number: int | None) -> None:
        """A person's wish is refused by oracle and store alike, or granted by both."""
        if code not in self.oracle.shots or wish == "submit":
            self.submit([code], number or 0)
            return
        try:
            self.oracle.wish(code, wish, number, who)
        except Refusal:
            with pytest.raises(Refused):
                self._grant(code, who, wish, number)
        else:
            self._grant(code, who, wish, number)

    @rule(who=people, wish=st.sampled_from(["archive", "restore", "restore"]))
    def archive(self, who: str, wish: str) -> None:
        """The production is put away and brought back, where oracle and store both allow it."""
        act = archive.archive if wish == "archive" else archive.restore
        try:
            getattr(self.oracle, wish)()
        except Refusal:
            with pytest.raises(Refused):
                act(self.store, "ads", who)
        else:
            act(self.store, "ads", who)

    @rule(who=people, keep_selected=st.booleans())
    def purge(self, who: str, keep_selected: bool) -> None:
        """Everything goes that may go; the files are another test's."""
        self.oracle.purge(keep_selected=keep_selected)
        takes = [
            take
            for take in purging.old_takes(self.store, "ads", 0.0)
            if take.clip and not take.purged
        ]
        for shot in dict.fromkeys(take.shot for take in takes):
            losses = [
                purging.Loss(
                    take_id=take.take_id, number=take.number, clip=take.clip,
                    sha256=take.sha256, files=(take.clip or "",), size=1,
                )
                for take in takes
                if take.shot == shot
            ]  # fmt: skip
            purging.give_up(self.store, shot, losses, keep_selected=keep_selected, who=who)

    @invariant()
    def store_oracle_and_auditor_agree(self) -> None:
        assert self.auditor.audit() == []
        assert _facts(self.auditor.tables) == {
            code: shot.facts(archived=self.oracle.archived)
            for code, shot in self.oracle.shots.items()
        }
        assert {shot["code"]: shot["id"] for shot in self.auditor.tables["shots"]} == self.keys
        for event in self.auditor.news:
            if event["shot_id"] is None:
                self.told.append(event["kind"])
                continue
            self.heard[event["shot_id"]].append((event["kind"], event["take"], event["attempt"]))
        assert self.told == self.oracle.log
        assert self.heard == {self.keys[code]: shot.log for code, shot in self.oracle.shots.items()}

    def teardown(self) -> None:
        self.store.close()

    def submit(self, chosen: list[str], priority: int) -> None:
        recipes = {code: a_recipe(seed=FIRST_SEED + CODES.index(code)) for code in chosen}
        shots = [a_new_shot(code, priority=priority, recipe=recipes[code]) for code in chosen]
        if self._put_away(shots):
            return
        new = [code for code in chosen if self.oracle.submit(code, priority)]
        self.shot_of |= {recipes[code].seed: code for code in new}
        done = self._hand_in(shots, "anna")
        assert list(done.added) == new
        assert done.changed == done.gone == ()
        assert {*done.added, *done.unchanged, *done.differing, *done.omitted} == set(chosen)
        with self.store.read() as connection:
            rows = connection.exec_driver_sql("SELECT code, id FROM shots")
            self.keys |= {code: key for code, key in rows if code in new}

    def _report(self, lease: Lease, news: Ending | str) -> None:
        if isinstance(news, Ending):
            if news.declined:
                self._report_declined(lease, news)
            else:
                self._report_made([(lease, news)])
        elif news == "stopped":
            self.oracle.release(*self._name(lease))
            leases.release(self.store, lease, "the run was stopped")
        else:
            self.oracle.fail(*self._name(lease), news)
            faults.fault(self.store, lease, FailureClass(news), "it broke", POLICY)

    def _report_declined(self, lease: Lease, ending: Ending) -> None:
        """A lease ends before anything was rendered."""
        code = self._code(lease)
        gate = self._gate(code, self.oracle.shots[code].takes[lease.number - 1])
        expected = self.oracle.decline(*self._name(lease), ending)
        counted, _ = settle.declined(self.store, lease, a_refusal(), gate)
        assert counted == expected

    def _report_made(self, ended: list[tuple[Lease, Ending]]) -> None:
        """Leases of different shots end in finished takes."""
        expected = [self.oracle.finish(*self._name(lease), ending) for lease, ending in ended]
        gates: dict[str, Decide] = {}
        for lease, _ in ended:
            code = self._code(lease)
            gates[code] = self._gate(code, self.oracle.shots[code].takes[lease.number - 1])
        results = [
            (lease, a_result(lease.clip, Verdict(ending.verdict), ending.score))
            for lease, ending in ended
        ]

        def decide(history: History) -> Decision:
            return gates[self.shot_of[history.takes[-1].recipe.seed]](history)

        published, _ = settle.made_all(self.store, results, decide)
        assert published == expected

    def _grant(self, code: str, who: str, wish: str, number: int | None) -> None:
        match wish:
            case "retake":
                step = Step(rung=0, recipe=self._recipe(code), why="by hand", changes={})
                review.retake(self.store, "ads", code, lambda _: step, who)
            case "undo":
                undo.undo(self.store, "ads", code, who, 3600.0)
            case "cancel":
                review.cancel(self.store, "ads", code, who)
            case "hold":
                holds.hold(self.store, "ads", code, who, "the client thinks")
            case "omit":
                holds.omit(self.store, "ads", code, who)
            case "release":
                # The oracle knows already of the take that the gate orders now.
                shot = self.oracle.shots[code]
                judged = (shot.judged() or [shot.latest])[-1]
                holds.release(self.store, "ads", code, self._gate(code, judged), who)
            case _:
                review.review(self.store, "ads", code, ReviewStatus(wish), who, number)

    def _pick(self, pick: Pick) -> Lease:
        kind, index = pick
        kinds = {
            "current": [each for each in self.given if self._counts(each)],
            "zombie": [each for each in self.given if self._is_overtaken(each)],
        }
        among = kinds.get(kind) or self.given
        return among[index % len(among)]

    def _counts(self, lease: Lease) -> bool:
        return self.oracle.holds(*self._name(lease))

    def _is_overtaken(self, lease: Lease) -> bool:
        return self.oracle.holds_another(*self._name(lease))

    def _code(self, lease: Lease) -> str:
        """What the lease's shot is called by now."""
        return next(code for code, key in self.keys.items() if key == lease.shot.id)

    def _name(self, lease: Lease) -> tuple[str, int, int]:
        return self._code(lease), lease.number, lease.token

    def _recipe(self, code: str, **changes: Any) -> Recipe:
        """One that no take had before."""
        self.seed += 1
        self.shot_of[self.seed] = code
        return a_recipe(seed=self.seed, **changes)

    def _gate(self, code: str, take: TakeThought) -> Decide:
        """What follows a take's ending; also looks at the history that the store shows to the gate."""
        step = Step(rung=take.rung + 1, recipe=self._recipe(code), why="it misses", changes={})

        def decide(history: History) -> Decision:
            judged = self.oracle.shots[code].judged()
            assert [each.number for each in history.takes] == [each.number for each in judged]
            ending = take.ending
            assert ending is not None
            return Decision(
                review=ReviewStatus(ending.review),
                why="the gate says so",
                selected=take.number if ending.selects else None,
                step=step if ending.climbs else None,
            )

        return decide


EARLIER = {
    "sqlite": "strftime('%Y-%m-%d %H:%M:%f000', {}, '-{} seconds')",
    "postgresql": "{} - interval '{} seconds'",
}


@pytest.mark.timeout(1800)
def test_on_sqlite_no_story_leads_where_the_oracle_does_not(quick_folder: Path) -> None:
    template = quick_folder / "template.db"
    open_store(f"sqlite:///{template}").close()
    place = quick_folder / "farm.db"

    def begin() -> Store:
        for file in quick_folder.glob("farm.db*"):
            file.unlink()
        shutil.copy(template, place)
        return open_store(f"sqlite:///{place}")

    _try_stories(begin, EXAMPLES)


@pytest.mark.timeout(1800)
def test_on_postgresql_no_story_leads_where_the_oracle_does_not(
    postgresql: Server, migrated: str
) -> None:
    with postgresql.database(migrated) as url:

        def begin() -> Store:
            store = open_store(url)
            with store.write() as connection:
                connection.execute(sa.text(EMPTY))
            return store

        _try_stories(begin, max(1, EXAMPLES // 2))


EMPTY = (
    f"TRUNCATE {', '.join(table.name for table in Table.metadata.sorted_tables)} RESTART IDENTITY"
)


@pytest.fixture
def quick_folder() -> Iterator[Path]:
    """A folder in memory where there is one: every story of the machine commits hundreds of times."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else None) as folder:
        yield Path(folder)


def _try_stories(begin: Any, examples: int) -> None:
    machine = type("Machine", (FarmMachine,), {"begin": staticmethod(begin)})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=STEPS,
            phases=[phase for phase in Phase if SHRINK or phase is not Phase.shrink],
            deadline=None,
            database=None,
            print_blob=True,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        ),
    )


def _facts(tables: dict[str, list[dict[str, Any]]]) -> dict[str, object]:
    """What the tables hold, in the words of `ShotThought.facts`."""
    held = {
        take["shot_id"]
        for take in tables["takes"]
        if take["held"] and take["status"] in ("waiting", "running")
    }
    purged = {clip["take_id"] for clip in tables["clips"] if clip["purged_at"] is not None}
    takes: dict[int, list[object]] = {}
    for t in sorted(tables["takes"], key=lambda take: take["number"]):
        takes.setdefault(t["shot_id"], []).append(
            (
                t["number"], t["status"], t["token"], t["faults"], t["rung"], bool(t["by_hand"]),
                t["verdict"], t["id"] in purged,
            )
        )  # fmt: skip
    return {
        shot["code"]: (
            shot["review"],
            shot["review_before"],
            shot["selected_take"],
            shot["id"] in held,
            PROMPTS.index(shot["prompt"]) + 1,
            shot["priority"],
            takes[shot["id"]],
        )
        for shot in tables["shots"]
    }
