"""Reads the TIFF files that Pillow misreads, and says of others why they are no picture."""

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pipeline.stills.formats.lab import to_srgb as lab_to_srgb

_RAW_NAMES = frozenset(
    ".dng .nef .nrw .arw .sr2 .srf .srw .pef .3fr .fff .iiq .dcr .kdc .erf .mef .mos .cr2 .rwl".split()
)
_WHITE_IS_ZERO, _GREY, _RGB, _PALETTE, _INKS, _YCBCR = 0, 1, 2, 3, 5, 6
_ICCLAB = 9
_LAB = {8, _ICCLAB}
_RAW = {32803, 34892}
"""Photometric interpretations of a camera's sensor: its mosaic, and linear light of it."""
_COLOURS = {_WHITE_IS_ZERO: 1, _GREY: 1, _RGB: 3, _PALETTE: 1, _INKS: 4} | dict.fromkeys(_LAB, 3)
_LARGEST_PART = 1 << 30
"""Samples of one tile or strip: more would be no file's but a broken number's."""
_UNSIGNED, _SIGNED, _FLOAT, _VOID = 1, 2, 3, 4
_CLEAR = {1: "a", 2: "A"}
"""Kinds of extra samples that are alpha, as Pillow's modes end: multiplied already, and not."""


@dataclass(frozen=True, slots=True)
class Tiff:
    """What a TIFF file's first page is."""

    size: tuple[int, int]
    pages: int
    """Whole pictures in the file: previews and masks are none."""
    refusal: str
    """Why its pixels are no picture, and the remedy; empty where they are one."""
    by_pillow: bool
    """Whether Pillow reads it right."""


def look(picture: Path) -> Tiff | None:
    """What a file that begins as a TIFF is by its tags; None where they cannot be read."""
    import tifffile

    try:
        with tifffile.TiffFile(picture) as file:
            page: Any = file.pages.first
            pages = 0 if len(file.pages) == 1 else sum(map(_is_whole, file.pages))
            size = page.imagewidth, page.imagelength
            return Tiff(
                size, max(pages, 1), _refusal(page, picture.suffix.lower()), _by_pillow(page)
            )
    except OSError:
        raise
    except Exception:  # whatever a broken file makes it raise, Pillow has the last word
        return None


def read(picture: Path) -> Image.Image:
    """The first page as L, LA, RGB, RGBA or CMYK of 8 bits, with its profile and orientation.

    CIELAB comes as sRGB. Raises `OSError` where it cannot be read, `ValueError` where it is broken.
    """
    import tifffile

    with tifffile.TiffFile(picture) as file:
        try:
            return _read(file.pages.first)
        except OSError:
            raise
        except Exception as error:  # a broken file makes it raise whatever there is
            raise ValueError(str(error) or type(error).__name__) from error


def _read(page: Any) -> Image.Image:
    if math.prod(page.chunks) > _LARGEST_PART:
        raise ValueError("a part of it would be larger than any picture")
    values = _values(page)
    image = _from_lab(page, values) if page.photometric in _LAB else _image(page, values)
    if (profile := page.tags.valueof(34675)) and page.photometric not in _LAB:
        image.info["icc_profile"] = bytes(profile)
    image.getexif()[0x0112] = page.tags.valueof(274) or 1
    return image


def _is_whole(page: Any) -> bool:
    kind = page.tags.valueof(254) if hasattr(page, "tags") else page.aspage().tags.valueof(254)
    return not (kind or 0) & 5


def _refusal(page: Any, suffix: str) -> str:
    export = "export it with 8 or 16 bits, as TIFF, PNG or JPEG in sRGB"
    preview = 330 in page.tags and (page.tags.valueof(254) or 0) & 1
    if 50706 in page.tags or page.photometric in _RAW or preview or suffix in _RAW_NAMES:
        kind = suffix[1:].upper() if suffix in _RAW_NAMES else "DNG or the like"
        return f"a camera's raw file ({kind}): develop it and export a JPEG or PNG"
    bits = page.bitspersample
    if page.sampleformat == _FLOAT:
        return f"a TIFF of floating point numbers ({bits} bits), whose white nobody knows: {export}"
    if page.sampleformat not in (_UNSIGNED, _VOID):
        what = "signed" if page.sampleformat == _SIGNED else "complex"
        return f"a TIFF of {what} numbers, whose black nobody knows: {export}"
    if bits > 16:
        return f"a TIFF of {bits}-bit whole numbers, whose white nobody knows: {export}"
    if page.photometric not in {*_COLOURS, _YCBCR}:
        return f"a TIFF whose pixels are no colours (photometric {int(page.photometric)}): {export}"
    coarse = page.tags.valueof(530) or (2, 2)
    if page.photometric == _YCBCR and page.compression == 1 and tuple(coarse) != (1, 1):
        return f"a TIFF of coarse colours (YCbCr) that is not compressed as JPEG: {export}"
    if page.photometric == _INKS and (page.samplesperpixel < 4 or page.tags.valueof(332) == 2):
        return f"a TIFF of inks that are not CMYK: {export}"
    return ""


def _by_pillow(page: Any) -> bool:
    """Pillow shifts planes of 16 bits that are not compressed, and forgets that white may be zero."""
    photometric, bits, extra = page.photometric, page.bitspersample, page.extrasamples
    apart = page.planarconfig == 2 and page.samplesperpixel > 1
    if photometric in _LAB or (photometric == _WHITE_IS_ZERO and bits > 8):
        return False
    if bits not in (1, 2, 4, 8, 16) or (bits == 16 and photometric == _PALETTE):
        return False
    if photometric == _YCBCR or not extra:
        return not (apart and bits == 16 and (page.compression == 1 or photometric != _RGB))
    return not apart and len(extra) == 1 and (bits == 8 or photometric in (_RGB, _INKS))


def _values(page: Any) -> NDArray[Any]:
    """(height, width, samples), as they are stored."""
    apart, _, height, width, together = page.shaped
    values = page.asarray().reshape(apart, height, width, together)
    return np.moveaxis(values, 0, 2).reshape(height, width, apart * together)


def _from_lab(page: Any, values: NDArray[Any]) -> Image.Image:
    """CIELAB's a* and b* have a sign (TIFF 6.0, section 23), ICCLAB's begin at the middle."""
    step = 1 << (page.bitspersample - 8)
    lab = values[..., :3]
    if page.photometric == _ICCLAB:
        # 16 bits of an ICC profile end at 0xFF00.
        return lab_to_srgb(lab, (0, 128 * step, 128 * step), (2.55 * step, step, step))
    signed = values[..., :3].astype(np.int32)
    signed[..., 1:] -= (signed[..., 1:] >= 128 * step) * (256 * step)
    return lab_to_srgb(signed, (0, 0, 0), ((256 * step - 1) / 100, step, step))


def _eight_bits(values: NDArray[Any], bits: int) -> NDArray[np.uint8]:
    if bits == 8:
        return values
    most = (1 << bits) - 1
    made = np.empty(values.shape, np.uint8)
    for i in range(values.shape[-1]):  # plane by plane, for the memory of large pictures
        made[..., i] = (values[..., i].astype(np.uint32) * 255 + most // 2) // most
    return made


def _image(page: Any, values: NDArray[Any]) -> Image.Image:
    photometric, size = page.photometric, (page.imagewidth, page.imagelength)
    if photometric == _PALETTE:
        pixels = (page.colormap[:, values[..., 0]] >> 8).astype(np.uint8).transpose(1, 2, 0)
        return Image.frombytes("RGB", size, pixels.tobytes())
    pixels, colours = _eight_bits(values, page.bitspersample), _COLOURS[photometric]
    colour = 255 - pixels[..., :1] if photometric == _WHITE_IS_ZERO else pixels[..., :colours]
    mode = {1: "L", 3: "RGB", 4: "CMYK"}[colours]
    clear = next((i for i, kind in enumerate(page.extrasamples) if kind in _CLEAR), None)
    if clear is None or mode == "CMYK":
        return Image.frombytes(mode, size, colour.tobytes())
    laid = np.concatenate([colour, pixels[..., colours + clear, None]], axis=-1)
    mode += _CLEAR[page.extrasamples[clear]]
    return Image.frombytes(mode, size, laid.tobytes()).convert(mode.upper())
