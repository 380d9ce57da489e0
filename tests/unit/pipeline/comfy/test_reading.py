"""What a graph renders is read by its wires, and what the farm cannot do of it is said."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

import pipeline.comfy
from pipeline.comfy import files, writing
from pipeline.comfy.experts import Expert, Lora
from pipeline.comfy.findings import CODES
from pipeline.comfy.graph import Node, Wire, as_prompt, of_prompt
from pipeline.comfy.reading import Reading, read
from tests.unit.pipeline.comfy.conftest import (
    CONVERSIONS,
    OF_2025,
    WRITTEN,
    Changed,
    codes,
    flat,
    of_kind,
    template,
)

FP8 = "{}_{}_noise_14B_fp8_scaled.safetensors"
FOUR_STEPS = "wan2.2_i2v_lightx2v_4steps_lora_v1_{}_noise.safetensors"


def expert(which: str, shift: float, *loras: Lora) -> Expert:
    return Expert(FP8.format("wan2.2_i2v", which), loras, shift)


def of_template(name: str, switches: dict[str, Any] | None = None) -> Reading:
    """A template read, with some values of the nodes that its canvas becomes set otherwise."""
    nodes = of_prompt(CONVERSIONS[name])
    for number, value in (switches or {}).items():
        nodes[number] = Node(nodes[number].kind, {**nodes[number].inputs, "value": value})
    return read(nodes)


def test_the_template_of_2025_has_its_loras_on() -> None:
    found = of_template(OF_2025)
    assert (found.high, found.low) == (
        expert("high", 5.0, Lora(FOUR_STEPS.format("high"), 1.0)),
        expert("low", 5.0, Lora(FOUR_STEPS.format("low"), 1.0)),
    )
    assert (found.steps, found.split, found.boundary, found.shift) == (4, 2, 0.9, 5.0)
    assert (found.cfg_high, found.cfg_low, found.sampler) == (1.0, 1.0, "euler")
    assert (found.width, found.height, found.frames, found.fps) == (640, 640, 81, 16)
    assert (found.seed, found.still) == (138073435077572, "input-18.jpg")
    assert (found.prompt or "").startswith("The white dragon warrior")
    assert (found.negative or "").startswith("色调艳丽")
    assert (found.text_encoder, found.vae) == (writing.TEXT_ENCODER, writing.VAE)
    assert found.honoured
    assert codes(found) == {"comfy.precision"}


@pytest.mark.parametrize("name", CONVERSIONS)
def test_a_canvas_and_what_it_becomes_say_the_same(name: str) -> None:
    made = flat(template(name))
    assert read(made.graph, made.doubts) == of_template(name)


def test_the_newest_template_follows_its_switch() -> None:
    off = of_template("video_wan2_2_14B_i2v.json")
    assert (off.high, off.low) == (expert("high", 5.0), expert("low", 5.0))
    assert (off.steps, off.split, off.boundary, off.cfg_high) == (20, 10, 0.846, 3.5)
    assert (off.frames, off.fps, off.seconds) == (81, 16, 81 / 16)

    on = of_template("video_wan2_2_14B_i2v.json", {"129:131": True})
    assert on.high == expert("high", 5.0, Lora(FOUR_STEPS.format("high"), 1.0))
    assert (on.steps, on.split, on.boundary, on.cfg_high) == (4, 2, 0.9, 1.0)

    longer = of_template("video_wan2_2_14B_i2v.json", {"129:161": 3})
    assert longer.frames == 49


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("video_wan2_2_14B_t2v.json", "comfy.model"),
        ("video_wan2_2_14B_flf2v.json", "comfy.end_image"),
        ("video_wan2_2_5B_ti2v.json", "comfy.one_expert"),
        ("video_wan2_2_14B_s2v.json", "comfy.no_video"),
        ("video_wan2_2_14B_fun_camera.json", "comfy.model"),
        ("video_wan2_2_14B_fun_inpaint.json", "comfy.end_image"),
        ("video_wan2_2_14B_fun_control.json", "comfy.model"),
    ],
)
def test_a_template_of_another_kind_is_said_to_be_one(name: str, code: str) -> None:
    found = of_template(name)
    assert not found.honoured
    assert code in codes(found)


def test_what_was_written_is_read_again(plain: dict[str, Node]) -> None:
    found = read(plain)
    assert found.honoured
    for name in ("prompt", "negative", "seed", "steps", "cfg_high", "cfg_low", "width", "height"):
        assert getattr(found, name) == getattr(WRITTEN, name)
    assert (found.frames, found.fps, found.still) == (81, 16, "still.png")
    assert (found.split, found.boundary, found.shift) == (10, 0.9, 8.0)


def test_experts_are_told_by_their_wires_and_not_by_their_names(plain: dict[str, Node]) -> None:
    high, low = of_kind(plain, "UNETLoader")
    plain[high], plain[low] = plain[low], plain[high]
    found = read(plain)
    assert found.high == Expert(writing.LOW, (), 8.0)
    assert found.low == Expert(writing.HIGH, (), 8.0)
    assert "comfy.names_swapped" in codes(found)


def test_numbers_and_order_of_nodes_say_nothing(plain: dict[str, Node]) -> None:
    prompt = as_prompt(plain)
    names = {number: f"a{100 - int(number)}:{number}" for number in prompt}
    text = json.dumps(prompt)
    for number, name in names.items():
        text = text.replace(f'["{number}", ', f'["{name}", ')
    renamed = {names[number]: node for number, node in json.loads(text).items()}
    backwards = dict(reversed(renamed.items()))
    first, second = read(plain).as_dict(), read(of_prompt(backwards)).as_dict()
    assert first.pop("findings")
    assert second.pop("findings")
    assert first == second


SAMPLERS = "KSamplerAdvanced"
ODD: list[tuple[str, dict[str, dict[str, Any]]]] = [
    ("comfy.sampler", {SAMPLERS: {"sampler_name": "dpmpp_2m_sde"}}),
    ("comfy.scheduler", {SAMPLERS: {"scheduler": "karras"}}),
    ("comfy.seed", {SAMPLERS: {"noise_seed": 2**63}}),
    ("comfy.guidance", {SAMPLERS: {"cfg": 10.5}}),
    ("comfy.steps", {SAMPLERS: {"start_at_step": 3}}),
    ("comfy.low_noise_seed", {SAMPLERS: {"add_noise": "enable"}}),
    ("comfy.length", {"WanImageToVideo": {"length": 80}}),
    ("comfy.size", {"WanImageToVideo": {"width": 830}}),
    ("comfy.batch", {"WanImageToVideo": {"batch_size": 2}}),
    ("comfy.clip_vision", {"WanImageToVideo": {"clip_vision_output": Wire("9")}}),
    ("comfy.no_still", {"WanImageToVideo": {"start_image": None}}),
    ("comfy.end_image", {"WanImageToVideo": {"end_image": Wire("9")}}),
    ("comfy.fps", {"CreateVideo": {"fps": 23.976}}),
    ("comfy.audio", {"CreateVideo": {"audio": Wire("9")}}),
    ("comfy.weighted", {"CLIPTextEncode": {"text": "a (red:1.3) hat"}}),
    ("comfy.dynamic_prompt", {"CLIPTextEncode": {"text": "a {red|blue} hat"}}),
    ("comfy.unknown", {"WanImageToVideo": {"length": Wire("10", 3)}}),
    ("comfy.unknown", {"WanImageToVideo": {"length": "many"}}),
    ("comfy.precision", {"UNETLoader": {"unet_name": "a_Q8_0.gguf"}}),
    ("comfy.model", {"UNETLoader": {"unet_name": "wan2.2_t2v_high_noise_14B.safetensors"}}),
]


@pytest.mark.parametrize(("code", "inputs"), ODD)
def test_what_is_not_honoured_is_a_finding(
    changed: Changed, code: str, inputs: dict[str, dict[str, Any]]
) -> None:
    found = changed(**inputs)
    assert code in codes(found)
    (said, *_) = [each for each in found.findings if each.code == code]
    assert said.node or code == "comfy.model"
    assert said.message.endswith(".")


def test_every_code_is_said_somewhere_and_no_other() -> None:
    package = Path(pipeline.comfy.__path__[0])
    said = {
        code
        for place in package.glob("*.py")
        if place.name != "findings.py"
        for code in re.findall(r'"(comfy\.\w+)"', place.read_text())
    }
    assert said == set(CODES)


def test_steps_that_leave_a_gap_differ_or_end_early_are_said(plain: dict[str, Node]) -> None:
    first, last = of_kind(plain, SAMPLERS)
    for number, name, value, word in (
        (last, "start_at_step", 12, "leave a gap"),
        (last, "start_at_step", 8, "overlap"),
        (last, "steps", 30, "counts 20 steps and the second 30"),
        (last, "end_at_step", 15, "before the end"),
        (first, "end_at_step", 0, "one expert has none"),
    ):
        node = plain[number]
        odd = plain | {number: Node(node.kind, {**node.inputs, name: value})}
        assert any(
            each.code == "comfy.steps" and word in each.message for each in read(odd).findings
        ), word


def test_shifts_that_differ_are_refused_and_without_any_the_models_own_counts(
    plain: dict[str, Node],
) -> None:
    first, _last = of_kind(plain, "ModelSamplingSD3")
    odd = plain | {first: Node("ModelSamplingSD3", {**plain[first].inputs, "shift": 5.0})}
    assert not read(odd).honoured
    assert "comfy.shift" in codes(read(odd))

    loaders = of_kind(plain, "UNETLoader")
    for sampler, loader in zip(of_kind(plain, SAMPLERS), loaders, strict=True):
        plain[sampler] = Node(SAMPLERS, {**plain[sampler].inputs, "model": Wire(loader)})
    bare = read(plain)
    assert bare.shift == 8.0
    assert bare.honoured
    assert "comfy.shift" in codes(bare)


def test_loras_keep_their_order_strength_and_expert(plain: dict[str, Node]) -> None:
    first = of_kind(plain, "ModelSamplingSD3")[0]
    rows: dict[str, Any] = {
        "lora_1": {"on": True, "lora": "b.safetensors", "strength": 0.5},
        "lora_2": {"on": False, "lora": "off.safetensors", "strength": 1},
        "lora_3": {"on": True, "lora": "c.safetensors", "strength": 3},
        "model": plain[first].inputs["model"],
    }
    odd = plain | {
        "90": Node("Power Lora Loader (rgthree)", rows),
        "91": Node(
            "LoraLoader",
            {
                "lora_name": "d.safetensors",
                "strength_model": 1.0000000000000002,
                "model": Wire("90"),
            }
            | {"strength_clip": 1.0, "clip": Wire("1")},
        ),
        first: Node("ModelSamplingSD3", {**plain[first].inputs, "model": Wire("91")}),
    }
    found = read(odd)
    assert found.high
    assert found.high.loras == (Lora("b.safetensors", 0.5), Lora("d.safetensors", 1.0))
    assert found.low
    assert found.low.loras == ()
    said = [each.message for each in found.findings if each.code == "comfy.lora"]
    assert any("c.safetensors has the strength 3" in each for each in said)
    assert any("text encoder" in each for each in said)


def test_what_else_is_done_to_the_model_is_said(plain: dict[str, Node]) -> None:
    first = of_kind(plain, SAMPLERS)[0]
    model = plain[first].inputs["model"]
    odd = plain | {
        "90": Node("PathchSageAttentionKJ", {"sage_attention": "auto", "model": model}),
        "91": Node("WanVideoNAG", {"model": Wire("90")}),
        first: Node(SAMPLERS, {**plain[first].inputs, "model": Wire("91")}),
    }
    said = {each.node: each for each in read(odd).findings if each.code == "comfy.addition"}
    assert said["90"].severity == "info"
    assert said["91"].severity == "warning"


def test_interpolated_frames_do_not_count(plain: dict[str, Node]) -> None:
    (film,) = of_kind(plain, "CreateVideo")
    frames = plain[film].inputs["images"]
    odd = plain | {
        "90": Node("RIFE VFI", {"multiplier": 2, "frames": frames}),
        "91": Node("ImageUpscaleWithModel", {"image": Wire("90")}),
        film: Node("CreateVideo", {"fps": 32.0, "images": Wire("91")}),
    }
    found = read(odd)
    assert found.fps == 16
    assert {"comfy.interpolated", "comfy.post"} <= codes(found)


def test_a_still_behind_a_resizer_is_found_and_the_change_is_said(changed: Changed) -> None:
    resizer = Node(
        "ImageScale", {"width": 832, "height": 480, "crop": "disabled", "image": Wire("91")}
    )
    loader = Node("LoadImage", {"image": "shop/red.png [input]"})
    found = changed({"90": resizer, "91": loader}, WanImageToVideo={"start_image": Wire("90")})
    assert found.still == "shop/red.png"
    assert "comfy.still_changed" in codes(found)


def test_a_third_sampler_or_one_alone_is_refused(plain: dict[str, Node]) -> None:
    first, last = of_kind(plain, SAMPLERS)
    third = Node(SAMPLERS, {**plain[last].inputs, "latent_image": Wire(first)})
    chained = plain | {
        "90": third,
        last: Node(SAMPLERS, {**plain[last].inputs, "latent_image": Wire("90")}),
    }
    assert "comfy.samplers" in codes(read(chained))

    (decode,) = of_kind(plain, "VAEDecode")
    alone = plain | {decode: Node("VAEDecode", {**plain[decode].inputs, "samples": Wire(first)})}
    assert "comfy.one_expert" in codes(read(alone))


def test_films_that_are_joined_or_several_are_said(plain: dict[str, Node]) -> None:
    (film,) = of_kind(plain, "CreateVideo")
    (decode,) = of_kind(plain, "VAEDecode")
    twice = plain | {
        "90": Node("VAEDecode", dict(plain[decode].inputs)),
        "91": Node("ImageBatch", {"image1": Wire(decode), "image2": Wire("90")}),
        film: Node("CreateVideo", {"fps": 16.0, "images": Wire("91")}),
    }
    joined = read(twice)
    assert not joined.honoured
    assert any("joined of 2" in each.message for each in joined.findings)

    two = plain | {
        "90": Node("VAEDecode", dict(plain[decode].inputs)),
        "92": Node("SaveWEBM", {"images": Wire("90"), "fps": 8.0}),
    }
    several = read(two)
    assert several.honoured
    assert several.fps == 16
    assert "comfy.outputs" in codes(several)


def test_a_negative_prompt_that_is_switched_off_is_empty(changed: Changed) -> None:
    off = Node("ConditioningZeroOut", {"conditioning": Wire("7")})
    found = changed({"90": off}, WanImageToVideo={"negative": Wire("90")})
    assert found.negative == ""
    assert "comfy.negative_zeroed" in codes(found)


def test_an_expert_with_another_prompt_is_refused(plain: dict[str, Node]) -> None:
    last = of_kind(plain, SAMPLERS)[1]
    odd = plain | {
        "90": Node("CLIPTextEncode", {"text": "something else", "clip": Wire("1")}),
        last: Node(SAMPLERS, {**plain[last].inputs, "positive": Wire("90")}),
    }
    assert "comfy.prompts_differ" in codes(read(odd))


def test_wan_video_wrappers_graphs_are_named() -> None:
    found = read({"1": Node("WanVideoSampler", {"steps": 4}), "2": Node("VHS_VideoCombine")})
    assert codes(found) == {"comfy.wrapper"}


def test_nodes_whose_values_cannot_be_told_are_named_where_they_matter(
    plain: dict[str, Node],
) -> None:
    (laid,) = of_kind(plain, "WanImageToVideo")
    found = read(plain | {"90": Node("Someones")}, {laid: "it is new", "90": "nobody asks"})
    (said,) = [each for each in found.findings if each.code == "comfy.class_unknown"]
    assert said.node == laid


def test_a_prompt_within_an_answer_or_a_film_is_found(plain: dict[str, Node]) -> None:
    prompt = as_prompt(plain)
    for values in (
        prompt,
        {"prompt": prompt, "client_id": "x"},
        {"output": prompt, "workflow": None},
    ):
        opened = files.opened(json.dumps(values))
        assert opened.format == "api"
        assert read(opened.graph) == read(plain)
