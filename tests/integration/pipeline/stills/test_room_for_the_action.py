"""200 scenes of the toy world, where nothing succeeds without room: how many are told apart."""

import random

from PIL import Image

from pipeline.profiles import profile
from pipeline.stills import lint as still_lint
from pipeline.toy import captions, choosing, drawing, world
from pipeline.toy.world import Scene

SCENES = 100


def verdicts(scenes: list[Scene], rng: random.Random) -> dict[str, int]:
    """How often there is room, is none, and nobody knows, in stills as they are rendered."""
    told = {"room": 0, "none": 0, "unknown": 0}
    section = profile.load("toy").still
    for number, scene in enumerate(scenes):
        text = captions.chinese(scene, rng) if number % 2 else captions.english(scene, rng)
        picture = Image.fromarray(drawing.frames(scene, [0])[0])
        answer = still_lint.room(picture, text, section)
        if answer is None:
            told["unknown"] += 1
        else:
            told["room" if answer.value >= answer.threshold else "none"] += 1
    return told


def test_every_cramped_scene_is_seen_and_no_scene_with_room_is_called_cramped() -> None:
    rng = random.Random(11)
    moves = [rng.choice(tuple(world.DIRECTIONS)) for _ in range(SCENES)]
    cramped = verdicts([choosing.choose_cramped(rng, move) for move in moves], rng)
    roomy = verdicts([choosing.choose(rng, moves=(move,)) for move in moves], rng)
    assert cramped["none"] >= 0.98 * SCENES, cramped
    assert roomy["none"] <= 0.01 * SCENES, roomy
    assert roomy["room"] >= 0.95 * SCENES, roomy
