"""The graph of a take on ComfyUI servers: ours, and a studio's own with our values in it."""

import io
import itertools
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from pydantic import ValidationError

from pipeline.engines.comfyui import answers, frames
from pipeline.engines.comfyui.following import Following
from pipeline.engines.comfyui.frames import WrongFrames
from pipeline.engines.comfyui.graph import (
    HIGH,
    LOW,
    SAVER,
    Asked,
    classes_of,
    escaped,
    graph_of,
    split_at,
)
from pipeline.engines.comfyui.names import prompt_of, prompts_before
from pipeline.engines.protocol import Attempt
from pipeline.errors import Cause, RenderFault, RenderStopped
from pipeline.profiles import profile
from pipeline.profiles.profile import Profile, ProfileError
from pipeline.recipe import LOADING, WAITING, Recipe
from tests.comfyui.drawing import saved
from tests.comfyui.running import asking, values
from tests.conftest import a_recipe

SERVER = "http://render1:8188"
THEIRS: dict[str, Any] = {
    "1": {"class_type": "MyLoader", "inputs": {"name": "x"}, "_meta": {"title": "Loader"}},
    "5": {"class_type": "LoadImage", "inputs": {"image": "old.png"}},
    "7": {
        "class_type": "MySampler",
        "inputs": {"model": ["1", 0], "image": ["5", 0], "text": "old", "not": "old", "seed": 1,
                   "w": 8, "h": 8, "n": 5, "cfg": 1.0},
    },
    "8": {"class_type": "VAEDecode", "inputs": {"samples": ["7", 0]}},
    "9": {"class_type": "SaveVideo", "inputs": {"video": ["8", 0]}},
}  # fmt: skip
SLOTS = {
    "still": "5.image", "prompt": "7.text", "negative": "7.not", "seed": "7.seed",
    "width": "7.w", "height": "7.h", "frames": "7.n", "cfg_high": "7.cfg",
    "cfg_low": ["7.cfg"], "images": "8",
}  # fmt: skip


def asked(**changes: Any) -> Asked:
    return Asked(a_recipe(**changes), "shotfarm/still.png", "abc")


def theirs(graph: Any = THEIRS, **slots: Any) -> Profile:
    return asking(SERVER, their_graph="graph.json", graph=graph, slots=SLOTS | slots)


# Ours.


@pytest.mark.parametrize(
    ("shift", "splits"),
    [
        (3, {4: 2, 6: 2, 8: 3, 20: 6, 30: 8, 40: 11}),
        (5, {4: 2, 6: 3, 8: 3, 20: 8, 30: 11, 40: 15}),
        (8, {4: 2, 6: 3, 8: 4, 20: 10, 30: 15, 40: 19}),
    ],
)
def test_the_split_is_where_wans_boundary_lies(shift: float, splits: dict[int, int]) -> None:
    assert {steps: split_at(0.9, shift, steps) for steps in splits} == splits


def test_each_expert_has_its_part_of_the_steps_and_its_guidance() -> None:
    graph = graph_of(asking(SERVER), asked(cfg_high=5.0, cfg_low=2.0, seed=2**63 - 1))
    high, low = graph[HIGH]["inputs"], graph[LOW]["inputs"]
    assert (high["start_at_step"], high["end_at_step"], high["steps"]) == (0, 3, 8)
    assert (low["start_at_step"], low["end_at_step"], low["steps"]) == (3, 8, 8)
    assert (high["cfg"], low["cfg"]) == (5.0, 2.0)
    assert high["noise_seed"] == low["noise_seed"] == 2**63 - 1
    assert (high["add_noise"], low["add_noise"]) == ("enable", "disable")
    assert low["latent_image"] == [HIGH, 0]
    assert (high["sampler_name"], high["scheduler"]) == ("uni_pc", "simple")
    assert graph["start"]["inputs"]["start_image"] == ["still", 0]
    assert graph[SAVER]["inputs"]["lossless"] is True
    assert graph[SAVER]["inputs"]["filename_prefix"] == "shotfarm/abc"


def test_every_link_leads_somewhere_and_loras_are_added_in_their_order() -> None:
    loras = [
        {"expert": "high", "file": "a.safetensors"},
        {"expert": "low", "file": "b.safetensors", "strength": 0.5},
        {"expert": "high", "file": "c.safetensors"},
    ]
    graph = graph_of(asking(SERVER, loras=loras), asked())
    for node in graph.values():
        for value in node["inputs"].values():
            assert not isinstance(value, list) or value[0] in graph
    assert graph["high_shift"]["inputs"]["model"] == ["high_lora_2", 0]
    assert graph["high_lora_2"]["inputs"]["model"] == ["high_lora_0", 0]
    assert graph["high_lora_0"]["inputs"]["model"] == ["high", 0]
    assert graph["low_lora_1"]["inputs"]["strength_model"] == 0.5


def test_distilled_models_are_sampled_as_euler_does() -> None:
    found = values(SERVER)
    found["sampler"] |= {"solver_order": 1, "corrector": False}
    graph = graph_of(Profile.model_validate(found), asked())
    assert graph[HIGH]["inputs"]["sampler_name"] == "euler"


def test_parentheses_are_no_weights() -> None:
    assert escaped("a (red) ball (:1.3)") == r"a \(red\) ball \(:1.3\)"
    graph = graph_of(asking(SERVER), asked(prompt="(red)", negative="(blurry:2)"))
    assert graph["prompt"]["inputs"]["text"] == r"\(red\)"
    assert graph["negative"]["inputs"]["text"] == r"\(blurry:2\)"


@pytest.mark.parametrize("change", [{"width": 72}, {"height": 40}, {"frames": 16}])
def test_what_the_server_would_round_in_silence_is_refused(change: dict[str, int]) -> None:
    with pytest.raises(RenderFault) as raised:
        graph_of(asking(SERVER), asked(**change))
    assert raised.value.cause is Cause.FATAL


# A studio's own.


def test_a_studios_graph_gets_the_takes_values_and_leads_to_the_frames_alone() -> None:
    graph = graph_of(theirs(), asked(prompt="(new)", cfg_high=4.0, cfg_low=4.0))
    assert graph["7"]["inputs"] == {
        "model": ["1", 0], "image": ["5", 0], "text": r"\(new\)",
        "not": "blurry, still picture", "seed": 7, "w": 64, "h": 64, "n": 17, "cfg": 4.0,
    }  # fmt: skip
    assert graph["5"]["inputs"]["image"] == "shotfarm/still.png"
    assert set(graph) == {"1", "5", "7", "8", SAVER}
    assert graph[SAVER]["inputs"]["images"] == ["8", 0]
    assert THEIRS["7"]["inputs"]["text"] == "old", "the studio's graph was changed"
    assert "SaveVideo" not in classes_of(graph)


@pytest.mark.parametrize(
    ("slots", "said"),
    [
        ({"seed": "7.sead"}, "no input 7.sead"),
        ({"images": "80"}, "no node 80"),
        ({"cfg_low": []}, "where the guidance goes"),
        ({"negative": []}, "sampler.negative"),
    ],
)
def test_a_slot_that_leads_nowhere_is_named(slots: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        theirs(**slots)


def test_their_graph_is_read_from_beside_the_profile(tmp_path: Path) -> None:
    text = (Path(profile.__file__).parent / "toy.toml").read_text()
    head, _, rest = text.partition("[model]")
    slots = "\n".join(f"{name} = {json.dumps(place)}" for name, place in SLOTS.items())
    engine = f'[engine]\nkind = "comfyui"\nservers = ["{SERVER}"]\nversion = "1"\n'
    engine += f'their_graph = "graph.json"\n[engine.slots]\n{slots}\n[model]\nboundary = 0.9\n'
    (tmp_path / "own.toml").write_text(head + engine + "[sampler]" + rest.partition("[sampler]")[2])
    with pytest.raises(ProfileError, match="cannot be read"):
        profile.load("own", tmp_path)
    (tmp_path / "graph.json").write_text(json.dumps(THEIRS))
    found = profile.load("own", tmp_path)
    assert found.engine.graph == THEIRS
    assert Profile.model_validate(found.model_dump()).revision == found.revision


# The profile.


def test_the_revision_is_of_what_changes_frames() -> None:
    same = {
        asking(SERVER).revision,
        asking("http://elsewhere:1", SERVER).revision,
    }
    assert len(same) == 1
    others = [
        asking(SERVER, version="0.34.0"),
        asking(SERVER, low="another.safetensors"),
        asking(SERVER, split=4),
        asking(SERVER, loras=[{"expert": "low", "file": "a"}]),
        theirs(),
        theirs(THEIRS | {"1": {"class_type": "MyLoader", "inputs": {"name": "y"}}}),
    ]
    assert len({each.revision for each in others} | same) == 7


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"servers": []}, "needs servers"),
        ({"servers": ["render1:8188"]}, "no address"),
        ({"servers": ["http://me:secret@render1:8188"]}, "no address"),
        ({"servers": [SERVER, SERVER + "/"]}, "named twice"),
        ({"version": ""}, "needs version"),
        ({"low": ""}, "low must name"),
        ({"kind": "diffusers"}, 'need kind = "comfyui"'),
        ({"slots": SLOTS}, "none is named"),
        ({"split": 8}, "none of the steps"),
    ],
)
def test_a_profile_that_cannot_work_says_why(change: dict[str, Any], said: str) -> None:
    found = values(SERVER)
    found["engine"] |= change
    with pytest.raises(ValidationError, match=said):
        Profile.model_validate(found)


def test_what_no_server_hears_of_is_refused() -> None:
    for table, change in (("worker", {"gpus": 1}), ("speed", {"compile": True})):
        found = values(SERVER)
        found[table] = found.get(table, {}) | change
        with pytest.raises(ValidationError, match="server"):
            Profile.model_validate(found)


# Names.


def test_an_attempt_knows_the_names_of_those_before_it_and_of_no_others() -> None:
    recipe = a_recipe()
    names = [prompt_of(Attempt("7", token), recipe, "p").id for token in (1, 2, 3)]
    third = Attempt.named("7.3")
    assert [each.id for each in prompts_before(third, recipe, "p")] == names[1::-1]
    others = [
        prompt_of(Attempt("8", 1), recipe, "p"),
        prompt_of(Attempt("7", 1, segment=1), recipe, "p"),
        prompt_of(Attempt("7", 1), a_recipe(seed=8), "p"),
        prompt_of(Attempt("7", 1), recipe, "q"),
        prompt_of(Attempt.named(""), recipe, "p"),
        prompt_of(Attempt.named(""), recipe, "p"),
    ]
    assert len({*names, *(each.id for each in others)}) == 9
    assert prompts_before(Attempt.named(""), recipe, "p") == ()


# Events.


def following() -> Following:
    return Following("me", graph_of(asking(SERVER), asked()), 8)


def test_a_take_is_where_its_server_says() -> None:
    found, seen = following(), list[tuple[str, int]]()
    for kind, data in (
        ("execution_start", {}),
        ("executing", {"node": "prompt"}),
        ("executing", {"node": "high"}),
        ("executing", {"node": HIGH}),
        ("progress", {"node": HIGH, "value": 3, "max": 3}),
        ("executing", {"node": LOW}),
        ("progress", {"node": LOW, "value": 1, "max": 5}),
        ("progress", {"node": LOW, "value": 5, "max": 5}),
        ("executing", {"node": "frames"}),
        ("progress", {"node": "frames", "value": 40, "max": 80}),
    ):
        found.hear({"type": kind, "data": {"prompt_id": "me", **data}})
        seen.append((found.stage, found.step))
    assert [stage for stage, _ in itertools.groupby(seen, lambda each: each[0])] == [
        LOADING, "text", LOADING, "denoise", LOADING, "denoise", "decode",
    ]  # fmt: skip
    assert [step for _, step in seen] == [0, 0, 0, 0, 3, 3, 4, 8, 8, 8]
    assert not found.over
    found.hear({"type": "executing", "data": {"node": None, "prompt_id": "me"}})
    assert found.over


def test_what_is_told_of_others_is_left_alone() -> None:
    found = following()
    for message in (
        {"type": "execution_start", "data": {"prompt_id": "another"}},
        {"type": "executing", "data": {"node": None, "prompt_id": "another"}},
        {"type": "executing", "data": {"node": None}},
        {"type": "progress", "data": {"prompt_id": "another", "node": HIGH, "value": 3}},
        {"type": "crystools.monitor", "data": {"cpu": 3}},
        {"type": "status", "data": None},
        {"type": "progress", "data": {"node": HIGH, "value": "3"}},
    ):
        found.hear(message)
    assert (found.stage, found.step, found.over) == (WAITING, 0, False)


# Answers.


def test_an_entry_without_an_end_is_none_and_one_without_outputs_is_no_success() -> None:
    assert answers.ended({"status": {}, "outputs": {}}, SERVER) is None
    done = answers.ended({"status": {"status_str": "success", "completed": True}}, SERVER)
    assert done
    assert isinstance(done.error, RenderFault)
    assert done.error.cause is Cause.MACHINE


def test_a_file_of_another_folder_is_nobody_of_ours() -> None:
    image = {"filename": "a.webp", "subfolder": "theirs", "type": "output"}
    entry = {"status": {"completed": True}, "outputs": {SAVER: {"images": [image]}}}
    found = answers.ended(entry, SERVER)
    assert found
    assert found.file is None


def test_an_interruption_is_no_fault() -> None:
    messages = [["execution_start", {}], ["execution_interrupted", {"node_id": "86"}]]
    entry = {"status": {"status_str": "error", "completed": False, "messages": messages}}
    found = answers.ended(entry, SERVER)
    assert found
    assert isinstance(found.error, RenderStopped)


@pytest.mark.parametrize(
    ("status", "body", "cause", "said"),
    [
        (500, {}, Cause.FATAL, "500"),
        (413, {}, Cause.FATAL, "413"),
        (400, {"error": {"type": "prompt_no_outputs", "message": "Prompt has no outputs"}},
         Cause.FATAL, "no outputs"),
        (400, {"error": {}, "node_errors": {"1": {"class_type": "LoadImage", "errors": [
            {"type": "custom_validation_failed"}]}}}, Cause.MACHINE, "lost the still"),
        (400, {"error": {}, "node_errors": {"1": {"class_type": "X", "errors": [
            {"type": "value_smaller_than_min", "details": "width"}]}}}, Cause.FATAL, "width"),
    ],
)  # fmt: skip
def test_a_refusal_is_of_its_class(status: int, body: Any, cause: Cause, said: str) -> None:
    fault = answers.refused(status, body, SERVER)
    assert fault.cause is cause
    assert said in fault.sentence


# Frames.


def film(frames: int = 17) -> Any:
    return np.random.default_rng(1).integers(0, 256, (frames, 64, 64, 3), np.uint8)


def test_frames_that_are_equal_are_counted_though_they_are_written_once() -> None:
    recipe, made = a_recipe(), film()
    made[4] = made[5] = made[3]
    made[16] = made[15]
    assert (frames.read(saved(made, 10), recipe) == made).all()
    made[:] = made[0]
    assert (frames.read(saved(made, 10), recipe) == made).all()


@pytest.mark.parametrize("count", [1, 13, 16, 21])
def test_too_few_and_too_many_frames_are_none(count: int) -> None:
    made = np.zeros((17, 32, 32, 3), np.uint8) if count == 1 else film(count)
    with pytest.raises(WrongFrames):
        frames.read(saved(made, 10), a_recipe())


@pytest.mark.parametrize("share", [0.0, 0.001, 0.5, 0.999])
def test_a_file_that_is_cut_off_is_none(share: float) -> None:
    data = saved(film(), 10)
    with pytest.raises(WrongFrames):
        frames.read(data[: int(len(data) * share)], a_recipe())


def test_another_picture_is_none() -> None:
    file = io.BytesIO()
    Image.fromarray(film()[0]).save(file, "PNG")
    with pytest.raises(WrongFrames):
        frames.read(file.getvalue(), a_recipe())


def test_noise_fits_into_the_bound_of_a_file() -> None:
    recipe: Recipe = a_recipe()
    assert len(saved(film(), 10)) < frames.most_bytes(recipe)
