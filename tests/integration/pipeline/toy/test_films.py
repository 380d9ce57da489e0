"""The scorer learns from films of the shipped model, with the truth about them, and from drawn clips."""

import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipeline.models import builtin
from pipeline.toy import choosing, world
from pipeline.toy.training import codec, films, scorer, scorer_pictures, ship, unpack
from pipeline.toy.training.films import NOT_SURE, Film
from pipeline.toy.training.scorer_pictures import Picture
from pipeline.toy.training.workshop import Workshop
from pipeline.toy.world import Scene

SHIPPED = builtin.folder("builtin:toy-i2v").parent
SCENE = Scene("red", "circle", "cream", "plain", (32.0, 32.0), 10.0, ("left",))
STAGED = replace(SCENE, moves=("left", "grow"))


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    """A workshop with the shipped model's parts and a few films."""
    made = Workshop(tmp_path_factory.mktemp("films"))
    unpack.unpack(SHIPPED, made)
    films.make(made, 10)
    return made


@pytest.mark.long
def test_shipped_parts_put_together_again_are_the_shipped_model(
    workshop: Workshop, tmp_path: Path
) -> None:
    ship.ship_i2v(workshop, tmp_path / "toy-i2v")
    for part in ("transformer", "transformer_2", "text_encoder"):
        (own,) = (tmp_path / "toy-i2v" / part).glob("*.safetensors")
        assert own.read_bytes() == (SHIPPED / "toy-i2v" / part / own.name).read_bytes()


@pytest.mark.long
def test_films_are_of_scenes_that_training_may_see_and_tell_the_truth(workshop: Workshop) -> None:
    made = films.take(workshop)
    assert len(made) == 10
    for film in made:
        assert (film.scene.colour, film.scene.shape) in world.SEEN
        assert film.strip.shape == (3, 4, 64, 64)
        assert 0 <= float(film.strip.min()) <= float(film.strip.max()) <= 1
        assert film.kept[0]
        assert not film.shown or film.kept[-1]
    done = [film.scene.moves in film.shown for film in made]
    assert 2 <= sum(done) < 10


@pytest.mark.long
def test_the_same_films_are_made_again(workshop: Workshop, tmp_path: Path) -> None:
    import torch

    again = Workshop(tmp_path)
    unpack.unpack(SHIPPED, again)
    films.make(again, 8)
    for one, other in zip(films.take(again), films.take(workshop), strict=False):
        assert (one.scene, one.shown) == (other.scene, other.shown)
        assert torch.allclose(one.strip, other.strip, atol=0.05)


def test_a_mirrored_film_moves_the_other_way() -> None:
    import torch

    strip = torch.rand(3, 4, 64, 64)
    film = Film(STAGED, (("left", "grow"), NOT_SURE), (True,) * 4, strip)
    other = films.mirrored(film)
    assert other.scene.moves == ("right", "grow")
    assert other.shown == (("right", "grow"), NOT_SURE)
    assert torch.equal(other.strip[..., 0], strip[..., -1])
    assert films.mirrored(other).shown == film.shown


def moving(*moves: str) -> Scene:
    return replace(SCENE, moves=moves)


def test_a_caption_is_right_wrong_or_nobody_can_say() -> None:
    whole = Picture(SCENE, (("left",),))
    assert whole.is_right(SCENE)
    assert whole.is_right(moving("right")) is False
    assert whole.is_right(replace(SCENE, colour="blue")) is False
    halves = Picture(STAGED, (("left", "grow"), NOT_SURE))
    assert halves.is_right(STAGED)
    assert halves.is_right(moving("left")) is None
    assert halves.is_right(moving("grow", "left")) is False
    assert Picture(SCENE, ()).is_right(SCENE) is False
    assert Picture(SCENE, None).is_right(moving("up"))


def test_a_clip_that_falters_shows_too_little_or_one_of_two() -> None:
    rng, faltering = random.Random(2), []
    for _ in range(200):
        scene = choosing.choose_for_training(rng)
        clock = scorer_pictures._clock(scene, rng)
        drawn = scorer_pictures._drawn(scene, clock)
        if clock == scorer_pictures.WHOLE:
            assert drawn.is_right(scene)
            continue
        faltering.append(drawn)
        assert drawn.is_right(scene) is (scene.moves == ("rest",))
        assert drawn.places == tuple(world.path(scene, [clock[at] for at in scorer.STRIP]))
    assert 20 < len(faltering) < 70


@pytest.mark.long
def test_a_lesson_has_stills_and_clips_drawn_and_filmed(workshop: Workshop) -> None:
    made: Any = scorer_pictures.lesson(
        random.Random(3), codec.take(workshop), films.take(workshop), "cpu"
    )
    counts = scorer_pictures.STILLS, scorer_pictures.FILM_STILLS
    assert len(made.pictures) == sum(counts) + scorer_pictures.CLIPS + scorer_pictures.FILMS
    assert made.looks.shape == (len(made.pictures), 3, scorer.SIDE, scorer.SIDE)
    assert all(each.shown is None for each in made.pictures[: counts[0]])
