"""Files from anywhere: whatever is in one, it is read or refused in a sentence, and soon."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.comfy import files, reading
from pipeline.comfy.graph import Node, UnreadableGraph, Wire, as_prompt
from tests.unit.pipeline.comfy.conftest import (
    CONVERSIONS,
    OF_2025,
    again,
    drawn,
    inner_links,
    slot,
    template,
)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3)
    ),
    max_leaves=8,
)
"""Anything that a file may hold in a place."""


def read(values: Any) -> reading.Reading | None:
    """What is read of a file with these values; None where it is refused."""
    try:
        opened = files.opened(json.dumps(values))
        found = reading.read(opened.graph, opened.doubts)
    except UnreadableGraph:
        return None
    json.dumps(found.as_dict(), ensure_ascii=False).encode()
    return found


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "not JSON"),
        (b"\xff\xfe\x00", "not text"),
        (b"[1, 2]", "neither"),
        (b'"text"', "neither"),
        (b"{}", "neither"),
        (b'{"1": {"class_type": "A"}, "2": 3}', "neither"),
        (b'{"1": {"class_type": 5}}', "no class_type"),
        (b'{"1": {"class_type": "A", "inputs": [1]}}', "no class_type"),
        (b"[" * 200_000, "deeper"),
        (b'{"a":' * 200_000, "deeper"),
        (b'{"a": ' + b"9" * 10_000 + b"}", "not JSON"),
        (b" " * (files.LARGEST + 1), "larger"),
    ],
)
def test_what_is_no_graph_is_refused_in_a_sentence(content: bytes, word: str) -> None:
    with pytest.raises(UnreadableGraph, match=word):
        files.opened(content)


def test_a_mark_at_the_beginning_and_halves_of_letters_do_no_harm() -> None:
    prompt = json.dumps(CONVERSIONS[OF_2025]).replace("The white", "The \\ud800 white")
    opened = files.opened(b"\xef\xbb\xbf" + prompt.encode())
    found = reading.read(opened.graph)
    assert (found.prompt or "").startswith("The ? white")
    assert (found.prompt or "").encode()


def test_too_many_nodes_are_refused() -> None:
    node = {"class_type": "A", "inputs": {}}
    with pytest.raises(UnreadableGraph, match="nodes"):
        files.opened(json.dumps({str(number): node for number in range(20_001)}))
    with pytest.raises(UnreadableGraph, match="nodes"):
        files.opened(json.dumps({"nodes": [{}] * 20_001, "links": []}))


@pytest.mark.parametrize(
    "kind", ["Reroute", "ModelSamplingSD3", "KSamplerAdvanced", "ComfyMathExpression"]
)
def test_a_row_of_thousands_of_nodes_is_read(kind: str) -> None:
    """By no recursion: Python would end it, or be ended."""
    names = {"KSamplerAdvanced": "latent_image", "ModelSamplingSD3": "model"}
    name = names.get(kind, "values.a")
    row = {
        str(number): Node(kind, {name: Wire(str(number + 1)), "expression": "a", "value": 1})
        for number in range(5_000)
    }
    decode = Node("VAEDecode", {"samples": Wire("0")})
    save = Node("SaveVideo", {"video": Wire("d")})
    assert read(as_prompt({**row, "d": decode, "s": save})) is not None

    nodes = [
        drawn(number, kind, inputs=[slot(name, "*", number + 1)], outputs=[slot("", "*")])
        for number in range(5_000)
    ]
    links = [[number + 1, number + 1, 0, number, 0, "*"] for number in range(5_000)]
    assert read({"nodes": nodes, "links": links}) is not None


@pytest.mark.parametrize(
    "odd",
    [
        float("inf"),
        float("nan"),
        10**400,
        -(10**400),
        1e300,
        -1,
        0,
        "1e999",
        "9" * 5_000,
        True,
        [],
        {},
    ],
)
def test_numbers_that_no_clip_has_are_said_to_be_none(odd: Any) -> None:
    for number, node in CONVERSIONS[OF_2025].items():
        for name, value in node["inputs"].items():
            nodes = again(CONVERSIONS[OF_2025])
            if isinstance(value, int | float):
                nodes[number]["inputs"][name] = odd
                assert read(nodes) is not None, (node["class_type"], name)
    rows = {"lora_1": {"on": True, "lora": "a.safetensors", "strength": odd}, "model": ["95", 0]}
    nodes = again(CONVERSIONS[OF_2025])
    nodes["900"] = {"class_type": "Power Lora Loader (rgthree)", "inputs": rows}
    nodes["104"]["inputs"]["model"] = ["900", 0]
    assert read(nodes) is not None


def test_what_stands_in_names_does_not_reach_a_terminal() -> None:
    nodes = again(CONVERSIONS[OF_2025])
    nodes["98"]["class_type"] = "\x1b[2J" + "x" * 10_000
    found = read(nodes)
    assert found
    assert all(len(each.message) <= 400 and each.message.isprintable() for each in found.findings)


def test_a_graph_that_runs_in_a_circle_is_read() -> None:
    for name in ("129:86", "129:85", "129:98", "129:104", "129:93", "129:163"):
        for target in CONVERSIONS["video_wan2_2_14B_i2v.json"]:
            nodes = again(CONVERSIONS["video_wan2_2_14B_i2v.json"])
            for key, value in nodes[name]["inputs"].items():
                if isinstance(value, list):
                    nodes[name]["inputs"][key] = [target, 0]
            assert read(nodes) is not None


def test_a_subgraph_whose_ins_lead_out_again_is_read() -> None:
    subgraph = {
        "id": "s",
        "inputs": [slot("x")],
        "nodes": [],
        "links": inner_links((1, -10, 0, -20, 0)),
    }
    instance = drawn(1, "s", inputs=[slot("x", "*", 1)], outputs=[slot("x")])
    assert read({
        "nodes": [instance, drawn(2, "VAEDecode", inputs=[slot("samples", "*", 1)])],
        "links": [[1, 1, 0, 2, 0, "*"]],
        "definitions": {"subgraphs": [subgraph]},
    })  # fmt: skip


@given(JSON)
def test_any_json_is_read_or_refused(values: Any) -> None:
    read(values)
    read({"nodes": values, "links": values, "definitions": values, "extra": values})
    read({"nodes": [values], "links": [values], "definitions": {"subgraphs": [values]}})


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.data())
def test_a_graph_with_anything_in_a_place_is_read_or_refused(data: st.DataObject) -> None:
    nodes = again(CONVERSIONS["video_wan2_2_14B_i2v.json"])
    for _ in range(data.draw(st.integers(1, 3))):
        node = nodes[data.draw(st.sampled_from(sorted(nodes)))]
        if not isinstance(node, dict) or not isinstance(node.get("inputs"), dict):
            continue
        if data.draw(st.booleans()):
            node[data.draw(st.sampled_from(["class_type", "inputs", "_meta"]))] = data.draw(JSON)
        elif node["inputs"]:
            node["inputs"][data.draw(st.sampled_from(sorted(node["inputs"])))] = data.draw(JSON)
    read(nodes)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.data())
def test_a_canvas_with_anything_in_a_place_is_read_or_refused(data: st.DataObject) -> None:
    workflow = again(WORKFLOW)
    canvases = [workflow, *workflow["definitions"]["subgraphs"]]
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.sampled_from(canvases))
        key = data.draw(st.sampled_from(["nodes", "links", "inputs", "definitions", "extra"]))
        inside = place.get(key)
        if data.draw(st.booleans()) or not isinstance(inside, list) or not inside:
            place[key] = data.draw(JSON)
            continue
        at = data.draw(st.integers(0, len(inside) - 1))
        if isinstance(inside[at], dict) and inside[at] and data.draw(st.booleans()):
            inside[at][data.draw(st.sampled_from(sorted(inside[at])))] = data.draw(JSON)
        else:
            inside[at] = data.draw(JSON)
    read(workflow)


WORKFLOW = template("video_wan2_2_14B_i2v.json")


def test_a_file_that_would_take_hours_is_refused() -> None:
    row = [
        drawn(number, "Reroute", inputs=[slot("", "*", number + 1)], outputs=[slot("", "*")])
        for number in range(10_000)
    ]
    ends = [
        drawn(20_000 + at, "VAEDecode", inputs=[slot("samples", "*", 0)]) for at in range(9_000)
    ]
    links = [[number + 1, number + 1, 0, number, 0, "*"] for number in range(10_000)]
    with pytest.raises(UnreadableGraph, match="on and on"):
        files.opened(json.dumps({"nodes": row + ends, "links": [*links, [0, 0, 0, 1, 0, "*"]]}))
