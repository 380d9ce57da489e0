"""What the played server refuses, in the words of a real one."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aiohttp import web

if TYPE_CHECKING:
    from tests.comfyui.fake import Fake

LISTED = {
    "unet_name": "diffusion_models",
    "clip_name": "text_encoders",
    "vae_name": "vae",
    "lora_name": "loras",
}
OUTPUTS = ("SaveAnimatedWEBP", "SaveVideo")


@dataclass
class Refused(Exception):
    """A graph of which nothing is made."""

    error: Mapping[str, Any]
    node_errors: Mapping[str, Any]

    def answer(self) -> web.Response:
        told = {"error": self.error, "node_errors": self.node_errors}
        return web.json_response(told, status=400)


def looked_at(fake: "Fake", graph: Mapping[str, Any]) -> tuple[list[str], dict[str, Any]]:
    """Its outputs that can be made, and what is wrong with the nodes of the others.

    Raises `Refused` where none can be made.
    """
    for node, each in graph.items():
        if (name := each["class_type"]) not in fake.nodes:
            raise _unknown(fake, node, name)
    outputs = [node for node, each in graph.items() if each["class_type"] in OUTPUTS]
    if not outputs:
        raise refused("prompt_no_outputs", "Prompt has no outputs")
    wrong = {
        node: {
            "errors": [problem],
            "dependent_outputs": [each for each in outputs if node in leading_to(each, graph)],
            "class_type": graph[node]["class_type"],
        }
        for node, problem in _problems(fake, graph)
    }
    good = [each for each in outputs if not leading_to(each, graph) & wrong.keys()]
    if not good:
        raise refused("prompt_outputs_failed_validation", "", node_errors=wrong)
    return good, wrong


def refused(
    kind: str, message: str, extra: Any = None, node_errors: Mapping[str, Any] | None = None
) -> Refused:
    """A refusal of the whole graph."""
    error = {"type": kind, "message": message, "details": "", "extra_info": extra or {}}
    return Refused(error, node_errors or {})


def leading_to(node: str, graph: Mapping[str, Any]) -> set[str]:
    """A node and all that it is made of."""
    links = [value for value in graph[node]["inputs"].values() if isinstance(value, list)]
    return {node}.union(*(leading_to(link[0], graph) for link in links))


def _unknown(fake: "Fake", node: str, name: str) -> Refused:
    if fake.legacy:
        return refused("invalid_prompt", f"Cannot execute because node {name} does not exist.")
    extra = {"node_id": node, "class_type": name, "node_title": name}
    return refused("missing_node_type", f"Node '{name}' not found.", extra)


def _problems(fake: "Fake", graph: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for node, each in graph.items():
        inputs = each["inputs"]
        for key, folder in LISTED.items():
            if key in inputs and inputs[key] not in fake.models[folder]:
                extra = {"input_name": key, "received_value": inputs[key]}
                yield node, _problem("value_not_in_list", extra)
        picture = fake.folder / "input" / str(inputs.get("image"))
        if each["class_type"] == "LoadImage" and not picture.exists():
            yield node, _problem("custom_validation_failed", {"input_name": "image"})


def _problem(kind: str, extra: Any) -> dict[str, Any]:
    return {"type": kind, "message": kind, "details": "", "extra_info": extra}
