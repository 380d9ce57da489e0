"""A film of the farm opens in ComfyUI: its graph is where ComfyUI looks, beside all else that it says."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from farm.delivery.ai_labels.marking import Mark, WithholdRecipe
from farm.delivery.ai_labels.values import Origin
from farm.delivery.comfy_graph import ComfyGraph, film_name
from farm.delivery.film_boxes import described, rewrite
from farm.delivery.plan import Plan
from farm.delivery.steps import make
from farm.errors import Refused
from pipeline.clips.encode import metadata_of, read
from pipeline.comfy import files, reading
from pipeline.profiles import profile
from pipeline.recipe import Recipe

TOY = profile.load("toy")
Sealed = Callable[..., Path]


def recipe(prompt: str = 'a "red" (round) hat; 红 \\ = #\nsecond line', **more: object) -> Recipe:
    values: dict[str, object] = {
        "still": "ab" * 32, "prompt": prompt, "negative": "blurry", "seed": 8, "steps": 8, "cfg_high": 3.0,
        "cfg_low": 3.0, "width": 192, "height": 112, "frames": 21, "fps": 8, "profile": "toy",
        "revision": TOY.revision,
    }  # fmt: skip
    return Recipe.from_dict(values | more)


def sealed_with(sealed: Sealed, made_by: Recipe) -> Path:
    text = json.dumps(made_by.as_dict(), ensure_ascii=False)
    return sealed(recipe=text, comment=text)


def mark(take: int = 2) -> ComfyGraph:
    return ComfyGraph("sh010", take, TOY.revision, profile.load)


@pytest.mark.parametrize("letters", [20, 1_000, 20_000])
def test_the_graph_is_read_back_whole_and_everything_else_stays(
    sealed: Sealed, tmp_path: Path, letters: int
) -> None:
    """Longer than a command line may be, too: 128 KiB; and the prompt stands in it several times."""
    wanted = recipe("红" * letters)
    source, to = sealed_with(sealed, wanted), tmp_path / "to.mp4"

    made = make(source, to, [mark()])

    assert [step.name for step in made.steps] == ["graph"]
    told = metadata_of(to)
    for key in ("workflow", "prompt"):
        found = reading.read(files.opened(told[key]).graph)
        assert (found.prompt, found.seed, found.frames) == (wanted.prompt, 8, 21)
        assert found.still == f"{wanted.still}.png"
    assert "nodes" in json.loads(told["workflow"])
    assert json.loads(told["recipe"]) == wanted.as_dict()
    assert told["title"] == "spring/sh010 take 2"
    assert np.array_equal(read(to), read(source))


def test_it_stands_with_the_label_and_makes_the_same_bytes_again(
    sealed: Sealed, tmp_path: Path
) -> None:
    source = sealed_with(sealed, recipe())
    origin = Origin(
        production="spring", shot="sh010", take=2, attempt=1, sha256="0" * 64, producer=""
    )
    films = [tmp_path / name for name in ("one.mp4", "two.mp4")]
    for film in films:
        make(source, film, [mark(), Mark(origin)])
    said = described(films[0])
    assert {"workflow", "prompt", "recipe", "AIGC"} <= set(said.tags)
    assert said.xmp
    assert films[0].read_bytes() == films[1].read_bytes()


def test_films_without_a_recipe_or_of_another_profile_are_refused(
    sealed: Sealed, tmp_path: Path
) -> None:
    bare = sealed(recipe="{}", comment="no recipe")
    with pytest.raises(Refused, match="no recipe inside"):
        make(bare, tmp_path / "to.mp4", [mark()])
    with pytest.raises(Refused, match="no recipe inside"):
        make(sealed_with(lambda **tags: sealed("b.mp4", **tags), recipe()), tmp_path / "to.mp4",
             [WithholdRecipe(), mark()])  # fmt: skip
    old = sealed_with(lambda **tags: sealed("c.mp4", **tags), recipe(revision="0" * 12))
    with pytest.raises(Refused, match=r"revision .* without --comfy"):
        make(old, tmp_path / "to.mp4", [mark()])
    text = tmp_path / "text.mp4"
    text.write_text("no film")
    with pytest.raises(Refused, match="cannot be put into it"):
        mark()(text, tmp_path / "to.mp4")
    assert not (tmp_path / "to.mp4").exists()


def test_a_take_of_servers_gets_no_graph_that_would_not_make_it(
    sealed: Sealed, tmp_path: Path
) -> None:
    """Of its own files and nodes the farm's graph knows nothing."""
    servers = TOY.engine.model_copy(
        update={"kind": "comfyui", "servers": ("http://render1:8188",), "version": "1"}
    )
    theirs = TOY.model_copy(update={"engine": servers})
    film = sealed_with(sealed, recipe(revision=theirs.revision))
    with pytest.raises(Refused, match=r"rendered on ComfyUI servers.*deliver without --comfy"):
        make(film, tmp_path / "to.mp4", [ComfyGraph("sh010", 1, "", lambda _: theirs)])


def test_no_recipe_and_a_graph_exclude_each_other() -> None:
    with pytest.raises(Refused, match="--no-recipe"):
        Plan(comfy=True, no_recipe=True)
    assert Plan.of(Plan(comfy=True).as_dict()) == Plan(comfy=True)


@pytest.mark.parametrize(
    ("shot", "name"),
    [("sh010", "shotfarm/sh010_t02"), ("../镜头 7", "shotfarm/7_t02"), ("镜", "shotfarm/shot_t02")],
)
def test_what_comfyui_calls_its_films_is_plain(shot: str, name: str) -> None:
    assert film_name(shot, 2) == name


def test_no_text_is_too_long_for_a_film(sealed: Sealed, tmp_path: Path) -> None:
    """A command line holds 128 KiB, and a studio's own workflow more."""
    for letters in (1_000, 130_000, 700_000):
        to = tmp_path / f"{letters}.mp4"
        workflow = json.dumps({"nodes": ["红=;#\\\n" * (letters // 7)]}, ensure_ascii=False)
        rewrite(sealed(f"{letters}.mp4"), to, {"workflow": workflow})
        assert metadata_of(to)["workflow"] == workflow
