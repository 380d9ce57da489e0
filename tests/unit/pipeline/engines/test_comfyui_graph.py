"""The graph of a take on ComfyUI servers: ours, and a studio's own with our values in it."""

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

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
from pipeline.errors import Cause, RenderFault
from pipeline.profiles import profile
from pipeline.profiles.profile import Profile, ProfileError
from tests.comfyui.running import SERVER, SLOTS, THEIRS, asking, theirs, values
from tests.conftest import a_recipe


def asked(**changes: Any) -> Asked:
    return Asked(a_recipe(**changes), "shotfarm/still.png", "abc")


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
