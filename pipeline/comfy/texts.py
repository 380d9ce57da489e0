"""The prompts of a graph: found by their wires, and freed of what ComfyUI alone understands."""

import re
from typing import Any

from pipeline.comfy.graph import Wire
from pipeline.comfy.reader import Reader

_TEXT = ("text", "prompt", "positive", "wildcard_text", "populated_text", "string")
_ENCODERS = frozenset({"CLIPTextEncode"})
_ZEROED = frozenset({"ConditioningZeroOut"})
_WEIGHT = re.compile(r":\s*-?(?:\d+\.?\d*|\.\d+)\s*$")
_LOTS = re.compile(r"\{[^{}|]*\|[^{}]*\}")
_LONGEST = 20_000
"""Characters of a prompt; a text encoder reads some hundred words."""


def read(reader: Reader, value: Any, layout: str | None, name: str) -> str | None:
    """The text behind a sampler's `positive` or `negative`; `layout` is the node that lays out the clip,
    which hands conditions on. None, with a finding, where it cannot be told."""
    what = "prompt" if name == "positive" else "negative prompt"
    seen = set[str]()
    while found := reader.node(value):
        number, node = found
        if number in seen:
            break
        seen.add(number)
        if node.kind in _ZEROED and name == "negative":
            reader.remarks.note(
                "comfy.negative_zeroed",
                number,
                "The negative prompt is switched off: it is read as empty.",
            )
            return ""
        text = next((each for each in _TEXT if each in node.inputs), None)
        if number != layout and "clip" in node.inputs and text:
            if node.kind not in _ENCODERS:
                reader.remarks.warn(
                    "comfy.addition", number,
                    f"{node.kind} makes more of the {what} than its words; they alone are taken over.",
                )  # fmt: skip
            words = reader.text(number, text, what)
            return None if words is None else plain(reader, number, words, what)
        if name in node.inputs:
            value = node.inputs[name]
        elif "conditioning" in node.inputs:
            reader.remarks.warn(
                "comfy.addition",
                number,
                f"{node.kind} changes the {what}; no profile can say that.",
            )
            value = node.inputs["conditioning"]
        else:
            reader.remarks.error(
                "comfy.unknown",
                number,
                f"The {what} cannot be told from the file: it is made by {node.kind}.",
            )
            return None
    if not isinstance(value, Wire):
        reader.remarks.error("comfy.unknown", layout or "", f"No {what} is wired.")
    return None


def plain(reader: Reader, number: str, text: str, what: str) -> str:
    """A text without weights, for models that read words alone; what is taken out is a finding."""
    if len(text) > _LONGEST:
        reader.remarks.error(
            "comfy.unknown",
            number,
            f"The {what} has {len(text)} characters, and is cut after {_LONGEST}.",
        )
        text = text[:_LONGEST]
    if "//" in text or "/*" in text or _LOTS.search(text):
        reader.remarks.warn(
            "comfy.dynamic_prompt", number,
            f"ComfyUI's pages cut what follows // out of the {what} and choose one of {{a|b}} at random; "
            "it is taken over as it stands.",
        )  # fmt: skip
    bare = unweighted(text)
    if bare != text.replace("\\(", "(").replace("\\)", ")"):
        reader.remarks.note(
            "comfy.weighted", number,
            f"Parentheses are weights in ComfyUI; the {what} is taken over without them.",
        )  # fmt: skip
    return bare


def unweighted(text: str) -> str:
    """`(red:1.3) hat \\(old\\)` is `red hat (old)`; a parenthesis without its partner stays."""
    out: list[str] = []
    open_at: list[int] = []
    at = 0
    while at < len(text):
        letter = text[at]
        if letter == "\\" and text[at + 1 : at + 2] in ("(", ")"):
            out.append(text[at + 1])
            at += 2
            continue
        if letter == "(":
            open_at.append(len(out))
            out.append(letter)
        elif letter == ")" and open_at:
            start = open_at.pop()
            inner = _WEIGHT.sub("", "".join(out[start + 1 :]))
            out[start:] = [inner]
        else:
            out.append(letter)
        at += 1
    return "".join(out)


def escaped(text: str) -> str:
    """A text as ComfyUI reads it word for word; `unweighted` undoes it."""
    return re.sub(r"[()]", r"\\\g<0>", text)
