"""Makes the still: opens a picture, fits it to the model's grid around its subject, keeps it by hash."""

import hashlib
import io
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from pipeline.errors import Cause, RenderFault, ShotRejected
from pipeline.findings import Finding
from pipeline.profiles.profile import Profile
from pipeline.stills import crop, fitting
from pipeline.stills.fitting import Fitting
from pipeline.stills.load import FORMATS, MAX_PIXELS, open_picture
from pipeline.stills.subject import Box, Finder, Salient, Subject
from pipeline.storage.names import STILLS, still_path
from pipeline.storage.protocol import Media

__all__ = [
    "FORMATS",
    "MAX_PIXELS",
    "Fitted",
    "Still",
    "as_file",
    "fit",
    "keep",
    "load",
    "open_upright",
]

_WORTH_A_LOOK = 0.02
"""A crop that cuts less than this share of the area stays in the middle, and nobody looks for a subject."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """A picture in the model's size, not kept yet."""

    image: Image.Image
    """RGB, 8 bits, sRGB."""
    width: int
    """Pixels."""
    height: int
    """Pixels."""
    findings: tuple[Finding, ...]
    source: Image.Image
    """The whole picture, upright and in sRGB, in its own size."""
    how: Fitting
    """Which part of it was kept, and what that cost."""


@dataclass(frozen=True, slots=True)
class Still:
    """A prepared still that lies in the media root under `pipeline.storage.names.still_path(sha256)`."""

    sha256: str
    """Of the PNG file's bytes."""
    width: int
    height: int
    findings: tuple[Finding, ...]


def open_upright(picture: Path, max_pixels: int = MAX_PIXELS, ground: str = "white") -> Image.Image:
    """The picture as people see it: upright, sRGB, 8-bit RGB, no alpha; of an animation the first frame.

    Raises `ShotRejected` (`still.missing`, `still.unreadable`, `still.too_many_pixels`, `still.hdr`).
    """
    return open_picture(picture, max_pixels, ground).image


def fit(
    picture: Path,
    profile: Profile,
    *,
    aspect: float | None = None,
    max_pixels: int = MAX_PIXELS,
    finder: Finder | None = None,
    look: bool = False,
) -> Fitted:
    """The picture scaled and cropped around its subject to a size of the profile, never stretched.

    `aspect` is width / height; None keeps the picture's own, or the nearest of the profile's. Where
    `finder` (by default what stands out) knows no subject, the middle is kept. With `look` the subject
    is looked for even where nothing is cut. Raises `ShotRejected` as `open_upright` does, and
    `still.too_small`.
    """
    opened = open_picture(picture, max_pixels, profile.still.ground)
    source = opened.image
    if min(source.size) < profile.frame.min_still_side:
        raise ShotRejected(
            "still.too_small",
            f"{picture} is {source.width} x {source.height} pixels, too small to start from: hand in "
            f"a picture whose shorter side has at least {profile.frame.min_still_side} pixels",
        )
    unasked = fitting.nearest_ratio(source.size, profile.still.ratios)
    wanted = aspect or unasked
    size = profile.size_for(wanted, 1)
    window, subject = _window(source, size, finder or Salient(profile.still.sure), look)
    how = Fitting(
        source.size,
        size,
        window,
        subject,
        wanted,
        opened.guessed,
        asked=aspect is not None,
        unasked=unasked,
        pages=opened.pages,
        visible=opened.visible,
    )
    image = source.resize(size, Image.Resampling.LANCZOS, box=window)
    findings = fitting.findings(how, profile.still, str(picture))
    return Fitted(image, *size, findings, source, how)


def _window(
    source: Image.Image, size: tuple[int, int], finder: Finder, look: bool
) -> tuple[Box, Subject | None]:
    """The part that is kept, and the subject where it was looked for."""
    middle = crop.largest(source.size, size[0] / size[1])
    small = 1 - crop.area(middle) / (source.width * source.height) <= _WORTH_A_LOOK
    subject = finder.find(source) if look or not small else None
    if subject is None or small:
        return middle, subject
    return crop.largest(source.size, size[0] / size[1], subject.box), subject


def as_file(fitted: Fitted) -> tuple[str, bytes]:
    """The still as the PNG file that it is kept as, after the SHA-256 of that."""
    file = io.BytesIO()
    fitted.image.save(file, "PNG")
    data = file.getvalue()
    return hashlib.sha256(data).hexdigest(), data


def keep(fitted: Fitted, media: Media) -> Still:
    """Puts the still into the media root as a PNG named by its hash; one that lies there whole stays.

    Raises `RenderFault` when the folder cannot be written.
    """
    sha256, data = as_file(fitted)
    name = still_path(sha256)
    try:
        if not media.exists(name) or _read(media, name) != data:
            media.put(name, data)
    except OSError as error:
        raise media.fault(error, name) from error
    return Still(sha256, fitted.width, fitted.height, fitted.findings)


def load(media: Media, sha256: str) -> Image.Image:
    """A kept still, 8-bit RGB, its file checked against its hash.

    Raises `ShotRejected` (`still.missing`, `still.altered`), or `RenderFault` when this machine does
    not reach the media root.
    """
    name = still_path(sha256)
    place = media.where(name)
    if not media.sees(STILLS):  # a mount is missing here, not a picture
        sentence = f"this machine does not see {media.where(STILLS)}: mount the media folder there"
        raise RenderFault(Cause.MACHINE, sentence)
    try:
        data = _read(media, name)
    except FileNotFoundError as error:
        sentence = f"the still {place} is gone: submit the shot again"
        raise ShotRejected("still.missing", sentence) from error
    except OSError as error:
        raise media.fault(error, name) from error
    if hashlib.sha256(data).hexdigest() != sha256:
        sentence = f"the still {place} was altered after it was prepared: submit the shot again"
        raise ShotRejected("still.altered", sentence)
    return Image.open(io.BytesIO(data), formats=["PNG"]).convert("RGB")


def _read(media: Media, name: str) -> bytes:
    with media.open(name) as file:
        return file.read()
