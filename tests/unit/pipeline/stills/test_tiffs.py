"""TIFF of every making is read right, or refused with what it is."""

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile
from PIL import Image, ImageOps

from pipeline.errors import ShotRejected
from pipeline.stills.formats import icc
from pipeline.stills.load import open_picture


def _truth() -> np.ndarray:
    down, across = np.mgrid[0:48, 0:64]
    truth = np.dstack([across / 63, down / 47, (across + down) % 30 / 29])
    truth[8:24, 8:24] = (0.9, 0.1, 0.1)
    return np.round(truth * 255) / 255


TRUTH = _truth()
GREY = np.round(TRUTH.mean(-1) * 255) / 255
ALPHA = np.ones((48, 64))
ALPHA[:, :20], ALPHA[:, 20:40] = 0, 0.5


def _numbers(values: np.ndarray, bits: int) -> np.ndarray:
    return np.round(values * (2**bits - 1)).astype(f"uint{bits}")


def _apart(values: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(np.moveaxis(values, -1, 0))


def _error(tmp_path: Path, wanted: np.ndarray, pixels: np.ndarray, **tags: Any) -> float:
    """The largest, of what people see, in levels of 255."""
    tifffile.imwrite(tmp_path / "picture.tif", pixels, **tags)
    seen = np.asarray(open_picture(tmp_path / "picture.tif").image).astype(float)
    wanted = np.repeat(wanted[..., None], 3, -1) if wanted.ndim == 2 else wanted
    return float(np.abs(seen - wanted * 255).max())


@pytest.mark.parametrize("compression", [None, "lzw", "zlib", "zstd", "packbits"])
@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("bits", [8, 16])
def test_colours_are_read_together_and_apart(
    tmp_path: Path, bits: int, order: Any, compression: str | None
) -> None:
    numbers = _numbers(TRUTH, bits)
    how = {"photometric": "rgb", "compression": compression, "byteorder": order}
    for planes, pixels in (("contig", numbers), ("separate", _apart(numbers))):
        for tile in (None, (32, 32)):
            assert _error(tmp_path, TRUTH, pixels, planarconfig=planes, tile=tile, **how) <= 1
    if compression in ("lzw", "zlib"):
        kinds = {"planarconfig": "separate", "predictor": True}
        assert _error(tmp_path, TRUTH, _apart(numbers), **kinds, **how) <= 1


@pytest.mark.parametrize("compression", [None, "lzw", "zlib"])
@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("bits", [8, 16])
def test_white_may_be_zero(tmp_path: Path, bits: int, order: Any, compression: str | None) -> None:
    numbers = _numbers(GREY, bits)
    how = {"compression": compression, "byteorder": order}
    assert _error(tmp_path, GREY, numbers, photometric="minisblack", **how) <= 1
    assert _error(tmp_path, GREY, ~numbers, photometric="miniswhite", **how) <= 1


def test_white_may_be_zero_in_one_bit(tmp_path: Path) -> None:
    light = GREY > 0.5
    assert _error(tmp_path, light.astype(float), light, photometric="minisblack") == 0
    assert _error(tmp_path, light.astype(float), ~light, photometric="miniswhite") == 0


@pytest.mark.parametrize("planes", ["contig", "separate"])
@pytest.mark.parametrize("bits", [8, 16])
def test_alpha_is_taken_as_it_is_meant(tmp_path: Path, bits: int, planes: str) -> None:
    on_white = TRUTH * ALPHA[..., None] + 1 - ALPHA[..., None]
    laid = np.dstack([TRUTH, ALPHA])
    multiplied = np.dstack([TRUTH * ALPHA[..., None], ALPHA])
    more = np.dstack([laid, ALPHA])
    for wanted, values, extra in (
        (on_white, laid, [2]),
        (on_white, multiplied, [1]),
        (TRUTH, laid, [0]),
        (on_white, more, [2, 0]),
    ):
        numbers = _numbers(values, bits)
        pixels = numbers if planes == "contig" else _apart(numbers)
        how = {"photometric": "rgb", "planarconfig": planes, "extrasamples": extra}
        assert _error(tmp_path, wanted, pixels, **how) <= 2


@pytest.mark.parametrize("bits", [8, 16])
def test_grey_may_have_alpha(tmp_path: Path, bits: int) -> None:
    numbers = _numbers(np.dstack([GREY, ALPHA]), bits)
    wanted = GREY * ALPHA + 1 - ALPHA
    how = {"photometric": "minisblack", "planarconfig": "contig", "extrasamples": [2]}
    assert _error(tmp_path, wanted, numbers, **how) <= 2


@pytest.mark.parametrize("planes", ["contig", "separate"])
@pytest.mark.parametrize("bits", [8, 16])
def test_cmyk_is_read_together_and_apart(tmp_path: Path, bits: int, planes: str) -> None:
    inks = _numbers(np.dstack([1 - TRUTH, np.zeros((48, 64))]), bits)
    pixels = inks if planes == "contig" else _apart(inks)
    assert _error(tmp_path, TRUTH, pixels, photometric="separated", planarconfig=planes) <= 1


def test_other_inks_than_cmyk_are_refused(tmp_path: Path) -> None:
    inks = _numbers(np.dstack([TRUTH, GREY]), 8)
    other = (332, "H", 1, 2, True)
    how = {"photometric": "separated", "planarconfig": "contig"}
    assert "inks that are not CMYK" in _refusal(tmp_path, inks, extratags=[other], **how)


def test_coarse_colours_are_read_from_jpeg_alone(tmp_path: Path) -> None:
    patch = np.full((48, 64, 3), (200, 60, 40), np.uint8)
    picture = tmp_path / "scan.tif"
    Image.fromarray(patch).save(picture, compression="jpeg", quality=95)
    assert np.abs(np.asarray(open_picture(picture).image).astype(int) - patch).max() <= 3
    tifffile.imwrite(picture, patch, photometric="ycbcr", subsampling=(1, 1))
    with tifffile.TiffFile(picture, mode="r+") as file:
        first: Any = file.pages.first
        first.tags[530].overwrite((2, 2))
    with pytest.raises(ShotRejected, match="coarse colours"):
        open_picture(picture)


def _lab() -> np.ndarray:
    """L*, a* and b* of `TRUTH` before the white of prints (D50), by the textbook."""
    light = np.where(TRUTH <= 0.04045, TRUTH / 12.92, ((TRUTH + 0.055) / 1.055) ** 2.4)
    to_d50 = np.array(  # Lindbloom's sRGB, adapted by Bradford
        [[0.4360747, 0.3850649, 0.1430804], [0.2225045, 0.7168786, 0.0606169],
         [0.0139322, 0.0971045, 0.7141733]]
    )  # fmt: skip
    ratio = light @ to_d50.T / (0.96422, 1, 0.82521)
    root = np.where(ratio > 216 / 24389, np.cbrt(ratio), (24389 / 27 * ratio + 16) / 116)
    x, y, z = (root[..., i] for i in range(3))
    return np.dstack([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("compression", [None, "lzw"])
@pytest.mark.parametrize(
    ("bits", "photometric", "tolerance"),
    [(8, "cielab", 20), (16, "cielab", 1), (8, "icclab", 20), (16, "icclab", 1)],
)
def test_cielab_is_shown_as_srgb(
    tmp_path: Path, bits: int, photometric: str, tolerance: int, compression: str | None
) -> None:
    """8 bits of CIELAB are coarse where colours are strong and dark."""
    step, lab = 2 ** (bits - 8), _lab()
    if photometric == "cielab":
        stored = np.round(lab * ((256 * step - 1) / 100, step, step)).astype(np.int64)
    else:
        stored = np.round(lab * (2.55 * step, step, step) + (0, 128 * step, 128 * step))
    numbers = (stored.astype(np.int64) % (256 * step)).astype(f"uint{bits}")
    how = {"photometric": photometric, "compression": compression}
    assert _error(tmp_path, TRUTH, numbers, **how) <= tolerance
    assert _error(tmp_path, TRUTH, _apart(numbers), planarconfig="separate", **how) <= tolerance


@pytest.mark.parametrize("orientation", range(1, 9))
def test_planes_are_turned_upright_and_keep_their_profile(tmp_path: Path, orientation: int) -> None:
    numbers = _numbers(TRUTH, 16)
    tifffile.imwrite(
        tmp_path / "turned.tif", _apart(numbers), photometric="rgb", planarconfig="separate",
        extratags=[(274, "H", 1, orientation, True)],
        iccprofile=icc.profile(icc.NUMBERED[12], None),
    )  # fmt: skip
    exif, file = Image.Exif(), io.BytesIO()
    exif[0x0112] = orientation
    profile = icc.profile(icc.NUMBERED[12], None)
    Image.fromarray(_numbers(TRUTH, 8)).save(file, "PNG", exif=exif, icc_profile=profile)
    (tmp_path / "same.png").write_bytes(file.getvalue())
    wanted = np.asarray(open_picture(tmp_path / "same.png").image)
    assert np.array_equal(np.asarray(open_picture(tmp_path / "turned.tif").image), wanted)
    assert wanted.shape[:2] == np.asarray(ImageOps.exif_transpose(Image.open(file))).shape[:2]


def test_large_tiff_is_tiff_too(tmp_path: Path) -> None:
    how = {"photometric": "rgb", "planarconfig": "separate", "bigtiff": True}
    assert _error(tmp_path, TRUTH, _apart(_numbers(TRUTH, 16)), **how) <= 1


def test_of_several_pages_the_first_is_taken_and_previews_are_none(tmp_path: Path) -> None:
    pages = tmp_path / "pages.tif"
    with tifffile.TiffWriter(pages) as file:
        for each in (TRUTH, 1 - TRUTH, TRUTH / 2):
            file.write(_numbers(each, 8), photometric="rgb")
        file.write(_numbers(TRUTH, 8)[::4, ::4], photometric="rgb", subfiletype=1)
    opened = open_picture(pages)
    assert np.array_equal(np.asarray(opened.image), _numbers(TRUTH, 8))
    assert opened.pages == 3


def _refusal(tmp_path: Path, pixels: np.ndarray, name: str = "picture.tif", **tags: Any) -> str:
    tifffile.imwrite(tmp_path / name, pixels, **tags)
    with pytest.raises(ShotRejected) as caught:
        open_picture(tmp_path / name)
    assert caught.value.code == "still.unreadable"
    return caught.value.sentence


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("float16", "floating point numbers (16 bits)"),
        ("float32", "floating point numbers (32 bits)"),
        ("float64", "floating point numbers (64 bits)"),
        ("int8", "signed numbers"),
        ("int16", "signed numbers"),
        ("uint32", "32-bit whole numbers"),
        ("complex64", "complex numbers"),
    ],
)
def test_numbers_without_a_known_white_are_refused_by_name(
    tmp_path: Path, kind: str, words: str
) -> None:
    for values, photometric in ((TRUTH, "rgb"), (GREY, "minisblack")):
        sentence = _refusal(tmp_path, (values * 100).astype(kind), photometric=photometric)
        assert words in sentence
        assert "export it with 8 or 16 bits" in sentence
        assert "damaged" not in sentence


def test_raw_files_are_tiff_and_called_by_their_name(tmp_path: Path) -> None:
    mosaic, rgb = _numbers(GREY, 16), _numbers(TRUTH, 8)
    version = (50706, "B", 4, b"\x01\x04\x00\x00", True)
    for sentence in (
        _refusal(tmp_path, mosaic, photometric="cfa", extratags=[version]),
        _refusal(tmp_path, rgb, "shot.nef", photometric="rgb"),
        _refusal(tmp_path, rgb, "shot.dng", photometric="rgb"),
    ):
        assert "a camera's raw file" in sentence
        assert "develop it" in sentence


def test_planes_that_end_too_early_are_cut_off(tmp_path: Path) -> None:
    picture = tmp_path / "cut.tif"
    pixels = _apart(_numbers(TRUTH, 16))
    tifffile.imwrite(picture, pixels, photometric="rgb", planarconfig="separate")
    picture.write_bytes(picture.read_bytes()[:-5000])
    with pytest.raises(ShotRejected, match="cut off or damaged"):
        open_picture(picture)


def test_many_pixels_are_refused_before_they_are_read(tmp_path: Path) -> None:
    picture = tmp_path / "large.tif"
    pixels = _apart(_numbers(TRUTH, 16))
    tifffile.imwrite(picture, pixels, photometric="rgb", planarconfig="separate")
    with pytest.raises(ShotRejected) as caught:
        open_picture(picture, max_pixels=48 * 64 - 1)
    assert caught.value.code == "still.too_many_pixels"
