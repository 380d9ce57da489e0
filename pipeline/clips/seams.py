"""Whether one sees where two segments of a clip meet: a jump, another speed, another light."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.clips.small_clip import SmallClip
from pipeline.clips.tones import LUMA, flow
from pipeline.misses import Miss, MissKind
from pipeline.profiles.clip_section import ClipSection
from pipeline.stills.displacement import displacement
from pipeline.stills.shrinking import blurred

Numbers = NDArray[np.floating]

NEAR = 4
"""Frames before and after a seam that it is held against; Wan's VAE decodes as many together."""
LEAST_CHANGE = 1.0
"""Levels (0..255) of change from frame to frame below which nobody sees that there is more of it."""
LEAST_SPEED = 0.03
"""Pixels of a small frame per step below which nothing is said of a speed."""
TURNED = 0.9
"""The likeness of the ways that the picture goes before and after, told from the seam, above which a motion
turns back there: 1 where it goes back exactly, -1 where it goes on."""
LEAST_WAY = 0.1
"""Pixels of a small frame below which nothing is said of a way; a twentieth of the picture goes further."""
_HALFWAY = 0.25
"""Where in the picture a zoom is looked at, in heights from its middle."""
_SOFTER = 1.0
"""Pixels that small frames are blurred by, so that a movement still looks like a slope."""


@dataclass(frozen=True, slots=True)
class Seam:
    """Where two segments meet."""

    frame: int
    """The one that both share, counted from 0."""
    goes_on: bool
    """The same is asked for on both sides: a motion should go on as it was."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What a seam looks like."""

    change: float
    """Times the usual change from frame to frame."""
    speed: float
    """By how much the motion after it is another than before, or over it than on both sides, as a share of
    the faster one: 1 where it stops or begins, 2 where it turns back; 0 where hardly anything moves."""
    shift: float
    """Levels (0..255) by which light, contrast, colour and tint move more than they do around it."""
    turn: float
    """How alike the ways before and after are, told from the seam: 1 where the motion turns back, wherever
    in the picture it is, -1 where it goes on, 0 where hardly anything moves."""


def seams(
    clip: SmallClip,
    where: Sequence[Seam],
    cuts: Collection[int],
    section: ClipSection,
    *,
    asked: bool = False,
) -> Iterator[Miss]:
    """The seam that is seen most, if one is: by a measure above the profile's, and above all that the clip
    has elsewhere. One at which the scene is cut is told as that. Where other light was `asked` for, it may
    begin at the seam, so that the motion alone is looked at."""
    inside = [seam for seam in where if 0 < seam.frame < len(clip.frames) - 1]
    elsewhere = _elsewhere(clip, inside) if inside else []
    found = [
        told
        for seam in inside
        if seam.frame + 1 not in cuts
        for told in _told(clip, seam, elsewhere, section, asked=asked)
    ]
    if found:
        yield max(found, key=lambda miss: miss.value / miss.threshold)


def measure(clip: SmallClip, seam: Seam) -> Measured:
    """Of a clip that has at least one frame on each side of the seam."""
    return _at(clip, seam.frame)


def _told(
    clip: SmallClip,
    seam: Seam,
    elsewhere: Sequence[Measured],
    section: ClipSection,
    *,
    asked: bool,
) -> Iterator[Miss]:
    is_, most = measure(clip, seam), section
    of_light = [
        (
            "change",
            most.seam_change,
            f"the picture changes {is_.change:.1f} times as much as around it",
        ),
        ("shift", most.seam_shift, f"light and colour shift by {is_.shift:.1f} of 255"),
    ]
    sentences = [] if asked else of_light
    if seam.goes_on:
        told = f"the motion is another by {is_.speed:.0%} of its speed"
        sentences.append(("speed", most.seam_speed, told))
        sentences.append(("turn", TURNED, f"the motion turns back (likeness {is_.turn:.2f} of 1)"))
    for measured, limit, jump in sentences:
        value = float(getattr(is_, measured))
        usual = max((float(getattr(each, measured)) for each in elsewhere), default=0.0)
        if value > max(limit, usual):
            message = (
                f"one sees where two segments meet, at frame {seam.frame + 2} of {len(clip.frames)}: "
                f"{jump}, above {limit:g}"
            )
            yield Miss(kind=MissKind.SEAM, value=value, threshold=limit, message=message)


def _elsewhere(clip: SmallClip, where: Sequence[Seam]) -> list[Measured]:
    """The same where no segments meet: a camera that is held in a hand has another speed all the time."""
    places = range(NEAR, len(clip.frames) - 1 - NEAR, 2)
    return [
        _at(clip, place)
        for place in places
        if all(abs(place - seam.frame) > 2 * NEAR for seam in where)
    ]


def _at(clip: SmallClip, at: int) -> Measured:
    around = np.concatenate(
        [clip.steps[max(0, at - NEAR) : at], clip.steps[at + 1 : at + 1 + NEAR]]
    )
    usual = max(float(np.median(around)), LEAST_CHANGE) if around.size else LEAST_CHANGE
    return Measured(
        change=float(clip.steps[at]) / usual,
        speed=_speed(clip, at),
        shift=_shift(clip.tones.parts, at),
        turn=_turn(clip, at),
    )


def _speed(clip: SmallClip, at: int) -> float:
    before = _motion(clip, max(0, at - NEAR), at)
    over = _motion(clip, at, at + 1)
    after = _motion(clip, at + 1, min(at + 1 + NEAR, len(clip.frames) - 1))
    if before is None or over is None or after is None:
        return 0.0
    fast = max(float(np.linalg.norm(before)), float(np.linalg.norm(after)))
    other = max(
        float(np.linalg.norm(after - before)), float(np.linalg.norm(over - (before + after) / 2))
    )
    return other / fast if fast > LEAST_SPEED else 0.0


def _turn(clip: SmallClip, at: int) -> float:
    """Told from the same frame, what turns back comes from where it goes: held pixel by pixel."""
    far = min(NEAR, at, len(clip.frames) - 1 - at)
    frames = clip.small[[at - far, at, at + far]] @ np.asarray(LUMA, np.float32)
    earlier, here, later = frames.clip(0, 255).astype(np.uint8)
    came, went = displacement(here, earlier), displacement(here, later)
    lengths = np.linalg.norm(came, axis=-1), np.linalg.norm(went, axis=-1)
    if far < 1 or float(np.percentile(np.minimum(*lengths), 95)) < LEAST_WAY:
        return 0.0
    return float((came * went).sum() / (lengths[0] * lengths[1]).sum())


def _motion(clip: SmallClip, first: int, last: int) -> Numbers | None:
    """Pixels of a small frame per step by which the picture goes right, down, outwards and round, by
    least squares over these steps; None where there is none."""
    if first >= last:
        return None
    luma = blurred(clip.small[first : last + 1] @ np.asarray(LUMA, np.float32), _SOFTER)
    slopes = flow((luma[1:] + luma[:-1]) / 2)
    columns = np.stack([slope.ravel() for slope in slopes], 1).astype(np.float64)
    change = np.diff(luma, axis=0)
    step = (change.mean((1, 2), keepdims=True) - change).ravel().astype(np.float64)
    squares = columns.T @ columns
    steady = 1e-3 * np.trace(squares) / len(squares) + 1e-6
    moved = np.linalg.solve(squares + steady * np.eye(len(squares)), columns.T @ step)
    return moved * (1.0, 1.0, _HALFWAY, _HALFWAY)


def _shift(parts: Numbers, at: int) -> float:
    """Of the steps from the seam on, less those that light and colour usually make around it."""
    around = np.concatenate([parts[max(0, at - 2 * NEAR) : at], parts[at + NEAR : at + 3 * NEAR]])
    usual = np.median(around, axis=0) if len(around) else 0.0
    return float(np.linalg.norm((parts[at : at + NEAR] - usual).sum(0)))
