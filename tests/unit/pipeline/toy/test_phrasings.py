"""The scorer hears motions told in very many ways, and in none that is kept aside to ask it about."""

import json
import random
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from pipeline.toy import captions, choosing, world
from pipeline.toy.phrasings import writing
from pipeline.toy.phrasings.rules import REFERENCE, Rules
from pipeline.toy.world import Scene

SCENE = Scene("red", "circle", "cream", "plain", (32.0, 32.0), 10.0, ("left",))
STAGED = [(one, other) for one in world.CHANGES for other in world.CHANGES if one != other]
KEPT_ASIDE = sorted(Path("tests/benchmarks/toy_world").glob("wordings*.json"))


def bare(text: str) -> str:
    """Without case, marks and spaces."""
    return re.sub(r"[\W_]+", "", text.lower())


class Recogniser:
    """Whether a grammar writes a text, and by which of its alternatives."""

    def __init__(self, rules: Rules, text: str) -> None:
        self._rules, self._text = rules, bare(text)
        self._ends = cache(self._ends_anew)

    def written_by(self, start: str = "sentence") -> list[str]:
        """The alternatives of one way to write it, as `rule: alternative`; none where it cannot."""
        for end, pieces in self._ends(start, 0):
            if end == len(self._text):
                return pieces
        return []

    def _ends_anew(self, rule: str, begin: int) -> list[tuple[int, list[str]]]:
        found: dict[int, list[str]] = {}
        for alternative in dict.fromkeys(self._rules[rule]):
            for end, pieces in self._through(REFERENCE.split(alternative), begin):
                found.setdefault(end, [f"{rule}: {alternative}", *pieces])
        return [*found.items()]

    def _through(self, parts: list[str], begin: int) -> Iterator[tuple[int, list[str]]]:
        """Text, rule, text, rule, …, text."""
        said, *rest = parts
        if not self._text.startswith(bare(said), begin):
            return
        begin += len(bare(said))
        if not rest:
            yield begin, []
            return
        rule, *later = rest
        for middle, pieces in self._ends(rule, begin):
            for end, others in self._through(later, middle):
                yield end, [*pieces, *others]


def written_by(text: str, scene: Scene, language: str) -> list[str]:
    return Recogniser(writing.rules(scene, language), text).written_by()


@pytest.mark.parametrize("moves", [*((move,) for move in world.MOTIONS), ("left", "grow")])
def test_what_the_grammar_writes_is_recognised_as_its_own_and_no_other_motion_s(
    moves: tuple[str, ...],
) -> None:
    rng = random.Random(str(moves))
    scene = replace(SCENE, moves=moves)
    for language, wide in (("en", writing.wide_english), ("zh", writing.wide_chinese)):
        for _ in range(20):
            text = wide(scene, rng)
            assert written_by(text, scene, language), text
            assert not written_by(text + " indeed", scene, language)


def test_no_sentence_of_a_motion_is_one_of_another() -> None:
    rng = random.Random(3)
    for _ in range(150):
        scene = choosing.choose(rng)
        other = choosing.wrong(scene, "motion", rng)
        for language, wide in (("en", writing.wide_english), ("zh", writing.wide_chinese)):
            text = wide(scene, rng)
            assert not written_by(text, other, language), text


@pytest.mark.parametrize("file", KEPT_ASIDE, ids=lambda file: file.stem)
def test_no_wording_that_is_kept_aside_comes_out_of_the_grammar(file: Path) -> None:
    """Says of those that do by which alternatives, so that one can be dropped, and not what they are."""
    collisions: list[list[str]] = []
    for each in json.loads(file.read_text(encoding="utf-8")):
        for colour, shape in world.PAIRS:
            scene = replace(SCENE, colour=colour, shape=shape, moves=(each["motion"],))
            for name in named(scene, each["language"]):
                text = each["wording"].format(name)
                collisions.append(written_by(text, scene, each["language"]))
    pieces = sorted({tuple(found) for found in collisions if found})
    assert not pieces, f"{len(pieces)} ways"


def named(scene: Scene, language: str) -> list[str]:
    """The subject as the benchmark names it."""
    if language == "en":
        return [f"the {scene.colour} {scene.shape}"]
    shapes = captions.CHINESE_SHAPES[scene.shape]
    return [captions.CHINESE_COLOURS[scene.colour] + shape for shape in shapes]
