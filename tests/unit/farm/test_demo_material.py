"""The demo's shot list and stills are whole, small, and what the drawing script makes."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from farm import demo, shotlist
from farm.demo import draw_stills
from farm.domain.shot import NewShot
from farm.shotlist.rows import ShotRow
from pipeline.models import text_reader
from pipeline.profiles.profile import load
from pipeline.prompts.simplify import simplify
from pipeline.toy import captions, choosing, world
from pipeline.toy.world import Scene

SHOTS = shotlist.read(demo.folder() / "shots.csv")
WISHES = [shot.code for shot in SHOTS.rows]
CLUTTERED = ("sh090", "sh100", "sh110")
WRONG_SUBJECT = ("sh120", "sh130")
NO_ROOM = "sh140"
LOSES_ITS_NAME = demo.LETTERED[1]


def shot_of(code: str) -> ShotRow:
    (shot,) = (shot for shot in SHOTS.rows if shot.code == code)
    return shot


def scene_of(code: str) -> Scene:
    """What the still of a shot was drawn from; one still is asked for two things."""
    scene = draw_stills.SCENES[shot_of(code).image.stem]
    return replace(scene, moves=("grow",)) if code == LOSES_ITS_NAME else scene


def test_the_shot_list_reads_without_problems() -> None:
    assert SHOTS.problems == ()
    assert [shot.code for shot in SHOTS.rows] == [f"sh{number:03}" for number in range(10, 180, 10)]


def test_it_shows_what_a_list_may_hold() -> None:
    assert any(shot.alternates for shot in SHOTS.rows)
    assert any(shot.must_keep for shot in SHOTS.rows)
    assert len({shot.priority for shot in SHOTS.rows}) > 1
    assert sum(not shot.prompt.isascii() for shot in SHOTS.rows) == 3


@pytest.mark.parametrize("code", [code for code in WISHES if code not in WRONG_SUBJECT])
def test_a_prompt_asks_for_what_its_still_was_drawn_to_do(code: str) -> None:
    scene, prompt = scene_of(code), shot_of(code).prompt
    if prompt.isascii():
        said, names = captions.ENGLISH, (f"{scene.colour} {scene.shape}",)
    else:
        said, names = captions.CHINESE, captions.CHINESE_SHAPES[scene.shape]
        assert captions.CHINESE_COLOURS[scene.colour] in prompt
    assert any(name in prompt for name in names)
    at = 0
    for move in scene.moves:
        places = [prompt.find(phrase, at) for phrase in said[move]]
        assert max(places) >= at, f"{code} does not say {move}"
        at = max(places) + 1


@pytest.mark.parametrize("code", WRONG_SUBJECT)
def test_a_misfit_names_neither_the_colour_nor_the_shape_of_its_still(code: str) -> None:
    scene, prompt = scene_of(code), shot_of(code).prompt
    assert scene.colour not in prompt
    assert scene.shape not in prompt


def test_an_alternate_shows_what_its_prompt_names() -> None:
    (shot,) = (shot for shot in SHOTS.rows if shot.alternates)
    (alternate,) = shot.alternates
    assert alternate.stem.replace("_", " ") in shot.prompt


def test_the_picture_has_room_for_what_is_asked_but_once() -> None:
    cramped = [code for code in WISHES if not world.fits(scene_of(code), margin=-choosing.OVERHANG)]
    assert cramped == [NO_ROOM]
    assert world.fits(replace(scene_of(NO_ROOM), moves=("rest",)))


@pytest.mark.parametrize("code", CLUTTERED)
def test_a_cluttered_prompt_is_simplified_to_its_wish(code: str) -> None:
    scene, prompt = scene_of(code), shot_of(code).prompt
    assert len(prompt) > 100
    assert simplify(prompt, "L3").text == captions.short(scene)


@pytest.mark.parametrize("code", [code for code in WISHES if code not in CLUTTERED])
def test_a_prompt_without_clutter_loses_no_praise(code: str) -> None:
    assert simplify(shot_of(code).prompt, "L1").text == shot_of(code).prompt


def test_every_must_keep_word_stands_in_its_prompt_or_on_its_product() -> None:
    for shot in SHOTS.rows:
        written = draw_stills.WORDS.get(shot.image.stem, "")
        assert all(word in shot.prompt or word == written for word in shot.must_keep), shot.code


def test_the_shots_of_a_product_with_a_name_insist_on_it_and_have_it_read() -> None:
    for shot in SHOTS.rows:
        lettered = shot.code in demo.LETTERED
        assert shot.profile == (demo.LETTERED_PROFILE if lettered else None)
        assert (shot.image.stem in draw_stills.WORDS) is lettered
        assert load(shot.profile or "toy").lettering.read is lettered


def test_the_name_on_the_product_can_be_read() -> None:
    still = np.asarray(Image.open(demo.folder() / "stills" / "tea.png").convert("RGB"))
    reader = text_reader.load()
    assert [line.text for line in reader.read(still, reader.find(still))] == ["TEA"]


def test_every_shot_can_be_prepared_and_only_the_one_without_room_is_remarked() -> None:
    drawn = shotlist.prepare(
        "shots.csv", SHOTS.rows, demo.PRODUCTION, lambda name: load(name or "toy"), None
    )
    shots = [each for each in drawn if isinstance(each, NewShot)]

    assert len(shots) == 17, "every row is a shot"
    told = {shot.code: [finding.code for finding in shot.findings] for shot in shots}
    assert {code: codes for code, codes in told.items() if codes} == {"sh140": ["still.no_room"]}
    sizes = {shot.code: (shot.recipe.width, shot.recipe.height) for shot in shots}
    assert {sizes.pop(code) for code in demo.LETTERED} == {(96, 96)}
    assert {*sizes.values()} == {(64, 64)}


def test_every_still_is_used_and_small() -> None:
    used = {path for shot in SHOTS.rows for path in (shot.image, *shot.alternates)}
    stills = set((demo.folder() / "stills").resolve().iterdir())

    assert stills == used
    assert all(path.stat().st_size < 20_000 for path in stills)


def test_the_script_draws_the_stills_that_came_with_it(tmp_path: Path) -> None:
    drawn = draw_stills.main(tmp_path)

    assert len(drawn) == 17
    for path in drawn:
        fresh, kept = (
            np.asarray(Image.open(place / path.name)).astype(int)
            for place in (tmp_path, demo.folder() / "stills")
        )
        assert fresh.shape == kept.shape == (256, 256, 3)
        assert abs(fresh - kept).max() <= 2, path.name
