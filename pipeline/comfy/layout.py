"""The node that lays out a clip: its size, its length and the picture that it begins with."""

from pipeline.comfy.graph import Node
from pipeline.comfy.reader import Reader

SIZES = ("width", "height", "length")
KINDS = ("WanImageToVideo", "WanFirstLastFrameToVideo")
"""Those of Wan's image to video; the second one can end at a picture too."""
_STEP, _GRID, _LARGEST = 4, 16, 16_384
"""Frames and pixels, and the most of either that ComfyUI lays out."""
_MARKS = (" [input]", " [output]", " [temp]")
"""What may follow a file's name: the folder that it is in."""


def size(reader: Reader, number: str | None) -> tuple[int | None, int | None, int | None]:
    """Width and height in pixels and the number of frames, 4k+1. What the node asks for beyond a start
    picture is a finding."""
    if number is None:
        return None, None, None
    node = reader.graph[number]
    width, height = (reader.whole(number, side, side) for side in SIZES[:2])
    length = reader.whole(number, "length", "number of frames")
    if any(value is not None and not 0 < value <= _LARGEST for value in (width, height, length)):
        reader.remarks.error(
            "comfy.size",
            number,
            f"{width} x {height} pixels and {length} frames are no size of a clip.",
        )
        return None, None, None
    for side, value in (("width", width), ("height", height)):
        if value is not None and (value < _GRID or value % _GRID):
            reader.remarks.warn(
                "comfy.size",
                number,
                f"The {side} {value} is no multiple of {_GRID}: sizes here are.",
            )
    _look(reader, number, node)
    if length is None or length < 1:
        return width, height, None
    snapped = (length - 1) // _STEP * _STEP + 1
    if snapped != length:
        reader.remarks.note(
            "comfy.length", number,
            f"{length} frames are {snapped}: the model makes 4k+1, and ComfyUI drops the rest.",
        )  # fmt: skip
    return width, height, snapped


def _look(reader: Reader, number: str, node: Node) -> None:
    if node.kind not in KINDS:
        reader.remarks.error(
            "comfy.model", number,
            f"The clip is laid out by {node.kind}, which is not Wan2.2's image to video.",
        )  # fmt: skip
    if node.inputs.get("end_image") is not None:
        reader.remarks.error(
            "comfy.end_image",
            number,
            "The clip is to end at a picture; the farm has a start picture alone.",
        )
    if any(
        node.inputs.get(name) is not None for name in node.inputs if name.startswith("clip_vision")
    ):
        reader.remarks.warn(
            "comfy.clip_vision",
            number,
            "A vision model looks at the picture; Wan2.2 A14B has none.",
        )
    batch = node.inputs.get("batch_size", 1)
    if not isinstance(batch, int) or batch > 1:
        reader.remarks.warn("comfy.batch", number, "Several clips are made at once; a take is one.")


def still(reader: Reader, number: str | None) -> str | None:
    """The file of the start picture, as the graph names it."""
    node = reader.graph[number] if number else None
    if node is None or number is None:
        return None
    found: str | None = None
    for where, each in reader.chain(node.inputs.get("start_image"), "image", "images", "pixels"):
        value = each.inputs.get("image")
        if each.kind.startswith(("LoadImage", "VHS_LoadImage")) or isinstance(value, str):
            found = reader.text(where, "image", "start picture") if "image" in each.inputs else None
            break
        reader.remarks.note(
            "comfy.still_changed", where,
            f"{each.kind} changes the start picture; the farm fits it by its own rules, never stretched.",
        )  # fmt: skip
    if found is None:
        reader.remarks.warn("comfy.no_still", number, "No start picture can be told from the file.")
        return None
    for mark in _MARKS:
        found = found.removesuffix(mark)
    return found
