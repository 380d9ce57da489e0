"""What colours a picture says that its numbers are, and their way to sRGB."""

import io
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from PIL import Image, ImageCms

from pipeline.stills.formats import bitmaps, icc, xmp
from pipeline.stills.formats.boxes import Properties, properties
from pipeline.stills.formats.icc import Curve, Primaries

Guess = Literal["", "unusable", "cmyk", "uncalibrated", "unknown"]
"""Why the colours are a guess: an unusable profile, CMYK without any, EXIF that says "not sRGB" and
no more, or numbers for primaries or a curve that nobody has published."""

_SRGB_GAMMA = 1 / 2.2
_PQ, _HLG = 16, 18
_CURVES: dict[int, Curve] = {
    # The curves of BT.709 and its kin are shown as that of sRGB, as browsers do.
    1: None, 2: None, 6: None, 13: None, 14: None, 15: None, 4: 2.2, 5: 2.8, 8: 1.0,
}  # fmt: skip
"""Transfer functions by their numbers in ITU-T H.273, table 3."""


class HighDynamicRange(Exception):
    """The picture is light for a display that is brighter than the ones clips are made for."""


@dataclass(frozen=True, slots=True)
class Declared:
    """What a picture says of its colours."""

    profile: bytes = b""
    """An ICC profile; empty where the numbers are sRGB, or nobody knows."""
    guessed: Guess = ""


def declared(image: Image.Image, head: bytes) -> Declared:
    """By the picture's own word: a profile, chunks of PNG, boxes of AVIF and JPEG 2000, the header of BMP,
    EXIF, or XMP.

    `head` is the file's beginning. Raises `HighDynamicRange`.
    """
    found = _by_chunks(image, head) if image.format == "PNG" else _embedded(image)
    if found is None and image.format in ("AVIF", "JPEG2000"):
        found = by_boxes(properties(head))
    if found is None and image.format == "BMP":
        found = _by_bitmap(image, head)
    if found is None and image.mode == "CMYK":
        return (
            Declared()
        )  # EXIF and XMP tell of RGB; what is to be said of CMYK is said where it is turned
    return found or _by_exif(image)


def by_boxes(told: Properties) -> Declared | None:
    """By the boxes of HEIF, AVIF and JPEG 2000; None where they say nothing. Raises `HighDynamicRange`."""
    if told.icc:
        return _by_profile(told.icc)
    if told.nclx:
        return numbered(*told.nclx)
    return Declared(guessed="unknown") if told.unknown else None


def numbered(primaries: int, transfer: int, *, full: bool = True) -> Declared:
    """By numbers of ITU-T H.273, as `cICP` and `nclx` give them."""
    if transfer in (_PQ, _HLG):
        raise HighDynamicRange
    known = icc.SRGB if primaries == 2 else icc.NUMBERED.get(primaries)
    if known is None or transfer not in _CURVES or not full:
        return Declared(guessed="unknown")
    return of(known, _CURVES[transfer])


def of(primaries: Primaries, curve: Curve) -> Declared:
    """These primaries and this curve; nothing where they are those of sRGB."""
    if curve is None and primaries.near(icc.SRGB):
        return Declared()
    try:
        return Declared(icc.profile(primaries, curve))
    except ValueError:
        return Declared(guessed="unknown")


def to_srgb(colour: Image.Image, profile: bytes) -> Image.Image | None:
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


def _embedded(image: Image.Image) -> Declared | None:
    """An ICC profile; one that is there and empty is broken."""
    if "icc_profile" not in image.info:
        return None
    return _by_profile(image.info["icc_profile"])


def _by_profile(profile: bytes | None) -> Declared:
    if not profile:
        return Declared(guessed="unusable")
    if icc.transfer_of(profile) in (_PQ, _HLG):
        raise HighDynamicRange
    return Declared(profile)


def _by_chunks(image: Image.Image, head: bytes) -> Declared | None:
    """In the order of PNG's third edition, 4.3: cICP, iCCP, sRGB, then gAMA with cHRM."""
    chunks = dict(_chunks(head))
    code = chunks.get(b"cICP", b"")
    if len(code) == 4 and code[2] == 0:
        return numbered(code[0], code[1], full=code[3] == 1)
    if found := _embedded(image):
        return found
    if b"sRGB" in chunks:
        return Declared()
    gamma = _gamma(chunks.get(b"gAMA", b""))
    primaries = _primaries(chunks.get(b"cHRM", b""))
    if gamma is None and primaries is None:
        return Declared(guessed="unknown") if code else None
    return _measured(primaries or icc.SRGB, gamma)


def _measured(primaries: Primaries, gamma: float | None) -> Declared:
    """Primaries with the exponent that light is written by; None where nobody names one."""
    if gamma is None or abs(gamma - _SRGB_GAMMA) < 0.01:
        # 45455 is how sRGB was written before it had a chunk of its own.
        curve = None if gamma is None or primaries.near(icc.SRGB) else 1 / gamma
    else:
        curve = 1 / gamma
    return of(primaries, curve)


def _by_bitmap(image: Any, head: bytes) -> Declared | None:
    told = bitmaps.colours(head)
    if told is None or told.as_srgb:
        return None
    if told.primaries is not None:
        return _measured(told.primaries, told.gamma)
    if told.profile is None:
        return Declared(guessed="unknown")
    start, size = told.profile
    try:
        with open(image.filename, "rb") as file:  # it stands behind the pixels
            file.seek(start)
            return _by_profile(file.read(size))
    except OSError:  # of a picture that lies in no file there is no more than its beginning
        return Declared(guessed="unknown")


def _chunks(head: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Kind and content of PNG's chunks before its pixels, as far as they are at hand."""
    at = 8
    while at + 12 <= len(head):
        size, kind = struct.unpack_from(">I4s", head, at)
        if kind == b"IDAT":
            return
        yield kind, head[at + 8 : at + 8 + size]
        at += 12 + size


def _gamma(chunk: bytes) -> float | None:
    value = int.from_bytes(chunk) / 100_000 if len(chunk) == 4 else 0.0
    return value if 0.1 <= value <= 10 else None


def _primaries(chunk: bytes) -> Primaries | None:
    if len(chunk) != 32:
        return None
    x = [value / 100_000 for value in struct.unpack(">8I", chunk)]
    found = Primaries((x[0], x[1]), (x[2], x[3]), (x[4], x[5]), (x[6], x[7]))
    return found if found.possible() else None


def _by_exif(image: Image.Image) -> Declared:
    """EXIF has a number for sRGB alone; the rest is told by the rules for cameras' file systems (DCF), by
    where white and primaries lie, or by the name of a profile that XMP keeps when the profile is gone."""
    space, index = _exif_words(image)
    if index.startswith("R03") or space == 2:
        return of(icc.ADOBE_RGB, icc.ADOBE_CURVE)
    if space == 1:
        return Declared()
    primaries, gamma = _exif_points(image)
    if primaries is not None and not primaries.near(icc.SRGB):
        is_adobe = primaries.near(icc.ADOBE_RGB) and gamma is None
        return _measured(primaries, 1 / icc.ADOBE_CURVE if is_adobe else gamma)
    name = xmp.profile_name(image.info.get("xmp") or image.info.get("XML:com.adobe.xmp"))
    if space == 0xFFFF and "adobe rgb" in name:
        return of(icc.ADOBE_RGB, icc.ADOBE_CURVE)
    if space == 0xFFFF and "display p3" in name:
        return of(icc.NUMBERED[12], None)
    # Its name alone may be left of a profile that the colours were converted from.
    is_other = bool(name) and not any(each in name for each in ("srgb", "61966"))
    if is_other or (space == 0xFFFF and not index.startswith("R98")):
        return Declared(guessed="uncalibrated")
    return Declared()


def _exif_points(image: Image.Image) -> tuple[Primaries | None, float | None]:
    """`WhitePoint` with `PrimaryChromaticities`, and `Gamma` as PNG tells it; None for what is missing."""
    try:
        exif = image.getexif()
        x = [float(each) for each in (*exif[0x13E], *exif[0x13F])]
        found = Primaries((x[0], x[1]), (x[2], x[3]), (x[4], x[5]), (x[6], x[7]))
        gamma = float(exif.get_ifd(0x8769).get(0xA500, 0.0))
    except Exception:  # broken EXIF raises whatever it likes, and says nothing
        return None, None
    return (found if found.possible() else None), 1 / gamma if 0.1 <= gamma <= 10 else None


def _exif_words(image: Image.Image) -> tuple[object, str]:
    """`ColorSpace` and `InteroperabilityIndex`, where they can be read."""
    try:
        exif = image.getexif()
        space, index = exif.get_ifd(0x8769).get(0xA001), exif.get_ifd(0xA005).get(1, "")
    except Exception:  # broken EXIF raises whatever it likes, and says nothing
        return None, ""
    return space, index.decode("latin-1") if isinstance(index, bytes) else str(index)
