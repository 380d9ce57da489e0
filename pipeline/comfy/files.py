"""A file with a graph, in whichever of ComfyUI's formats, as the graph that a server takes."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from pipeline.comfy import canvas, graph
from pipeline.comfy.classes import Classes, known
from pipeline.comfy.flatten import flatten
from pipeline.comfy.graph import Node, UnreadableGraph

LARGEST = 32 * 1024**2
"""Bytes of a file. The largest that ComfyUI's own templates have is a hundredth of that."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A graph out of a file."""

    format: Literal["ui", "api"]
    graph: Mapping[str, Node]
    doubts: Mapping[str, str] = field(default_factory=dict[str, str])
    """Nodes whose values may be wrong or are not there, with why."""


def opened(text: str | bytes, classes: Classes | None = None) -> Opened:
    """The graph of a file's text. `classes` of a server go before those that are known here.

    Raises `UnreadableGraph`, which says what the text is instead.
    """
    if len(text) > LARGEST:
        raise UnreadableGraph(f"it is larger than {LARGEST // 1024**2} MB, which no graph is")
    values = _json(text)
    if isinstance(values, dict) and not canvas.is_workflow(values):
        inner = [values.get(name) for name in ("prompt", "workflow", "output")]
        values = next((each for each in inner if _is_graph(each)), values)
    if canvas.is_workflow(values):
        extra = values.get("extra")
        links = extra.get("ue_links") if isinstance(extra, dict) else None
        flat = flatten(canvas.read(values), {**known(), **(classes or {})}, links)
        return Opened("ui", flat.graph, flat.doubts)
    if graph.is_prompt(values):
        return Opened("api", graph.of_prompt(values))
    raise UnreadableGraph(
        "it is JSON, but neither a workflow (with nodes) nor a graph in API format (nodes with "
        "class_type by their ids)"
    )


def _is_graph(values: Any) -> bool:
    return canvas.is_workflow(values) or graph.is_prompt(values)


def _json(text: str | bytes) -> Any:
    try:
        if isinstance(text, bytes):
            text = text.decode("utf-8-sig")
        values = json.loads(text)
        if "\\ud" in text.lower():  # halves of letters, which no file can hold
            values = json.loads(json.dumps(values, ensure_ascii=False).encode("utf-8", "replace"))
        return values
    except UnicodeDecodeError as error:
        raise UnreadableGraph("it is not text in UTF-8") from error
    except RecursionError as error:
        raise UnreadableGraph("it is nested deeper than any graph") from error
    except ValueError as error:
        raise UnreadableGraph(f"it is not JSON: {error}") from error
