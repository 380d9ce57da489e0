"""The words of contact sheets: their font, and how they break into lines."""

import re
from collections.abc import Callable
from importlib import resources

# Latin words with the space after them, cut where they never end; any other letter by itself.
_PIECES = re.compile(r"[^\s\u2e80-\uffff]{1,24} ?|[\u2e80-\uffff] ?")
# Marks that a line does not begin with.
_CLOSING = "，。、；：？！）》」』”’"


def wrap(text: str, measure: Callable[[str], float], width: float, lines: int) -> list[str]:
    """At most so many lines no wider than `width`, as `measure` tells it; words stay whole, Chinese breaks
    anywhere."""
    wrapped = [""]
    for piece in _PIECES.findall(" ".join(text.split())):
        fits = measure(wrapped[-1] + piece.rstrip()) <= width
        if fits or piece[0] in _CLOSING:
            wrapped[-1] += piece
        else:
            wrapped.append(piece)
    if len(wrapped) <= lines:
        return wrapped
    return [*wrapped[: lines - 1], f"{wrapped[lines - 1].rstrip()} …"]


def font_file() -> str:
    """Noto Sans SC, as far as GB 2312 goes: it comes with the package, so Chinese is drawn anywhere."""
    return str(resources.files("farm.delivery") / "fonts" / "NotoSansSC-GB2312.otf")
