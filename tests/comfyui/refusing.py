"""What the played server refuses, in the words of a real one."""

from collections.abc import Mapping
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


def refusal(fake: "Fake", graph: Mapping[str, Any]) -> web.Response | None:
    """Why a graph is not taken; None where it is."""
    for node, each in graph.items():
        name = each["class_type"]
        if name not in fake.nodes:
            extra = {"node_id": node, "class_type": name, "node_title": name}
            return error("missing_node_type", f"Node '{name}' not found.", extra)
        for key, folder in LISTED.items():
            if key in each["inputs"] and each["inputs"][key] not in fake.models[folder]:
                extra = {"input_name": key, "received_value": each["inputs"][key]}
                return _invalid(node, name, "value_not_in_list", extra)
        if name == "LoadImage" and not (fake.folder / "input" / each["inputs"]["image"]).exists():
            return _invalid(node, name, "custom_validation_failed", {"input_name": "image"})
    if not any(each["class_type"] in OUTPUTS for each in graph.values()):
        return error("prompt_no_outputs", "Prompt has no outputs")
    return None


def error(kind: str, message: str, extra: Any = None) -> web.Response:
    """A refusal of the whole graph."""
    error = {"type": kind, "message": message, "details": "", "extra_info": extra or {}}
    return web.json_response({"error": error, "node_errors": {}}, status=400)


def _invalid(node: str, name: str, kind: str, extra: Any) -> web.Response:
    error = {"type": "prompt_outputs_failed_validation", "message": "", "extra_info": {}}
    problem = {"type": kind, "message": kind, "details": "", "extra_info": extra}
    errors = {node: {"errors": [problem], "dependent_outputs": [], "class_type": name}}
    return web.json_response({"error": error, "node_errors": errors}, status=400)
