"""Links of one canvas, from a node to where one of its values comes from."""

from collections.abc import Iterator
from typing import Any

from pipeline.comfy.canvas import MUTED, Canvas, Drawn, Link

SETTERS = frozenset({"SetNode", "easy setNode"})
GETTERS = frozenset({"GetNode", "easy getNode"})
"""Of custom packs: what one sets under a name, the others get, without a link."""


def past(canvas: Canvas, node: Drawn, slot: int) -> Link | None:
    """Where an output of a bypassed node comes from: an input of its type, of its own number first."""
    if not 0 <= slot < len(node.outputs):
        return None
    kind = node.outputs[slot].type
    own = node.inputs[slot : slot + 1]
    exact = [each for each in (*own, *node.inputs) if each.type == kind]
    loose = [each for each in (*own, *node.inputs) if "*" in (each.type, kind)]
    chosen = next(iter([*exact, *loose]), None)
    return canvas.links.get(chosen.link) if chosen and chosen.link is not None else None


def first(canvas: Canvas, node: Drawn) -> Link | None:
    """The link into the first input of a node."""
    link = node.inputs[0].link if node.inputs else None
    return canvas.links.get(link) if link is not None else None


def set_by(canvas: Canvas, node: Drawn) -> Drawn | None:
    """The node of a canvas that sets what `node` gets by its name."""
    name = _name(node)
    for each in canvas.nodes.values():
        if each.type in SETTERS and each.mode != MUTED and _name(each) == name:
            return each
    return None


def everywhere(links: Any) -> Iterator[tuple[tuple[str, int], Link]]:
    """Links that nobody drew: a custom pack lets an output reach all inputs of its type."""
    for each in links if isinstance(links, list) else []:
        match each:
            case {
                "downstream": (int() | str()) as target,
                "downstream_slot": int(end),
                "upstream": (int() | str()) as origin,
                "upstream_slot": int(start),
            }:
                yield (str(target), end), Link(str(origin), start, str(target), end)
            case _:
                pass


def _name(node: Drawn) -> Any:
    return node.values[0] if isinstance(node.values, list) and node.values else None
