"""A take becomes a graph and a canvas that say the same; a graph that was read becomes a profile."""

import csv
import io
import json
import tomllib
from dataclasses import replace

import pytest

from pipeline.comfy import canvas, classes, drawing, files, profiles, reading, writing
from pipeline.comfy.experts import Lora
from pipeline.comfy.flatten import flatten
from pipeline.comfy.graph import Node
from pipeline.comfy.reading import read
from pipeline.comfy.split import boundary
from pipeline.comfy.takes import OtherProfile, still_file, texts
from pipeline.comfy.writing import split_at
from pipeline.profiles import profile
from pipeline.profiles.profile import Profile
from pipeline.recipe import Recipe, Segment
from tests.unit.pipeline.comfy.conftest import OF_2025, WRITTEN, of_template_graph

WORDS = 'a (red) "hat"\n两只猫 \\ 100 %; #1 = {a|b}'


def recipe_of(made_by: Profile, **more: object) -> Recipe:
    values: dict[str, object] = {
        "still": "ab" * 32, "prompt": WORDS, "negative": "blurry (x)", "seed": 2**53 + 1, "steps": 20,
        "cfg_high": 3.5, "cfg_low": 3.0, "width": 832, "height": 480, "frames": 81, "fps": 16,
        "profile": made_by.name, "revision": made_by.revision,
    }  # fmt: skip
    return Recipe.from_dict(values | more)


@pytest.mark.parametrize("loras", [(), (Lora("a.safetensors", 0.5), Lora("b/c.safetensors", 1.0))])
def test_a_canvas_becomes_the_graph_that_it_was_drawn_of(loras: tuple[Lora, ...]) -> None:
    made = writing.graph(replace(WRITTEN, prompt=WORDS, high=loras, low=loras[:1]))
    drawn = json.loads(json.dumps(drawing.canvas(made, classes.known(), "one")))

    back = flatten(canvas.read(drawn), classes.known())

    assert back.doubts == {}
    assert set(back.graph) == set(made)
    for number, node in made.items():
        again = back.graph[number]
        assert (again.kind, again.title) == (node.kind, node.title)
        assert {name: again.inputs[name] for name in node.inputs} == node.inputs
    assert read(back.graph) == read(made)


def test_nodes_of_a_canvas_lie_apart() -> None:
    drawn = drawing.canvas(writing.graph(WRITTEN), classes.known(), "one")
    boxes = [(*node["pos"], *node["size"]) for node in drawn["nodes"]]
    for at, (left, top, width, height) in enumerate(boxes):
        for x, y, *_ in boxes[at + 1 :]:
            assert not (left <= x < left + width and top <= y < top + height)


@pytest.mark.parametrize(
    "name", ["wan2.2-i2v-a14b", "wan2.2-i2v-a14b-24gb", "wan2.2-i2v-a14b-draft", "toy"]
)
def test_a_take_is_read_as_it_was_made(name: str) -> None:
    made_by = profile.load(name)
    recipe = recipe_of(made_by, steps=made_by.sampler.steps)
    made = texts(recipe, made_by, "shotfarm/sh010_t01")
    for text in (made.workflow, made.prompt):
        opened = files.opened(text)
        found = reading.read(opened.graph, opened.doubts)
        assert found.honoured
        for field in (
            "prompt",
            "negative",
            "seed",
            "steps",
            "cfg_high",
            "cfg_low",
            "width",
            "height",
        ):
            assert getattr(found, field) == getattr(recipe, field)
        assert (found.frames, found.fps, found.still) == (81, 16, still_file(recipe))
        assert (found.shift, found.boundary) == (made_by.flow_shift, made_by.model.boundary)
        assert found.high
        assert found.low
        loras = [("high", each) for each in found.high.loras]
        loras += [("low", each) for each in found.low.loras]
        assert [(which, each.file, each.strength) for which, each in loras] == [
            (each.expert, each.file, each.strength) for each in made_by.model.loras
        ]
    assert made == texts(recipe, made_by, "shotfarm/sh010_t01")


def test_a_take_of_several_segments_is_its_first() -> None:
    made_by = profile.load("wan2.2-i2v-a14b")
    parts = (Segment(frames=49, seed=5, prompt="first"), Segment(frames=33, seed=6, prompt="then"))
    recipe = replace(recipe_of(made_by), segments=parts, frames=81, seed=5)
    made = texts(recipe, made_by, "x")
    found = reading.read(files.opened(made.prompt).graph)
    assert (found.prompt, found.frames, found.seed) == ("first", 49, 5)
    assert json.loads(made.workflow)["extra"]["shotfarm"]["segments"] == 2


def test_a_take_whose_profile_has_changed_is_no_graph() -> None:
    made_by = profile.load("wan2.2-i2v-a14b")
    with pytest.raises(OtherProfile, match="revision"):
        texts(recipe_of(made_by, revision="0" * 12), made_by, "x")


@pytest.mark.parametrize(
    ("shift", "steps", "parted"),
    [(5.0, 4, 2), (5.0, 6, 3), (5.0, 8, 3), (5.0, 20, 8), (5.0, 30, 11), (5.0, 40, 15),
     (8.0, 4, 2), (8.0, 8, 4), (8.0, 20, 10), (8.0, 30, 15), (8.0, 40, 19), (3.0, 6, 2)],
)  # fmt: skip
def test_wans_own_boundary_is_where_it_is_known_to_be(
    shift: float, steps: int, parted: int
) -> None:
    assert boundary(parted, steps, shift) == 0.9
    assert split_at(0.9, steps, shift) == parted


def test_another_split_is_a_boundary_between_its_steps() -> None:
    assert boundary(10, 20, 5.0) == 0.846
    assert boundary(0, 20, 5.0) is None
    assert boundary(20, 20, 5.0) is None
    for steps in (4, 7, 20):
        for parted in range(1, steps):
            found = boundary(parted, steps, 5.0)
            assert found is not None
            assert split_at(found, steps, 5.0) == parted


LIKE = profile.text_of("wan2.2-i2v-a14b")


def test_a_graph_becomes_a_profile_with_its_values() -> None:
    found = of_template_graph(OF_2025)
    made = Profile.model_validate(
        tomllib.loads(profiles.profile(found, LIKE, "mine", 'a "graph"\n.json', "loras"))
    )
    like = profile.load("wan2.2-i2v-a14b")
    assert (made.name, made.sampler.steps, made.model.boundary) == ("mine", 4, 0.9)
    assert (made.sampler.flow_shift, made.sampler.cfg_high, made.sampler.cfg_low) == (5.0, 1.0, 1.0)
    assert (made.sampler.solver_order, made.sampler.corrector) == (1, False)
    assert (made.frame.fps, made.frame.default_frames) == (16, 81)
    assert made.frame.areas[made.frame.area] == 640 * 640
    assert [(each.expert, each.file) for each in made.model.loras] == [
        (which, f"wan2.2_i2v_lightx2v_4steps_lora_v1_{which}_noise.safetensors")
        for which in ("high", "low")
    ]
    assert (made.match, made.clip, made.still, made.worker) == (
        like.match, like.clip, like.still, like.worker,
    )  # fmt: skip
    assert [rung.cfg_high for rung in made.ladder] == [None] * len(like.ladder)


def test_a_longer_graph_widens_what_the_profile_allows() -> None:
    found = replace(of_template_graph("video_wan2_2_14B_i2v.json"), frames=161)
    made = Profile.model_validate(
        tomllib.loads(profiles.profile(found, LIKE, "mine", "g", "loras"))
    )
    assert (made.frame.max_frames, made.frame.longest_frames) == (161, 161)
    assert [rung.cfg_high for rung in made.ladder] == [5.0, 7.0, 9.0]


def test_a_number_of_the_profile_is_read_whole() -> None:
    like = LIKE.replace("max_frames = 81", "max_frames = 1_21  # of ours")
    assert like != LIKE
    found = replace(of_template_graph("video_wan2_2_14B_i2v.json"), frames=81)
    text = profiles.profile(found, like, "mine", "g", "loras")
    assert Profile.model_validate(tomllib.loads(text)).frame.max_frames == 121


def test_a_profile_like_one_with_loras_has_the_graphs_alone() -> None:
    found = of_template_graph("video_wan2_2_14B_i2v.json")
    text = profiles.profile(found, profile.text_of("wan2.2-i2v-a14b-draft"), "mine", "g", "loras")
    made = Profile.model_validate(tomllib.loads(text))
    assert made.model.loras == ()
    assert made.stands_for == ""


def test_a_graph_that_does_not_tell_enough_is_no_profile(plain: dict[str, Node]) -> None:
    found = replace(read(plain), steps=None, shift=None)
    with pytest.raises(ValueError, match="steps, shift"):
        profiles.profile(found, LIKE, "mine", "g", "loras")


def test_a_graph_becomes_a_row_of_a_shot_list() -> None:
    found = read(writing.graph(replace(WRITTEN, prompt=WORDS)))
    (row,) = csv.DictReader(io.StringIO(profiles.shotlist(found, "sh010", "mine")))
    assert row == {
        "shot": "sh010", "image": "still.png", "prompt": WORDS, "negative": "", "seconds": "5.0625",
        "seed": "7", "aspect": "832:480", "profile": "mine",
    }  # fmt: skip
    assert profile.load("wan2.2-i2v-a14b").frames_for(float(row["seconds"])) == 81
    (row,) = csv.DictReader(io.StringIO(profiles.shotlist(found, "sh010", None)))
    assert (row["negative"], row["profile"]) == ("blurry", "")
