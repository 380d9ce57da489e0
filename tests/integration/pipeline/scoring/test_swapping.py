"""Prompts swapped between shots, judged by the toy's scorer on real files; and the lines that a worker
then goes by."""

from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from farm.cluster.loading import WorkerSettings, load_tools
from pipeline import take
from pipeline.clips import encode
from pipeline.models import weights
from pipeline.profiles import profile
from pipeline.result import TakeResult, Verdict, Zones
from pipeline.scoring import calibration, calibration_file, matching, swapped_prompts
from pipeline.scoring.calibration import Label
from pipeline.scoring.protocol import Scorer
from pipeline.scoring.swapped_prompts import Subject
from pipeline.storage.folder import MediaFolder
from pipeline.storage.names import still_path
from pipeline.toy import captions, drawing
from pipeline.toy.world import Scene
from tests.benchmarks.toy_world import shots
from tests.conftest import an_order

SHOTS = 12


@pytest.fixture(scope="module")
def scorer() -> Scorer:
    section = profile.load("toy").match
    return matching.load(section, weights.folder(section.weights, None), "cpu")


def filmed(media: Path) -> Iterator[Subject]:
    """Shots of the tiny world, each drawn as it was asked for; the last has no clip."""
    for number, scene in enumerate(shots.dealt("swapping", SHOTS)):
        clip = None if number == SHOTS - 1 else f"clips/{number}.mp4"
        yield a_subject(media, f"ads/sh{number:02d}", scene, clip)


def a_subject(media: Path, shot: str, scene: Scene, clip: str | None) -> Subject:
    frames = drawing.frames(scene)
    file = BytesIO()
    Image.fromarray(frames[0]).save(file, "PNG")
    name = sha256(file.getvalue()).hexdigest()
    MediaFolder(media).put(still_path(name), file.getvalue())
    if clip is not None:
        encode.seal(frames, MediaFolder(media), clip, 8, {})
    return Subject(shot=shot, prompt=captions.short(scene), still=name, clip=clip)


def test_clips_score_above_the_prompts_of_other_shots_and_lines_follow(
    tmp_path: Path, scorer: Scorer
) -> None:
    subjects = list(filmed(tmp_path))

    stills: list[Label] = []
    clips: list[Label] = []
    for of_still, of_clip in swapped_prompts.held(subjects, scorer, MediaFolder(tmp_path)):
        stills += of_still
        clips += of_clip

    assert len(stills) == SHOTS * (1 + swapped_prompts.OTHERS)
    assert len(clips) == (SHOTS - 1) * (1 + swapped_prompts.OTHERS)
    assert {label.shot for label in clips} == {subject.shot for subject in subjects[:-1]}
    for labels in (stills, clips):
        apart = calibration.told_apart(labels)
        assert apart is not None
        assert apart.value > 0.9
    made = calibration.from_swapped("toy", scorer.name, clips, 0.1, threshold=0.0)
    swapped = [label.score for label in clips if not label.good]
    own = [label.score for label in clips if label.good]
    assert sum(score >= made.zones.accept for score in swapped) <= 0.1 * len(swapped)
    assert sum(score >= made.zones.accept for score in own) >= 0.7 * len(own)


def test_a_worker_goes_by_the_calibration_of_its_scorer_and_says_so(
    tmp_path: Path, scorer: Scorer
) -> None:
    scene = shots.dealt("swapping", 1)[0]
    subject = a_subject(tmp_path, "ads/sh00", scene, None)
    toy = profile.load("toy")
    settings = WorkerSettings(profile=toy, media=str(tmp_path))
    labels = [Label(0.9, True, f"g{n}") for n in range(40)]
    labels += [Label(0.1, False, f"b{n}") for n in range(20)]
    made = calibration.calibrate("toy", scorer.name, labels, 0.1)
    lines = Zones(accept=1.0, retake=0.0)
    calibration_file.keep(MediaFolder(tmp_path), replace(made, zones=lines))
    order = an_order(still=subject.still, prompt=subject.prompt, steps=1, revision=toy.revision)

    tools = load_tools(settings)
    result = take.make(order, tools, Silent())
    assert isinstance(result, TakeResult)

    assert tools.zones == result.zones == lines
    assert result.verdict is Verdict.LOW_MATCH
    other = load_tools(replace(settings, media=str(tmp_path / "elsewhere")))
    assert other.zones is None


class Silent:
    """A watcher that lets everything go on."""

    def stage(self, name: str) -> None: ...

    def step(self, step: int, steps: int) -> None: ...


@pytest.mark.parametrize("prompts", [["a", "b", "c", "d", "e", "f", "a"], ["a", "a"], ["a"], []])
def test_no_prompt_is_swapped_with_itself_or_twice(prompts: list[str]) -> None:
    swapped = swapped_prompts.pairs(prompts)

    assert swapped == swapped_prompts.pairs(prompts)
    for prompt, others in zip(prompts, swapped, strict=True):
        assert prompt not in others
        assert len(others) == len(set(others)) == min(4, len(set(prompts)) - 1)
