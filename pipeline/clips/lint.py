"""Finds what is wrong with a clip's frames, whatever they should show: each a number with its threshold."""

from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING

from pipeline.clips import (
    asked,
    cuts,
    first_frame,
    jumps,
    light,
    motion,
    pauses,
    seams,
    stray_frames,
)
from pipeline.clips.seams import Seam
from pipeline.clips.small_clip import Skipped, SmallClip
from pipeline.findings import Finding, Severity
from pipeline.misses import Miss, MissKind
from pipeline.profiles.clip_section import ClipSection
from pipeline.prompts.grammar.prompt import ParsedPrompt, parse

if TYPE_CHECKING:
    from PIL.Image import Image

    from pipeline.storage.files import Frames

BROKEN = (
    MissKind.FIRST_FRAME,
    MissKind.BLACK,
    MissKind.FADE,
    MissKind.STRAY_FRAME,
    MissKind.TONE_JUMP,
    MissKind.FROZEN,
    MissKind.STALLED,
    MissKind.DOUBLED,
    MissKind.SEAM,
    MissKind.SCENE_JUMP,
    MissKind.FLICKER,
    MissKind.COLOUR_BURN,
)
"""With these no clip can be used; the others are for a person to weigh, but for those of the lettering that
the profile counts among these."""


def lint(
    frames: "Frames",
    section: ClipSection,
    prompt: str = "",
    still: "Image | None" = None,
    where: Sequence[Seam] = (),
) -> tuple[Miss, ...]:
    """What frames of shape (frames, height, width, 3), uint8 RGB, miss, as they are before encoding.

    `prompt` alone tells whether light that changes, a motion that ends or one that swings back was
    asked for. Frame 1 is held against `still`, where there is one; `where` two segments meet, they are to
    do so unseen.
    """
    return tuple(_misses(frames, section, parse(prompt), still, where))


def findings(misses: tuple[Miss, ...], also: Collection[str] = ()) -> tuple[Finding, ...]:
    """The same as remarks: `clip.` and the kind, an error where the clip cannot be used.

    `also` are kinds that are errors where the profile says so.
    """
    return tuple(
        Finding(
            f"clip.{miss.kind}",
            Severity.ERROR if miss.kind in BROKEN or miss.kind in also else Severity.WARNING,
            miss.message,
        )
        for miss in misses
    )


def _misses(
    frames: "Frames",
    section: ClipSection,
    prompt: ParsedPrompt,
    still: "Image | None",
    where: Sequence[Seam],
) -> Iterator[Miss]:
    clip, lit = SmallClip(frames), asked.other_light(prompt)
    if still is not None:
        yield from first_frame.first_frame(frames, still, section.first_frame)
    dark = [*light.black(clip, section.black_luma, section.fade, asked=lit)]
    yield from dark
    yield from motion.frozen(clip, section.frozen_step)
    if dark:  # where the light goes, everything else seems to change
        return
    if len(frames) > 1:
        yield from _steps(clip, section, prompt, where, lit=lit)


def _steps(
    clip: SmallClip,
    section: ClipSection,
    prompt: ParsedPrompt,
    where: Sequence[Seam],
    *,
    lit: bool,
) -> Iterator[Miss]:
    moments = stray_frames.moments(clip, section.stray_frame)
    yield from stray_frames.stray_frames(clip, moments, section.stray_frame, flash=lit)
    strays = [number for moment in moments for number in moment.numbers]
    found = cuts.cuts(clip, strays, section.scene_jump)
    yield from cuts.scene_jump(clip, found, section.scene_jump)
    yield from seams.seams(clip, where, found, section, asked=lit)
    skipped = clip.steps_at(strays, found)
    yield from jumps.tone_jump(clip, skipped, section.tone_jump, asked=lit)
    if not strays:
        yield from light.flicker(clip, section.flicker)
    if not lit:
        yield from _slowly(clip, skipped, section, prompt)
    yield from _motion(clip, skipped, section, prompt)


def _slowly(
    clip: SmallClip, skipped: Skipped, section: ClipSection, prompt: ParsedPrompt
) -> Iterator[Miss]:
    gone = [] if asked.may_cover(prompt) else [*jumps.fade(clip, skipped, section.fade)]
    yield from gone
    if not gone:
        yield from light.colour_burn(clip.frames, section.colour_burn)
        yield from jumps.colour_drift(clip, skipped, section.colour_drift)


def _motion(
    clip: SmallClip, skipped: Skipped, section: ClipSection, prompt: ParsedPrompt
) -> Iterator[Miss]:
    if not asked.may_rest(prompt):
        yield from pauses.stalled(clip, skipped, section.stalled)
    if not asked.may_step(prompt):
        yield from pauses.doubled(clip, skipped, section.doubled)
    if not asked.may_return(prompt):
        yield from motion.rebound(clip, section.rebound)
