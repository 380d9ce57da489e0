"""A film is labelled in its file and its recipe taken out; its frames are bit for bit what they were."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from farm.delivery import film_boxes
from farm.delivery.ai_labels import marking
from farm.delivery.ai_labels.marking import Mark, WithholdRecipe, holds_any
from farm.delivery.ai_labels.values import KEY, Origin
from farm.delivery.steps import Maker, make
from farm.errors import Refused
from pipeline.clips.encode import metadata_of, read
from tests.unit.farm.delivery.conftest import RECIPE, TAGS

ORIGIN = Origin(
    production="spring", shot="镜头01", take=2, attempt=3, sha256="ab" * 32, producer="The studio"
)


def words_in(film: Path) -> bytes:
    return film.read_bytes()


@pytest.mark.parametrize("makers", [[Mark(ORIGIN)], [WithholdRecipe(), Mark(ORIGIN)]])
def test_another_program_reads_the_label_and_the_frames_are_the_same(
    sealed: Callable[..., Path], tmp_path: Path, makers: list[Maker]
) -> None:
    clip, to = sealed(), tmp_path / "to.mp4"

    made = make(clip, to, makers)

    label = json.loads(metadata_of(to)[KEY])
    assert (label["Label"], label["ProduceID"]) == ("1", "spring/镜头01/2/3")
    assert label["ContentProducer"] == "The studio"
    assert b"digitalsourcetype/trainedAlgorithmicMedia" in words_in(to)
    assert np.array_equal(read(to), read(clip))
    assert made.film.fps == 8
    assert [step.name for step in made.steps] == [each.wanted.name for each in makers]


def test_a_label_leaves_the_recipe_inside(sealed: Callable[..., Path], tmp_path: Path) -> None:
    make(sealed(), tmp_path / "to.mp4", [Mark(ORIGIN)])
    found = metadata_of(tmp_path / "to.mp4")
    assert {key: found[key] for key in TAGS} == TAGS


def test_a_film_carries_one_label_however_often_it_is_labelled(
    sealed: Callable[..., Path], tmp_path: Path
) -> None:
    once, twice = tmp_path / "once.mp4", tmp_path / "twice.mp4"
    make(sealed(), once, [Mark(ORIGIN)])
    make(once, twice, [Mark(ORIGIN)])
    assert once.read_bytes() == twice.read_bytes()
    assert words_in(twice).count(b"trainedAlgorithmicMedia") == 1


def test_prompt_and_recipe_are_gone_and_the_title_stays(
    sealed: Callable[..., Path], tmp_path: Path
) -> None:
    to = tmp_path / "to.mp4"
    make(sealed(director="a secret note"), to, [WithholdRecipe()])
    own = {key: text for key, text in metadata_of(to).items() if "brand" not in key}
    own.pop("minor_version")
    assert own == {"title": TAGS["title"]}
    for words in (RECIPE, "红色圆形", "rolls to the left", "815", "secret note"):
        assert words.encode() not in words_in(to)


def test_what_is_left_of_a_recipe_is_found_and_nothing_is_delivered(
    sealed: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clip = sealed()
    write = film_boxes.rewrite

    def leaves_a_trace(source: Path, to: Path, *arguments: object) -> None:
        write(source, to, *arguments)  # type: ignore[arg-type]
        with to.open("ab") as file:
            file.write(film_boxes._box(b"free", RECIPE.encode()))

    monkeypatch.setattr(film_boxes, "rewrite", leaves_a_trace)
    with pytest.raises(Refused, match="what it said of itself is still there"):
        make(clip, tmp_path / "to.mp4", [WithholdRecipe()])
    monkeypatch.setattr(film_boxes, "rewrite", lambda source, to, tags: write(source, to, TAGS))
    with pytest.raises(Refused, match="the key comment is still there"):
        make(clip, tmp_path / "to.mp4", [WithholdRecipe()])
    assert not (tmp_path / "to.mp4").exists()


@pytest.mark.parametrize("maker", [Mark(ORIGIN), WithholdRecipe()])
def test_what_is_no_film_is_refused_in_words(tmp_path: Path, maker: Maker) -> None:
    (tmp_path / "clip.mp4").write_bytes(b"no film, but a text that is long enough for a box")
    with pytest.raises(Refused, match="it is no MP4 or QuickTime film"):
        maker(tmp_path / "clip.mp4", tmp_path / "to.mp4")


def test_words_are_found_across_the_pieces_that_a_file_is_read_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(marking, "BLOCK", 10)
    film = tmp_path / "film"
    for place in range(30):
        film.write_bytes(b"." * place + b"the prompt" + b"." * (30 - place))
        assert holds_any(film, [b"another one", b"the prompt"])
    assert not holds_any(film, [b"the prompts"])
    assert not holds_any(film, [])
