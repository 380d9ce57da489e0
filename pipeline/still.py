"""Makes the still: opens a picture, turns it upright, fits it to the model's grid, keeps it by hash."""

import hashlib
import io
import struct
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from pipeline.errors import Cause, RenderFault, ShotRejected
from pipeline.media import folder_fault, put
from pipeline.profile import Profile
from pipeline.recipe import Finding, Severity, still_path

MAX_PIXELS = 100_000_000
"""Pictures with more pixels are refused unread."""
FORMATS = ("JPEG", "PNG", "WEBP", "TIFF", "AVIF", "BMP", "GIF", "JPEG2000")
"""What is opened, whatever the file is called. Pillow knows more, some by starting other programs."""

_NOTABLE_ENLARGEMENT = 1.3
_NOTABLE_CROP = 0.02
_LARGE_CROP = 0.10
_SIXTEEN_BIT = ("I", "I;16", "I;16L", "I;16B", "I;16N")
_READABLE = frozenset(
    {"1", "L", "LA", "La", "P", "PA", "RGB", "RGBA", "RGBa", "RGBX", "CMYK", "YCbCr", *_SIXTEEN_BIT}
)
# What Pillow's readers are seen to raise on broken files. No MemoryError: that is not the file's fault.
_BROKEN = (OSError, SyntaxError, ValueError, RuntimeError, LookupError, TypeError, struct.error)


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


@dataclass(frozen=True, slots=True)
class Still:
    """A prepared still that lies in the media root under `recipe.still_path(sha256)`."""

    sha256: str
    """Of the PNG file's bytes."""
    width: int
    height: int
    findings: tuple[Finding, ...]


def open_upright(picture: Path, max_pixels: int = MAX_PIXELS) -> Image.Image:
    """The picture as people see it: upright, sRGB, 8-bit RGB, no alpha; of an animation the first frame.

    Raises `ShotRejected` (`still.missing`, `still.unreadable`, `still.too_many_pixels`).
    """
    return _open(picture, max_pixels)[0]


def fit(
    picture: Path, profile: Profile, *, aspect: float | None = None, max_pixels: int = MAX_PIXELS
) -> Fitted:
    """The picture scaled and cropped around its centre to a size of the profile, never stretched.

    `aspect` is width / height; None keeps the picture's own. Raises `ShotRejected` as `open_upright`
    does, and `still.too_small`.
    """
    image, findings = _open(picture, max_pixels)
    if min(image.size) < profile.frame.min_still_side:
        raise ShotRejected(
            "still.too_small",
            f"{picture} is {image.width} x {image.height} pixels, too small to start from: hand in "
            f"a picture whose shorter side has at least {profile.frame.min_still_side} pixels",
        )
    size = profile.size_for(aspect or image.width / image.height, 1)
    fitted = ImageOps.fit(image, size, Image.Resampling.LANCZOS)
    return Fitted(fitted, *size, (*findings, *_size_findings(picture, image.size, size)))


def keep(fitted: Fitted, media: Path) -> Still:
    """Puts the still into the media root as a PNG named by its hash; one that lies there whole stays.

    Raises `RenderFault` when the folder cannot be written.
    """
    file = io.BytesIO()
    fitted.image.save(file, "PNG")
    data = file.getvalue()
    sha256 = hashlib.sha256(data).hexdigest()
    place = media / still_path(sha256)
    try:
        if not place.is_file() or place.read_bytes() != data:
            put(place, data)
    except OSError as error:
        raise folder_fault(error, place.parent) from error
    return Still(sha256, fitted.width, fitted.height, fitted.findings)


def load(media: Path, sha256: str) -> Image.Image:
    """A kept still, 8-bit RGB, its file checked against its hash.

    Raises `ShotRejected` (`still.missing`, `still.altered`), or `RenderFault` when this machine does
    not reach the media root.
    """
    place, stills = media / still_path(sha256), media / "stills"
    if not stills.is_dir():  # a mount is missing here, not a picture
        sentence = f"this machine does not see {stills}: mount the media folder there"
        raise RenderFault(Cause.MACHINE, sentence)
    try:
        data = place.read_bytes()
    except FileNotFoundError as error:
        sentence = f"the still {place} is gone: submit the shot again"
        raise ShotRejected("still.missing", sentence) from error
    except OSError as error:
        raise folder_fault(error, place.parent) from error
    if hashlib.sha256(data).hexdigest() != sha256:
        sentence = f"the still {place} was altered after it was prepared: submit the shot again"
        raise ShotRejected("still.altered", sentence)
    return Image.open(io.BytesIO(data), formats=["PNG"]).convert("RGB")


def _open(picture: Path, max_pixels: int) -> tuple[Image.Image, tuple[Finding, ...]]:
    if not picture.is_file():
        raise ShotRejected(
            "still.missing",
            f"there is no file {picture}: correct the path or put the picture there",
        )
    try:
        with warnings.catch_warnings():
            # Pillow warns of large pictures and of odd EXIF; the limit here is max_pixels.
            warnings.simplefilter("ignore")
            return _to_srgb(_decode(picture, max_pixels), picture)
    except _BROKEN as error:
        raise ShotRejected("still.unreadable", _why_unreadable(picture, error)) from error


def _decode(picture: Path, max_pixels: int) -> Image.Image:
    """The first frame, upright. The size is read from the header before anything is decoded."""
    try:
        with Image.open(picture, formats=FORMATS) as image:
            if image.width * image.height <= max_pixels:
                return ImageOps.exif_transpose(image)
    except Image.DecompressionBombError:
        pass
    raise ShotRejected(
        "still.too_many_pixels",
        f"{picture} has more than {max_pixels:,} pixels: hand in a smaller copy of it",
    )


def _why_unreadable(picture: Path, error: Exception) -> str:
    if isinstance(error, UnidentifiedImageError):
        return (
            f"{picture} holds no picture, whatever its name says ({', '.join(FORMATS)} can be read), "
            "or one without its beginning or its end: export it again as PNG or JPEG"
        )
    if isinstance(error, OSError) and error.errno is not None:
        return f"{picture} cannot be read ({error.strerror}): make it readable for the farm's user"
    return f"{picture} is cut off or damaged ({error}): copy or export it again"


def _to_srgb(image: Image.Image, picture: Path) -> tuple[Image.Image, tuple[Finding, ...]]:
    """8-bit sRGB on white."""
    profile = image.info.get("icc_profile")
    colour, alpha = _split_alpha(_eight_bits(image))
    rgb = _with_profile(colour, profile) if profile else None
    findings: tuple[Finding, ...] = ()
    if rgb is None:
        if profile or colour.mode == "CMYK":
            findings = (_guessed(picture, "an unusable" if profile else "CMYK without a"),)
        rgb = colour.convert("RGB")
    if alpha is not None:
        white = Image.new("RGB", rgb.size, "white")
        white.paste(rgb, mask=alpha)
        rgb = white
    rgb.info = {}  # or the old colour profile would be saved with the new colours
    return rgb, findings


def _guessed(picture: Path, what: str) -> Finding:
    return Finding(
        "still.colours_guessed",
        Severity.WARNING,
        f"{picture} has {what} colour profile, so its colours are a guess: export it as sRGB",
    )


def _eight_bits(image: Image.Image) -> Image.Image:
    """Pillow reads 16-bit RGB as 8-bit RGB, but keeps 16-bit grey and clips it when converted."""
    if image.mode not in _READABLE:
        raise ValueError(f"its pixels are stored as {image.mode}, not as grey, RGB or CMYK")
    if image.mode not in _SIXTEEN_BIT:
        return image
    values = np.asarray(image).astype(np.int64)
    if values.min() < 0 or values.max() > 65535:
        raise ValueError("its pixels have 32 bits, not 8 or 16")
    return Image.fromarray(((values + 128) // 257).astype(np.uint8))


def _split_alpha(image: Image.Image) -> tuple[Image.Image, Image.Image | None]:
    """Colour (L, RGB or CMYK) and alpha (L), if there is any."""
    grey = image.mode in ("1", "L", "LA", "La")
    if image.has_transparency_data:
        image = image.convert("LA" if grey else "RGBA")
        return image.convert("L" if grey else "RGB"), image.getchannel("A")
    if image.mode == "CMYK":
        return image, None
    return image.convert("L" if grey else "RGB"), None


def _with_profile(colour: Image.Image, profile: bytes) -> Image.Image | None:
    """The colours converted from their profile to sRGB; None when the profile is broken or of others."""
    try:
        source: Any = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if colour.mode == "L" and source.profile.xcolor_space.strip() == "RGB":
            colour = colour.convert("RGB")
        return ImageCms.profileToProfile(
            colour,
            source,
            ImageCms.createProfile("sRGB"),
            renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
            outputMode="RGB",
            flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
        )
    except (ImageCms.PyCMSError, OSError):
        return None


def _size_findings(picture: Path, before: tuple[int, int], after: tuple[int, int]) -> list[Finding]:
    """What scaling and cropping did, where people would want to know."""
    across, down = after[0] / before[0], after[1] / before[1]
    scale, cut = max(across, down), 1 - min(across, down) / max(across, down)
    size = f"{before[0]} x {before[1]} to {after[0]} x {after[1]} pixels"
    findings: list[Finding] = []
    if scale > 1:
        findings.append(
            Finding(
                "still.upscaled",
                Severity.WARNING if scale > _NOTABLE_ENLARGEMENT else Severity.INFO,
                f"{picture} is enlarged {scale:.2f} times, from {size}: a larger picture is sharper",
            )
        )
    if cut > _NOTABLE_CROP:
        sides = "left and right" if down > across else "top and bottom"
        findings.append(
            Finding(
                "still.cropped",
                Severity.WARNING if cut > _LARGE_CROP else Severity.INFO,
                f"{picture} loses {cut:.0%} of its area at {sides}, from {size}",
            )
        )
    return findings
