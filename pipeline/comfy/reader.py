"""Asks a graph for its values and says of each that cannot be told why."""

from collections.abc import Iterator
from typing import Any

from pipeline.comfy.findings import Remarks
from pipeline.comfy.graph import Graph, Node, Wire
from pipeline.comfy.values import Unknown, Values


class Reader:
    """A graph with its values and what there is to say of it."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.values = Values(graph)
        self.remarks = Remarks()

    def node(self, value: Any) -> tuple[str, Node] | None:
        """The node that a wire comes from in the end; None for what is no wire or leads nowhere."""
        try:
            found = self.values.settle(value)
        except Unknown as error:
            self.remarks.error("comfy.unknown", error.node, f"A wire cannot be followed: {error}.")
            return None
        return (found.node, self.graph[found.node]) if isinstance(found, Wire) else None

    def chain(self, value: Any, *names: str) -> Iterator[tuple[str, Node]]:
        """The nodes behind a wire, one after the other, each by the first of `names` that it has."""
        seen = set[str]()
        while (found := self.node(value)) and found[0] not in seen:
            seen.add(found[0])
            yield found
            value = next((found[1].inputs[name] for name in names if name in found[1].inputs), None)

    def number(self, of: str, name: str, what: str) -> float | int | None:
        """A number of a node; None, with a finding, where it cannot be told."""
        found = self._value(of, name, what)
        if found is None or (isinstance(found, int | float) and -_MOST < found < _MOST):
            return found
        self.remarks.error("comfy.unknown", of, f"The {what} is {str(found)[:40]!r}, no number.")
        return None

    def whole(self, of: str, name: str, what: str) -> int | None:
        """The same, cut to a whole number as ComfyUI does."""
        found = self.number(of, name, what)
        try:
            return None if found is None else int(found)
        except (OverflowError, ValueError):
            self.remarks.error("comfy.unknown", of, f"The {what} is {found}, no number.")
            return None

    def text(self, of: str, name: str, what: str) -> str | None:
        """A text of a node; None, with a finding, where it cannot be told."""
        found = self._value(of, name, what)
        if found is None or isinstance(found, str):
            return found
        self.remarks.error("comfy.unknown", of, f"The {what} is {str(found)[:40]!r}, no text.")
        return None

    def _value(self, of: str, name: str, what: str) -> Any:
        inputs = self.graph[of].inputs
        if inputs.get(name) is None:
            kind = self.graph[of].kind
            self.remarks.error(
                "comfy.unknown", of, f"The {what} is not there: {kind} has no {name}."
            )
            return None
        try:
            return self.values.number(inputs[name]) if name not in _TEXTS else (
                self.values.plain(inputs[name])
            )  # fmt: skip
        except Unknown as error:
            self.remarks.error(
                "comfy.unknown", error.node, f"The {what} cannot be told from the file: {error}."
            )
            return None


_MOST = 1e20
"""Seeds end at 2^64, and nothing of a clip is larger."""
_TEXTS = frozenset({"text", "prompt", "image", "wildcard_text", "populated_text"})
"""Inputs whose text may look like a number and is none."""
