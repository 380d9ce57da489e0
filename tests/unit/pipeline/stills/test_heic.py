"""HEIC as phones take it: tiles, a profile of Display P3, a turn; and what of it is refused by its name."""

import subprocess
from pathlib import Path

import imageio_ffmpeg
import pytest
from PIL import Image

from pipeline.errors import ShotRejected
from pipeline.stills.formats.boxes import properties
from pipeline.stills.load import open_picture

DATA = Path(__file__).parents[3] / "data"
TILES = DATA / "tiles_p3.heic"
"""Four patches, 128 x 96 pixels, in tiles of 64: numbers of Display P3, the first is sRGB's own red."""


def _near(image: Image.Image, at: tuple[int, int], wanted: tuple[int, int, int]) -> bool:
    found = image.getpixel(at)
    assert isinstance(found, tuple)
    return max(abs(a - b) for a, b in zip(found, wanted, strict=True)) <= 4


def test_tiles_are_put_together_and_their_profile_is_applied() -> None:
    opened = open_picture(TILES)
    assert opened.image.size == (128, 96)
    assert opened.image.mode == "RGB"
    assert opened.guessed == ""
    assert _near(opened.image, (20, 20), (255, 0, 0))
    assert _near(opened.image, (100, 70), (128, 128, 128))


def test_ten_bits_become_eight() -> None:
    image = open_picture(DATA / "ten_bits.heic").image
    assert _near(image, (20, 20), (234, 51, 35))
    assert _near(image, (20, 70), (60, 90, 200))


@pytest.mark.parametrize(("turns", "corner"), [(1, (5, 123)), (2, (123, 91)), (3, (91, 5))])
def test_a_turned_phone_gives_an_upright_picture(
    tmp_path: Path, turns: int, corner: tuple[int, int]
) -> None:
    """The box that says how many bits a sample has makes room for the one that turns it anticlockwise."""
    data = bytearray(TILES.read_bytes())
    place = data.index(b"pixi")
    data[place : place + 5] = b"irot" + bytes([turns])
    picture = tmp_path / "IMG_0001.HEIC"
    picture.write_bytes(data)
    image = open_picture(picture).image
    assert image.size == ((96, 128) if turns % 2 else (128, 96))
    assert _near(image, corner, (255, 0, 0))


def test_whatever_it_is_called_it_is_read(tmp_path: Path) -> None:
    picture = tmp_path / "from_the_phone.jpg"
    picture.write_bytes(TILES.read_bytes())
    assert open_picture(picture).image.size == (128, 96)


@pytest.mark.parametrize("length", [100, 400, 1000])
def test_one_that_is_cut_off_is_said_to_be(
    tmp_path: Path, length: int, capfd: pytest.CaptureFixture[str]
) -> None:
    picture = tmp_path / "cut.heic"
    picture.write_bytes(TILES.read_bytes()[:length])
    with pytest.raises(ShotRejected, match="cut off or damaged") as caught:
        open_picture(picture)
    assert caught.value.code == "still.unreadable"
    assert capfd.readouterr().err == ""


def test_too_many_pixels_are_refused_before_anything_is_decoded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(subprocess, "run", None)
    with pytest.raises(ShotRejected) as caught:
        open_picture(TILES, max_pixels=128 * 96 - 1)
    assert caught.value.code == "still.too_many_pixels"


def test_clear_parts_and_a_machine_without_ffmpeg_are_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture = tmp_path / "cut_out.heic"
    picture.write_bytes(TILES.read_bytes() + b"urn:mpeg:hevc:2015:auxid:1\0")
    with pytest.raises(ShotRejected, match="HEIC picture with clear parts: export it as PNG"):
        open_picture(picture)

    def missing() -> str:
        raise RuntimeError("no ffmpeg")

    monkeypatch.setattr(imageio_ffmpeg, "get_ffmpeg_exe", missing)
    with pytest.raises(ShotRejected, match="HEIC picture, and there is no ffmpeg"):
        open_picture(TILES)


def test_an_ffmpeg_that_takes_one_tile_for_the_picture_is_not_believed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = subprocess.CompletedProcess([], 0, b"P6 64 64 255\n" + bytes(64 * 64 * 3), b"")
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: made)
    with pytest.raises(ShotRejected, match="this ffmpeg cannot read"):
        open_picture(TILES)


def test_what_the_file_says_of_its_picture_is_that_of_the_primary_one() -> None:
    told = properties(TILES.read_bytes())
    assert told.size == (128, 96)
    assert told.icc[36:40] == b"acsp"
    assert not told.turned
