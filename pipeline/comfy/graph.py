"""A graph as a ComfyUI server takes it: nodes by id, each with its class and its inputs."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeGuard

MOST_NODES = 20_000
"""More than any graph that people drew; subgraphs within subgraphs can multiply without end."""


class UnreadableGraph(ValueError):
    """A file is no graph; the message says in one sentence why."""


@dataclass(frozen=True, slots=True)
class Wire:
    """What an input holds that is wired: the node, and which of its outputs, counted from 0."""

    node: str
    slot: int = 0


@dataclass(frozen=True, slots=True)
class Node:
    """One node. A value of its inputs is a `Wire`, or what JSON holds."""

    kind: str
    """Its class, as the server names it."""
    inputs: Mapping[str, Any] = field(default_factory=dict[str, Any])
    title: str = ""

    def wires(self) -> Iterator[tuple[str, Wire]]:
        for name, value in self.inputs.items():
            if isinstance(value, Wire):
                yield name, value


Graph = Mapping[str, Node]


def of_prompt(values: Mapping[str, Any]) -> dict[str, Node]:
    """A graph of its API format. Raises `UnreadableGraph` where a node has no class or no inputs."""
    if len(values) > MOST_NODES:
        raise UnreadableGraph(f"it has {len(values)} nodes, which is no graph that a person drew")
    return {str(number): _node(str(number), value) for number, value in values.items()}


def is_prompt(values: Any) -> TypeGuard[Mapping[str, Any]]:
    """Whether JSON looks like the API format: nodes by id, each with a `class_type`."""
    return (
        isinstance(values, dict)
        and bool(values)
        and all(isinstance(each, dict) and "class_type" in each for each in values.values())
    )


def as_prompt(graph: Graph) -> dict[str, Any]:
    """The API format of a graph; titles stand under `_meta`."""
    return {
        number: {
            "inputs": {name: _written(value) for name, value in node.inputs.items()},
            "class_type": node.kind,
            **({"_meta": {"title": node.title}} if node.title else {}),
        }
        for number, node in graph.items()
    }


def _node(number: str, value: Any) -> Node:
    kind, inputs = value.get("class_type"), value.get("inputs", {})
    if not isinstance(kind, str) or not isinstance(inputs, dict):
        raise UnreadableGraph(
            f"node {number} has no class_type that is text, or inputs that are none"
        )
    about = value.get("_meta")
    title = about.get("title", "") if isinstance(about, dict) else ""
    read = {str(name): _read(each) for name, each in inputs.items()}
    return Node(kind, read, title if isinstance(title, str) else "")


def _read(value: Any) -> Any:
    match value:
        case [str() | int() as node, int() as slot] if not isinstance(node, bool):
            return Wire(str(node), int(slot))
        case {"__value__": inner}:
            return inner
    return value


def _written(value: Any) -> Any:
    if isinstance(value, Wire):
        return [value.node, value.slot]
    return {"__value__": value} if isinstance(value, list) else value
