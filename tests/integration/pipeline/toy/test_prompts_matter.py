"""The shipped models mind their prompt: what is rendered follows it, and the scorer hears the difference.

Each motion is asked of the same still with the same seed, so that only the prompt can make it move.
"""

import random
from collections.abc import Callable
from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from pipeline.engines import wan
from pipeline.models import weights
from pipeline.profiles import profile
from pipeline.recipe import Recipe
from pipeline.result import Match
from pipeline.scoring import matching, two_tower
from pipeline.scoring.two_tower import ClipScorer
from pipeline.toy import captions, choosing, drawing, measuring, world
from pipeline.toy.world import Scene

pytestmark = pytest.mark.long
TOY = profile.load("toy")
RNG = random.Random("prompts matter")
STILLS = [choosing.choose(RNG, moves=("rest",)) for _ in range(2)]
CHINESE_STILL = choosing.choose(RNG, moves=("rest",))
WISHES = [replace(still, moves=(motion,)) for still, motion in product(STILLS, world.CHANGES)]

Clips = dict[Scene, NDArray[np.uint8]]


@pytest.fixture(scope="module")
def rendered() -> Callable[[Scene, str], NDArray[np.uint8]]:
    """What the shipped model makes of a scene's still and a prompt."""
    engine = wan.load(TOY, weights.folder(TOY.model.weights, None), "cpu")

    def frames_of(scene: Scene, prompt: str) -> NDArray[np.uint8]:
        recipe = Recipe(
            still="0" * 64, prompt=prompt, negative=TOY.sampler.negative, seed=7,
            steps=TOY.sampler.steps, cfg_high=TOY.sampler.cfg_high, cfg_low=TOY.sampler.cfg_low,
            width=64, height=64, frames=17, fps=8, profile="toy", revision=TOY.revision,
        )  # fmt: skip
        text = engine.encode_text(recipe.prompt, recipe.negative)
        latents = engine.denoise(still_of(scene), text, recipe, lambda step, steps: None)
        return engine.decode(latents)

    return frames_of


@pytest.fixture(scope="module")
def clips(rendered: Callable[[Scene, str], NDArray[np.uint8]]) -> Clips:
    """Each wish rendered by its short prompt."""
    return {wish: rendered(wish, captions.short(wish)) for wish in WISHES}


@pytest.fixture(scope="module")
def scorer() -> ClipScorer:
    return two_tower.load(TOY.match, weights.folder(TOY.match.weights, None), "cpu")


def still_of(scene: Scene) -> Image.Image:
    return Image.fromarray(drawing.frames(scene, [0])[0])


def share(answers: list[bool]) -> float:
    return sum(answers) / len(answers)


def test_the_same_still_moves_as_each_prompt_says(clips: Clips) -> None:
    followed = {
        (wish.shape, *wish.moves): measuring.measure(frames, wish).follows(wish)
        for wish, frames in clips.items()
    }
    assert share([*followed.values()]) >= 0.8, followed


@pytest.mark.parametrize("motion", world.CHANGES)
def test_no_prompt_is_left_out(clips: Clips, motion: str) -> None:
    followed = [
        measuring.measure(frames, wish).follows(wish)
        for wish, frames in clips.items()
        if wish.moves == (motion,)
    ]
    assert share(followed) > 0.5


def test_the_subject_keeps_its_colour_whatever_is_asked(clips: Clips) -> None:
    kept = [
        set(measuring.measure(frames, wish).colours) == {wish.colour}
        for wish, frames in clips.items()
    ]
    assert share(kept) >= 0.8


def test_the_first_frame_is_the_still(clips: Clips) -> None:
    for wish, frames in clips.items():
        error = np.square(frames[0].astype(float) - np.asarray(still_of(wish), float)).mean()
        assert -10 * np.log10(error / 255**2) > 24


def test_a_chinese_prompt_is_followed_too(
    rendered: Callable[[Scene, str], NDArray[np.uint8]],
) -> None:
    wishes = [replace(CHINESE_STILL, moves=(motion,)) for motion in world.DIRECTIONS]
    followed = [
        measuring.measure(rendered(wish, captions.short_chinese(wish)), wish).follows(wish)
        for wish in wishes
    ]
    assert share(followed) > 0.7


def test_a_wrong_motion_scores_lower_than_what_is_shown(clips: Clips, scorer: ClipScorer) -> None:
    above = []
    for wish, frames in clips.items():
        right, *wrong = (
            scorer.clip(frames, still_of(wish), captions.short(replace(wish, moves=moves)))[0]
            for moves in (
                wish.moves,
                *((other,) for other in world.CHANGES if (other,) != wish.moves),
            )
        )
        above += [right > each for each in wrong]
    assert share(above) >= 0.9


@pytest.mark.parametrize("kind", ["colour", "shape"])
def test_a_wrong_subject_scores_lower_than_what_is_shown(
    clips: Clips, scorer: ClipScorer, kind: choosing.Kind
) -> None:
    rng, above = random.Random(3), []
    for wish, frames in clips.items():
        told = [captions.short(wish), captions.short(choosing.wrong(wish, kind, rng))]
        matches = [matching.judge_still(scorer, still_of(wish), prompt) for prompt in told]
        right, wrong = (
            matching.judge_clip(scorer, frames, still_of(wish), prompt, match).score
            for prompt, match in zip(told, matches, strict=True)
        )
        assert right is not None
        assert wrong is not None
        above.append(right > wrong)
    assert share(above) >= 0.9


def test_a_right_still_and_prompt_match_before_anything_is_rendered(scorer: ClipScorer) -> None:
    rng = random.Random(4)
    fitting, misfit = [], []
    for wish in WISHES:
        other = choosing.wrong(wish, "subject", rng)
        fitting.append(scorer.still_prompt(still_of(wish), captions.short(wish)))
        misfit.append(scorer.still_prompt(still_of(wish), captions.short(other)))
    assert min(fitting) > max(misfit)


def test_a_clip_of_another_subject_does_not_keep_the_still(scorer: ClipScorer) -> None:
    rng = random.Random(5)
    for wish in WISHES[::3]:
        other = choosing.wrong(wish, "subject", rng)
        before, prompt = Match(scorer=scorer.name), captions.short(wish)
        kept, replaced = (
            matching.judge_clip(
                scorer, drawing.frames(shown), still_of(wish), prompt, before
            ).clip_still
            for shown in (wish, other)
        )
        assert kept is not None
        assert replaced is not None
        assert kept > replaced
