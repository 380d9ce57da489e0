"""A canvas as the graph that a server runs: what is muted, bypassed, nested and promoted is worked out."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from pipeline.comfy import links, widgets
from pipeline.comfy.canvas import (
    BYPASSED,
    INWARD,
    MUTED,
    Canvas,
    Drawn,
    Link,
    Workflow,
)
from pipeline.comfy.classes import Classes
from pipeline.comfy.graph import MOST_NODES, Node, UnreadableGraph, Wire
from pipeline.comfy.widgets import Held

DRAWN_ONLY = frozenset(
    {"Note", "MarkdownNote", "Reroute", "PrimitiveNode", "SetNode", "GetNode"}
    | {"Note Plus (mtb)", "Label (rgthree)", "Bookmark (rgthree)", "easy setNode", "easy getNode"}
    | {"Fast Groups Bypasser (rgthree)", "Fast Groups Muter (rgthree)", "Fast Bypasser (rgthree)"}
    | {"Fast Muter (rgthree)", "Mute / Bypass Repeater (rgthree)", "Node Collector (rgthree)"}
    | {"Anything Everywhere", "Anything Everywhere?", "Anything Everywhere3", "Prompts Everywhere"}
)
"""Nodes that are for people alone: no server hears of them."""
_THROUGH = {"Reroute"}
_DEEPEST = 24
"""Subgraphs within subgraphs; nobody drew more, and each may hold itself by mistake."""
_MOST_STEPS = 300_000
"""Along links of one file: seconds, where a graph that people drew takes hundredths of one."""


@dataclass(frozen=True, slots=True)
class Flat:
    """A graph as a server takes it, and where each of its values stands in the file."""

    graph: dict[str, Node]
    held: Mapping[tuple[str, str], Held]
    """By node and input."""
    doubts: Mapping[str, str]
    """Nodes whose values may be wrong or are not there, with why."""


@dataclass(eq=False, slots=True)
class _Place:
    """A canvas where it is used: the root, or a subgraph as one of its instances."""

    canvas: Canvas
    prefix: str = ""
    parent: "_Place | None" = None
    instance: Drawn | None = None
    by_input: dict[int, Held] = field(default_factory=dict[int, Held])
    """What the instance says of what leads in."""
    by_inner: dict[tuple[str, str], Held] = field(default_factory=dict[tuple[str, str], Held])
    """The same of widgets of nodes inside."""

    @property
    def types(self) -> set[str]:
        place, found = self, set[str]()
        while place and place.instance:
            found.add(place.instance.type)
            place = place.parent
        return found


_Found = Wire | Held | None
"""Where a link leads: an output of a node, a value, or nowhere."""


def flatten(workflow: Workflow, classes: Classes, everywhere: Any = None) -> Flat:
    """The graph that a server would be sent. `everywhere` is `extra.ue_links` of the file.

    Equal to what ComfyUI's own pages make of it, values and wiring; texts are left as they stand,
    where those pages strip remarks and draw lots. Raises `UnreadableGraph` for subgraphs without end.
    """
    return _Flattening(workflow, classes, everywhere).done()


class _Flattening:
    def __init__(self, workflow: Workflow, classes: Classes, everywhere: Any) -> None:
        self._workflow = workflow
        self._classes = classes
        self._everywhere = dict(links.everywhere(everywhere))
        self._graph: dict[str, Node] = {}
        self._held: dict[tuple[str, str], Held] = {}
        self._doubts: dict[str, str] = {}
        self._places: dict[tuple[_Place, str], _Place] = {}
        self._budget = MOST_NODES
        self._steps = _MOST_STEPS

    def done(self) -> Flat:
        self._all(_Place(self._workflow.root), 0)
        for number, node in self._graph.items():
            lost = {name for name, wire in node.wires() if wire.node not in self._graph}
            if lost:
                left = {name: each for name, each in node.inputs.items() if name not in lost}
                self._graph[number] = replace(node, inputs=left)
        return Flat(self._graph, self._held, self._doubts)

    def _all(self, place: _Place, depth: int) -> None:
        for node in place.canvas.nodes.values():
            if node.mode in (MUTED, BYPASSED) or node.type in DRAWN_ONLY:
                continue
            self._budget -= 1
            if self._budget < 0:
                raise UnreadableGraph(f"its subgraphs multiply to more than {MOST_NODES} nodes")
            if node.type not in self._workflow.subgraphs:
                self._emit(place, node)
            elif depth >= _DEEPEST or node.type in place.types:
                raise UnreadableGraph(f"subgraph {node.type} holds itself, or too many others")
            else:
                self._all(self._inside(place, node), depth + 1)

    def _emit(self, place: _Place, node: Drawn) -> None:
        number = place.prefix + node.id
        found = widgets.row(node, self._classes)
        if found.doubt:
            self._doubts[number] = found.doubt
        inputs: dict[str, Any] = {}
        for name, held in found.held.items():
            told = place.by_inner.get((node.id, name), held)
            self._note(number, name, told, inputs)
        for at, slot in enumerate(node.inputs):
            match self._follow(place, node, at):
                case Wire() as wire:
                    inputs[slot.name] = wire
                    self._held.pop((number, slot.name), None)
                case Held() as held:
                    self._note(number, slot.name, held, inputs)
                case None:
                    pass
        self._graph[number] = Node(node.type, inputs, node.title)

    def _note(self, number: str, name: str, held: Held, inputs: dict[str, Any]) -> None:
        inputs[name] = held.value
        self._held[number, name] = held

    # Links, from their ends to where they come from.

    def _follow(self, place: _Place, node: Drawn, at: int) -> _Found:
        slot = node.inputs[at]
        link = place.canvas.links.get(slot.link) if slot.link is not None else None
        if link is None and place.parent is None:
            link = self._everywhere.get((node.id, at))
        found = self._resolve(place, link)
        if found is None and link is not None and link.origin == INWARD and not slot.widget:
            return self._beside(place, link.origin_slot)
        return found

    def _beside(self, place: _Place, slot: int) -> Held | None:
        """The value of the first widget that what leads in feeds, for inputs beside it that have none."""
        self._spend(len(place.canvas.links))
        for number, link in place.canvas.links.items():
            node = place.canvas.nodes.get(link.target)
            if link.origin != INWARD or link.origin_slot != slot or node is None:
                continue
            fed = next((each for each in node.inputs if each.widget and each.link == number), None)
            if fed:
                own = widgets.row(node, self._classes).held.get(fed.name)
                return place.by_inner.get((node.id, fed.name), own)
        return None

    def _resolve(self, place: _Place, link: Link | None) -> _Found:
        """Step by step, not by recursion: files may hold thousands of reroutes in a row, or a circle."""
        kept: list[Held] = []
        seen = set[tuple[str, str, int]]()
        while link is not None:
            key = (place.prefix, link.origin, link.origin_slot)
            if key in seen:
                break
            seen.add(key)
            self._spend(1)
            if link.origin == INWARD:
                if place.parent is None or place.instance is None:
                    break
                if held := place.by_input.get(link.origin_slot):
                    kept.append(held)
                place, link = place.parent, self._outer(place, link.origin_slot)
                continue
            node = place.canvas.nodes.get(link.origin)
            if node is None or node.mode == MUTED:
                break
            if node.mode == BYPASSED:
                link = links.past(place.canvas, node, link.origin_slot)
            elif node.type == "PrimitiveNode":
                if isinstance(node.values, list) and node.values:
                    return Held(node.values, 0)
                break
            elif node.type in _THROUGH or node.type in links.SETTERS:
                link = links.first(place.canvas, node)
            elif node.type in links.GETTERS:
                place, link = self._set_by(place, node)
            elif node.type in self._workflow.subgraphs:
                inside = self._inside(place, node)
                link = inside.canvas.out.get(link.origin_slot)
                place = inside
            elif node.type in DRAWN_ONLY:
                break
            else:
                return Wire(place.prefix + node.id, link.origin_slot)
        return kept[-1] if kept else None

    def _set_by(self, place: _Place, node: Drawn) -> tuple[_Place, Link | None]:
        """The link into what sets the value that `node` gets, on its canvas or one around it."""
        around: _Place | None = place
        while around is not None:
            self._spend(len(around.canvas.nodes))
            if setter := links.set_by(around.canvas, node):
                return around, links.first(around.canvas, setter)
            around = around.parent
        return place, None

    @staticmethod
    def _outer(place: _Place, slot: int) -> Link | None:
        """The link that comes to an instance from outside, at one of its subgraph's inputs."""
        names = place.canvas.inputs
        if not 0 <= slot < len(names) or place.instance is None or place.parent is None:
            return None
        outer = place.instance.input(names[slot].name)
        if outer is None or outer.link is None:
            return None
        return place.parent.canvas.links.get(outer.link)

    def _spend(self, steps: int) -> None:
        self._steps -= steps
        if self._steps < 0:
            raise UnreadableGraph("its links lead on and on")

    # Subgraphs, and which value of theirs counts.

    def _inside(self, place: _Place, node: Drawn) -> _Place:
        known = self._places.get((place, node.id))
        if known is None:
            if node.type in place.types:
                raise UnreadableGraph(f"subgraph {node.type} holds itself")
            canvas = self._workflow.subgraphs[node.type]
            known = _Place(canvas, f"{place.prefix}{node.id}:", place, node)
            self._promote(known, place, node)
            self._places[place, node.id] = known
        return known

    def _promote(self, inside: _Place, outside: _Place, node: Drawn) -> None:
        self._spend(len(inside.canvas.links) + len(inside.canvas.inputs))
        numbers = {slot.name: at for at, slot in enumerate(inside.canvas.inputs)}
        for at, (inner, name) in enumerate(_promoted(inside.canvas, node)):
            held = outside.by_inner.get((node.id, name)) or _at(node.values, at, name)
            if held is None or held.value is None:
                continue
            if inner != "-1":
                inside.by_inner[inner, name] = held
            elif name in numbers:
                inside.by_input[numbers[name]] = held


def _promoted(canvas: Canvas, node: Drawn) -> list[tuple[str, str]]:
    """The widgets of an instance in their order: of an inner node, or (-1) of what leads in."""
    proxies = node.properties.get("proxyWidgets")
    if isinstance(proxies, list) and proxies:
        return [
            (canvas.renamed.get(str(each[0]), str(each[0])), str(each[1]))
            if isinstance(each, list) and len(each) > 1
            else ("", "")
            for each in proxies
        ]
    fed = {
        link.origin_slot
        for number, link in canvas.links.items()
        if link.origin == INWARD and _is_widget(canvas, number, link)
    }
    return [("-1", slot.name) for at, slot in enumerate(canvas.inputs) if at in fed]


def _is_widget(canvas: Canvas, number: str, link: Link) -> bool:
    node = canvas.nodes.get(link.target)
    return node is not None and any(slot.widget and slot.link == number for slot in node.inputs)


def _at(values: Any, at: int, name: str) -> Held | None:
    if isinstance(values, list) and at < len(values):
        return Held(values, at)
    return Held(values, name) if isinstance(values, dict) and name in values else None
