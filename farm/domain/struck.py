"""A prompt with what was cut out of it still in its place. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a prompt."""

    text: str
    cut_by: str = ""
    """The rule that cut it; empty where it stayed."""


def pieces(prompts: Sequence[str], removed: Sequence[Mapping[str, Any]]) -> tuple[Piece, ...]:
    """The one of `prompts` that `removed` was cut from, in its order, nothing left out.

    `removed` has `start`, `end`, `text` and `rule` of each cut. Empty where nothing was cut, or none of
    the prompts has these words there.
    """
    if not removed:
        return ()
    cuts = sorted(removed, key=lambda cut: (cut["start"], cut["end"]))
    for prompt in prompts:
        if all(prompt[cut["start"] : cut["end"]] == cut["text"] for cut in cuts):
            return tuple(_pieces(prompt, cuts))
    return ()


def _pieces(prompt: str, cuts: Sequence[Mapping[str, Any]]) -> list[Piece]:
    found: list[Piece] = []
    at = 0
    for cut in cuts:
        start, end = max(at, cut["start"]), cut["end"]
        if end <= start:
            continue  # it lies within the one before
        if start > at:
            found.append(Piece(prompt[at:start]))
        found.append(Piece(prompt[start:end], str(cut["rule"])))
        at = end
    if at < len(prompt):
        found.append(Piece(prompt[at:]))
    return found
