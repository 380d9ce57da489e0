"""What is said of a graph: a code, the node it is about, and a sentence."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pipeline.findings import Severity

CODES = {
    "comfy.addition": "a node changes what the model does in a way that a profile cannot say",
    "comfy.audio": "sound is added",
    "comfy.batch": "several clips are made at once",
    "comfy.boundary": "the split of the steps is not at Wan's own boundary",
    "comfy.class_unknown": "the values of a node cannot be told",
    "comfy.clip_vision": "a vision model looks at a picture",
    "comfy.dynamic_prompt": "ComfyUI would cut remarks out of the prompt, or draw lots in it",
    "comfy.end_image": "the clip is to end at a picture",
    "comfy.fps": "frames per second are no whole number",
    "comfy.guidance": "guidance is outside of what a recipe takes",
    "comfy.interpolated": "frames are added after decoding",
    "comfy.length": "the number of frames is no 4k+1",
    "comfy.lora": "a LoRA cannot be taken over as it is",
    "comfy.low_noise_seed": "the second sampler adds noise of its own",
    "comfy.model": "the graph runs another model than Wan2.2 I2V A14B",
    "comfy.names_swapped": "an expert's file is named after the other one",
    "comfy.negative_zeroed": "the negative prompt is switched off",
    "comfy.no_still": "no start picture is wired",
    "comfy.no_video": "nothing in the graph makes a film of an image-to-video node",
    "comfy.one_expert": "one sampler alone makes the clip",
    "comfy.outputs": "the graph makes several films",
    "comfy.post": "frames are changed after decoding",
    "comfy.precision": "weights are of lower precision than a profile's",
    "comfy.prompts_differ": "the experts are given different prompts",
    "comfy.sampler": "the sampler is none that a profile has",
    "comfy.samplers": "there are more than two samplers in a row, or some of another kind",
    "comfy.scheduler": "steps are spaced in another way than a profile's",
    "comfy.seed": "the seed is larger than a recipe's",
    "comfy.shift": "the experts have different shifts, or none",
    "comfy.size": "width and height lie on no grid of the model",
    "comfy.steps": "the steps of the samplers overlap, leave a gap or differ",
    "comfy.still_changed": "the start picture is changed before it is used",
    "comfy.unknown": "a value cannot be told without running the graph",
    "comfy.weighted": "words of the prompt have weights",
    "comfy.wrapper": "the graph is made of WanVideoWrapper's nodes",
}
"""Every code that a graph can get, with what it means."""
MOST = 500
"""Findings that are kept of one graph; nobody reads more."""
_LONGEST = 400
"""Characters of a sentence: names in files have no end of their own."""


@dataclass(frozen=True, slots=True)
class Remark:
    """One finding on a graph."""

    code: str
    """One of `CODES`."""
    severity: Severity
    """An error where a clip by the values read would be another one than the graph's."""
    node: str
    """The node's id, as the graph sent to a server has it; empty where it is none in particular."""
    message: str
    """One sentence for people."""

    def as_dict(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "severity": self.severity.value,
            "node": self.node,
            "message": self.message,
        }


class Remarks:
    """Findings while they are gathered: each is said once."""

    def __init__(self) -> None:
        self._said: dict[tuple[str, str, str], Remark] = {}

    def __iter__(self) -> Iterator[Remark]:
        order = list(Severity)[::-1]
        return iter(sorted(self._said.values(), key=lambda each: order.index(each.severity)))

    def error(self, code: str, node: str, message: str) -> None:
        self._say(code, Severity.ERROR, node, message)

    def warn(self, code: str, node: str, message: str) -> None:
        self._say(code, Severity.WARNING, node, message)

    def note(self, code: str, node: str, message: str) -> None:
        self._say(code, Severity.INFO, node, message)

    def _say(self, code: str, severity: Severity, node: str, message: str) -> None:
        if code not in CODES:
            raise ValueError(f"there is no finding {code!r}")
        plain = "".join(each if each.isprintable() else " " for each in message[:_LONGEST])
        if len(self._said) < MOST:
            self._said.setdefault((code, node, plain), Remark(code, severity, node, plain))
