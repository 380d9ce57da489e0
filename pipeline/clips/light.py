"""Light that no shot wants: black frames, flicker, colours that burn."""

from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pipeline.clips.jumps import goes_out
from pipeline.clips.small_clip import SmallClip
from pipeline.clips.spans import spans
from pipeline.clips.tones import LUMA
from pipeline.misses import Miss, MissKind

if TYPE_CHECKING:
    from pipeline.storage.files import Frames

SHINES = 4.0
"""So many times the luma of black has what shines on a black ground."""
SUDDEN = 0.3
"""Share of the clip's light that goes from one frame to the next where it does not go slowly."""
BLOCKS = 8
"""Light is compared in this many blocks across and down."""
COLOURED = 40
"""A pixel whose channels lie this far apart has a colour."""
FEW = 0.02
"""Share of a picture below which its colours are none."""
STRONGEST = 0.99
"""The quantile of all pixels whose colour counts as the strongest."""
CLIPPED = (1, 254)
"""A channel at or beyond these has lost what it showed."""


def black(clip: SmallClip, darkest: float, fade: float, *, asked: bool) -> Iterator[Miss]:
    """Frames whose mean luma is below `darkest`, 0..255; the value is that of the darkest.

    A thing on a black ground is none, as long as anything shines. Nor is a clip that slowly begins or
    ends in the dark: because it was `asked` for, or because the camera goes into something black; where
    contrast falls below the share `fade` all over, it does not.
    """
    dark = clip.luma < darkest
    if dark.any():
        dark[dark] = _shine(clip, dark) < SHINES * darkest
    if not dark.any() or (_at_an_end(clip, dark) and (asked or not goes_out(clip, fade))):
        return
    which = spans(np.flatnonzero(dark).tolist())
    message = f"black frames, counted from 1: {which} of {len(dark)}"
    value = float(clip.luma[dark].min())
    yield Miss(kind=MissKind.BLACK, value=value, threshold=darkest, message=message)


def flicker(clip: SmallClip, most: float) -> Iterator[Miss]:
    """Light that goes up and at once down again, or the other way, all over the picture.

    The value is by how many levels on average (0..255). A fade, a cut and a subject that passes go
    one way, or do so in a few places only.
    """
    if len(clip.small) < 3:
        return
    steps = np.diff(_blocks(clip.small @ np.asarray(LUMA, np.float32)), axis=0)
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
    # More light makes all colours stronger.
    lit = max(
        1.0, *(each / max(was, 1.0) for was, each in zip(_light(first), _light(last), strict=True))
    )
    pale = (_chroma(first) >= COLOURED).mean() < FEW
    before, after = (_saturation(piece, pale=pale) for piece in (first, last))
    risen = min(then - lit * was for was, then in zip(before, after, strict=True))
    value = max(risen, _clipped(last) - _clipped(first))
    if value > most:
        message = f"colours leave those of the first frame by {value:.2f}, above {most:g}"
        yield Miss(kind=MissKind.COLOUR_BURN, value=value, threshold=most, message=message)


def _blocks(luma: NDArray[np.floating]) -> NDArray[np.floating]:
    """Mean of luma (frames, height, width) by block: (frames, 8, 8), fewer for the smallest pictures."""
    height, width = luma.shape[1:]
    rows = [slice(*edges) for edges in _edges(height, min(BLOCKS, height))]
    columns = [slice(*edges) for edges in _edges(width, min(BLOCKS, width))]
    means = [[luma[:, row, column].mean(axis=(1, 2)) for column in columns] for row in rows]
    return np.moveaxis(np.asarray(means), -1, 0)


def _edges(length: int, pieces: int) -> list[tuple[int, int]]:
    cuts = [round(number * length / pieces) for number in range(pieces + 1)]
    return [*pairwise(cuts)]


def _thinned(frames: "Frames") -> "Frames":
    """Every so manieth pixel, so that about 128 lie along the shorter side."""
    step = max(1, min(frames.shape[1:3]) // 128)
    return frames[:, ::step, ::step]


def _shine(clip: SmallClip, which: NDArray[np.bool_]) -> NDArray[np.floating]:
    """The luma that only the brightest hundredth of a frame has, in these frames."""
    return np.quantile(clip.small[which] @ np.asarray(LUMA), STRONGEST, axis=(1, 2))


def _at_an_end(clip: SmallClip, dark: NDArray[np.bool_]) -> bool:
    """Whether the dark is all at the clip's end, or at its beginning, and comes slowly."""
    numbers = np.flatnonzero(dark)
    together = len(numbers) == numbers[-1] - numbers[0] + 1
    at_end = together and (numbers[0] == 0 or numbers[-1] == len(dark) - 1)
    sudden = np.abs(np.diff(clip.luma)).max(initial=0) > SUDDEN * clip.luma.max()
    return bool(at_end and not sudden and not dark.all())


def _light(frames: "Frames") -> tuple[float, float]:
    """Mean light, and that of the brightest."""
    luma = frames @ np.asarray(LUMA)
    return float(luma.mean()), float(np.quantile(luma, STRONGEST))


def _chroma(frames: "Frames") -> NDArray[np.uint8]:
    return frames.max(-1) - frames.min(-1)


def _saturation(frames: "Frames", *, pale: bool) -> tuple[float, float]:
    """How far the channels lie apart, 0..1: in the strongest colours, and in all that have one.

    In a clip that begins without any (`pale`) all of the picture counts, or whatever came in would be all.
    """
    chroma = _chroma(frames)
    coloured = chroma[chroma >= COLOURED]
    strongest = float(np.quantile(chroma, STRONGEST) / 255)
    if pale:
        return strongest, float(chroma.mean() / 255)
    return strongest, float(coloured.mean() / 255) if coloured.size else strongest


def _clipped(frames: "Frames") -> float:
    darkest, brightest = CLIPPED
    return float(((frames <= darkest) | (frames >= brightest)).any(-1).mean())
