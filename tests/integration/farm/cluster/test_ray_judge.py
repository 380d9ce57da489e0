"""A judge that the workers of a run share: an actor of its own, which may die and come back."""

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest
from PIL import Image

import tests.played_tools
from farm.cluster.loading import WorkerSettings, load_scorer
from farm.cluster.outcome import Made, Outcome
from farm.cluster.protocol import Report
from farm.cluster.ray import judge as ray_judge
from farm.cluster.ray import judge_place, shared_scorer
from farm.cluster.ray.cluster import RayCluster
from farm.cluster.ray.connect import connect
from farm.cluster.ray.session import Session
from farm.cluster.worker import Worker
from farm.errors import ClusterError
from pipeline.errors import Cause, RenderFault
from pipeline.misses import Answer
from pipeline.profiles.profile import Profile, load
from pipeline.recipe import TakeOrder
from pipeline.result import Clip, Match, Verdict
from pipeline.scoring.protocol import CannotJudge, Scorer
from pipeline.scoring.questions import Words
from pipeline.storage.files import Frames
from pipeline.storage.folder import MediaFolder
from tests.pictures import ground
from tests.played_tools import Holds, PlayedScorer, a_still, an_order_for, played_tools

pytestmark = pytest.mark.filterwarnings("default")  # Ray's own code warns

PATIENCE = 200
BROKEN = "CUDA error: an illegal memory access\nand more"


def with_own_judge() -> Profile:
    """The toy profile whose workers share their scorer."""
    toy = load("toy")
    return toy.model_copy(update={"match": toy.match.model_copy(update={"where": "own"})})


@pytest.fixture(scope="module")
def session() -> Iterator[Session]:
    """One cluster for all tests of this file: it takes five seconds and 700 MB."""
    found = connect(None, dashboard=False, cpus=2)
    from ray import cloudpickle

    for module in (sys.modules[__name__], tests.played_tools):
        cloudpickle.register_pickle_by_value(module)
    yield found
    found.close()


class Farm:
    """A cluster whose workers play, and ask one judge that plays, too."""

    def __init__(self, folder: Path, workers: int = 2) -> None:
        media = folder / "media"
        media.mkdir()
        self.asked = asked = Holds(folder / "asked", RuntimeError(BROKEN))
        self.troubles: set[str] = set()
        """What the cluster told while takes came to their end."""
        self._still = a_still(folder, MediaFolder(media))

        def worker(settings: WorkerSettings) -> Worker:
            def tools(settings: WorkerSettings) -> Any:
                assert settings.judge is not None
                scorer = settings.judge()
                played = played_tools(Path(settings.media), asked)
                return replace(played, scorer=scorer, judging=scorer)

            return Worker(settings, load=tools)

        self.cluster = RayCluster(
            WorkerSettings(profile=with_own_judge(), media=str(media)),
            workers=workers,
            worker=worker,
            scorer=lambda _: PlayedScorer(asked),
        )

    def order(self, name: str) -> TakeOrder:
        return an_order_for(self._still, name)

    def send(self, name: str) -> None:
        """To whichever worker is free; nothing may come to its end until then."""
        free = wait_for(lambda: not self.collect(0.05) and self.cluster.free())
        self.cluster.send(free[0], name, self.order(name), 600)

    def collect(self, seconds: float) -> list[Report]:
        reports = [*self.cluster.collect(seconds)]
        self.troubles.update(self.cluster.trouble())
        return reports

    def is_watched(self) -> bool:
        """Whether a death of the judge would be told of; one that is over before is not."""
        return self.cluster._judges[0]._life is not None

    def outcomes(self, number: int) -> dict[str, Outcome]:
        told: list[Report] = []

        def answered() -> bool:
            told.extend(self.collect(0.2))
            return len(told) >= number

        wait_for(answered)
        return {report.key: report.outcome for report in told}

    def made(self, name: str) -> tuple[Verdict, Match, Clip]:
        """The verdict of that take alone, which must come to its end."""
        outcome = self.outcomes(1)[name]
        assert isinstance(outcome, Made), outcome
        return outcome.result.verdict, outcome.result.match, outcome.result.clip

    def judge_of(self, stage: str, name: str) -> int:
        """The process that was asked last, once it was; nothing may come to its end until then."""

        def asked() -> list[int]:
            assert self.collect(0.05) == []
            return self.asked.processes(stage, name)

        return wait_for(asked)[-1]


@pytest.fixture
def farm(session: Session, tmp_path: Path) -> Iterator[Farm]:
    made = Farm(tmp_path)
    yield made
    made.cluster.close(grace=0)


def wait_for(happens: Callable[[], Any]) -> Any:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if value := happens():
            return value
        time.sleep(0.02)
    raise AssertionError("it never happened")


def test_workers_share_one_judge_that_answers_a_still_beside_a_clip(farm: Farm) -> None:
    go_on = farm.asked.hold("score", "sh010")
    farm.send("sh010")
    judge = farm.judge_of("score", "sh010")
    farm.send("sh020")  # its still is asked about, and it is rendered, while the clip is judged
    assert farm.judge_of("denoise", "sh020") != judge
    assert farm.judge_of("precheck", "sh020") == judge
    go_on()
    told = farm.outcomes(2)
    assert all(isinstance(each, Made) for each in told.values())
    assert {each.result.match.scorer for each in told.values() if isinstance(each, Made)} == {
        "played"
    }


def test_a_judge_that_is_killed_in_a_question_leaves_its_take_unscored_and_comes_back(
    farm: Farm,
) -> None:
    farm.asked.hold("score", "sh010")
    farm.send("sh010")
    judge = farm.judge_of("score", "sh010")
    wait_for(lambda: farm.collect(0.05) == [] and farm.is_watched())
    os.kill(judge, signal.SIGKILL)
    verdict, match, clip = farm.made("sh010")
    assert verdict is Verdict.UNSCORED
    assert match.score is None
    assert match.note.startswith("the judge died: ")
    assert clip.frames > 0, "what was paid for is kept"

    farm.send("sh020")
    verdict, match, _ = farm.made("sh020")
    assert any("the judge is not there: " in each for each in farm.troubles)
    assert (verdict, match.note) == (Verdict.ACCEPTED, "")
    assert farm.judge_of("score", "sh020") != judge
    wait_for(lambda: not farm.collect(0.05) and not farm.cluster.trouble())


def test_a_judge_whose_device_is_broken_makes_way_for_a_fresh_one(farm: Farm) -> None:
    farm.send("sh000")
    farm.made("sh000")
    judge = farm.judge_of("score", "sh000")
    names = [f"sh0{number}0" for number in range(1, 1 + ray_judge.FAILURES)]
    for name in names:
        farm.asked.fail("precheck", name)
        farm.asked.fail("score", name)
    farm.send(names[0])
    verdict, match, _ = farm.made(names[0])
    assert verdict is Verdict.UNSCORED
    assert match.note == "the scorer failed: RuntimeError: CUDA error: an illegal memory access"
    farm.send(names[1])
    assert farm.made(names[1])[0] is Verdict.UNSCORED
    wait_for(lambda: not psutil.pid_exists(judge))

    farm.send("sh090")
    assert farm.made("sh090")[0] is Verdict.ACCEPTED
    assert farm.judge_of("score", "sh090") != judge


def test_a_judge_that_dies_again_and_again_is_not_made_for_ever_and_the_farm_goes_on(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(judge_place, "MOST_RESTARTS", 1)
    farm = Farm(tmp_path, workers=1)
    try:
        for name in ("sh010", "sh020"):
            farm.asked.hold("score", name)
            farm.send(name)
            os.kill(farm.judge_of("score", name), signal.SIGKILL)
            assert farm.made(name)[0] is Verdict.UNSCORED
        wait_for(lambda: not farm.collect(0.05) and _given_up(farm.cluster))
        farm.send("sh030")
        verdict, match, _ = farm.made("sh030")
        assert verdict is Verdict.UNSCORED
        assert match.note.startswith("the judge died: ")
        assert farm.asked.processes("score", "sh030") == []
    finally:
        farm.cluster.close(grace=0)


def _given_up(cluster: RayCluster) -> bool:
    return any("the judge died and is not made again" in each for each in cluster.trouble())


def test_a_question_that_takes_too_long_is_given_up_and_no_pass(
    farm: Farm, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(shared_scorer.FIRST_PATIENCE, shared_scorer.CLIPS, 0.5)
    scorer = farm.cluster._judges[0].scorer()
    go_on = farm.asked.hold("score", "sh010")
    frames, still = np.zeros((17, 64, 64, 3), np.uint8), ground((64, 64), "grey")
    with pytest.raises(CannotJudge, match="the judge has not answered for 0 s"):
        scorer.ask_clip(frames, still, "The circle moves left sh010")
    go_on()
    assert scorer.ask_still(still, "The circle moves left sh020")


def test_a_judge_that_cannot_be_loaded_ends_the_run_in_its_own_words(
    session: Session, tmp_path: Path
) -> None:
    def refuses(_settings: WorkerSettings) -> Scorer:
        raise RenderFault(Cause.FATAL, "the scorer's folder /nowhere holds nothing")

    def worker(settings: WorkerSettings) -> Worker:
        def tools(settings: WorkerSettings) -> Any:
            assert settings.judge is not None
            return settings.judge()

        return Worker(settings, load=tools)

    settings = WorkerSettings(profile=with_own_judge(), media=str(tmp_path))
    cluster = RayCluster(settings, workers=1, worker=worker, scorer=refuses)
    try:
        with pytest.raises(ClusterError, match="no worker can start: the scorer's folder /nowhere"):
            wait_for(lambda: cluster.free())
    finally:
        cluster.close(grace=0)


class Counts:
    """A scorer that tells how many frames it was shown, and dies of others than those it wants."""

    name = "counts"

    def ask_still(self, picture: Image.Image, prompt: str) -> tuple[Answer, ...]:
        return ()

    def ask_clip(self, frames: Frames, picture: Image.Image, prompt: str) -> tuple[Answer, ...]:
        raise CannotJudge(f"{len(frames)} frames of {frames[-1, 0, 0, 0]}")

    def ask_stages(self, frames: Frames, stages: Sequence[Words]) -> tuple[Answer, ...]:
        raise CannotJudge(f"{len(frames)} frames for {len(stages)} stages")


@pytest.mark.parametrize(
    ("order_margin", "shown"), [(None, "9 frames of 16"), (0.14, "17 frames of 16")]
)
def test_the_frames_that_are_looked_at_travel_and_no_others(
    session: Session, tmp_path: Path, order_margin: float | None, shown: str
) -> None:
    profile = with_own_judge()
    match = profile.match.model_copy(update={"order_margin": order_margin})
    settings = WorkerSettings(
        profile=profile.model_copy(update={"match": match}), media=str(tmp_path)
    )
    cluster = RayCluster(settings, workers=1, scorer=lambda _: Counts())
    try:
        scorer = cluster._judges[0].scorer()
        frames = np.arange(17, dtype=np.uint8)[:, None, None, None].repeat(3, 3).repeat(64, 1)
        with pytest.raises(CannotJudge) as refusal:
            scorer.ask_clip(frames, ground((64, 64), "grey"), "The circle moves left")
        assert refusal.value.note == shown
    finally:
        cluster.close(grace=0)


def test_a_shared_scorer_answers_as_one_of_the_workers_own_does(
    session: Session, tmp_path: Path
) -> None:
    settings = WorkerSettings(profile=with_own_judge(), media=str(tmp_path))
    cluster = RayCluster(settings, workers=1)
    try:
        ours, own = cluster._judges[0].scorer(), load_scorer(settings)
        frames = np.random.default_rng(1).integers(0, 255, (17, 64, 64, 3), np.uint8)
        still, prompt = ground((64, 64), "red"), "The red circle moves left, then it grows."
        assert ours.name == own.name
        assert ours.ask_still(still, prompt) == own.ask_still(still, prompt)
        assert ours.ask_clip(frames, still, prompt) == own.ask_clip(frames, still, prompt)
        alike: Any = ours, own
        assert np.array_equal(*(each.see([still]) for each in alike))
    finally:
        cluster.close(grace=0)


def test_without_a_wish_for_it_there_is_no_judge(session: Session, tmp_path: Path) -> None:
    settings = WorkerSettings(profile=load("toy"), media=str(tmp_path))
    cluster = RayCluster(settings, workers=1, worker=lambda _: pytest.fail("not asked to load"))
    assert cluster._judges == []
    assert cluster._served.settings == {"toy": settings}
    cluster.close(grace=0)
