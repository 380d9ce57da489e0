"""A canvas becomes the graph that ComfyUI's own pages would send, value by value and wire by wire."""

from typing import Any

import pytest

from pipeline.comfy.graph import UnreadableGraph
from tests.unit.pipeline.comfy.conftest import (
    CONVERSIONS,
    drawn,
    flat,
    inner_links,
    sent,
    slot,
    template,
)

MODEL = [slot("MODEL", "MODEL")]


@pytest.mark.parametrize("name", CONVERSIONS)
def test_a_template_becomes_what_the_pages_sent(name: str) -> None:
    assert sent(template(name)) == CONVERSIONS[name]


def chain(mode: int = 0) -> dict[str, Any]:
    """A loader, a LoRA in that mode, and a shift."""
    lora = drawn(
        2, "LoraLoaderModelOnly", "a.safetensors", 0.5, mode=mode,
        inputs=[slot("model", "MODEL", 1)], outputs=MODEL,
    )  # fmt: skip
    return {
        "nodes": [
            drawn(1, "UNETLoader", "high.safetensors", "default", outputs=MODEL),
            lora,
            drawn(3, "ModelSamplingSD3", 8, inputs=[slot("model", "MODEL", 2)], outputs=MODEL),
        ],
        "links": [[1, 1, 0, 2, 0, "MODEL"], [2, 2, 0, 3, 0, "MODEL"]],
    }


def test_what_is_bypassed_hands_on_what_is_of_its_type() -> None:
    made = sent(chain(mode=4))
    assert set(made) == {"1", "3"}
    assert made["3"]["inputs"] == {"shift": 8, "model": ["1", 0]}


def test_what_is_muted_is_gone_with_its_links() -> None:
    made = sent(chain(mode=2))
    assert set(made) == {"1", "3"}
    assert made["3"]["inputs"] == {"shift": 8}


def test_reroutes_setters_and_getters_are_followed() -> None:
    workflow = {
        "nodes": [
            drawn(1, "UNETLoader", "high.safetensors", "default", outputs=MODEL),
            drawn(2, "Reroute", inputs=[slot("", "*", 1)], outputs=[slot("", "MODEL")]),
            drawn(3, "SetNode", "expert", inputs=[slot("MODEL", "MODEL", 2)], outputs=[slot("*")]),
            drawn(4, "GetNode", "expert", outputs=MODEL),
            drawn(5, "ModelSamplingSD3", 8, inputs=[slot("model", "MODEL", 3)], outputs=MODEL),
        ],
        "links": [
            [1, 1, 0, 2, 0, "*"],
            [2, 2, 0, 3, 0, "MODEL"],
            [3, 4, 0, 5, 0, "MODEL"],
        ],
    }
    made = sent(workflow)
    assert set(made) == {"1", "5"}
    assert made["5"]["inputs"]["model"] == ["1", 0]


def test_a_primitive_beats_the_value_that_it_feeds() -> None:
    shift = drawn(
        2,
        "ModelSamplingSD3",
        8,
        inputs=[slot("model", "MODEL"), slot("shift", "FLOAT", 1, widget=True)],
    )
    workflow = {
        "nodes": [drawn(1, "PrimitiveNode", 5.0, "fixed", outputs=[slot("FLOAT", "FLOAT")]), shift],
        "links": [[1, 1, 0, 2, 1, "FLOAT"]],
    }
    assert sent(workflow) == {"2": {"class_type": "ModelSamplingSD3", "inputs": {"shift": 5.0}}}


def test_a_link_from_a_pack_that_draws_none_is_followed() -> None:
    workflow = chain() | {
        "links": [[1, 1, 0, 2, 0, "MODEL"]],
        "extra": {
            "ue_links": [{"downstream": 3, "downstream_slot": 0, "upstream": 2, "upstream_slot": 0}]
        },
    }
    assert sent(workflow)["3"]["inputs"]["model"] == ["2", 0]


def promoted(values: list[Any], proxies: list[list[str]] | None = None) -> dict[str, Any]:
    """An instance of a subgraph whose seed, steps and text may be set from outside."""
    sampler = drawn(
        86, "KSamplerAdvanced", "enable", 1, "randomize", 20, 3.5, "euler", "simple", 0, 10, "enable",
        inputs=[slot("steps", "INT", 1, widget=True)], outputs=[slot("LATENT", "LATENT")],
    )  # fmt: skip
    text = drawn(93, "CLIPTextEncode", "inner", inputs=[slot("text", "STRING", 2, widget=True)])
    subgraph = {
        "id": "sub",
        "inputs": [slot("steps", "INT"), slot("text", "STRING")],
        "nodes": [sampler, text],
        "links": inner_links((1, -10, 0, 86, 0), (2, -10, 1, 93, 0), (3, 86, 0, -20, 0)),
    }
    instance = drawn(
        129, "sub", properties={"proxyWidgets": proxies} if proxies else {},
        inputs=[slot("text", "STRING", None, widget=True)], outputs=[slot("LATENT", "LATENT")],
    )  # fmt: skip
    instance["widgets_values"] = values
    return {
        "nodes": [
            instance,
            drawn(130, "VAEDecode", inputs=[slot("samples", "LATENT", 9), slot("vae", "VAE")]),
        ],
        "links": [[9, 129, 0, 130, 0, "LATENT"]],
        "definitions": {"subgraphs": [subgraph]},
    }


def test_a_subgraphs_nodes_are_called_by_their_instance_and_its_outputs_lead_into_it() -> None:
    made = sent(promoted([]))
    assert set(made) == {"129:86", "129:93", "130"}
    assert made["130"]["inputs"]["samples"] == ["129:86", 0]


def test_the_instances_value_wins_and_null_leaves_the_inner_one() -> None:
    made = sent(promoted([4, None]))
    assert made["129:86"]["inputs"]["steps"] == 4
    assert made["129:93"]["inputs"]["text"] == "inner"
    made = sent(promoted([None, "outer"]))
    assert made["129:86"]["inputs"]["steps"] == 20
    assert made["129:93"]["inputs"]["text"] == "outer"


def test_named_widgets_go_by_their_own_order_and_what_stands_beside_a_seed_holds_a_place() -> None:
    proxies = [
        ["-1", "text"],
        ["86", "noise_seed"],
        ["86", "control_after_generate"],
        ["-1", "steps"],
    ]
    made = sent(promoted(["outer", 42, "fixed", 6], proxies))
    sampler = made["129:86"]["inputs"]
    assert (sampler["noise_seed"], sampler["steps"]) == (42, 6)
    assert made["129:93"]["inputs"]["text"] == "outer"


def test_what_leads_in_has_one_value_for_a_widget_and_an_input_beside_it() -> None:
    workflow = promoted([])
    inside = workflow["definitions"]["subgraphs"][0]
    maths = drawn(50, "ComfyMathExpression", "a - 1", inputs=[slot("values.a", "INT", 4)])
    inside["nodes"].append(maths)
    inside["links"] += inner_links((4, -10, 0, 50, 0))
    assert sent(workflow)["129:50"]["inputs"]["values.a"] == 20
    workflow["nodes"][0]["widgets_values"] = [6, None]
    assert sent(workflow)["129:50"]["inputs"]["values.a"] == 6


def test_a_link_into_an_instance_beats_its_value() -> None:
    workflow = promoted([4, "outer"])
    workflow["nodes"][0]["inputs"] = [slot("steps", "INT", 8, widget=True)]
    workflow["nodes"].append(drawn(7, "PrimitiveInt", 12, "fixed", outputs=[slot("INT", "INT")]))
    workflow["links"].append([8, 7, 0, 129, 0, "INT"])
    assert sent(workflow)["129:86"]["inputs"]["steps"] == ["7", 0]


def test_a_bypassed_instance_takes_all_of_its_inside_with_it() -> None:
    workflow = promoted([])
    workflow["nodes"][0]["mode"] = 4
    assert set(sent(workflow)) == {"130"}


def test_an_instance_within_an_instance_hears_of_the_outer_value() -> None:
    workflow = promoted([])
    inner = workflow["definitions"]["subgraphs"][0]
    nested = drawn(
        5, "sub", inputs=[slot("steps", "INT", 1, widget=True)], outputs=[slot("LATENT")]
    )
    outer = {
        "id": "outer",
        "inputs": [slot("count", "INT")],
        "nodes": [nested],
        "links": inner_links((1, -10, 0, 5, 0), (2, 5, 0, -20, 0)),
    }
    workflow["nodes"][0] |= {"type": "outer", "widgets_values": [9], "inputs": []}
    workflow["definitions"]["subgraphs"] = [inner, outer]
    made = sent(workflow)
    assert made["129:5:86"]["inputs"]["steps"] == 9
    assert made["130"]["inputs"]["samples"] == ["129:5:86", 0]


def test_nodes_that_the_file_has_twice_get_numbers_of_their_own() -> None:
    workflow = promoted([4, None])
    workflow["nodes"].append(drawn(86, "PrimitiveInt", 1, "fixed"))
    made = sent(workflow)
    assert set(made) == {"86", "129:131", "129:93", "130"}
    assert made["129:131"]["inputs"]["steps"] == 4
    assert "129:141" in sent(workflow | {"last_node_id": 140})


def test_a_class_that_nobody_knows_is_read_by_the_names_in_the_file() -> None:
    named = [slot("model", "MODEL"), slot("seed", "INT", widget=True), slot("mode", widget=True)]
    workflow = {"nodes": [drawn(1, "Someones", 5, "randomize", "fast", inputs=named)], "links": []}
    assert sent(workflow)["1"]["inputs"] == {"seed": 5, "mode": "fast"}

    workflow["nodes"][0]["widgets_values"].append("more than there are names")
    assert sent(workflow)["1"]["inputs"] == {}
    assert "Someones" in flat(workflow).doubts["1"]


def test_values_in_another_order_than_the_class_has_them_are_doubted() -> None:
    workflow = {"nodes": [drawn(1, "WanImageToVideo", "832", "wide", 480, 81)], "links": []}
    assert "another order" in flat(workflow).doubts["1"]


def test_a_gathering_loader_has_an_input_for_each_lora() -> None:
    rows = [{}, {"type": "header"}, {"on": True, "lora": "a.safetensors", "strength": 0.5}, {}, ""]
    workflow = {"nodes": [drawn(1, "Power Lora Loader (rgthree)", *rows)], "links": []}
    assert sent(workflow)["1"]["inputs"] == {"lora_1": rows[2]}


@pytest.mark.parametrize(
    ("values", "inputs"),
    [
        (["clip", "auto", "auto"], {"format": "auto", "format.codec": "auto", "codec": "auto"}),
        (
            ["clip", "mp4", "h264", "re-encode", 18.0],
            {"format": "mp4", "format.codec": "h264", "format.codec.encoding": "re-encode"}
            | {"format.codec.encoding.crf": 18.0, "format.codec.encoding.color_space": "auto"}
            | {"codec": "auto"},
        ),
    ],
)
def test_a_choice_brings_widgets_of_its_own(values: list[Any], inputs: dict[str, Any]) -> None:
    workflow = {"nodes": [drawn(1, "SaveVideo", *values)], "links": []}
    assert sent(workflow)["1"]["inputs"] == {"filename_prefix": "clip", **inputs}


def test_a_subgraph_that_holds_itself_is_no_graph() -> None:
    workflow = promoted([])
    workflow["definitions"]["subgraphs"][0]["nodes"].append(drawn(5, "sub"))
    with pytest.raises(UnreadableGraph, match="holds itself"):
        flat(workflow)


def test_subgraphs_that_multiply_without_end_are_no_graph() -> None:
    def level(number: int) -> dict[str, Any]:
        inside = (
            [drawn(at, f"s{number + 1}") for at in range(10)]
            if number < 9
            else [drawn(1, "VAEDecode")]
        )
        return {"id": f"s{number}", "nodes": inside, "links": []}

    workflow = {
        "nodes": [drawn(1, "s0")],
        "links": [],
        "definitions": {"subgraphs": [level(number) for number in range(10)]},
    }
    with pytest.raises(UnreadableGraph, match="multiply"):
        flat(workflow)


def test_a_circle_of_reroutes_leads_nowhere() -> None:
    workflow = {
        "nodes": [
            drawn(1, "Reroute", inputs=[slot("", "*", 2)], outputs=[slot("", "*")]),
            drawn(2, "Reroute", inputs=[slot("", "*", 1)], outputs=[slot("", "*")]),
            drawn(3, "VAEDecode", inputs=[slot("samples", "LATENT", 3)]),
        ],
        "links": [[1, 1, 0, 2, 0, "*"], [2, 2, 0, 1, 0, "*"], [3, 2, 0, 3, 0, "*"]],
    }
    assert sent(workflow) == {"3": {"class_type": "VAEDecode", "inputs": {}}}
