"""A graph as a canvas: its nodes laid out in columns, with links and values where ComfyUI keeps them."""

import uuid
from collections.abc import Iterator, Mapping
from typing import Any

from pipeline.comfy.classes import AFTER, Classes
from pipeline.comfy.graph import Graph, Node, Wire

_ACROSS, _DOWN, _WIDE = 400, 60, 320
"""Pixels of the canvas: from column to column, between nodes, and of a node's width."""
_SLOTS: Mapping[str, tuple[Mapping[str, str], tuple[tuple[str, str], ...]]] = {
    "CLIPLoader": ({}, (("CLIP", "CLIP"),)),
    "VAELoader": ({}, (("VAE", "VAE"),)),
    "UNETLoader": ({}, (("MODEL", "MODEL"),)),
    "LoraLoaderModelOnly": ({"model": "MODEL"}, (("MODEL", "MODEL"),)),
    "ModelSamplingSD3": ({"model": "MODEL"}, (("MODEL", "MODEL"),)),
    "CLIPTextEncode": ({"clip": "CLIP"}, (("CONDITIONING", "CONDITIONING"),)),
    "LoadImage": ({}, (("IMAGE", "IMAGE"), ("MASK", "MASK"))),
    "WanImageToVideo": (
        {
            "positive": "CONDITIONING",
            "negative": "CONDITIONING",
            "vae": "VAE",
            "clip_vision_output": "CLIP_VISION_OUTPUT",
            "start_image": "IMAGE",
        },
        (("positive", "CONDITIONING"), ("negative", "CONDITIONING"), ("latent", "LATENT")),
    ),
    "KSamplerAdvanced": (
        {
            "model": "MODEL",
            "positive": "CONDITIONING",
            "negative": "CONDITIONING",
            "latent_image": "LATENT",
        },
        (("LATENT", "LATENT"),),
    ),
    "VAEDecode": ({"samples": "LATENT", "vae": "VAE"}, (("IMAGE", "IMAGE"),)),
    "CreateVideo": ({"images": "IMAGE", "audio": "AUDIO"}, (("VIDEO", "VIDEO"),)),
    "SaveVideo": ({"video": "VIDEO"}, ()),
}
"""Inputs that are wired and outputs, by class: names and types."""


def canvas(graph: Graph, classes: Classes, name: str) -> dict[str, Any]:
    """A workflow's JSON for a graph of `pipeline.comfy.writing`; the same for the same graph and name.

    Raises `KeyError` for a class that it cannot draw.
    """
    links = list(_links(graph))
    columns = _columns(graph)
    down: dict[int, int] = {}
    nodes: list[dict[str, Any]] = []
    for order, (number, node) in enumerate(graph.items()):
        drawn = _drawn(number, node, order, links, classes)
        column = columns[number]
        drawn["pos"] = [column * _ACROSS, down.get(column, 0)]
        down[column] = down.get(column, 0) + drawn["size"][1] + _DOWN
        nodes.append(drawn)
    return {
        "id": str(uuid.uuid5(uuid.NAMESPACE_URL, f"shotfarm:{name}")),
        "revision": 0,
        "last_node_id": len(nodes),
        "last_link_id": len(links),
        "nodes": nodes,
        "links": [list(link) for link in links],
        "groups": [],
        "config": {},
        "extra": {},
        "version": 0.4,
    }


_Link = tuple[int, int, int, int, int, str]
"""Its number, from which node and output, to which node and input, and its type."""


def _links(graph: Graph) -> Iterator[_Link]:
    number = 0
    for target, node in graph.items():
        wired = list(_SLOTS[node.kind][0])
        for name, wire in node.wires():
            number += 1
            kind = _SLOTS[graph[wire.node].kind][1][wire.slot][1]
            yield number, int(wire.node), wire.slot, int(target), wired.index(name), kind


def _columns(graph: Graph) -> dict[str, int]:
    """How many nodes lie before each, at most; nodes come after those that they need."""
    columns: dict[str, int] = {}
    for number, node in graph.items():
        columns[number] = max((columns[wire.node] + 1 for _, wire in node.wires()), default=0)
    return columns


def _drawn(
    number: str, node: Node, order: int, links: list[_Link], classes: Classes
) -> dict[str, Any]:
    wired, outputs = _SLOTS[node.kind]
    values = list(_values(node, classes))
    into = {link[4]: link[0] for link in links if link[3] == int(number)}
    tall = 60 + 26 * (max(len(wired), len(outputs)) + len(values))
    return {
        "id": int(number),
        "type": node.kind,
        "pos": [0, 0],
        "size": [_WIDE, tall + (120 if node.kind == "CLIPTextEncode" else 0)],
        "flags": {},
        "order": order,
        "mode": 0,
        "title": node.title,
        "inputs": [
            {"name": name, "type": kind, "link": into.get(at)}
            for at, (name, kind) in enumerate(wired.items())
        ],
        "outputs": [
            {
                "name": name,
                "type": kind,
                "links": [link[0] for link in links if link[1:3] == (int(number), at)],
            }
            for at, (name, kind) in enumerate(outputs)
        ],
        "properties": {"Node name for S&R": node.kind},
        "widgets_values": values,
    }


def _values(node: Node, classes: Classes) -> Iterator[Any]:
    """Values of widgets in their order, with what stands beside them."""
    waiting = list(classes[node.kind])
    while waiting:
        widget = waiting.pop(0)
        value = node.inputs.get(widget.name, widget.default)
        if isinstance(value, Wire):
            value = widget.default
        yield value
        if widget.beside:
            yield "fixed" if widget.beside == AFTER else "image"
        waiting[:0] = widget.choices.get(str(value), ())
