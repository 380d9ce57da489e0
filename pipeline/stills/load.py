"""Opens a picture as people see it: upright, sRGB, 8-bit RGB, what is clear laid on a ground."""

import struct
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from pipeline.errors import ShotRejected
from pipeline.stills.formats import boxes, colours, heic, tiffs, unreadable
from pipeline.stills.formats.colours import Declared, Guess, HighDynamicRange
from pipeline.stills.formats.quiet import muted, quietly

MAX_PIXELS = 100_000_000
"""Pictures with more pixels are refused unread."""
FORMATS = ("JPEG", "PNG", "WEBP", "TIFF", "AVIF", "BMP", "GIF", "JPEG2000")
"""What is opened, whatever the file is called. Pillow knows more, some by starting other programs."""

_PAGED = frozenset({"PNG", "WEBP", "AVIF", "GIF"})
"""Where further frames are pictures too; in JPEG they are previews and maps of light and depth."""
_TIFF = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
_VISIBLE = 26
"""Alpha, of 255, from which a pixel is to be seen."""
_SIXTEEN_BIT = ("I", "I;16", "I;16L", "I;16B", "I;16N")
_READABLE = frozenset(
    {"1", "L", "LA", "La", "P", "PA", "RGB", "RGBA", "RGBa", "RGBX", "CMYK", "YCbCr", *_SIXTEEN_BIT}
)
# What readers are seen to raise on broken files. No MemoryError: that is not the file's fault.
_BROKEN = (OSError, SyntaxError, ValueError, RuntimeError, LookupError, TypeError, struct.error)


@dataclass(frozen=True, slots=True)
class Opened:
    """A picture in its own size."""

    image: Image.Image
    """RGB, 8 bits, sRGB, upright; of several the first."""
    guessed: Guess
    pages: int = 1
    """Pages or frames in the file."""
    visible: float = 1.0
    """The share of its pixels that are not clear."""


@dataclass(frozen=True, slots=True)
class _Decoded:
    image: Image.Image
    """Upright, in its own mode."""
    declared: Declared
    pages: int


def open_picture(picture: Path, max_pixels: int = MAX_PIXELS, ground: str = "white") -> Opened:
    """The picture as people see it, on a ground of this colour where it is clear.

    Raises `ShotRejected` (`still.missing`, `still.unreadable`, `still.too_many_pixels`, `still.hdr`).
    """
    if not picture.is_file():
        raise ShotRejected(
            "still.missing",
            f"there is no file {picture}: correct the path or put the picture there",
        )
    try:
        with quietly():
            return _to_srgb(_decode(picture, max_pixels), ground)
    except unreadable.Unreadable as error:
        raise ShotRejected("still.unreadable", f"{picture} is {error}") from error
    except HighDynamicRange as error:
        sentence = (
            f"{picture} is an HDR picture, made for brighter displays: export it as SDR, in sRGB"
        )
        raise ShotRejected("still.hdr", sentence) from error
    except _BROKEN as error:
        raise ShotRejected("still.unreadable", _why_unreadable(picture, error)) from error


def _decode(picture: Path, max_pixels: int) -> _Decoded:
    with picture.open("rb") as file:
        head = file.read(unreadable.HEAD)
    if found := unreadable.refusal(head, picture.name):
        raise unreadable.Unreadable(found)
    if unreadable.is_heic(head):
        return _decode_heic(picture, head, max_pixels)
    if head.startswith(_TIFF):
        return _decode_tiff(picture, head, max_pixels)
    return _decode_by_pillow(picture, head, max_pixels)


def _decode_tiff(picture: Path, head: bytes, max_pixels: int) -> _Decoded:
    tiff = tiffs.look(picture)
    if tiff is None:
        return _decode_by_pillow(picture, head, max_pixels)
    if tiff.refusal:
        raise unreadable.Unreadable(tiff.refusal)
    _check_size(picture, tiff.size, max_pixels)
    if tiff.by_pillow:
        return _decode_by_pillow(picture, head, max_pixels, tiff.pages)
    image = tiffs.read(picture)
    return _Decoded(ImageOps.exif_transpose(image), colours.declared(image, head), tiff.pages)


def _decode_heic(picture: Path, head: bytes, max_pixels: int) -> _Decoded:
    told = boxes.properties(head)
    _check_size(picture, told.size or (0, 0), max_pixels)
    declared = colours.by_boxes(told) or Declared()
    return _Decoded(heic.read(picture, told, head), declared, 1)


def _decode_by_pillow(picture: Path, head: bytes, max_pixels: int, pages: int = 0) -> _Decoded:
    """The first frame. The size is read from the header before anything is decoded."""
    hush = muted() if head.startswith(_TIFF) else nullcontext()
    try:
        with hush, Image.open(picture, formats=FORMATS) as image:
            _check_size(picture, image.size, max_pixels)
            told = colours.declared(image, head)
            pages = pages or _frames(image)
            return _Decoded(ImageOps.exif_transpose(image), told, pages)
    except Image.DecompressionBombError:
        raise _too_many_pixels(picture, max_pixels) from None


def _check_size(picture: Path, size: tuple[int, int], max_pixels: int) -> None:
    if size[0] * size[1] > max_pixels:
        raise _too_many_pixels(picture, max_pixels)


def _too_many_pixels(picture: Path, max_pixels: int) -> ShotRejected:
    return ShotRejected(
        "still.too_many_pixels",
        f"{picture} has more than {max_pixels:,} pixels: hand in a smaller copy of it",
    )


def _frames(image: Image.Image) -> int:
    return getattr(image, "n_frames", 1) if image.format in _PAGED else 1


def _why_unreadable(picture: Path, error: Exception) -> str:
    if isinstance(error, UnidentifiedImageError):
        return (
            f"{picture} holds no picture, whatever its name says ({', '.join(FORMATS)} can be read), "
            "or one without its beginning or its end: export it again as PNG or JPEG"
        )
    if isinstance(error, OSError) and error.errno is not None:
        return f"{picture} cannot be read ({error.strerror}): make it readable for the farm's user"
    return f"{picture} is cut off or damaged ({error}): copy or export it again"


def _to_srgb(decoded: _Decoded, ground: str) -> Opened:
    profile, guessed = decoded.declared.profile, decoded.declared.guessed
    colour, alpha = _split_alpha(_eight_bits(decoded.image))
    rgb = colours.to_srgb(colour, profile) if profile else None
    if rgb is None:
        guessed = "unusable" if profile else guessed or ("cmyk" if colour.mode == "CMYK" else "")
        rgb = colour.convert("RGB")
    visible = 1.0
    if alpha is not None:
        visible = sum(alpha.histogram()[_VISIBLE:]) / (alpha.width * alpha.height)
        flat = Image.new("RGB", rgb.size, ground)
        flat.paste(rgb, mask=alpha)
        rgb = flat
    rgb.info = {}  # or the old colour profile would be saved with the new colours
    return Opened(rgb, guessed, decoded.pages, visible)


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
