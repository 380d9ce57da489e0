"""Which value of a drawn node belongs to which of its inputs: its widgets' values lie in a row."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.comfy.canvas import Drawn
from pipeline.comfy.classes import AFTER, AFTER_WORDS, Classes, Widget

_POWER_LORA = "Power Lora Loader (rgthree)"
_NO_INPUTS = frozenset({"videopreview"})
"""What nodes that store their values by name keep beside them."""


@dataclass(frozen=True, slots=True)
class Held:
    """A value and where the file keeps it, so that a copy of the file can be given another one."""

    where: Any
    """A list or a mapping of the file; None for what no file says."""
    key: Any

    @property
    def value(self) -> Any:
        return self.where[self.key]

    def set(self, value: Any) -> None:
        self.where[self.key] = value


@dataclass(frozen=True, slots=True)
class Row:
    """The values of one node by the names of its inputs, and whether they are to be trusted."""

    held: Mapping[str, Held]
    doubt: str = ""
    """Why some of them may be wrong or are not there; empty where all is well."""


def row(node: Drawn, classes: Classes) -> Row:
    """The values of a node's widgets, with what the class begins with where the file has none."""
    known = classes.get(node.type)
    if isinstance(node.values, dict):
        return _by_name(node.values, known)
    values = node.values if isinstance(node.values, list) else []
    if node.type == _POWER_LORA:
        return _lora_rows(values)
    if known is None:
        return _of_stranger(node, values)
    held = dict(_in_order(known, values))
    wrong = [
        each.name for each, _ in laid(known, values) if not _fits(each.default, held.get(each.name))
    ]
    if not wrong:
        return Row(held)
    own = _of_stranger(node, values)
    if own.held:
        return Row({**_defaults(known), **own.held})
    return Row(
        {name: each for name, each in held.items() if name not in wrong},
        f"its values are in another order than this version of {node.type} has them "
        f"({', '.join(wrong)})",
    )


def names(node: Drawn) -> list[str]:
    """The inputs of a node that stand for widgets, as the file lists them."""
    return [slot.name for slot in node.inputs if slot.widget]


def _lora_rows(values: list[Any]) -> Row:
    """rgthree's loader of several LoRAs adds a widget for each: `lora_1`, `lora_2`, …"""
    rows = [at for at, value in enumerate(values) if isinstance(value, dict) and "lora" in value]
    return Row({f"lora_{number}": Held(values, at) for number, at in enumerate(rows, start=1)})


def _by_name(values: dict[str, Any], known: Sequence[Widget] | None) -> Row:
    given = {name: Held(values, name) for name in values if name not in _NO_INPUTS}
    return Row({**_defaults(known or ()), **given})


def _of_stranger(node: Drawn, values: list[Any]) -> Row:
    """By the names that the file itself has, if they are as many as its values."""
    if not values:
        return Row({})
    widgets = [Widget(name, beside=AFTER if "seed" in name else "") for name in names(node)]
    held = dict(_in_order(widgets, values))
    if widgets and len(held) == len(widgets) and _used(widgets, values) == len(values):
        return Row(held)
    if node.named:
        return Row({name: Held(node.named, name) for name in node.named})
    return Row({}, f"the class {node.type} is not known, and the file does not name its widgets")


def _defaults(known: Sequence[Widget]) -> dict[str, Held]:
    return {each.name: Held([each.default], 0) for each in known if each.default is not None}


def _in_order(widgets: Sequence[Widget], values: list[Any]) -> Iterator[tuple[str, Held]]:
    for widget, place in laid(widgets, values):
        if place < len(values) and values[place] is not None:
            yield widget.name, Held(values, place)
        elif widget.default is not None:
            yield widget.name, Held([widget.default], 0)


def laid(widgets: Sequence[Widget], values: Sequence[Any]) -> Iterator[tuple[Widget, int]]:
    """Widgets with the places of their values; a choice is followed by the widgets of what was chosen."""
    waiting, at = list(widgets), 0
    while waiting:
        widget = waiting.pop(0)
        yield widget, at
        if widget.choices:
            chosen = values[at] if at < len(values) else None
            own = widget.choices.get(chosen if isinstance(chosen, str) else str(widget.default))
            waiting[:0] = own or ()
        at += 1 + _beside(widget, values, at + 1)


def _used(widgets: Sequence[Widget], values: Sequence[Any]) -> int:
    *_, (widget, last) = laid(widgets, values)
    return last + 1 + _beside(widget, values, last + 1)


def _beside(widget: Widget, values: Sequence[Any], place: int) -> int:
    """Whether the next place is taken by what stands beside a widget."""
    if not widget.beside or place >= len(values):
        return 0
    if widget.beside == AFTER:
        return int(isinstance(values[place], str) and values[place] in AFTER_WORDS)
    return 1


def _fits(default: Any, held: Held | None) -> bool:
    """Whether a value may be one of a widget that begins with `default`: numbers, words and switches
    are told apart, and nothing more."""
    if held is None or default is None or held.value is None:
        return True
    value = held.value
    if isinstance(default, bool):
        return isinstance(value, bool | int)
    if isinstance(default, int | float):
        return isinstance(value, int | float) or _numeric(value)
    return not isinstance(default, str) or isinstance(value, str | int | float)


def _numeric(value: Any) -> bool:
    try:
        float(value)
    except (TypeError, ValueError):
        return False
    return True
