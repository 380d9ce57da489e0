"""What counts as a fault of a clip: the threshold of each kind of miss, and how its lettering is read."""

from typing import Literal

from pydantic import Field

from pipeline.profiles.sections import Section

LetteringKind = Literal["label_changed", "label_lost", "text_appeared"]


class ClipSection(Section):
    black_luma: float = Field(ge=0, le=255)
    """A frame whose mean luma is below this is black (0..255)."""
    frozen_step: float = Field(ge=0)
    """A clip whose mean change from frame to frame is below this is frozen (0..255)."""
    scene_jump: float = Field(default=30.0, gt=0)
    """A change of hue, saturation and light from one frame to the next that is a cut (0..255)."""
    flicker: float = Field(default=3.0, gt=0)
    """Levels by which light goes up and down again from frame to frame, on average (0..255)."""
    colour_burn: float = Field(default=0.15, gt=0)
    """Share by which saturation, or the clipped part of the picture, leaves that of the first frame."""
    rebound: float = Field(default=0.9, gt=0, le=1)
    """Share of the way out that a clip goes back again at its end, unasked."""
    first_frame: float = Field(default=4.0, gt=0)
    """Levels by which frame 1 leaves the still, softness aside (0..255)."""
    stray_frame: float = Field(default=0.07, gt=0, le=1)
    """Share of the picture that is another in some frames than right before and after."""
    tone_jump: float = Field(default=3.0, gt=0)
    """Levels by which light and colour jump and stay there (0..255)."""
    fade: float = Field(default=0.6, gt=0, le=1)
    """Share of its contrast that a picture keeps; with less it fades away."""
    colour_drift: float = Field(default=15.0, gt=0)
    """Levels by which colours have turned to grey or to another hue by the end (0..255)."""
    stalled: int = Field(default=3, ge=1)
    """Frames in a row that a motion may stand after it stopped dead."""
    doubled: int = Field(default=2, ge=0)
    """Frames of a clip that may show the one before once more while it moves."""
    seam_change: float = Field(default=3.0, gt=1)
    """So many times the usual change from frame to frame may the picture change where two segments meet."""
    seam_speed: float = Field(default=1.4, gt=0)
    """By so much of its speed a motion may go on otherwise there, where it should go on: 1 stops or begins,
    2 turns back."""
    seam_shift: float = Field(default=4.0, gt=0)
    """Levels by which light and colour may shift there, beyond what they do around it (0..255)."""
    subject_replaced: float = Field(default=0.5, ge=-1, le=1)
    """Cosine of the moving part's look, end against start, below which it is another subject."""
    subject_drift: float = Field(default=0.7, ge=-1, le=1)
    """The same, below which it does not quite stay itself."""
    subject_view: Literal["moving", "whole"] = "moving"
    """What of a frame is compared: the part in which anything moves, or all of it."""
    features: str | None = None
    """A picture model that compares subjects (DINOv2 and its kin), a folder or a hub name; without
    one the scorer's own, where it has one."""


class LetteringSection(Section):
    """How the still's lettering is followed through a clip, where the extra `ocr` is installed."""

    read: bool = True
    """Whether anything is read."""
    sampled_frames: int = Field(default=8, ge=4, le=32)
    """Frames of a clip that are looked at."""
    sure: float = Field(default=0.8, ge=0, le=1)
    """The reader's confidence below which nothing is read."""
    label_changed: float = Field(default=0.05, ge=0, lt=1)
    """Share of a label's letters that may read otherwise."""
    label_lost: float = Field(default=0.2, ge=0, lt=1)
    """Share of the frames looked at, at the end of a clip, that may not show a label any more."""
    text_appeared: int = Field(default=1, ge=0)
    """Frames looked at that may show the same words that nobody asked for."""
    errors: tuple[LetteringKind, ...] = ("label_changed", "label_lost")
    """The kinds with which no clip is accepted; with the others it is, and a person weighs them."""
