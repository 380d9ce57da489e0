"""Graphs for tests: templates and what ComfyUI's pages made of them, and small ones drawn by hand."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import comfyui_workflow_templates_json
import pytest

from pipeline.comfy import canvas, classes, graph, writing
from pipeline.comfy.flatten import Flat, flatten
from pipeline.comfy.graph import Node
from pipeline.comfy.reading import Reading, read
from pipeline.comfy.writing import Written

DATA = Path(__file__).parents[3] / "data/comfyui"
OF_2025 = "video_wan2_2_14B_i2v_2025"
TEMPLATES = Path(str(comfyui_workflow_templates_json.__path__[0])) / "templates"
CONVERSIONS: dict[str, dict[str, Any]] = json.loads((DATA / "conversions.json").read_text())


def template(name: str) -> dict[str, Any]:
    """A workflow whose conversion was recorded."""
    place = DATA / f"{name}.json" if name == OF_2025 else TEMPLATES / name
    return json.loads(place.read_text())


def flat(workflow: dict[str, Any]) -> Flat:
    return flatten(
        canvas.read(workflow), classes.known(), workflow.get("extra", {}).get("ue_links")
    )


def of_template_graph(name: str) -> Reading:
    """A template read, as its conversion was recorded."""
    return read(graph.of_prompt(CONVERSIONS[name]))


def sent(workflow: dict[str, Any]) -> dict[str, Any]:
    """What a server would be sent, without titles."""
    made = graph.as_prompt(flat(workflow).graph)
    return {
        number: {"class_type": node["class_type"], "inputs": node["inputs"]}
        for number, node in made.items()
    }


WRITTEN = Written(
    prompt="a man waves",
    negative="blurry",
    seed=7,
    steps=20,
    boundary=0.9,
    shift=8.0,
    cfg_high=3.5,
    cfg_low=3.0,
    euler=True,
    width=832,
    height=480,
    frames=81,
    fps=16,
    still="still.png",
    name="shotfarm/sh010_t01",
)


@pytest.fixture
def plain() -> dict[str, Node]:
    """A graph of which everything can be honoured."""
    return writing.graph(WRITTEN)


Changed = Callable[..., Reading]


@pytest.fixture
def changed(plain: dict[str, Node]) -> Changed:
    """Reads the graph with other inputs of its nodes: `changed(KSamplerAdvanced={"steps": 4})` for all of a
    class, and with `more` nodes."""

    def read_changed(more: dict[str, Node] | None = None, **inputs: dict[str, Any]) -> Reading:
        nodes = {
            number: Node(node.kind, {**node.inputs, **inputs.get(node.kind, {})}, node.title)
            for number, node in plain.items()
        }
        return read(nodes | (more or {}))

    return read_changed


def of_kind(nodes: dict[str, Node], kind: str) -> list[str]:
    return [number for number, node in nodes.items() if node.kind == kind]


def codes(reading: Reading) -> set[str]:
    return {each.code for each in reading.findings}


def drawn(number: int, kind: str, *values: Any, **more: Any) -> dict[str, Any]:
    """A node of a canvas; `inputs` and `outputs` as `slot` makes them."""
    return {"id": number, "type": kind, "mode": 0, "widgets_values": list(values), **more}


def slot(
    name: str, kind: str = "*", link: int | None = None, *, widget: bool = False
) -> dict[str, Any]:
    return {
        "name": name,
        "type": kind,
        "link": link,
        **({"widget": {"name": name}} if widget else {}),
    }


def inner_links(*links: tuple[int, int, int, int, int]) -> list[dict[str, Any]]:
    """Links of a subgraph: number, from node and output, to node and input."""
    names = ("id", "origin_id", "origin_slot", "target_id", "target_slot")
    return [dict(zip(names, link, strict=True)) | {"type": "*"} for link in links]


def again(workflow: dict[str, Any]) -> dict[str, Any]:
    return copy.deepcopy(workflow)
