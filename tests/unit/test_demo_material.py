"""The demo's shot list and stills are whole, small, and what the drawing script makes."""

from pathlib import Path

import numpy as np
from PIL import Image

from farm import demo, shotlist
from farm.demo import draw_stills
from pipeline.profile import load

SHOTS = shotlist.read(demo.folder() / "shots.csv")


def test_the_shot_list_reads_without_problems() -> None:
    assert SHOTS.problems == ()
    assert [shot.code for shot in SHOTS.rows] == [f"sh{number:03}" for number in range(10, 150, 10)]


def test_it_shows_what_a_list_may_hold() -> None:
    assert any(shot.alternates for shot in SHOTS.rows)
    assert any(shot.must_keep for shot in SHOTS.rows)
    assert len({shot.priority for shot in SHOTS.rows}) > 1
    assert sum(not shot.prompt.isascii() for shot in SHOTS.rows) == 2
    assert sum(len(shot.prompt) > 200 for shot in SHOTS.rows) == 2


def test_every_must_keep_word_stands_in_its_prompt() -> None:
    for shot in SHOTS.rows:
        assert all(word in shot.prompt for word in shot.must_keep), shot.code


def test_every_shot_can_be_prepared_for_the_toy_without_a_remark() -> None:
    shots, problems = shotlist.prepare(SHOTS, demo.PRODUCTION, lambda _: load("toy"), None)

    assert problems == []
    assert [shot.findings for shot in shots] == [()] * 14
    assert {(shot.recipe.width, shot.recipe.height) for shot in shots} == {(64, 64)}


def test_every_still_is_used_and_small() -> None:
    used = {path for shot in SHOTS.rows for path in (shot.image, *shot.alternates)}
    stills = set((demo.folder() / "stills").resolve().iterdir())

    assert stills == used
    assert all(path.stat().st_size < 20_000 for path in stills)


def test_the_script_draws_the_stills_that_came_with_it(tmp_path: Path) -> None:
    drawn = draw_stills.main(tmp_path)

    assert len(drawn) == 15
    for path in drawn:
        fresh, kept = (
            np.asarray(Image.open(place / path.name)).astype(int)
            for place in (tmp_path, demo.folder() / "stills")
        )
        assert fresh.shape == kept.shape == (256, 256, 3)
        assert abs(fresh - kept).max() <= 2, path.name
