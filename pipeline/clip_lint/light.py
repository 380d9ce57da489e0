"""Light and colour that no shot wants: black frames, flicker, colours that burn."""

from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pipeline.misses import Miss, MissKind

if TYPE_CHECKING:
    from pipeline.media import Frames

_LUMA = (0.2126, 0.7152, 0.0722)
"""What red, green and blue weigh in BT.709."""
BLOCKS = 8
"""Light is compared in this many blocks across and down."""
COLOURED = 40
"""A pixel whose channels lie this far apart has a colour."""
STRONGEST = 0.99
"""The quantile of all pixels whose colour counts as the strongest."""
CLIPPED = (1, 254)
"""A channel at or beyond these has lost what it showed."""


def black(frames: "Frames", darkest: float) -> Iterator[Miss]:
    """Frames whose mean luma is below `darkest`, 0..255; the value is that of the darkest."""
    count, height, width, _ = frames.shape
    # Column sums first: numpy is twenty times faster there than over two axes at once.
    columns = frames.reshape(count, height, -1).sum(axis=1, dtype=np.uint32)
    luma = columns.reshape(count, width, 3).mean(axis=1) / height @ _LUMA
    dark = np.flatnonzero(luma < darkest)
    if dark.size:
        which = _spans(dark.tolist())
        message = f"black frames, counted from 1: {which} of {count}"
        yield Miss(kind=MissKind.BLACK, value=float(luma.min()), threshold=darkest, message=message)


def flicker(frames: "Frames", most: float) -> Iterator[Miss]:
    """Light that goes up and at once down again, or the other way, all over the picture.

    The value is by how many levels on average (0..255). A fade, a cut and a subject that passes go
    one way, or do so in a few places only.
    """
    if len(frames) < 3:
        return
    steps = np.diff(_blocks(frames), axis=0)
    there, back = steps[:-1], steps[1:]
    returned = np.where(there * back < 0, np.minimum(abs(there), abs(back)), 0)
    value = float(np.median(returned, axis=(1, 2)).mean())
    if value > most:
        message = f"the light flickers by {value:.1f} of 255 from frame to frame, above {most:g}"
        yield Miss(kind=MissKind.FLICKER, value=value, threshold=most, message=message)


def colour_burn(frames: "Frames", most: float) -> Iterator[Miss]:
    """Colours or light that leave those of the first frame by the end.

    The value is a share, 0..1: by how much colours are more saturated, both the strongest and all
    together, or by how much more of the picture is clipped, whichever is more. A subject that grows
    only changes how much of the picture is coloured, and one that comes in only the strongest.
    """
    first, last = _thinned(frames[:1]), _thinned(frames[-max(1, len(frames) // 5) :])
    risen = min(
        after - before for before, after in zip(_saturation(first), _saturation(last), strict=True)
    )
    value = max(risen, _clipped(last) - _clipped(first))
    if value > most:
        message = f"colours leave those of the first frame by {value:.2f}, above {most:g}"
        yield Miss(kind=MissKind.COLOUR_BURN, value=value, threshold=most, message=message)


def _blocks(frames: "Frames") -> NDArray[np.float64]:
    """Mean luma by frame and block: (frames, 8, 8), fewer for the smallest pictures."""
    count, height, width, _ = frames.shape
    down, across = min(BLOCKS, height), min(BLOCKS, width)
    rows = [slice(*edges) for edges in _edges(height, down)]
    columns = [slice(*edges) for edges in _edges(width, across)]
    thin = _thinned(frames) if min(height, width) > 256 else frames
    if thin is not frames:
        return _blocks(thin)
    luma = frames @ np.asarray(_LUMA)
    means = [[luma[:, row, column].mean(axis=(1, 2)) for column in columns] for row in rows]
    return np.moveaxis(np.asarray(means), -1, 0).reshape(count, down, across)


def _edges(length: int, pieces: int) -> list[tuple[int, int]]:
    cuts = [round(number * length / pieces) for number in range(pieces + 1)]
    return [*pairwise(cuts)]


def _thinned(frames: "Frames") -> "Frames":
    """Every so manieth pixel, so that about 128 lie along the shorter side."""
    step = max(1, min(frames.shape[1:3]) // 128)
    return frames[:, ::step, ::step]


def _saturation(frames: "Frames") -> tuple[float, float]:
    """How far the channels lie apart, 0..1: in the strongest colours, and in all that have one."""
    chroma = frames.max(-1) - frames.min(-1)
    coloured = chroma[chroma >= COLOURED]
    strongest = float(np.quantile(chroma, STRONGEST) / 255)
    return strongest, float(coloured.mean() / 255) if coloured.size else strongest


def _clipped(frames: "Frames") -> float:
    darkest, brightest = CLIPPED
    return float(((frames <= darkest) | (frames >= brightest)).any(-1).mean())


def _spans(numbers: list[int]) -> str:
    """`[0, 1, 2, 6]` as `1-3, 7`."""
    spans: list[list[int]] = []
    for number in numbers:
        if spans and number == spans[-1][1]:
            spans[-1][1] = number + 1
        else:
            spans.append([number + 1, number + 1])
    return ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in spans)
