"""How far a prompt is, by the events that its server tells: stage, steps, and whether it is over. Pure."""

from collections.abc import Mapping
from typing import Any

from pipeline.engines.comfyui.graph import Graph, is_sampler, sampler_nodes
from pipeline.stages import LOADING, WAITING


class Following:
    """One prompt, as it is heard of; what is told of others is left alone."""

    def __init__(self, prompt_id: str, graph: Graph, steps: int) -> None:
        """`graph` is what was sent, and `steps` how many its samplers count together."""
        self.stage = WAITING
        """One of `pipeline.stages.STAGES`, `WAITING` or `LOADING`."""
        self.over = False
        """Whether the server said that it is done with it; its history says how that ended."""
        self._id = prompt_id
        self._classes = {name: node["class_type"] for name, node in graph.items()}
        self._counted = dict.fromkeys(sampler_nodes(graph), 0)
        self._steps = steps

    @property
    def step(self) -> int:
        """Of all samplers together: each counts its own from 1."""
        return min(sum(self._counted.values()), self._steps)

    def runs(self) -> None:
        """Its server lists it as running; nobody told of a node yet."""
        if self.stage == WAITING:
            self.stage = LOADING

    def waits(self) -> None:
        """It stands behind others."""
        self.stage = WAITING

    def hear(self, message: Mapping[str, Any]) -> None:
        """One event of the server."""
        data = message.get("data")
        if not isinstance(data, Mapping) or data.get("prompt_id", self._id) != self._id:
            return
        match message.get("type"):
            case "execution_start":
                self.runs()
            case "executing":
                self._executing(data)
            case "progress":
                self._progress(data)
            case "execution_error" | "execution_interrupted":
                self.over = True
            case _:
                return

    def _executing(self, data: Mapping[str, Any]) -> None:
        node = data.get("node")
        if node is None:
            # Without a prompt's name it may be that of whoever came before.
            self.over = self.over or "prompt_id" in data
            return
        self.stage = self._stage_of(str(node))

    def _progress(self, data: Mapping[str, Any]) -> None:
        node, value = str(data.get("node")), data.get("value")
        if node not in self._counted or not isinstance(value, int | float):
            return
        self._counted[node] = max(self._counted[node], int(value))
        self.stage = "denoise"

    def _stage_of(self, node: str) -> str:
        """By the class of the node that is executed. A sampler reads its expert before it counts."""
        told = self._classes.get(node, "")
        if "TextEncode" in told:
            return "text"
        if is_sampler(told):
            return "denoise" if self._counted.get(node) else LOADING
        if "VAEDecode" in told or told.startswith("Save"):
            return "decode"
        return LOADING
