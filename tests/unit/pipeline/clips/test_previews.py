"""Thumbnails and filmstrips: which frames, how large, how many bytes, from frames or from a clip."""

import io
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from pipeline.clips import encode, previews
from pipeline.storage.folder import MediaFolder
from pipeline.storage.names import Previews, previewed, previews_of
from tests.memory_media import MemoryMedia
from tests.pictures import ground, photograph

CLIP = "clips/ads/sh010/sh010_t01_a1.1_aaaaaa.mp4"


def opened(data: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(data))
    assert picture.format == "WEBP"
    return picture.convert("RGB")


def panned(picture: Image.Image, count: int = 81) -> NDArray[np.uint8]:
    """A photograph that a camera pans over, 832 x 480."""
    pixels = np.asarray(picture.resize((1000, 600), Image.Resampling.LANCZOS))
    return np.stack([pixels[each : each + 480, 2 * each : 2 * each + 832] for each in range(count)])


def brightening(count: int, width: int, height: int) -> NDArray[np.uint8]:
    """Grey frames, each of its own level: 0, 3, 6 …"""
    frames = np.zeros((count, height, width, 3), np.uint8)
    return frames + (3 * np.arange(count, dtype=np.uint8))[:, None, None, None]


def levels(strip: Image.Image) -> list[int]:
    """The level in the middle of each tile."""
    width, height = strip.width // previews.TILES, strip.height
    grey = np.asarray(strip.convert("L"))
    return [int(grey[height // 2, width * each + width // 2]) for each in range(previews.TILES)]


def test_the_names_of_previews_are_told_from_the_clips_and_back() -> None:
    names = previews_of(CLIP)
    assert names == Previews(f"{CLIP}.thumbnail.webp", f"{CLIP}.filmstrip.webp")
    assert [previewed(each) for each in names] == [CLIP, CLIP]
    assert [previewed(each) for each in (CLIP, "clips/a.webp", "clips/a/still.png")] == [None] * 3


def test_a_thumbnail_shows_the_middle_frame_and_a_filmstrip_the_first_the_last_and_ten_between() -> (
    None
):
    made = previews.of_frames(brightening(81, 64, 64))
    assert opened(made.thumbnail).getpixel((0, 0)) == (120, 120, 120)
    assert levels(opened(made.filmstrip)) == [3 * each for each in previews.tiles(81)]
    assert previews.tiles(81) == (0, 7, 15, 22, 29, 36, 44, 51, 58, 65, 73, 80)


@pytest.mark.parametrize("count", [1, 5, 12])
def test_a_short_clip_has_as_many_tiles_as_any(count: int) -> None:
    strip = opened(previews.of_frames(brightening(count, 64, 64)).filmstrip)
    assert strip.size == (128 * previews.TILES, 128)
    shown = levels(strip)
    assert shown == sorted(shown)
    assert set(shown) == {3 * each for each in range(count)}


@pytest.mark.parametrize(
    ("size", "thumbnail", "tile"),
    [
        ((832, 480), (320, 185), (160, 92)),
        ((480, 832), (185, 320), (92, 160)),
        ((1280, 720), (320, 180), (160, 90)),
        ((64, 64), (320, 320), (128, 128)),
        ((96, 64), (288, 192), (96, 64)),
        ((320, 160), (320, 160), (160, 80)),
        ((2000, 2), (320, 1), (160, 1)),
    ],
)
def test_frames_keep_their_shape(
    size: tuple[int, int], thumbnail: tuple[int, int], tile: tuple[int, int]
) -> None:
    made = previews.of_frames(np.asarray(ground(size, "teal"))[None])
    assert opened(made.thumbnail).size == thumbnail
    assert opened(made.filmstrip).size == (previews.TILES * tile[0], tile[1])


def test_small_frames_are_enlarged_by_whole_multiples_and_every_pixel_stays() -> None:
    frame = np.asarray(photograph("cat").resize((64, 48)))
    made = previews.of_frames(frame[None])
    assert np.array_equal(np.asarray(opened(made.thumbnail)), frame.repeat(5, 0).repeat(5, 1))
    tile = np.asarray(opened(made.filmstrip))[:, :128]
    assert np.array_equal(tile, frame.repeat(2, 0).repeat(2, 1))


def test_large_frames_are_reduced_smoothly() -> None:
    stripes = np.zeros((1, 480, 832, 3), np.uint8)
    stripes[:, :, ::2] = 255  # a pixel that is picked would be black or white
    shown = np.asarray(opened(previews.of_frames(stripes).thumbnail))
    assert 100 < shown.min() <= shown.max() < 155


@pytest.mark.parametrize("name", ["china", "flower", "motorcycle", "cat"])
def test_photographs_take_few_bytes_and_are_recognised(name: str) -> None:
    frames = panned(photograph(name))
    made = previews.of_frames(frames)
    assert len(made.thumbnail) <= previews.THUMBNAIL_BYTES
    assert len(made.filmstrip) <= previews.FILMSTRIP_BYTES
    wanted = Image.fromarray(frames[40]).resize((320, 185), Image.Resampling.LANCZOS)
    off = np.abs(np.asarray(opened(made.thumbnail), int) - np.asarray(wanted, int))
    assert off.mean() < 6


@pytest.mark.parametrize("size", [(832, 480), (480, 832), (320, 320), (64, 64)])
def test_noise_takes_no_more(size: tuple[int, int]) -> None:
    chance = np.random.default_rng(0)
    fine = chance.integers(0, 256, (12, size[1], size[0], 3), np.uint8)
    coarse = fine[:, ::3, ::3].repeat(3, 1).repeat(3, 2)[:, : size[1], : size[0]]
    for frames in (fine, coarse):
        made = previews.of_frames(frames)
        assert len(made.thumbnail) <= previews.THUMBNAIL_BYTES
        assert len(made.filmstrip) <= previews.FILMSTRIP_BYTES


def test_a_clip_gives_the_pictures_that_its_frames_gave(tmp_path: Path) -> None:
    frames = panned(photograph("china"), 25)
    encode.seal(frames, MediaFolder(tmp_path), "a.mp4", 8, {})
    before, after = previews.of_frames(frames), previews.of_film(tmp_path / "a.mp4")
    for one, other in ((before.thumbnail, after.thumbnail), (before.filmstrip, after.filmstrip)):
        assert opened(one).size == opened(other).size
        assert np.abs(np.asarray(opened(one), int) - np.asarray(opened(other), int)).mean() < 5


def test_a_clip_that_is_cut_or_none_is_told_in_words(tmp_path: Path) -> None:
    encode.seal(brightening(17, 64, 64), MediaFolder(tmp_path), "a.mp4", 8, {})
    whole = (tmp_path / "a.mp4").read_bytes()
    for part in (whole[: len(whole) - 40], whole[: len(whole) // 2], b"Dear client", b""):
        (tmp_path / "b.mp4").write_bytes(part)
        with pytest.raises(ValueError, match=r"\w"):
            previews.of_film(tmp_path / "b.mp4")
    with pytest.raises(ValueError, match="No such file"):
        previews.of_film(tmp_path / "none.mp4")


def test_previews_lie_beside_their_clip_in_place_of_older_ones() -> None:
    media = MemoryMedia()
    for colour in ("teal", "grey"):
        made = previews.of_frames(np.asarray(ground((64, 64), colour))[None])
        previews.keep(made, media, CLIP)
    assert media.files == {
        previews_of(CLIP).thumbnail: made.thumbnail,
        previews_of(CLIP).filmstrip: made.filmstrip,
    }
