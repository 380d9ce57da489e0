"""What a wired input comes to: through primitives, switches and maths to a value, or to the node that
makes it."""

import re
from collections.abc import Callable, Collection, Mapping
from typing import Any

from pipeline.comfy.arithmetic import work_out
from pipeline.comfy.graph import Graph, Node, Wire

_DEEPEST = 100
"""Nodes for values one behind the other."""
_MOST_STEPS = 50_000
"""Of one graph: nodes that each ask two others have no end otherwise."""
_MOST = 1e20
"""No number of a clip comes near."""
_LONGEST = 100_000
"""Characters of a text that is put together."""
_CONSTANTS: Mapping[str, str] = {
    "PrimitiveInt": "value",
    "PrimitiveFloat": "value",
    "PrimitiveBoolean": "value",
    "PrimitiveString": "value",
    "PrimitiveStringMultiline": "value",
    "INTConstant": "value",
    "FloatConstant": "value",
    "StringConstant": "string",
    "StringConstantMultiline": "string",
    "Seed (rgthree)": "seed",
    "easy seed": "seed",
    "easy int": "value",
    "easy float": "value",
    "easy string": "value",
    "easy boolean": "value",
    "CR Seed": "seed",
    "CR Integer": "value",
    "Int": "Number",
    "Float": "Number",
    "JWInteger": "value",
    "JWFloat": "value",
    "Text Multiline": "text",
    "CR Text": "text",
    "Textbox": "text",
}
"""Nodes that hold one value, and the input that holds it."""
_SWITCHES: Mapping[str, tuple[str, str, str]] = {
    "ComfySwitchNode": ("switch", "on_true", "on_false"),
    "easy ifElse": ("boolean", "on_true", "on_false"),
    "LazySwitchKJ": ("switch", "on_true", "on_false"),
    "Switch any [Crystools]": ("boolean", "on_true", "on_false"),
}
"""Nodes that pass on one of two inputs: the one that decides, and the two."""
_PASS_ON: Mapping[str, str] = {
    "Reroute": "",
    "Reroute (rgthree)": "",
    "easy showAnything": "anything",
    "easy cleanGpuUsed": "anything",
    "easy clearCacheAll": "anything",
    "PreviewAny": "source",
    "ShowText|pysssss": "text",
    "DisplayAny": "input",
    "VRAM_Debug": "any_input",
    "UnloadAllModels": "value",
    "UnloadModel": "value",
    "PurgeVRAM V2": "anything",
    "LayerUtility: PurgeVRAM V2": "anything",
}
"""Nodes that hand on what they get, by the input that they get it at; the only one where none is named."""
_FIRST_OF = frozenset({"Any Switch (rgthree)", "Any Switch", "ImpactSwitch"})
"""Nodes that pass on one of any number of inputs."""


class Unknown(ValueError):
    """A value that cannot be told without running the graph; `node` is the one that it ends at."""

    def __init__(self, node: str, why: str) -> None:
        super().__init__(why)
        self.node = node


class Values:
    """The values of one graph."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self._under_way: list[str] = []
        self._left = _MOST_STEPS

    def settle(self, value: Any) -> Any:
        """Follows a wire through whatever hands on, switches and maths: the wire of the node that makes
        something of its own, or a value.

        Raises `Unknown` where a switch cannot be decided or a wire leads in a circle.
        """
        for _ in range(_DEEPEST):
            if not isinstance(value, Wire):
                return value
            node = self.graph.get(value.node)
            if node is None:
                raise Unknown(value.node, "there is no such node")
            step = self._step(value, node)
            if step is value:
                return value
            value = step
        end = value.node if isinstance(value, Wire) else ""
        raise Unknown(end, "wires lead on and on, or in a circle")

    def plain(self, value: Any) -> Any:
        """The value that an input comes to. Raises `Unknown`, which names the node it ends at."""
        found = self.settle(value)
        if isinstance(found, Wire):
            kind = self.graph[found.node].kind
            raise Unknown(found.node, f"{kind} makes it while the graph runs")
        return found

    def number(self, value: Any) -> Any:
        """The same, where numbers may be written as text."""
        found = self.plain(value)
        if isinstance(found, str):
            try:
                return float(found) if re.search(r"[.eE]", found) else int(found)
            except ValueError:
                return found
        return found

    def _step(self, wire: Wire, node: Node) -> Any:
        """What an output hands on; the wire itself where the node makes something of its own."""
        self._left -= 1
        if self._left < 0:
            raise Unknown(wire.node, "it depends on too many others")
        kind, inputs = node.kind, node.inputs
        if kind in _CONSTANTS and wire.slot == 0:
            return _given(inputs, _CONSTANTS[kind], wire)
        if kind in _PASS_ON:
            return _given(inputs, _PASS_ON[kind] or next(iter(inputs), ""), wire)
        for kinds, worker in self._workers():
            if kind in kinds:
                return self._within(worker, wire, node)
        return wire

    def _workers(
        self,
    ) -> tuple[tuple[Collection[str], Callable[[Wire, Node], Any]], ...]:
        return (
            (_SWITCHES, self._switched),
            (_FIRST_OF, self._first),
            (_MATHS, self._worked_out),
            (_CONVERTERS, self._converted),
            (_SLIDERS, self._slid),
            (_JOINERS, self._joined),
        )

    def _within(self, worker: Callable[[Wire, Node], Any], wire: Wire, node: Node) -> Any:
        if wire.node in self._under_way or len(self._under_way) > _DEEPEST:
            raise Unknown(wire.node, "it depends on itself, or on too many others")
        self._under_way.append(wire.node)
        try:
            return worker(wire, node)
        finally:
            self._under_way.pop()

    def _switched(self, wire: Wire, node: Node) -> Any:
        decides, yes, no = _SWITCHES[node.kind]
        chosen = self.plain(_given(node.inputs, decides, wire))
        return _given(node.inputs, yes if chosen else no, wire)

    def _first(self, wire: Wire, node: Node) -> Any:
        """The input that a number names, or the first that is wired."""
        if "select" in node.inputs:
            return _given(node.inputs, f"input{self.plain(node.inputs['select'])}", wire)
        for name in sorted(node.inputs):
            each = node.inputs[name]
            if isinstance(each, Wire) and each.node in self.graph:
                return each
        raise Unknown(wire.node, "none of its inputs is wired")

    def _worked_out(self, wire: Wire, node: Node) -> Any:
        names = {
            name.removeprefix("values."): self.number(value)
            for name, value in node.inputs.items()
            if name not in ("expression", "value") and value is not None
        }
        text = self.plain(node.inputs.get("expression", node.inputs.get("value")))
        try:
            found = work_out(str(text), names)
        except ValueError as error:
            raise Unknown(wire.node, str(error)) from error
        kinds = _MATHS[node.kind]
        return kinds[wire.slot](found) if 0 <= wire.slot < len(kinds) else found

    def _converted(self, wire: Wire, node: Node) -> Any:
        found = self.number(next(iter(node.inputs.values()), None))
        if not isinstance(found, int | float) or not -_MOST < found < _MOST:
            raise Unknown(wire.node, "it converts what is no number")
        return _CONVERTERS[node.kind](found)

    def _slid(self, wire: Wire, node: Node) -> Any:
        as_float = self.plain(node.inputs.get("isfloatX", 0))
        return _given(node.inputs, "Xf" if as_float else "Xi", wire)

    def _joined(self, wire: Wire, node: Node) -> Any:
        first, second, between = (
            str(self.plain(node.inputs.get(name, "")))
            for name in ("string_a", "string_b", "delimiter")
        )
        if len(first) + len(second) > _LONGEST:
            raise Unknown(wire.node, "the text has no end")
        return first + between + second


def _given(inputs: Mapping[str, Any], name: str, wire: Wire) -> Any:
    if name not in inputs:
        raise Unknown(wire.node, f"its input {name or 'of any name'} holds nothing")
    return inputs[name]


_MATHS: Mapping[str, tuple[Callable[[Any], Any], ...]] = {
    "ComfyMathExpression": (float, int, bool),
    "SimpleMath+": (int, float),
    "MathExpression|pysssss": (int, float),
    "SimpleCalculatorKJ": (float, int),
}
"""Nodes for expressions: what each of their outputs makes of the value."""
_CONVERTERS: Mapping[str, Callable[[Any], Any]] = {"CM_FloatToInt": int, "CM_IntToFloat": float}
_SLIDERS = frozenset({"mxSlider"})
_JOINERS = frozenset({"StringConcatenate"})
