"""Writes what the scorer is taught by: a scene told in one of very many ways, in English or Chinese.

What the benchmark asks it about is kept aside: no caption has such a sentence in it.
"""

import json
import random
import re
from functools import cache
from pathlib import Path

from pipeline.toy import captions, world
from pipeline.toy.phrasings import chinese, english
from pipeline.toy.phrasings.rules import REFERENCE, Rules, write
from pipeline.toy.world import Scene

PLAIN = 0.3
"""Share of captions as the render model was taught them: most prompts are like these."""
CHINESE = 0.45
"""Share of the others that are Chinese."""
SUBJECT = "§"
"""Stands for whoever is named in a sentence."""
KEPT_ASIDE = Path(__file__).with_name("kept_aside.json")
"""What no caption may tell, as `bare` writes it. `tests/benchmarks/toy_world/keep_aside.py` wrote it."""


def for_scorer(scene: Scene, rng: random.Random) -> str:
    """One of the many ways to tell a scene, or a caption of the render model's training."""
    while True:
        text = _any(scene, rng)
        if not is_kept_aside(text, scene):
            return text


def is_kept_aside(text: str, scene: Scene) -> bool:
    """Whether a sentence that the scorer is asked about stands in it, whatever else it says."""
    told = bare(_names(scene.colour, scene.shape).sub(SUBJECT, text))
    return any(each in told for each in _kept_aside())


def bare(text: str) -> str:
    """Without case, marks and spaces."""
    return re.sub(rf"[^\w{SUBJECT}]|_", "", text.lower())


def _any(scene: Scene, rng: random.Random) -> str:
    if rng.random() < PLAIN:
        return captions.for_training(scene, rng)
    if rng.random() < CHINESE:
        return wide_chinese(scene, rng)
    return wide_english(scene, rng)


def wide_english(scene: Scene, rng: random.Random) -> str:
    """The scene in an English sentence of the grammar."""
    text = write(rules(scene, "en"), "{sentence}", rng)
    if rng.random() < 0.7:
        text = text[0].upper() + text[1:]
    return text + rng.choice((".", ".", ""))


def wide_chinese(scene: Scene, rng: random.Random) -> str:
    """The scene in a Chinese sentence of the grammar."""
    return write(rules(scene, "zh"), "{sentence}", rng) + rng.choice(("。", "。", ""))


def rules(scene: Scene, language: str) -> Rules:
    """All that can be said of a scene: the alternatives of `sentence` and of what it refers to."""
    if language == "zh":
        colour, shapes = (
            captions.CHINESE_COLOURS[scene.colour],
            captions.CHINESE_SHAPES[scene.shape],
        )
    else:
        colour, shapes = scene.colour, (scene.shape,)
    return {**_told(scene.moves, language), "C": (colour,), "shape": shapes}


@cache
def _told(moves: tuple[str, ...], language: str) -> Rules:
    """The rules of a scene's motions. Those of the second of two are named `2.…`, of the first `1.…`."""
    speech = chinese if language == "zh" else english
    if len(moves) == 1:
        (move,) = moves
        own = speech.OF_ONE.get(move, ())
        if move in world.DIRECTIONS:
            own = (*own, *speech.OF_ONE["way"])
        # A sentence in five is one that only this motion can be told by.
        common = speech.ONE * (len(own) * 4 // len(speech.ONE) or 1)
        return {**speech.SHARED, **speech.of(move), "sentence": (*common, *own)}
    staged = {
        f"{number}.{name}": tuple(_numbered(each, number, theirs) for each in alternatives)
        for number, move in enumerate(moves, 1)
        for theirs in [speech.of(move)]
        for name, alternatives in theirs.items()
    }
    return {**speech.SHARED, **staged, "sentence": speech.TWO}


def _numbered(text: str, number: int, theirs: Rules) -> str:
    """References to a motion's own rules as those to the rules of motion `number` of two."""
    return REFERENCE.sub(
        lambda name: f"{{{number}.{name[1]}}}" if name[1] in theirs else name[0], text
    )


@cache
def _kept_aside() -> tuple[str, ...]:
    return tuple(json.loads(KEPT_ASIDE.read_text(encoding="utf-8")))


@cache
def _names(colour: str, shape: str) -> re.Pattern[str]:
    """Every way to name a subject, the longest first."""
    shapes = captions.CHINESE_SHAPES[shape]
    chinese_colour = captions.CHINESE_COLOURS[colour]
    named = {
        each.format(C=hue, shape=name)
        for subjects, hue, names in (
            (english.SHARED["S"], colour, (shape,)),
            (chinese.SHARED["S"], chinese_colour, shapes),
        )
        for each in subjects
        for name in names
    }
    ordered = sorted(named, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, ordered)), re.IGNORECASE)
