"""Renders pairs by an exact profile and one that may stand for it, and says whether it may."""

import datetime as dt
import gc
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from farm import demo
from farm.domain.comparison import Comparison, Pair, compare
from farm.domain.shot import NewShot
from farm.domain.stand_in import NAME, PlannedPair, judged_by, planned, why_not_comparable
from farm.errors import FarmError, Refused
from farm.operations.gated import scorer_of
from farm.operations.run import cluster_of, pace_of
from farm.operations.workspace import profile_of
from pipeline.models.builtin import BUILTIN

if TYPE_CHECKING:
    from farm.cluster.protocol import Cluster, Progress
    from farm.comparison.batch import Wanted
    from farm.config import Settings
    from farm.operations.submit import Rows
    from farm.shotlist import Problem, Source
    from pipeline.profiles.profile import Profile
    from pipeline.recipe import Recipe
    from pipeline.result import TakeResult
    from pipeline.storage.protocol import Media

    MakeCluster = Callable[[Settings, Profile, Mapping[str, str]], AbstractContextManager[Cluster]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """What `farm gate` found, and where it is kept."""

    comparison: Comparison
    file: str
    rendered: int
    """Takes that were made now; the others were there."""
    problems: "Sequence[Problem]"
    """What is wrong with rows of the list that were looked at."""


class Onlooker:
    """Who is told how far it is; does nothing by itself."""

    def problem(self, problem: "Problem") -> None:
        """A row of the list is no shot; told before anything is rendered."""

    def of_profile(self, profile: str, done: int, wanted: int) -> None:
        """The takes of a profile begin, of which so many are there."""

    def made(self, title: str, result: "TakeResult") -> None:
        """A take was made."""

    def left_out(self, sentence: str) -> None:
        """A take cannot be made."""

    def progress(self, positions: "Mapping[str, Progress]") -> None:
        """Where the workers are."""

    def trouble(self, sentences: Sequence[str]) -> None:
        """What keeps workers from work, whenever that changes."""

    def pairs(self, pairs: "Iterator[Pair]", count: int) -> "Iterator[Pair]":
        """Goes through the pairs while their films are held against each other."""
        return pairs


def compare_profiles(
    settings: "Settings",
    media: "Media",
    source: "Source",
    profile: str,
    shotlist: Path | None = None,
    *,
    against: str | None = None,
    shots: int = 20,
    seeds: int = 2,
    stop: threading.Event | None = None,
    onlooker: Onlooker | None = None,
    each: "Rows | None" = None,
    make_cluster: "MakeCluster" = cluster_of,
) -> Compared:
    """Holds a profile against the exact one that it stands for, or `against` another; keeps the record.

    The first `shots` shots of the list are rendered by both with the same `seeds` seeds each, whatever
    profile their rows name; without a list those of the demo, where the profile's model is the package's
    own. Takes that are there already are not made again. Raises `Refused` for profiles that make no
    pairs, before anything is rendered, and once `stop` is set; `FarmError` where takes cannot be made.
    """
    from farm.comparison import records

    onlooker, stop = onlooker or Onlooker(), stop or threading.Event()
    fast = profile_of(settings, profile)
    exact = profile_of(settings, _exact_of(fast, against))
    if reasons := list(why_not_comparable(fast, exact)):
        raise Refused("\n".join(reasons))
    path = shotlist or _demo_list(exact)
    chosen, problems = _chosen(settings, path, source, exact, shots, each)
    for problem in problems:
        onlooker.problem(problem)
    pairs = planned(chosen, seeds, fast, exact)
    work = _Work(settings, media, (fast, exact), pairs, onlooker)
    rendered = work.render(stop, make_cluster)
    made = work.compared(stop)
    try:
        file = records.keep(media, made)
    except OSError as error:
        raise Refused(f"{media.root}: the record cannot be written ({error.strerror})") from error
    return Compared(comparison=made, file=file, rendered=rendered, problems=problems)


def _exact_of(profile: "Profile", against: str | None) -> str:
    name = against or profile.stands_for
    if not name:
        raise Refused(
            f"{profile.name} does not say which profile it stands for: set `stands_for` in it, or name "
            "the exact profile with --against"
        )
    return name


def _demo_list(exact: "Profile") -> Path:
    if not exact.model.weights.startswith(BUILTIN):
        raise Refused(
            f"name a shot list to compare {exact.name} on: shots like those that it is to render, 20 or "
            "more"
        )
    return demo.folder() / "shots.csv"


def _chosen(
    settings: "Settings",
    path: Path,
    source: "Source",
    exact: "Profile",
    count: int,
    each: "Rows | None",
) -> "tuple[list[NewShot], list[Problem]]":
    """The first good shots of the list; rows after them are not looked at."""
    from farm.operations.submit import checked

    chosen: list[NewShot] = []
    problems: list[Problem] = []
    rows = checked(settings, path, NAME, source, lambda _: exact, each=each)
    for one in rows:
        if not isinstance(one, NewShot):
            problems.append(one)
            continue
        chosen.append(one)
        if len(chosen) == count:
            break
    if not chosen:
        told = "\n".join(map(str, problems))
        raise Refused(f"{path.name} has no shot that can be rendered\n{told}")
    return chosen, problems


class _Work:
    """The pairs of two profiles: what is there, what is to be rendered, and what they say."""

    def __init__(
        self,
        settings: "Settings",
        media: "Media",
        profiles: "tuple[Profile, Profile]",
        pairs: Sequence[PlannedPair],
        onlooker: Onlooker,
    ) -> None:
        """`profiles` are the one that may stand in, and the exact one."""
        from farm.comparison.kept_takes import KeptTakes

        self._settings, self._media, self._onlooker = settings, media, onlooker
        self._fast, self._exact = profiles
        self._pairs = pairs
        self._kept = KeptTakes(media, *profiles, scorer_of(settings, profiles[1]))
        try:
            self._takes: dict[str, TakeResult] = self._kept.found()
        except OSError as error:
            raise Refused(
                f"the takes of an earlier gate below {media.where(self._kept.folder)} cannot be read "
                f"({error.strerror}): mend the folder's rights, or move it away"
            ) from error
        self._left_out: list[str] = []

    def render(self, stop: threading.Event, make_cluster: "MakeCluster") -> int:
        """Makes the takes that are not there, one profile after the other, since no worker holds both;
        how many."""
        exact = [self._wanted(pair, self._exact, pair.exact) for pair in self._pairs]
        made = self._render(self._exact, exact, stop, make_cluster)
        fast = [
            self._wanted(pair, self._fast, pair.stand_in)
            for pair in self._pairs
            if pair.exact.hash in self._takes
        ]
        return made + self._render(self._fast, fast, stop, make_cluster)

    def _render(
        self,
        profile: "Profile",
        wanted: "Sequence[Wanted]",
        stop: threading.Event,
        make_cluster: "MakeCluster",
    ) -> int:
        from farm.comparison.batch import Batch, Hearers
        from farm.scheduler.disk_space import DiskSpace

        missing = [each for each in wanted if each.recipe.hash not in self._takes]
        self._onlooker.of_profile(profile.name, len(wanted) - len(missing), len(wanted))
        if not missing:
            return 0
        hearers = Hearers(
            on_made=self._made,
            on_left_out=self._cannot_be_made,
            on_progress=self._onlooker.progress,
            on_trouble=self._onlooker.trouble,
        )
        settings = self._settings
        job = {"job_name": f"farm gate {self._fast.name}", "user": settings.user}
        disk_space = DiskSpace(self._media, settings.min_free_mb * 2**20)

        def all_made() -> bool:
            """In a frame of its own: what it holds of the cluster, and so of the model, ends with it."""
            with make_cluster(settings, profile, job) as cluster:
                pace = pace_of(settings, until_idle=True)
                return Batch(cluster, pace, disk_space, hearers).render(missing, stop)

        whole = all_made()
        gc.collect()  # parts of a model refer to each other, and the next one may need their memory
        if not whole:
            raise Refused(self._stopped())
        return len(missing)

    def compared(self, stop: threading.Event) -> Comparison:
        """What the pairs say, of those that are whole."""
        from farm.comparison import films

        whole = [
            (pair, self._takes[pair.exact.hash], self._takes[pair.stand_in.hash])
            for pair in self._pairs
            if {pair.exact.hash, pair.stand_in.hash} <= self._takes.keys()
        ]
        if not whole:
            raise Refused("no pair could be made:\n" + "\n".join(self._left_out))
        scorers = {take.match.scorer for _, *both in whole for take in both}
        if len(scorers) > 1:
            raise Refused(
                f"the takes were scored by different scorers ({', '.join(sorted(scorers))}): move "
                f"{self._media.where(self._kept.folder)} away and gate again"
            )
        [scorer] = scorers
        zones = films.zones_of(self._media, self._exact, scorer)
        pairs: list[Pair] = []
        judged = (films.judged(self._media, *each, zones) for each in whole)
        for pair in self._onlooker.pairs(judged, len(whole)):
            pairs.append(pair)
            if stop.is_set():
                raise Refused(self._stopped())
        return compare(
            (self._fast.name, self._fast.revision),
            (self._exact.name, self._exact.revision),
            pairs,
            scorer=scorer,
            rules=judged_by(self._exact),
            zones=zones,
            at=dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
            left_out=self._left_out,
        )

    def _stopped(self) -> str:
        recipes = [recipe for pair in self._pairs for recipe in (pair.exact, pair.stand_in)]
        done = sum(recipe.hash in self._takes for recipe in recipes)
        return (
            f"stopped with {done} of {len(recipes)} takes made; the same command goes on from there"
        )

    def _wanted(self, pair: PlannedPair, profile: "Profile", recipe: "Recipe") -> "Wanted":
        from farm.comparison.batch import Wanted

        return Wanted(
            title=f"{pair.shot} seed {pair.number} by {profile.name}",
            recipe=recipe,
            clip=self._kept.clip_of(pair.shot, pair.number, profile.name),
        )

    def _made(self, wanted: "Wanted", result: "TakeResult") -> None:
        try:
            self._kept.keep(wanted.recipe, result)
        except OSError as error:
            raise FarmError(
                f"{self._media.root}: what became of {wanted.title} cannot be written ({error.strerror})"
            ) from error
        self._takes[wanted.recipe.hash] = result
        self._onlooker.made(wanted.title, result)

    def _cannot_be_made(self, _wanted: "Wanted", sentence: str) -> None:
        self._left_out.append(sentence)
        self._onlooker.left_out(sentence)
