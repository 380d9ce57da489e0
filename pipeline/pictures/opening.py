"""Opens a picture as people see it: upright, sRGB, 8-bit RGB, what is clear laid on a ground."""

import io
import struct
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from pipeline.errors import ShotRejected

MAX_PIXELS = 100_000_000
"""Pictures with more pixels are refused unread."""
FORMATS = ("JPEG", "PNG", "WEBP", "TIFF", "AVIF", "BMP", "GIF", "JPEG2000")
"""What is opened, whatever the file is called. Pillow knows more, some by starting other programs."""

Guess = Literal["", "unusable", "no_cmyk"]
"""Why the colours are a guess: an unusable profile, or CMYK without any."""

_SIXTEEN_BIT = ("I", "I;16", "I;16L", "I;16B", "I;16N")
_READABLE = frozenset(
    {"1", "L", "LA", "La", "P", "PA", "RGB", "RGBA", "RGBa", "RGBX", "CMYK", "YCbCr", *_SIXTEEN_BIT}
)
# What Pillow's readers are seen to raise on broken files. No MemoryError: that is not the file's fault.
_BROKEN = (OSError, SyntaxError, ValueError, RuntimeError, LookupError, TypeError, struct.error)


@dataclass(frozen=True, slots=True)
class Opened:
    """A picture in its own size."""

    image: Image.Image
    """RGB, 8 bits, sRGB, upright; of an animation the first frame."""
    guessed: Guess


def open_picture(picture: Path, max_pixels: int = MAX_PIXELS, ground: str = "white") -> Opened:
    """The picture as people see it, on a ground of this colour where it is clear.

    Raises `ShotRejected` (`still.missing`, `still.unreadable`, `still.too_many_pixels`).
    """
    if not picture.is_file():
        raise ShotRejected(
            "still.missing",
            f"there is no file {picture}: correct the path or put the picture there",
        )
    try:
        with warnings.catch_warnings():
            # Pillow warns of large pictures and of odd EXIF; the limit here is max_pixels.
            warnings.simplefilter("ignore")
            return _to_srgb(_decode(picture, max_pixels), ground)
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


def _to_srgb(image: Image.Image, ground: str) -> Opened:
    profile = image.info.get("icc_profile")
    colour, alpha = _split_alpha(_eight_bits(image))
    rgb = _with_profile(colour, profile) if profile else None
    guessed: Guess = ""
    if rgb is None:
        guessed = "unusable" if profile else "no_cmyk" if colour.mode == "CMYK" else ""
        rgb = colour.convert("RGB")
    if alpha is not None:
        flat = Image.new("RGB", rgb.size, ground)
        flat.paste(rgb, mask=alpha)
        rgb = flat
    rgb.info = {}  # or the old colour profile would be saved with the new colours
    return Opened(rgb, guessed)


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
