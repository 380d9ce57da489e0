"""What the store ought to do, said a second time in plain Python and without its tables.

The state machine (`test_state_machine.py`) asks the oracle first, then the store, and compares.
Times are seconds of the oracle's own clock.
"""

from dataclasses import dataclass, field

LEASE = 1000.0
"""Seconds of every lease."""
TICK = 600.0
"""The clock moves by this: once, and leases still hold and every back-off is over; twice, and a lease
without a beat has run out."""
MAX_FAULTS = 3

LEGAL_REVIEWS = {
    "pending": ("approved", "rejected"),
    "accepted": ("approved", "rejected"),
    "needs_review": ("approved", "rejected"),
    "approved": ("rejected",),
    "rejected": ("approved",),
    "on_hold": (),
    "omitted": (),
}
"""What a person may say of a shot under each review."""
DECISIONS = ("approved", "rejected", "hold", "omit")
"""Wishes that may be undone."""
STANDING = {"accepted": 3, "low_match": 2, "unscored": 1, "bad_clip": 0}

Told = tuple[str, int | None, int | None]
"""What is expected of one event: its kind, take and attempt."""


class Refusal(Exception):
    """The wish must be refused."""


@dataclass
class DecisionThought:
    """What a person decided last about a shot, and how the shot was before."""

    who: str
    length: int
    """Of the shot's log right after it."""
    review: str
    covered: str | None
    selected: int | None
    cancelled: bool
    """Whether a take was cancelled by it."""


@dataclass
class TakeThought:
    """One take as the oracle knows it."""

    shot: "ShotThought"
    number: int
    born: int
    """Its place among all takes by age."""
    rung: int = 0
    by_hand: bool = False
    status: str = "waiting"
    token: int = 0
    faults: int = 0
    due: float = 0.0
    backs_off: bool = False
    """Until somebody who looks finds that it is due."""
    until: float = 0.0
    verdict: str | None = None
    score: float | None = None
    ending: "Ending | None" = None
    purged: bool = False
    """Its clip was removed."""

    @property
    def active(self) -> bool:
        return self.status in ("waiting", "running")

    def current(self, token: int) -> bool:
        return self.status == "running" and self.token == token


@dataclass
class ShotThought:
    """One shot as the oracle knows it."""

    code: str
    priority: int
    review: str = "pending"
    covered: str | None = None
    """What a hold or an omission hides."""
    selected: int | None = None
    wished: int = 1
    """The prompt that the list gave it last, of those that there are."""
    since: int = 1
    """The number of the take that was ordered for it."""
    takes: list[TakeThought] = field(default_factory=list[TakeThought])
    log: list[Told] = field(default_factory=list[Told])
    decided: DecisionThought | None = None
    """What may be undone as long as the log does not grow."""

    @property
    def latest(self) -> TakeThought:
        return self.takes[-1]

    def made(self) -> list[TakeThought]:
        """The takes with a clip that is still there."""
        return [take for take in self.takes if take.status == "succeeded" and not take.purged]

    def judged(self) -> list[TakeThought]:
        """What the gate may look at: of what is wished now, takes that were made, and those declined
        before that."""
        return [t for t in self.takes if t.ending is not None and t.number >= self.since]

    def facts(self, *, archived: bool) -> object:
        takes = [
            (t.number, t.status, t.token, t.faults, t.rung, t.by_hand, t.verdict, t.purged)
            for t in self.takes
        ]
        held = (self.covered is not None or archived) and self.latest.active
        return self.review, self.covered, self.selected, held, self.wished, self.priority, takes


class Oracle:
    """The whole farm as it ought to be."""

    def __init__(self) -> None:
        self.shots: dict[str, ShotThought] = {}
        self.now = 0.0
        self.archived = False
        """The one production of all these shots."""
        self.log: list[str] = []
        """What is told of the production."""
        self._born = 0

    # What schedulers do.

    def submit(self, code: str, priority: int) -> bool:
        """Whether the shot is new. Raises `Refusal`."""
        if self.archived:
            raise Refusal
        if code in self.shots:
            return False
        shot = self.shots[code] = ShotThought(code, priority)
        shot.log.append(("shot_submitted", None, None))
        self._order(shot)
        return True

    # What a list does that is handed in again.

    def update(self, code: str, wished: int, priority: int, reopen: bool) -> tuple[bool, bool]:
        """Whether something of the shot is changed, and whether something is left."""
        shot = self.shots[code]
        remade, moved = wished != shot.wished, priority != shot.priority
        if shot.review == "omitted":
            return False, remade or moved
        left = remade and shot.review == "approved" and not reopen
        if left:
            remade = False
        if not (remade or moved):
            return False, left
        shot.priority, shot.wished = priority, wished if remade else shot.wished
        shot.log.append(("shot_changed", None, None))
        if remade:
            self._remake(shot)
        return True, left

    def _remake(self, shot: ShotThought) -> None:
        self._cancel_active(shot)
        review = "on_hold" if shot.review == "on_hold" else "pending"
        if (review, None) != (shot.review, shot.selected):
            shot.review, shot.selected = review, None
            shot.log.append(("review_moved", None, None))
        self._order(shot)
        shot.since = shot.latest.number

    def omit_missing(self, codes: set[str], who: str) -> list[str]:
        """The shots that a list of these codes omits."""
        gone = [s for s in self.shots.values() if s.code not in codes and s.review != "omitted"]
        for shot in gone:
            self._decide(shot, "omit", None, who)
        return [shot.code for shot in gone]

    def swap(self, one: str, other: str) -> None:
        """Two shots change places."""
        first, second = self.shots[one], self.shots[other]
        self.shots = {
            code: shot for code, shot in self.shots.items() if code not in (one, other)
        } | {one: second, other: first}
        for code in (one, other):
            self.shots[code].code = code
            self.shots[code].log.append(("shot_renamed", None, None))

    def claim(self, workers: int, knows: bool) -> list[tuple[str, int, int]]:
        """Code, take and token of what must be leased, in order.

        Whoever `knows` that the production has more to claim looks at what has backed off long enough
        only when the rest does not fill the workers.
        """
        given = self._give(workers) if knows else []
        if len(given) < workers:
            self._end_back_offs()
            given += self._give(workers - len(given))
        return [(take.shot.code, take.number, take.token) for take in given]

    def _give(self, workers: int) -> list[TakeThought]:
        ready = [
            shot.latest
            for shot in self.shots.values()
            if shot.latest.status == "waiting" and not shot.latest.backs_off
            if shot.covered is None and not self.archived
        ]
        ready.sort(key=lambda take: (-take.shot.priority, take.born))
        for take in ready[:workers]:
            take.status, take.token, take.until = "running", take.token + 1, self.now + LEASE
            self._tell(take, "take_started")
        return ready[:workers]

    def _end_back_offs(self) -> None:
        for shot in self.shots.values():
            if shot.latest.due <= self.now:
                shot.latest.backs_off = False

    def beat(self, code: str, number: int, token: int) -> bool:
        """Whether the lease is held."""
        take = self.shots[code].takes[number - 1]
        if not take.current(token):
            return False
        take.until = self.now + LEASE
        return True

    def holds(self, code: str, number: int, token: int) -> bool:
        """Whether that attempt is the current one of a running take."""
        return self.shots[code].takes[number - 1].current(token)

    def holds_another(self, code: str, number: int, token: int) -> bool:
        """Whether a later attempt of that take runs."""
        take = self.shots[code].takes[number - 1]
        return take.status == "running" and take.token > token

    def take_back(self) -> None:
        for shot in self.shots.values():
            take = shot.latest
            if take.status == "running" and take.until < self.now:
                take.status, take.due = "waiting", self.now
                self._tell(take, "lease_taken_back")

    def release(self, code: str, number: int, token: int) -> None:
        take = self.shots[code].takes[number - 1]
        if take.current(token):
            take.status, take.due = "waiting", self.now
            self._tell(take, "take_returned")

    def finish(self, code: str, number: int, token: int, ending: "Ending") -> bool:
        """Whether the clip must be published."""
        shot = self.shots[code]
        take = shot.takes[number - 1]
        if take.status == "succeeded" and take.token == token:
            return True  # told a second time
        if not take.current(token):
            shot.log.append(("late_result", number, token))
            return False
        take.status, take.verdict, take.score = "succeeded", ending.verdict, ending.score
        self._tell(take, "take_succeeded")
        take.ending = ending
        if shot.review == "pending":
            self._follow(take)
        return True

    def decline(self, code: str, number: int, token: int, ending: "Ending") -> bool:
        """Whether the refusal counts: nothing was rendered, and the gate speaks of it all the same."""
        take = self.shots[code].takes[number - 1]
        if not take.current(token):
            return False
        take.status, take.ending = "failed", ending
        self._tell(take, "take_failed")
        if take.shot.review == "pending":
            self._follow(take)
        return True

    def fail(self, code: str, number: int, token: int, failure: str) -> None:
        shot = self.shots[code]
        take = shot.takes[number - 1]
        if not take.current(token):
            return
        counts = failure == "machine"
        if failure != "shot" and not (counts and take.faults + 1 >= MAX_FAULTS):
            take.status, take.faults = "waiting", take.faults + counts
            take.backs_off = True
            take.due = self.now + TICK / 2  # longer than no time, shorter than a tick
            self._tell(take, "take_returned")
            return
        take.status = "failed"
        self._tell(take, "take_failed")
        if shot.review == "pending":
            self._to_a_person(shot)

    # What people do.

    def wish(self, code: str, wish: str, number: int | None, who: str) -> None:
        """Raises `Refusal`."""
        if self.archived:
            raise Refusal
        shot = self.shots[code]
        if wish == "undo":
            self._undo(shot, who)
            return
        if wish in DECISIONS:
            self._decide(shot, wish, number, who)
        else:
            self._do(shot, wish, number)

    def _decide(self, shot: ShotThought, wish: str, number: int | None, who: str) -> None:
        length, active = len(shot.log), shot.latest.active
        before = shot.review, shot.covered, shot.selected
        self._do(shot, wish, number)
        if len(shot.log) > length:
            cancelled = active and not shot.latest.active
            shot.decided = DecisionThought(who, len(shot.log), *before, cancelled)

    def _do(self, shot: ShotThought, wish: str, number: int | None) -> None:
        match wish:
            case "retake":
                self._retake(shot)
            case "cancel":
                self._cancel(shot)
            case "hold":
                self._hold(shot)
            case "omit":
                self._omit(shot)
            case "release":
                self._release(shot)
            case _:
                self._judge(shot, wish, number)

    def archive(self) -> None:
        """Raises `Refusal`."""
        if self.archived or any(shot.latest.status == "running" for shot in self.shots.values()):
            raise Refusal
        self.archived = True
        self.log.append("production_archived")

    def restore(self) -> None:
        """Raises `Refusal`."""
        if not self.archived:
            raise Refusal
        self.archived = False
        self.log.append("production_restored")

    def purge(self, *, keep_selected: bool) -> None:
        for shot in self.shots.values():
            if shot.review not in ("accepted", "approved", "omitted") or shot.latest.active:
                continue
            for take in shot.made():
                if not (keep_selected and take.number == shot.selected):
                    take.purged = True
                    shot.log.append(("take_purged", take.number, None))

    def _undo(self, shot: ShotThought, who: str) -> None:
        last, shot.decided = shot.decided, None
        if last is None or (last.who, last.length) != (who, len(shot.log)):
            shot.decided = last
            raise Refusal
        shot.review, shot.covered, shot.selected = last.review, last.covered, last.selected
        shot.log.append(("review_moved", None, None))
        if last.cancelled:
            self._order(shot, shot.latest.rung, by_hand=shot.latest.by_hand)

    def _retake(self, shot: ShotThought) -> None:
        if shot.latest.status == "running" or shot.covered:
            raise Refusal
        self._cancel_active(shot)
        self._move_review(shot, "pending", None)
        self._order(shot, by_hand=True)

    def _cancel(self, shot: ShotThought) -> None:
        if not shot.latest.active:
            raise Refusal
        shot.latest.status = "cancelled"
        self._tell(shot.latest, "take_cancelled")
        if shot.review == "pending" and shot.made():
            self._to_a_person(shot)

    def _judge(self, shot: ShotThought, then: str, number: int | None) -> None:
        clips = [take.number for take in shot.made()]
        if number is not None and number not in clips:
            raise Refusal
        if number is None and then == "approved" and shot.selected not in clips:
            raise Refusal
        if shot.review != then and then not in LEGAL_REVIEWS[shot.review]:
            raise Refusal
        self._move_review(shot, then, number)

    def _hold(self, shot: ShotThought) -> None:
        if shot.review != "pending":
            raise Refusal
        self._cover(shot, "on_hold")

    def _omit(self, shot: ShotThought) -> None:
        if shot.review == "omitted":
            raise Refusal
        self._cancel_active(shot)
        self._cover(shot, "omitted")

    def _cancel_active(self, shot: ShotThought) -> None:
        if shot.latest.active:
            shot.latest.status = "cancelled"
            self._tell(shot.latest, "take_cancelled")

    def _release(self, shot: ShotThought) -> None:
        if shot.covered is None:
            raise Refusal
        before, shot.covered = shot.covered, None
        self._move_review(shot, before, None)
        if before != "pending":
            return
        latest = shot.latest
        if latest.ending is not None:
            self._follow(latest)
        elif latest.status == "failed" or (latest.status == "cancelled" and shot.made()):
            self._to_a_person(shot)

    # What follows.

    def _follow(self, take: TakeThought) -> None:
        """The gate speaks of a take that was made."""
        ending = take.ending
        assert ending is not None
        self._move_review(take.shot, ending.review, take.number if ending.selects else None)
        if ending.climbs:
            self._order(take.shot, rung=take.rung + 1)

    def _cover(self, shot: ShotThought, lid: str) -> None:
        shot.covered = shot.covered or shot.review
        self._move_review(shot, lid, None)

    def _order(self, shot: ShotThought, rung: int = 0, *, by_hand: bool = False) -> None:
        self._born += 1
        number = len(shot.takes) + 1
        shot.takes.append(TakeThought(shot, number, self._born, rung, by_hand, due=self.now))
        shot.log.append(("take_ordered", number, None))

    def _to_a_person(self, shot: ShotThought) -> None:
        best = max(
            (take for take in shot.made() if take.number >= shot.since),
            key=lambda take: (STANDING[take.verdict or ""], take.score or -1.0, take.number),
            default=None,
        )
        chosen = best.number if shot.selected is None and best else None
        self._move_review(shot, "needs_review", chosen)

    def _move_review(self, shot: ShotThought, then: str, chosen: int | None) -> None:
        after = shot.selected if chosen is None else chosen
        if (then, after) != (shot.review, shot.selected):
            shot.review, shot.selected = then, after
            shot.log.append(("review_moved", None, None))

    def _tell(self, take: TakeThought, kind: str) -> None:
        take.shot.log.append((kind, take.number, take.token or None))


@dataclass(frozen=True)
class Ending:
    """How a render ends, and what the gate makes of it."""

    verdict: str
    score: float | None
    review: str
    selects: bool = False
    climbs: bool = False
    declined: bool = False
    """Nothing was rendered: the still cannot serve its prompt."""


ENDINGS = (
    Ending("accepted", 0.8, "accepted", selects=True),
    Ending("low_match", 0.2, "pending", climbs=True),
    Ending("bad_clip", 0.6, "pending", climbs=True),
    Ending("low_match", 0.3, "needs_review", selects=True),
    Ending("unscored", None, "needs_review", selects=True),
    Ending("", None, "pending", climbs=True, declined=True),
    Ending("", None, "needs_review", declined=True),
)
