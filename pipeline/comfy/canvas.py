"""A graph as people draw it, read from its JSON: nodes with slots, links, and canvases within canvases.

Files come from many hands and many versions, so everything is looked at before it is used: what has a
wrong shape is left out, and what then cannot be followed ends in a finding, never in a traceback.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeGuard

from pipeline.comfy.graph import MOST_NODES, UnreadableGraph

ACTIVE, MUTED, BYPASSED = 0, 2, 4
INWARD, OUTWARD = "-10", "-20"
"""Where the links of a subgraph begin that come from its inputs, and end that go to its outputs."""


@dataclass(frozen=True, slots=True)
class Slot:
    """An input or an output of a node."""

    name: str
    type: str
    link: str | None = None
    """Of an input: the link that ends there."""
    widget: bool = False
    """Of an input: it stands for a widget, whose value holds where no link comes."""


@dataclass(frozen=True, slots=True)
class Link:
    """From an output of a node to an input of another."""

    origin: str
    origin_slot: int
    target: str
    target_slot: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A node on a canvas."""

    id: str
    type: str
    mode: int = ACTIVE
    inputs: tuple[Slot, ...] = ()
    outputs: tuple[Slot, ...] = ()
    values: Any = None
    """`widgets_values` as the file holds it, to be changed in place where a copy is made: a list, or
    a mapping by name."""
    named: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """The same by name, where the file says so."""
    properties: Mapping[str, Any] = field(default_factory=dict[str, Any])
    title: str = ""

    def input(self, name: str) -> Slot | None:
        return next((slot for slot in self.inputs if slot.name == name), None)


@dataclass(frozen=True, slots=True)
class Canvas:
    """Nodes and links; of a subgraph also what leads in and out."""

    nodes: Mapping[str, Drawn]
    links: Mapping[str, Link]
    inputs: tuple[Slot, ...] = ()
    """Names and types of what leads in, in their order."""
    out: Mapping[int, Link] = field(default_factory=dict[int, Link])
    """What leads out, by the number of the output."""
    renamed: Mapping[str, str] = field(default_factory=dict[str, str])
    """Ids of nodes that the file has twice, and what they are here."""


@dataclass(frozen=True, slots=True)
class Workflow:
    """A canvas with the subgraphs that it uses, by the type of their nodes."""

    root: Canvas
    subgraphs: Mapping[str, Canvas]


def is_workflow(values: Any) -> TypeGuard[Mapping[str, Any]]:
    """Whether JSON looks like a canvas: it has nodes in a list."""
    return isinstance(values, dict) and isinstance(values.get("nodes"), list)


def read(values: Mapping[str, Any]) -> Workflow:
    """A workflow of its JSON. Raises `UnreadableGraph` for more nodes than a person draws."""
    root = _canvas(values)
    definitions = _mapping(values.get("definitions"))
    taken = _Taken(set(root.nodes), values.get("last_node_id"))
    subgraphs = {
        each["id"]: taken.apart(_canvas(each))
        for each in _list(definitions.get("subgraphs"))
        if isinstance(each, dict) and isinstance(each.get("id"), str)
    }
    return Workflow(root, subgraphs)


class _Taken:
    """Ids of nodes that are in use. ComfyUI's pages give a node of a subgraph a new one where its own is
    in use elsewhere, counting on from the last."""

    def __init__(self, ids: set[str], last: Any) -> None:
        self._ids = ids
        numbers = [int(each) for each in ids if each.isdecimal() and len(each) < 16]
        self._last = max([*numbers, last if isinstance(last, int) else 0, 0])

    def apart(self, canvas: Canvas) -> Canvas:
        renamed = {each: self._next() for each in canvas.nodes if each in self._ids}
        self._ids |= set(canvas.nodes)
        if not renamed:
            return canvas
        links = {
            name: replace(
                link,
                origin=renamed.get(link.origin, link.origin),
                target=renamed.get(link.target, link.target),
            )
            for name, link in canvas.links.items()
        }
        return replace(
            canvas,
            nodes={
                (new := renamed.get(each, each)): replace(node, id=new)
                for each, node in canvas.nodes.items()
            },
            links=links,
            out={link.target_slot: link for link in links.values() if link.target == OUTWARD},
            renamed=renamed,
        )

    def _next(self) -> str:
        self._last += 1
        while str(self._last) in self._ids:
            self._last += 1
        self._ids.add(str(self._last))
        return str(self._last)


def _canvas(values: Mapping[str, Any]) -> Canvas:
    nodes = _list(values.get("nodes"))
    if len(nodes) > MOST_NODES:
        raise UnreadableGraph(f"it has {len(nodes)} nodes, which is no graph that a person drew")
    drawn = [node for each in nodes if (node := _drawn(each))]
    links = {name: link for each in _list(values.get("links")) for name, link in _link(each)}
    return Canvas(
        nodes={node.id: node for node in drawn},
        links=links,
        inputs=tuple(_slot(each) for each in _list(values.get("inputs")) if isinstance(each, dict)),
        out={link.target_slot: link for link in links.values() if link.target == OUTWARD},
    )


def _drawn(values: Any) -> Drawn | None:
    if not isinstance(values, dict) or not isinstance(values.get("type"), str):
        return None
    number = values.get("id")
    if not isinstance(number, int | str):
        return None
    mode, title = values.get("mode"), values.get("title")
    return Drawn(
        id=str(number),
        type=values["type"],
        mode=mode if isinstance(mode, int) else ACTIVE,
        inputs=tuple(_slot(each) for each in _list(values.get("inputs")) if isinstance(each, dict)),
        outputs=tuple(
            _slot(each) for each in _list(values.get("outputs")) if isinstance(each, dict)
        ),
        values=values.get("widgets_values"),
        named=_mapping(values.get("widgets_values_named")),
        properties=_mapping(values.get("properties")),
        title=title if isinstance(title, str) else "",
    )


def _slot(values: Mapping[str, Any]) -> Slot:
    link = values.get("link")
    return Slot(
        name=str(values.get("name", "")),
        type=str(values.get("type", "*")),
        link=str(link) if isinstance(link, int | str) else None,
        widget=bool(values.get("widget")),
    )


def _link(values: Any) -> list[tuple[str, Link]]:
    """A link in either of its two forms; nothing of what is none."""
    match values:
        case [number, origin, int(start), target, int(end), *_]:
            pass
        case {
            "id": number,
            "origin_id": origin,
            "origin_slot": int(start),
            "target_id": target,
            "target_slot": int(end),
        }:
            pass
        case _:
            return []
    if not all(isinstance(each, int | str) for each in (number, origin, target)):
        return []
    return [(str(number), Link(str(origin), start, str(target), end))]


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
