"""The four things that the farm is built on, each measured whatever comes out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from pipeline.toy.world import Scene
from tests.benchmarks.toy_world import figures, shots, table
from tests.benchmarks.toy_world.figures import Figure
from tests.benchmarks.toy_world.studio import GUIDANCE, Order, Outcome, Studio
from tests.benchmarks.toy_world.table import Rows

Claim = dict[str, dict[str, Figure]]
GUIDANCES = (1.0, 2.0, 3.0, 4.0, 5.0, 7.0, 9.0, 10.0)
ACCEPTED = 0.5
"""The threshold of the profile `toy`."""
FRESH = 1000
"""How far a new seed lies from the one before."""


def match_decides(rows: Rows) -> Claim:
    return {
        row: {
            "first-take success": table.success(rows[row]),
            "follows": table.follows(rows[row]),
            "accepted against the plain wish": figures.share(
                [each.verdict >= ACCEPTED for each in rows[row]]
            ),
            "still-prompt match": figures.mean([each.fit for each in rows[row]], digits=2),
        }
        for row in ("fitting", "wrong subject", "no room")
    }


def simplifying_rescues(rows: Rows) -> Claim:
    return {
        row: {
            "success": table.success(rows[row]),
            "follows": table.follows(rows[row]),
            "accepted as sent": figures.share([each.score >= ACCEPTED for each in rows[row]]),
        }
        for row in ("clutter as written", "clutter cut to L1", "clutter cut to L3")
    }


def guidance_helps(studio: Studio, part: float) -> Claim:
    scenes = shots.dealt("guidance", table.some(28, part))
    plain = shots.orders(scenes, shots.plain(scenes))
    return {
        f"cfg_high {high:g}, cfg_low {low:g}": _damage(
            studio.film(
                f"guidance {high:g} and {low:g}",
                [replace(order, cfg_high=high, cfg_low=low) for order in plain],
            )
        )
        for high, low in _pairs()
    }


def _pairs() -> Iterator[tuple[float, float]]:
    """diffusers guides neither expert where the first has 1."""
    yield from ((high, GUIDANCE if high > 1 else 1.0) for high in GUIDANCES)
    yield from ((GUIDANCE, low) for low in GUIDANCES if low != GUIDANCE)


def _damage(outcomes: Sequence[Outcome]) -> dict[str, Figure]:
    return {
        "success": table.success(outcomes),
        "follows": table.follows(outcomes),
        "first frame, dB": figures.mean([each.first_frame for each in outcomes]),
        "clip, dB": figures.mean([each.clip for each in outcomes]),
        "colour burn, 0..255": figures.mean([each.burn for each in outcomes]),
    }


@dataclass(frozen=True, slots=True)
class _Shot:
    kind: str
    scene: Scene
    as_written: str
    cut: tuple[str, str]
    """The prompt at L1 and at L3."""
    possible: bool = True
    """Whether the prompt names the still's subject."""

    def takes(self, seed: int) -> dict[str, list[Order]]:
        """What each way of retaking would render, in order."""
        (l1, l3), first = self.cut, Order(self.scene, self.as_written, seed)
        seeds = [seed + FRESH * number for number in range(4)]
        return {
            "ladder": [
                first,
                replace(first, prompt=l1, cfg_high=5.0),
                replace(first, prompt=l3, cfg_high=7.0),
                replace(first, prompt=l3, cfg_high=9.0),
            ],
            "new seed": [replace(first, seed=each) for each in seeds],
            "guidance alone": [replace(first, cfg_high=high) for high in (3.0, 5.0, 7.0, 9.0)],
            "simpler prompt alone": [
                first,
                replace(first, prompt=l1),
                replace(first, prompt=l3),
                replace(first, prompt=l3, seed=seeds[1]),
            ],
        }


@dataclass(slots=True)
class _Course:
    """A shot on one way: its takes to come, and how it went."""

    shot: _Shot
    takes: list[Order]
    used: int = 0
    accepted: Outcome | None = None

    @property
    def open(self) -> bool:
        return self.accepted is None and self.used < len(self.takes)

    def settle(self, outcome: Outcome) -> None:
        self.used += 1
        if outcome.score >= ACCEPTED:
            self.accepted = outcome

    @property
    def truly(self) -> bool:
        return bool(self.accepted and self.accepted.success and self.shot.possible)


def ladder_wins(studio: Studio, part: float) -> Claim:
    cast = _cast(part)
    ways = [*cast[0].takes(0)]
    return {way: _worth(_course(studio, way, cast)) for way in ways}


def _course(studio: Studio, way: str, cast: Sequence[_Shot]) -> list[_Course]:
    """Take by take, those that nobody has accepted yet; a take that was made before is not made again."""
    courses = [
        _Course(shot, [*dict.fromkeys(shot.takes(seed)[way])]) for seed, shot in enumerate(cast)
    ]
    for number in range(4):
        waiting = [course for course in courses if course.open]
        row = f"{way}, take {number + 1}"
        made = studio.film(row, [course.takes[course.used] for course in waiting])
        for course, outcome in zip(waiting, made, strict=True):
            course.settle(outcome)
    return courses


def _worth(courses: Sequence[_Course]) -> dict[str, Figure]:
    truly, used = [course.truly for course in courses], [course.used for course in courses]
    false = [course.accepted is not None and not course.truly for course in courses]
    kinds = dict.fromkeys(course.shot.kind for course in courses)
    return {
        "truly accepted": figures.share(truly),
        "truly accepted per render": figures.ratio(truly, used),
        "false accepts": figures.share(false),
        "renders per shot": figures.mean(used, digits=2),
        **{
            f"truly accepted, {kind}": figures.share(
                [course.truly for course in courses if course.shot.kind == kind]
            )
            for kind in kinds
        },
    }


def _cast(part: float) -> list[_Shot]:
    twelve, six = (max(round(count * part), 2) for count in (12, 6))
    fitting, buried = shots.dealt("ladder/fitting", twelve), shots.dealt("ladder/clutter", twelve)
    both, misfit = shots.staged("ladder/both", twelve), shots.dealt("ladder/misfit", six)
    cramped = shots.cramped("ladder/no room", six)
    return [
        *_shots("fitting", fitting, shots.plain(fitting)),
        *_shots("cluttered", buried, shots.cluttered("ladder/clutter", buried)),
        *_shots("cluttered, two motions", both, shots.cluttered("ladder/both", both)),
        *_shots("wrong subject", misfit, shots.misfits("ladder/misfit", misfit), possible=False),
        *_shots("no room", cramped, shots.plain(cramped)),
    ]


def _shots(
    kind: str, scenes: Sequence[Scene], prompts: Sequence[str], *, possible: bool = True
) -> Iterator[_Shot]:
    cuts = zip(shots.simpler(prompts, "L1"), shots.simpler(prompts, "L3"), strict=True)
    for scene, prompt, cut in zip(scenes, prompts, cuts, strict=True):
        yield _Shot(kind, scene, prompt, cut, possible)
