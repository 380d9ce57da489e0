"""Pictures that were always read right give the very same stills, and recipes with them."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms

from pipeline.profiles import profile
from pipeline.stills import prepare

TOY = profile.load("toy")
Make = Callable[[Path], None]


def _picture() -> Image.Image:
    """Colours all over, by arithmetic alone."""
    down, across = np.mgrid[0:144, 0:192]
    bands = (across * 7 + down) % 256, (across + down * 5) % 256, (across * down // 16) % 256
    return Image.fromarray(np.stack(bands, axis=-1).astype(np.uint8))


def _plain(path: Path) -> None:
    _picture().save(path)


def _as(mode: str) -> Make:
    return lambda path: _picture().convert(mode).save(path)


def _lzw(path: Path) -> None:
    _picture().save(path, compression="tiff_lzw")


def _lossless(path: Path) -> None:
    _picture().save(path, lossless=True)


def _clear(path: Path) -> None:
    image = _picture()
    image.putalpha(image.getchannel("G"))
    image.save(path)


def _deep_grey(path: Path) -> None:
    Image.fromarray(np.asarray(_picture().convert("L")).astype(np.uint16) * 255).save(path)


def _turned(path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    _picture().save(path, exif=exif)


def _marked(path: Path) -> None:
    """With the words that most pictures carry: sRGB as a profile, or that PNG's gamma is its own."""
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    _picture().save(path, icc_profile=srgb)


@pytest.mark.parametrize(
    ("name", "make", "digest"),
    [
        ("plain.png", _plain, "70605f8e5f74e1c8"),
        ("plain.bmp", _plain, "70605f8e5f74e1c8"),
        ("plain.tif", _plain, "70605f8e5f74e1c8"),
        ("lzw.tif", _lzw, "70605f8e5f74e1c8"),
        ("lossless.webp", _lossless, "70605f8e5f74e1c8"),
        ("grey.png", _as("L"), "c8b42a01c7adcfd9"),
        ("cmyk.tif", _as("CMYK"), "70605f8e5f74e1c8"),
        ("palette.gif", _as("P"), "297d148a6b65a987"),
        ("clear.png", _clear, "ffd78b264392ca1c"),
        ("deep.png", _deep_grey, "26d9bb3812cdc35b"),
        ("deep.tif", _deep_grey, "26d9bb3812cdc35b"),
        ("turned.png", _turned, "0e897395f63e0ce0"),
        ("marked.png", _marked, "70605f8e5f74e1c8"),
    ],
)
def test_what_was_read_right_gives_the_same_still(
    tmp_path: Path, name: str, make: Make, digest: str
) -> None:
    make(tmp_path / name)
    fitted = prepare.fit(tmp_path / name, TOY)
    assert hashlib.sha256(fitted.image.tobytes()).hexdigest()[:16] == digest
