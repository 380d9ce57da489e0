"""The scorer hears motions told in very many ways, and in none that is kept aside to ask it about."""

import json
import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from pipeline.toy import captions, choosing, world
from pipeline.toy.phrasings import writing
from pipeline.toy.phrasings.rules import REFERENCE, Rules
from pipeline.toy.world import Scene
from tests.benchmarks.toy_world import keep_aside

SCENE = Scene("red", "circle", "cream", "plain", (32.0, 32.0), 10.0, ("left",))
STAGED = [(one, other) for one in world.CHANGES for other in world.CHANGES if one != other]


class Recogniser:
    """Whether a grammar writes a text, and by which of its alternatives."""

    def __init__(self, rules: Rules, text: str) -> None:
        self._rules, self._text = rules, writing.bare(text)
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
        if not self._text.startswith(writing.bare(said), begin):
            return
        begin += len(writing.bare(said))
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


@pytest.mark.parametrize("file", keep_aside.SETS, ids=lambda file: file.stem)
def test_no_wording_that_is_kept_aside_is_a_caption_of_training(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Says of those that are how many, and not which: who writes the grammar must not know them."""
    taught = 0
    for each in json.loads(file.read_text(encoding="utf-8")):
        for colour, shape in world.PAIRS:
            scene = replace(SCENE, colour=colour, shape=shape, moves=(each["motion"],))
            for name in named(scene, each["language"]):
                written = iter([each["wording"].format(name).upper(), "another"])
                monkeypatch.setattr(writing, "_any", lambda scene, rng, said=written: next(said))
                taught += writing.for_scorer(scene, random.Random(1)) != "another"
    assert not taught, "run python -m tests.benchmarks.toy_world.keep_aside, and train again"


def test_what_is_kept_aside_is_what_the_benchmark_asks() -> None:
    kept = json.loads(writing.KEPT_ASIDE.read_text(encoding="utf-8"))
    assert len(kept) >= 40
    # No more is told: who writes the grammar must not see them.
    assert (kept == keep_aside.skeletons()) is True, (
        "python -m tests.benchmarks.toy_world.keep_aside"
    )


def test_nothing_longer_that_says_it_is_a_caption_either() -> None:
    kept = json.loads(writing.KEPT_ASIDE.read_text(encoding="utf-8"))
    for each in kept[:5]:
        for text in ("the red circle", "The circle in RED", "一个红色的圆形"):
            assert writing.is_kept_aside("look, " + each.replace("§", text) + " slowly.", SCENE)


def test_other_captions_are_not_kept_aside() -> None:
    rng = random.Random(4)
    scenes = [choosing.choose_for_training(rng) for _ in range(1000)]
    aside = [writing.is_kept_aside(writing.wide_english(each, rng), each) for each in scenes]
    assert sum(aside) < 50
    assert not any(writing.is_kept_aside(captions.short(each), each) for each in scenes)
    assert not any(writing.is_kept_aside(captions.short_chinese(each), each) for each in scenes)


def test_the_scorer_is_taught_by_many_more_captions_than_the_model() -> None:
    def told(write: Callable[[Scene, random.Random], str]) -> set[str]:
        return {writing.bare(write(SCENE, random.Random(seed))) for seed in range(2000)}

    assert len(told(writing.for_scorer)) > 5 * len(told(captions.for_training))
    assert told(captions.english) & told(writing.for_scorer)


def test_a_staged_caption_tells_the_first_motion_and_the_second() -> None:
    rng = random.Random(6)
    for moves in STAGED:
        scene, other = replace(SCENE, moves=moves), replace(SCENE, moves=moves[::-1])
        for language, wide in (("en", writing.wide_english), ("zh", writing.wide_chinese)):
            text = wide(scene, rng)
            assert "{" not in text
            assert not written_by(text, other, language), text


def named(scene: Scene, language: str) -> list[str]:
    """The subject as the benchmark names it."""
    if language == "en":
        return [f"the {scene.colour} {scene.shape}"]
    shapes = captions.CHINESE_SHAPES[scene.shape]
    return [captions.CHINESE_COLOURS[scene.colour] + shape for shape in shapes]
