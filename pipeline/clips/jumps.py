"""Light and colour that leave the still's: at once, or slowly, or until nothing is left of the picture."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from pipeline.clips.small_clip import Skipped, SmallClip
from pipeline.clips.spans import spans
from pipeline.misses import Miss, MissKind

Numbers = NDArray[np.floating]

STANDS_OUT = 4.0
"""A jump is so many times larger than the clip's steps usually are."""
ALONE = 2.5
"""And so many times larger than those shortly before and after: what takes some frames is no jump."""
GROUP = 4
"""Frames that Wan's VAE decodes together, and that a jump after the first frame may be smeared over."""
SMEARED = 1.5
"""So many times the threshold must such a smeared jump be."""
EXPLAINED = 0.6
"""Share of a step that light must explain to count towards a fade: of what covers a picture it does not."""
FLAT = 3.0
"""Levels of contrast below which a picture has none that it could lose."""
EVEN = 0.5
"""Levels of light by which a step changes at most where only its colours do."""
DIM = 0.5
"""Share of the light below which colours are not followed any more."""
NIGHT = 0.3
"""Share of the light below which a picture is not dim but gone."""


def tone_jump(clip: SmallClip, skipped: Skipped, most: float, *, asked: bool) -> Iterator[Miss]:
    """Light or colour that jumps by more than `most` levels and stays.

    The value is in levels (0..255) that light, contrast, saturation and tint come to together. Where
    other light was `asked` for, only a jump right after the first frame is one.
    """
    parts = np.where((skipped | ~_seen(clip))[:, None], 0.0, clip.tones.parts)
    jumps = _sudden(parts, most)
    smeared = _smeared(parts, most)
    if smeared and 0 not in jumps:
        jumps = {0: smeared, **jumps}
    if asked:
        jumps = {at: value for at, value in jumps.items() if at == 0}
    if jumps:
        which, value = spans(at + 1 for at in jumps), max(jumps.values())
        message = (
            f"light or colour jumps at frame {which} of {len(clip.small)}: by {value:.1f} of 255, "
            f"above {most:g}"
        )
        yield Miss(kind=MissKind.TONE_JUMP, value=value, threshold=most, message=message)


def fade(clip: SmallClip, skipped: Skipped, least: float) -> Iterator[Miss]:
    """A picture that goes out, to white, grey or black: its contrast falls below the share `least`.

    The value is the smallest share that is left of it. A picture that grows darker and keeps what it
    shows does not go out, nor does one that something covers or that the camera leaves.
    """
    if clip.contrast[0] < FLAT:
        return
    kept = _kept(clip, skipped)
    value = float(kept.min())
    if value < least:
        number = int(np.argmax(kept < least))
        message = (
            f"the picture fades from frame {number + 1} of {len(clip.small)}: {value:.0%} of its contrast "
            f"is left, below {least:.0%}"
        )
        yield Miss(kind=MissKind.FADE, value=value, threshold=least, message=message)


def colour_drift(clip: SmallClip, skipped: Skipped, most: float) -> Iterator[Miss]:
    """Colours that slowly turn to grey or to another hue.

    The value is in levels (0..255); more colour is not told here but as `colour_burn`.
    """
    tones = clip.tones
    # What the dark swallows does not turn to another hue.
    lit = np.minimum(clip.luma[:-1], clip.luma[1:]) > DIM * clip.luma.max()
    # Nor does what a lamp lights in one place.
    even = (tones.explained > EXPLAINED) | (np.abs(tones.parts[:, :2]).max(1) < EVEN)
    counted = ~skipped & lit & even
    tint = (tones.tint * counted[:, None]).sum(0)
    # Light that dims takes contrast and colour alike.
    paler = min(0.0, float(((tones.colour - tones.contrast) * counted).sum()))
    lost = (1 - np.exp(paler)) * float(tones.colours[0])
    value = float(np.hypot(np.linalg.norm(tint), lost))
    if value > most:
        message = f"colours drift by {value:.1f} of 255 until the end, above {most:g}"
        yield Miss(kind=MissKind.COLOUR_DRIFT, value=value, threshold=most, message=message)


def goes_out(clip: SmallClip, least: float) -> bool:
    """Whether contrast goes all over the picture while there is light: not where something black grows."""
    counted = (clip.tones.explained > EXPLAINED) & (clip.luma[1:] > NIGHT * clip.luma.max())
    return bool(
        np.exp(np.cumsum(np.where(counted, clip.tones.contrast, 0.0))).min(initial=1) < least
    )


def _seen(clip: SmallClip) -> NDArray[np.bool_]:
    """The steps that do not begin and end in the dark: there, all of light and colour is few levels."""
    return np.maximum(clip.luma[:-1], clip.luma[1:]) > NIGHT * clip.luma.max()


def _sudden(parts: Numbers, most: float) -> dict[int, float]:
    """The steps, counted from 0, that are jumps, and how large they are."""
    size = np.linalg.norm(parts, axis=1)
    usual = np.median(size)
    jumps: dict[int, float] = {}
    for at in np.flatnonzero((size > most) & (size > STANDS_OUT * usual)):
        around = [size[n] for n in (at - 3, at - 2, at + 2, at + 3) if 0 <= n < len(size)]
        if not around or size[at] > ALONE * max(around):
            jumps[int(at)] = float(size[at])
    return jumps


def _smeared(parts: Numbers, most: float) -> float:
    """How far light leaves that of the first frame within a group, and then stays; 0 where it does not."""
    if len(parts) < 2 * GROUP:
        return 0.0
    sums = np.cumsum(np.concatenate([np.zeros((1, parts.shape[1])), parts]), 0)
    ways = np.linalg.norm(sums[GROUP:] - sums[:-GROUP], axis=1)
    first, later = float(ways[0]), float(ways[GROUP:].max())
    return first if first > max(SMEARED * most, ALONE * later) else 0.0


def _kept(clip: SmallClip, skipped: Skipped) -> Numbers:
    """Share of its contrast that each frame has kept, of the most there was before it: (frames,).

    What goes with the light is not missed until little of the light is left.
    """
    counted = ~skipped & _seen(clip) & (clip.tones.explained > EXPLAINED)
    start = np.zeros(1)
    contrast = np.concatenate([start, np.cumsum(np.where(counted, clip.tones.contrast, 0.0))])
    light = np.concatenate([start, np.cumsum(np.where(counted, clip.tones.light, 0.0))])
    level = np.maximum(clip.luma[0] + light, 1.0)
    best = np.maximum.accumulate(contrast)
    then = level[np.maximum.accumulate(np.where(contrast >= best, np.arange(len(level)), 0))]
    dimmed = level / then
    kept = np.exp(contrast - best)
    return np.where(dimmed < NIGHT, kept, kept / np.minimum(1.0, dimmed))
