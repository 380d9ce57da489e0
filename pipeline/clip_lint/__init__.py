"""Finds what is wrong with a clip's frames, whatever they should show: each a number with its threshold."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from pipeline.clip_lint import cuts, light, motion
from pipeline.misses import Miss, MissKind
from pipeline.profile import ClipSection
from pipeline.recipe import Finding, Severity

if TYPE_CHECKING:
    from pipeline.media import Frames

_BROKEN = (
    MissKind.BLACK,
    MissKind.FROZEN,
    MissKind.SCENE_JUMP,
    MissKind.FLICKER,
    MissKind.COLOUR_BURN,
)
"""With these no clip can be used; the others are for a person to weigh."""


def lint(frames: "Frames", section: ClipSection, prompt: str = "") -> tuple[Miss, ...]:
    """What frames of shape (frames, height, width, 3), uint8 RGB, miss.

    `prompt` alone tells whether a motion that swings back was asked for.
    """
    return tuple(_misses(frames, section, prompt))


def findings(misses: tuple[Miss, ...]) -> tuple[Finding, ...]:
    """The same as remarks: `clip.` and the kind, an error where the clip cannot be used."""
    return tuple(
        Finding(
            f"clip.{miss.kind}",
            Severity.ERROR if miss.kind in _BROKEN else Severity.WARNING,
            miss.message,
        )
        for miss in misses
    )


def _misses(frames: "Frames", section: ClipSection, prompt: str) -> Iterator[Miss]:
    dark = [*light.black(frames, section.black_luma)]
    yield from dark
    yield from motion.frozen(frames, section.frozen_step)
    if dark:  # where the light goes, everything else seems to change
        return
    yield from cuts.scene_jump(frames, section.scene_jump)
    yield from light.flicker(frames, section.flicker)
    yield from light.colour_burn(frames, section.colour_burn)
    if not motion.may_return(prompt):
        yield from motion.rebound(frames, section.rebound)
