"""What a picture says of its colours is believed, in its format's order; what it leaves open is told."""

import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from pipeline.errors import ShotRejected
from pipeline.profiles import profile
from pipeline.stills import prepare
from pipeline.stills.formats import icc
from pipeline.stills.formats.icc import ADOBE_CURVE, ADOBE_RGB, SRGB, Curve, Primaries
from pipeline.stills.load import open_picture

TOY = profile.load("toy")
P3, BT2020 = icc.NUMBERED[12], icc.NUMBERED[9]
Chunk = tuple[bytes, bytes]


def _truth() -> np.ndarray:
    """What people should see, 0..1: ramps of all colours and two plain patches."""
    down, across = np.mgrid[0:64, 0:96]
    truth = np.dstack([across / 95, down / 63, (across + down) % 40 / 39])
    truth[8:30, 8:30] = (0.9, 0.1, 0.1)
    truth[36:56, 50:80] = (0.1, 0.7, 0.3)
    return np.round(truth * 255) / 255


TRUTH = _truth()


def _matrix(primaries: Primaries) -> np.ndarray:
    """From linear RGB to XYZ, by the textbook and not by the code under test; white D65 in all of them."""
    points = (primaries.red, primaries.green, primaries.blue)
    columns = np.array([[x / y, 1, (1 - x - y) / y] for x, y in points]).T
    x, y = primaries.white
    return columns * np.linalg.solve(columns, np.array([x / y, 1, (1 - x - y) / y]))


def _encoded(primaries: Primaries, curve: Curve) -> np.ndarray:
    """The numbers that a picture in these colours has where sRGB has `TRUTH`."""
    light = np.where(TRUTH <= 0.04045, TRUTH / 12.92, ((TRUTH + 0.055) / 1.055) ** 2.4)
    there = np.clip(light @ (np.linalg.inv(_matrix(primaries)) @ _matrix(SRGB)).T, 0, 1)
    if curve is None:
        shown = np.where(there <= 0.0031308, there * 12.92, 1.055 * there ** (1 / 2.4) - 0.055)
    else:
        shown = there ** (1 / curve)
    return np.round(shown * 255).astype(np.uint8)


def _png(path: Path, pixels: np.ndarray, *chunks: Chunk) -> Path:
    def chunk(kind: bytes, data: bytes) -> bytes:
        end = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + end

    height, width, _ = pixels.shape
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    rows = b"".join(b"\0" + row.tobytes() for row in pixels)
    told = b"".join(chunk(*each) for each in chunks)
    body = chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + head + told + body)
    return path


def _cicp(primaries: int, transfer: int, full: int = 1) -> Chunk:
    return b"cICP", bytes([primaries, transfer, 0, full])


def _gama(value: float) -> Chunk:
    return b"gAMA", struct.pack(">I", round(value * 100_000))


def _chrm(primaries: Primaries) -> Chunk:
    points = (primaries.white, primaries.red, primaries.green, primaries.blue)
    return b"cHRM", struct.pack(">8I", *(round(v * 100_000) for point in points for v in point))


def _iccp(primaries: Primaries, curve: Curve) -> Chunk:
    return b"iCCP", b"name\0\0" + zlib.compress(icc.profile(primaries, curve))


_SRGB: Chunk = (b"sRGB", b"\0")


def _error(picture: Path) -> float:
    """Of what people see, in levels of 255, on the average."""
    seen = np.asarray(open_picture(picture).image).astype(float)
    return float(np.abs(seen - TRUTH * 255).mean())


@pytest.mark.parametrize(
    ("colours", "chunks"),
    [
        ((P3, None), [_cicp(12, 13)]),
        ((BT2020, None), [_cicp(9, 1)]),
        ((SRGB, 1.0), [_cicp(1, 8)]),
        ((SRGB, None), [_cicp(1, 13)]),
        ((P3, None), [_iccp(P3, None)]),
        ((ADOBE_RGB, ADOBE_CURVE), [_gama(1 / ADOBE_CURVE), _chrm(ADOBE_RGB)]),
        ((P3, 2.2), [_gama(0.45455), _chrm(P3)]),
        ((P3, None), [_chrm(P3)]),
        ((SRGB, 1.0), [_gama(1.0)]),
        ((SRGB, 1.8), [_gama(1 / 1.8)]),
        ((SRGB, None), [_gama(0.45455)]),
        ((SRGB, None), [_gama(0.45455), _chrm(SRGB)]),
        ((SRGB, None), [_gama(0.0)]),
        ((SRGB, None), [_gama(0.45455), (b"cHRM", bytes(32))]),
        # The first that speaks is believed.
        ((P3, None), [_cicp(12, 13), _iccp(ADOBE_RGB, ADOBE_CURVE)]),
        ((P3, None), [_iccp(P3, None), _SRGB, _gama(1.0)]),
        ((SRGB, None), [_SRGB, _gama(1.0), _chrm(P3)]),
    ],
)
def test_a_png_is_shown_in_the_colours_that_its_chunks_name(
    tmp_path: Path, colours: tuple[Primaries, Curve], chunks: list[Chunk]
) -> None:
    picture = _png(tmp_path / "named.png", _encoded(*colours), *chunks)
    assert _error(picture) < 0.9  # 8 bits of another space round otherwise
    assert open_picture(picture).guessed == ""


def test_without_its_chunks_the_same_picture_is_far_off(tmp_path: Path) -> None:
    assert _error(_png(tmp_path / "bare.png", _encoded(P3, None))) > 3


@pytest.mark.parametrize("transfer", [16, 18])
def test_hdr_is_refused_by_its_name(tmp_path: Path, transfer: int) -> None:
    picture = _png(tmp_path / "bright.png", _encoded(BT2020, None), _cicp(9, transfer))
    with pytest.raises(ShotRejected, match=r"HDR picture.*export it as SDR") as caught:
        prepare.fit(picture, TOY)
    assert caught.value.code == "still.hdr"
    assert str(picture) in caught.value.sentence


def _codes(picture: Path) -> list[str]:
    return [each.message for each in prepare.fit(picture, TOY).findings if "guess" in each.message]


@pytest.mark.parametrize(
    ("chunk", "words"),
    [
        (_cicp(99, 13), "in a way that is not known"),
        (_cicp(1, 13, full=0), "in a way that is not known"),
        ((b"iCCP", b"name\0\0no profile"), "unusable colour profile"),
    ],
)
def test_colours_that_nobody_can_know_are_said_to_be_a_guess(
    tmp_path: Path, chunk: Chunk, words: str
) -> None:
    [message] = _codes(_png(tmp_path / "odd.png", _encoded(SRGB, None), chunk))
    assert words in message


# EXIF


def _exif(space: int | None, index: str = "") -> Image.Exif:
    exif = Image.Exif()
    words: dict[int, Any] = exif.get_ifd(0x8769)
    if space is not None:
        words[0xA001] = space
    if index:
        words[0xA005] = {1: index}
    return exif


@pytest.mark.parametrize("exif", [_exif(2), _exif(0xFFFF, "R03"), _exif(None, "R03")])
def test_adobe_rgb_that_only_exif_names_is_converted(tmp_path: Path, exif: Image.Exif) -> None:
    picture = tmp_path / "camera.webp"
    Image.fromarray(_encoded(ADOBE_RGB, ADOBE_CURVE)).save(picture, lossless=True, exif=exif)
    assert _error(picture) < 0.5
    assert open_picture(picture).guessed == ""


def test_adobe_rgb_of_a_jpeg_is_converted(tmp_path: Path) -> None:
    picture, plain = tmp_path / "camera.jpg", tmp_path / "plain.jpg"
    image = Image.fromarray(_encoded(ADOBE_RGB, ADOBE_CURVE))
    image.save(picture, quality=98, subsampling=0, exif=_exif(2))
    image.save(plain, quality=98, subsampling=0)
    assert _error(picture) < 2 < _error(plain)


def test_a_profile_is_believed_before_exif(tmp_path: Path) -> None:
    picture = tmp_path / "both.webp"
    told = icc.profile(P3, None)
    Image.fromarray(_encoded(P3, None)).save(
        picture, lossless=True, icc_profile=told, exif=_exif(2)
    )
    assert _error(picture) < 0.5


def test_a_word_in_exif_that_it_is_not_srgb_is_told_and_srgb_is_not(tmp_path: Path) -> None:
    picture = tmp_path / "photo.jpg"
    Image.fromarray(_encoded(SRGB, None)).save(picture, exif=_exif(0xFFFF))
    [message] = _codes(picture)
    assert "not sRGB, and not what they are" in message
    for exif in (_exif(1), _exif(1, "R98"), _exif(None)):
        Image.fromarray(_encoded(SRGB, None)).save(picture, exif=exif)
        assert _codes(picture) == []


# Boxes


def _avif(path: Path, primaries: Primaries, numbers: tuple[int, int]) -> Path:
    Image.fromarray(_encoded(primaries, None)).save(path, quality=100, subsampling="4:4:4")
    data = bytearray(path.read_bytes())
    place = data.index(b"nclx") + 4
    struct.pack_into(">HH", data, place, *numbers)
    path.write_bytes(data)
    return path


def test_an_avif_is_shown_in_the_colours_that_its_numbers_name(tmp_path: Path) -> None:
    assert _error(_avif(tmp_path / "plain.avif", SRGB, (1, 13))) < 2
    assert _error(_avif(tmp_path / "wide.avif", P3, (12, 13))) < 2
    with pytest.raises(ShotRejected, match="HDR"):
        open_picture(_avif(tmp_path / "bright.avif", BT2020, (9, 16)))


def test_a_jpeg_2000_is_shown_in_the_colours_of_its_profile(tmp_path: Path) -> None:
    picture = tmp_path / "scan.jp2"
    Image.fromarray(_encoded(P3, None)).save(picture)
    data, told = picture.read_bytes(), icc.profile(P3, None)
    box = data.index(b"colr") - 4
    size = int.from_bytes(data[box : box + 4])
    colr = struct.pack(">I4sBBB", 11 + len(told), b"colr", 2, 0, 0) + told
    head = data.index(b"jp2h") - 4
    grown = int.from_bytes(data[head : head + 4]) + len(colr) - size
    picture.write_bytes(
        data[:head] + struct.pack(">I", grown) + data[head + 4 : box] + colr + data[box + size :]
    )
    assert _error(picture) < 0.5


@pytest.mark.parametrize("told", [b"", bytes(200), b"\0\0\0\x10meta" + bytes(8), b"\xff" * 400])
def test_broken_boxes_say_nothing(told: bytes) -> None:
    from pipeline.stills.formats.boxes import Properties, properties

    assert properties(told) == Properties()
    assert properties(b"\0\0\0\x0cjP  \r\n\x87\n" + told) == Properties()


def test_a_profile_that_is_written_is_the_one_that_was_meant() -> None:
    """Against the profile of sRGB that Little CMS makes by itself."""
    from PIL import ImageCms

    own = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    image = Image.fromarray(_encoded(P3, None))
    shown = [
        np.asarray(
            ImageCms.profileToProfile(image, _profile(told), _profile(icc.profile(ADOBE_RGB, 2.2)))
        ).astype(int)
        for told in (own, icc.profile(SRGB, None))
    ]
    assert np.abs(shown[0] - shown[1]).max() <= 1


def _profile(data: bytes) -> Any:
    import io

    from PIL import ImageCms

    return ImageCms.ImageCmsProfile(io.BytesIO(data))


# Where else a picture names its colours


def _with_points(primaries: Primaries, space: int | None = None, gamma: float = 0.0) -> Image.Exif:
    exif = _exif(space)
    exif[0x13E] = primaries.white
    exif[0x13F] = (*primaries.red, *primaries.green, *primaries.blue)
    if gamma:
        exif.get_ifd(0x8769)[0xA500] = gamma
    return exif


@pytest.mark.parametrize("ending", ["tif", "webp", "png"])
@pytest.mark.parametrize(
    ("colours", "exif"),
    [
        ((ADOBE_RGB, ADOBE_CURVE), _with_points(ADOBE_RGB)),
        ((ADOBE_RGB, ADOBE_CURVE), _with_points(ADOBE_RGB, 0xFFFF, 2.2)),
        ((P3, None), _with_points(P3)),
        ((SRGB, None), _with_points(SRGB)),
        ((SRGB, None), _with_points(P3, 1)),
    ],
    ids=["Adobe", "Adobe and gamma", "P3", "sRGB", "EXIF says sRGB"],
)
def test_white_and_primaries_in_exif_are_believed(
    tmp_path: Path, colours: tuple[Primaries, Curve], exif: Image.Exif, ending: str
) -> None:
    picture = tmp_path / f"camera.{ending}"
    how: dict[str, Any] = {"lossless": True} if ending == "webp" else {}
    Image.fromarray(_encoded(*colours)).save(picture, exif=exif.tobytes(), **how)
    assert _error(picture) < 0.9
    assert open_picture(picture).guessed == ""


def _packet(name: str) -> bytes:
    return f'<rdf:Description photoshop:ICCProfile="{name}"/>'.encode()


def test_a_profile_that_xmp_alone_still_names_is_told_or_where_exif_agrees_believed(
    tmp_path: Path,
) -> None:
    picture = tmp_path / "stripped.webp"
    stripped = Image.fromarray(_encoded(ADOBE_RGB, ADOBE_CURVE))
    stripped.save(picture, lossless=True, xmp=_packet("Adobe RGB (1998)"))
    assert open_picture(picture).guessed == "uncalibrated"

    stripped.save(picture, lossless=True, xmp=_packet("Adobe RGB (1998)"), exif=_exif(0xFFFF))
    assert _error(picture) < 0.5

    stripped.save(picture, lossless=True, xmp=_packet("sRGB IEC61966-2.1"))
    assert open_picture(picture).guessed == ""


def _bitmap(path: Path, primaries: Primaries, kind: bytes, profile: bytes = b"") -> Path:
    pixels = _encoded(primaries, ADOBE_CURVE)
    rows = pixels[::-1, :, ::-1].tobytes()
    height, width, _ = pixels.shape
    points = [(x, y, 1 - x - y) for x, y in (primaries.red, primaries.green, primaries.blue)]
    numbers = [round(each * 2**30) for point in points for each in point]
    head = struct.pack(
        "<IiiHHIIiiII16x4s", 124, width, height, 1, 24, 0, len(rows), 0, 0, 0, 0, kind
    )
    head += struct.pack("<9I3I", *numbers, *[round(ADOBE_CURVE * 65536)] * 3)
    head += struct.pack("<4I", 4, 124 + len(rows), len(profile), 0)
    body = head + rows + profile
    path.write_bytes(b"BM" + struct.pack("<IHHI", 14 + len(body), 0, 0, 138) + body)
    return path


def test_a_bitmap_is_shown_in_the_colours_of_its_header_or_of_its_profile(tmp_path: Path) -> None:
    picture = tmp_path / "named.bmp"
    assert _error(_bitmap(picture, ADOBE_RGB, bytes(4))) < 0.9
    told = icc.profile(ADOBE_RGB, ADOBE_CURVE)
    assert _error(_bitmap(picture, ADOBE_RGB, b"DEBM", told)) < 0.9
    assert _error(_bitmap(picture, ADOBE_RGB, b"BGRs")) > 3
    assert open_picture(_bitmap(picture, ADOBE_RGB, b"KNIL")).guessed == "unknown"
    Image.fromarray(_encoded(SRGB, None)).save(picture)
    assert _error(picture) == 0


@pytest.mark.parametrize(("number", "guessed"), [(16, ""), (21, "unknown"), (20, "unknown")])
def test_a_jpeg_2000_whose_colours_have_another_number_is_told(
    tmp_path: Path, number: int, guessed: str
) -> None:
    picture = tmp_path / "scan.jp2"
    Image.fromarray(_encoded(SRGB, None)).save(picture)
    data = bytearray(picture.read_bytes())
    struct.pack_into(">I", data, data.index(b"colr") + 7, number)
    picture.write_bytes(data)
    assert open_picture(picture).guessed == guessed


@pytest.mark.parametrize("code", [bytes([12, 13, 1, 1]), bytes([12, 13])])
def test_a_cicp_chunk_that_is_none_is_told_where_nothing_else_speaks(
    tmp_path: Path, code: bytes
) -> None:
    broken = (b"cICP", code)
    assert open_picture(_png(tmp_path / "a.png", _encoded(P3, None), broken)).guessed == "unknown"
    both = _png(tmp_path / "b.png", _encoded(P3, None), broken, _iccp(P3, None))
    assert _error(both) < 0.9
