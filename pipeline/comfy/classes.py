"""Which widgets a node class has, and in which order a canvas keeps their values."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any

AFTER = "control_after_generate"
"""The widget beside a seed, which says what becomes of it after each run; no input of the node."""
AFTER_WORDS = frozenset({"fixed", "increment", "decrement", "randomize"})
_PLAIN = {"INT": 0, "FLOAT": 0.0, "STRING": "", "BOOLEAN": False}
_UPLOADS = ("image_upload", "video_upload", "audio_upload", "file_upload", "animated_image_upload")


@dataclass(frozen=True, slots=True)
class Widget:
    """One widget: what it is called, and what it holds where a canvas says nothing."""

    name: str
    default: Any = None
    """None where there is none that holds on every server, as for names of files."""
    beside: str = ""
    """What takes one more place after it: `AFTER`, or an `upload` button."""
    choices: Mapping[str, Sequence["Widget"]] = field(default_factory=dict[str, "Sequence[Widget]"])
    """Of a choice that brings widgets of its own: those of each value, which come right after it."""


Classes = Mapping[str, Sequence[Widget]]


@cache
def known() -> Classes:
    """The classes that Wan graphs are made of, as ComfyUI 0.33 has them, and some of custom packs."""
    text = resources.files("pipeline.comfy").joinpath("classes.json").read_text("utf-8")
    return {kind: [_row(row) for row in rows] for kind, rows in json.loads(text).items()}


def _row(row: Sequence[Any]) -> Widget:
    name, default, *more = row
    if more and isinstance(more[0], dict):
        choices = {value: [_row(each) for each in rows] for value, rows in more[0].items()}
        return Widget(name, default, choices=choices)
    return Widget(name, default, *more)


def told(object_info: Any) -> Classes:
    """The classes of a server, by its answer to `GET /object_info`; what is no class is left out."""
    if not isinstance(object_info, dict):
        return {}
    return {
        str(kind): list(_widgets(said["input"], ""))
        for kind, said in object_info.items()
        if isinstance(said, dict) and isinstance(said.get("input"), dict)
    }


def _widgets(inputs: Mapping[str, Any], before: str) -> list[Widget]:
    found: list[Widget] = []
    for part in ("required", "optional"):
        section = inputs.get(part)
        for name, spec in (section if isinstance(section, dict) else {}).items():
            if isinstance(spec, list) and spec:
                found += _widget(f"{before}{name}", spec)
    return found


def _widget(name: str, spec: Sequence[Any]) -> list[Widget]:
    kind = spec[0]
    said: Mapping[str, Any] = spec[1] if len(spec) > 1 and isinstance(spec[1], dict) else {}
    if said.get("forceInput"):
        return []
    if kind == "COMFY_DYNAMICCOMBO_V3":
        return _choice(name, said)
    if isinstance(kind, list) or kind == "COMBO":
        options = kind if isinstance(kind, list) else said.get("options") or []
        default = said.get("default", options[0] if options else None)
    elif isinstance(kind, str) and kind in _PLAIN:
        default = said.get("default", _PLAIN[kind])
    else:
        return []
    own = kind == "INT" and name.rpartition(".")[2] in ("seed", "noise_seed")
    if said.get(AFTER) or own:
        return [Widget(name, default, AFTER)]
    return [Widget(name, default, "upload" if any(said.get(each) for each in _UPLOADS) else "")]


def _choice(name: str, said: Mapping[str, Any]) -> list[Widget]:
    """A choice that brings widgets of its own, its first value to begin with."""
    options = said.get("options")
    choices: dict[str, Sequence[Widget]] = {}
    for option in options if isinstance(options, list) else []:
        if isinstance(option, dict) and isinstance(option.get("key"), str):
            inner = option.get("inputs")
            choices[option["key"]] = _widgets(inner, f"{name}.") if isinstance(inner, dict) else []
    return [Widget(name, next(iter(choices), None), choices=choices)]
