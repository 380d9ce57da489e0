"""On drawn clips of the tiny world the toy's scorer names what is missed, and nothing where nothing is."""

import random
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from pipeline.clips import likeness
from pipeline.clips import lint as clip_lint
from pipeline.models import weights
from pipeline.profiles import profile
from pipeline.scoring import matching, two_tower
from pipeline.scoring.two_tower import ClipScorer
from pipeline.toy import captions, choosing, drawing, world
from pipeline.toy.world import Scene

TOY = profile.load("toy")
RNG = random.Random("kinds of misses")
SCENES = [choosing.choose(RNG, moves=(RNG.choice(world.CHANGES),)) for _ in range(20)]
STAGED = [choosing.choose(RNG, moves=choosing.choose_stages(RNG), free=False) for _ in range(20)]
SAYING = [captions.short, captions.short_chinese]
Say = Callable[[Scene], str]
Frames = NDArray[np.uint8]


@pytest.fixture(scope="module")
def scorer() -> ClipScorer:
    return two_tower.load(TOY.match, weights.folder(TOY.match.weights, None), "cpu")


def missed(scorer: ClipScorer, frames: Frames, prompt: str) -> tuple[str, ...]:
    """The kinds that a take of these frames misses, the first of them being the still."""
    still = Image.fromarray(frames[0])
    before = matching.judge_still(scorer, still, prompt)
    after = matching.judge_clip(scorer, frames, still, prompt, before)
    found = (
        *matching.misses_before(before, TOY.match),
        *clip_lint.lint(frames, TOY.clip, prompt),
        *likeness.lint_subject(frames, TOY.clip, scorer),
        *matching.misses_after(after, TOY.match),
    )
    return tuple(dict.fromkeys(miss.kind.value for miss in found))


def share(found: list[tuple[str, ...]], *wanted: str) -> float:
    """How often exactly these kinds were missed."""
    return sum(kinds == wanted for kinds in found) / len(found)


@pytest.mark.parametrize("say", SAYING)
def test_good_clips_miss_nothing(scorer: ClipScorer, say: Say) -> None:
    """The scorer is wrong about one still of twenty; nothing that is measured on the clip is."""
    found = [missed(scorer, drawing.frames(scene), say(scene)) for scene in SCENES]
    assert share(found) >= 0.9, found
    assert {kind for kinds in found for kind in kinds} <= {"subject_missing"}


@pytest.mark.parametrize("say", SAYING)
@pytest.mark.parametrize(
    ("wrong", "kind"),
    [
        ("subject", "subject_missing"),
        ("shape", "subject_missing"),
        ("colour", "attribute_contradicted"),
        ("motion", "action_absent"),
    ],
)
def test_what_is_wrong_with_a_prompt_is_named(
    scorer: ClipScorer, say: Say, wrong: choosing.Kind, kind: str
) -> None:
    rng = random.Random(wrong)
    told = [choosing.wrong(scene, wrong, rng) for scene in SCENES]
    told = [replace(scene, moves=scene.moves[:1]) for scene in told]
    found = [
        missed(scorer, drawing.frames(scene), say(other))
        for scene, other in zip(SCENES, told, strict=True)
        if wrong != "motion" or scene.moves != other.moves
    ]
    assert share(found, kind) >= 0.9, found


@pytest.mark.parametrize("say", SAYING)
def test_stages_in_their_order_miss_nothing_and_reversed_ones_are_told(
    scorer: ClipScorer, say: Say
) -> None:
    clips = [(scene, drawing.frames(scene)) for scene in STAGED]
    right = [missed(scorer, frames, say(scene)) for scene, frames in clips]
    turned = [
        missed(scorer, frames, say(replace(scene, moves=scene.moves[::-1])))
        for scene, frames in clips
    ]
    assert not any("wrong_order" in kinds for kinds in right)
    assert sum("wrong_order" in kinds for kinds in turned) >= 0.9 * len(turned)


def in_two_sentences(scene: Scene) -> str:
    first, second = (captions.ENGLISH[move][0] for move in scene.moves)
    return f"The {scene.colour} {scene.shape} {first}. Then it {second}."


def in_two_chinese_sentences(scene: Scene) -> str:
    name = captions.CHINESE_COLOURS[scene.colour] + captions.CHINESE_SHAPES[scene.shape][0]
    first, second = (captions.CHINESE[move][0] for move in scene.moves)
    return f"{name}{first}。然后它{second}。"


@pytest.mark.parametrize(
    ("say", "in_one"),
    [
        (in_two_sentences, captions.short),
        (in_two_chinese_sentences, captions.short_chinese),
    ],
)
def test_a_wish_in_two_sentences_is_held_as_one(scorer: ClipScorer, say: Say, in_one: Say) -> None:
    """Of the second sentence alone nobody could tell who does it."""
    alike = [
        missed(scorer, frames, say(told)) == missed(scorer, frames, in_one(told))
        for scene in STAGED[:10]
        for frames in [drawing.frames(scene)]
        for told in (scene, replace(scene, moves=scene.moves[::-1]))
    ]
    assert sum(alike) >= 0.9 * len(alike)


@pytest.mark.parametrize("wrong", ["colour", "shape"])
def test_a_subject_that_turns_into_another_is_told(
    scorer: ClipScorer, wrong: choosing.Kind
) -> None:
    rng = random.Random(8)
    found: list[tuple[str, ...]] = []
    for scene in SCENES:
        other = choosing.wrong(scene, wrong, rng)
        frames = np.concatenate([drawing.frames(scene)[:9], drawing.frames(other)[9:]])
        found.append(missed(scorer, frames, captions.short(scene)))
    assert sum("subject_replaced" in kinds for kinds in found) >= 0.9 * len(found)


def test_a_subject_that_is_tinted_a_little_is_not_told(scorer: ClipScorer) -> None:
    share_of_tint = np.linspace(0, 1, 17)[:, None, None, None]
    tint = 1 + share_of_tint * np.asarray([0.06, -0.04, 0.03])
    for scene in SCENES:
        frames = (drawing.frames(scene) * tint).clip(0, 255).astype(np.uint8)
        assert likeness.lint_subject(frames, TOY.clip, scorer) == ()
