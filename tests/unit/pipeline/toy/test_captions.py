"""Captions say what their scene does, in both languages, and clutter falls away rung by rung."""

import random
from dataclasses import replace

import pytest

from pipeline.toy import captions, choosing, world
from pipeline.toy.world import Scene

SCENE = Scene("red", "circle", "cream", "plain", (32.0, 32.0), 10.0, ("left",))
STAGED = replace(SCENE, moves=("up", "left"))


def test_the_short_caption_is_the_plainest() -> None:
    assert captions.short(SCENE) == "The red circle moves left."
    assert captions.short(STAGED) == "The red circle moves up, then moves left."
    assert captions.short_chinese(SCENE) == "红色圆形向左移动。"
    assert captions.short_chinese(STAGED) == "红色圆形先向上移动，再向左移动。"


@pytest.mark.parametrize("motion", world.MOTIONS)
def test_every_scene_has_captions_in_english_and_chinese(motion: str) -> None:
    rng = random.Random(motion)
    for colour, shape in world.PAIRS * 5:
        scene = replace(SCENE, colour=colour, shape=shape, moves=(motion,))
        english, chinese = captions.english(scene, rng), captions.chinese(scene, rng)
        assert f"{colour} {shape}" in english
        assert any(act in english for act in captions.ENGLISH[motion])
        assert captions.CHINESE_COLOURS[colour] in chinese
        assert any(name in chinese for name in captions.CHINESE_SHAPES[shape])
        assert any(act in chinese for act in captions.CHINESE[motion])


def test_a_staged_caption_names_both_motions_in_their_order() -> None:
    rng = random.Random(1)
    for _ in range(50):
        english, chinese = captions.english(STAGED, rng), captions.chinese(STAGED, rng)
        assert first_of(english, captions.ENGLISH["up"]) < first_of(
            english, captions.ENGLISH["left"]
        )
        assert first_of(chinese, captions.CHINESE["up"]) < first_of(
            chinese, captions.CHINESE["left"]
        )


def first_of(text: str, phrases: tuple[str, ...]) -> int:
    (place,) = {text.index(phrase) for phrase in phrases if phrase in text}
    return place


def test_no_two_motions_are_said_alike() -> None:
    for said in (captions.ENGLISH, captions.CHINESE):
        phrases = [phrase for each in said.values() for phrase in each]
        assert len(phrases) == len(set(phrases))


def test_a_caption_is_the_same_for_the_same_seed() -> None:
    for write in (captions.english, captions.chinese, captions.cluttered, captions.for_training):
        assert write(SCENE, random.Random(5)) == write(SCENE, random.Random(5))
        assert len({write(SCENE, random.Random(seed)) for seed in range(40)}) > 3


def test_clutter_falls_away_rung_by_rung_to_the_wish() -> None:
    praised, described, wish = (
        captions.cluttered(STAGED, random.Random(6), rung) for rung in range(3)
    )
    assert wish == captions.short(STAGED)
    assert praised.endswith(described)
    assert wish in described
    assert len(praised) > len(described) > len(wish)
    assert any(praise in praised for praise in captions.PRAISE)
    assert any(static in described for static in captions.STATIC)
    assert any(second in described for second in captions.SECOND)


def test_training_captions_are_of_both_languages_and_never_cluttered() -> None:
    rng = random.Random(7)
    written = [captions.for_training(choosing.choose_for_training(rng), rng) for _ in range(1000)]
    assert 0.2 < sum(not text.isascii() for text in written) / 1000 < 0.6
    clutter = (*captions.PRAISE, *captions.STATIC, *captions.SECOND)
    assert not any(part in text for part in clutter for text in written)


def test_a_wrong_scene_is_captioned_as_another_wish() -> None:
    rng = random.Random(8)
    assert captions.short(choosing.wrong(SCENE, "motion", rng)) != captions.short(SCENE)
    subject = captions.short(choosing.wrong(SCENE, "subject", rng))
    assert "red" not in subject
    assert "circle" not in subject
    assert "moves left" in subject
