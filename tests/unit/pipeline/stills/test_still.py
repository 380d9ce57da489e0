"""The still: what comes in is odd, what comes out is upright, sRGB, on the grid and never stretched."""

import hashlib
import resource
import struct
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms, ImageDraw, ImageOps

from pipeline.errors import Cause, RenderFault, ShotRejected
from pipeline.findings import Severity
from pipeline.profiles import profile
from pipeline.stills import prepare
from pipeline.storage.folder import MediaFolder
from pipeline.storage.names import still_path

TOY = profile.load("toy")
WAN = profile.load("wan2.2-i2v-a14b")
DISPLAY_P3 = {
    b"rXYZ": (0.51512, 0.24120, -0.00105),
    b"gXYZ": (0.29198, 0.69225, 0.04189),
    b"bXYZ": (0.15710, 0.06657, 0.78407),
}


def _refusal(picture: Path, **wishes: Any) -> ShotRejected:
    with pytest.raises(ShotRejected) as caught:
        prepare.fit(picture, TOY, **wishes)
    assert str(picture) in caught.value.sentence
    return caught.value


def _png(width: int, height: int, depth: int, colour: int, rows: bytes) -> bytes:
    """A PNG by hand: Pillow neither writes 16-bit RGB nor lies about a size."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0))
    body = chunk(b"IDAT", zlib.compress(rows))
    return b"\x89PNG\r\n\x1a\n" + head + body + chunk(b"IEND", b"")


def _p3_profile() -> bytes:
    """The sRGB profile with the primaries of Display P3 written over its own."""
    data = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    for i in range(struct.unpack_from(">I", data, 128)[0]):
        tag, offset, _ = struct.unpack_from(">4sII", data, 132 + 12 * i)
        if tag in DISPLAY_P3:
            struct.pack_into(">3i", data, offset + 8, *(round(v * 65536) for v in DISPLAY_P3[tag]))
    return bytes(data)


def _colour(image: Image.Image, x: float = 0.5, y: float = 0.5) -> tuple[int, ...]:
    found = image.getpixel((int(x * (image.width - 1)), int(y * (image.height - 1))))
    assert isinstance(found, tuple)
    return found


def _near(found: tuple[int, ...], wanted: tuple[int, ...], tolerance: int = 2) -> bool:
    return max(abs(a - b) for a, b in zip(found, wanted, strict=True)) <= tolerance


# What is refused


def test_a_text_file_called_png_is_refused_as_a_text(tmp_path: Path) -> None:
    picture = tmp_path / "notes.png"
    picture.write_text("a bottle on a table\n" * 50)
    refusal = _refusal(picture)
    assert refusal.code == "still.unreadable"
    assert "is a text: name a picture" in refusal.sentence


def test_nonsense_called_jpg_is_refused_as_no_picture(tmp_path: Path) -> None:
    picture = tmp_path / "noise.jpg"
    picture.write_bytes(np.random.default_rng(0).bytes(3000))
    refusal = _refusal(picture)
    assert refusal.code == "still.unreadable"
    assert "holds no picture" in refusal.sentence


@pytest.mark.parametrize("suffix", ["jpg", "png", "webp", "tif", "gif", "bmp", "jp2"])
def test_a_truncated_picture_is_refused_as_cut_off(tmp_path: Path, suffix: str) -> None:
    picture = tmp_path / f"cut.{suffix}"
    noise = np.random.default_rng(0).integers(0, 256, (80, 80, 3), np.uint8)
    Image.fromarray(noise).save(picture)
    picture.write_bytes(picture.read_bytes()[: picture.stat().st_size // 2])
    refusal = _refusal(picture)
    assert refusal.code == "still.unreadable"
    assert "cut off" in refusal.sentence


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    picture = tmp_path / "empty.png"
    picture.touch()
    assert _refusal(picture).code == "still.unreadable"


def test_a_picture_that_is_not_there_is_refused(tmp_path: Path) -> None:
    assert _refusal(tmp_path / "nowhere.png").code == "still.missing"


def test_a_folder_is_no_picture(tmp_path: Path) -> None:
    assert _refusal(tmp_path).code == "still.missing"


def test_a_picture_of_one_pixel_is_refused_with_the_smallest_side(tmp_path: Path) -> None:
    picture = tmp_path / "dot.png"
    Image.new("RGB", (1, 1)).save(picture)
    refusal = _refusal(picture)
    assert refusal.code == "still.too_small"
    assert "1 x 1" in refusal.sentence
    assert "at least 16" in refusal.sentence


@pytest.mark.parametrize("side", [10_001, 20_000])
def test_a_huge_picture_is_refused_by_its_header_alone(tmp_path: Path, side: int) -> None:
    """Its body is nonsense: decoding even a row would say `still.unreadable`."""
    picture = tmp_path / "huge.png"
    picture.write_bytes(_png(side, side, 8, 2, b"nonsense"))
    refusal = _refusal(picture)
    assert refusal.code == "still.too_many_pixels"
    assert "100,000,000" in refusal.sentence


def test_the_most_pixels_can_be_set(tmp_path: Path) -> None:
    picture = tmp_path / "hundred.png"
    Image.new("RGB", (100, 100)).save(picture)
    assert _refusal(picture, max_pixels=9_999).code == "still.too_many_pixels"
    assert prepare.fit(picture, TOY, max_pixels=10_000).width == 64


def test_floating_point_pixels_are_refused_by_name(tmp_path: Path) -> None:
    picture = tmp_path / "depth.tif"
    Image.new("F", (64, 64), 0.5).save(picture)
    refusal = _refusal(picture)
    assert refusal.code == "still.unreadable"
    assert "floating point numbers (32 bits)" in refusal.sentence


# Upright


@pytest.mark.parametrize(
    ("orientation", "corner", "size"),
    [
        (1, (0, 0), (120, 80)),
        (3, (1, 1), (120, 80)),
        (6, (1, 0), (80, 120)),
        (8, (0, 1), (80, 120)),
    ],
)
@pytest.mark.parametrize("suffix", ["jpg", "png", "tif"])
def test_a_turned_picture_comes_out_upright(
    tmp_path: Path, orientation: int, corner: tuple[int, int], size: tuple[int, int], suffix: str
) -> None:
    image = Image.new("RGB", (120, 80), "blue")
    image.paste((255, 0, 0), (0, 0, 40, 30))
    exif = Image.Exif()
    exif[0x0112] = orientation
    picture = tmp_path / f"turned.{suffix}"
    image.save(picture, exif=exif)

    upright = prepare.open_upright(picture)

    assert upright.size == size
    for x, y in ((0, 0), (0, 1), (1, 0), (1, 1)):
        wanted = (255, 0, 0) if (x, y) == corner else (0, 0, 255)
        assert _near(_colour(upright, x, y), wanted, 6), (x, y)


def test_of_an_animation_the_first_frame_is_taken(tmp_path: Path) -> None:
    picture = tmp_path / "moving.gif"
    red, blue = Image.new("RGB", (64, 64), "red"), Image.new("RGB", (64, 64), "blue")
    red.save(picture, save_all=True, append_images=[blue])
    assert _colour(prepare.open_upright(picture)) == (255, 0, 0)


# Colours


def _rgba(path: Path) -> None:
    Image.new("RGBA", (64, 64), (255, 0, 0, 0)).save(path)


def _half_rgba(path: Path) -> None:
    Image.new("RGBA", (64, 64), (255, 0, 0, 128)).save(path)


def _clear_palette(path: Path) -> None:
    image = Image.new("P", (64, 64), 1)
    image.putpalette([0, 0, 0, 200, 10, 10])
    image.save(path, transparency=1)


def _palette(path: Path) -> None:
    image = Image.new("P", (64, 64), 1)
    image.putpalette([0, 0, 0, 200, 10, 10])
    image.save(path)


def _grey_alpha(path: Path) -> None:
    Image.new("LA", (64, 64), (0, 0)).save(path)


def _grey(path: Path) -> None:
    Image.new("L", (64, 64), 77).save(path)


def _one_bit(path: Path) -> None:
    Image.new("1", (64, 64), 1).save(path)


def _grey16(path: Path) -> None:
    Image.fromarray(np.full((64, 64), 0x4D4D, np.uint16)).save(path)


def _rgb16(path: Path) -> None:
    row = b"\0" + struct.pack(">3H", 0x4D4D, 0x8080, 0xE6E6) * 64
    path.write_bytes(_png(64, 64, 16, 2, row * 64))


@pytest.mark.parametrize(
    ("make", "wanted"),
    [
        (_rgba, (255, 255, 255)),
        (_half_rgba, (255, 127, 127)),
        (_clear_palette, (255, 255, 255)),
        (_palette, (200, 10, 10)),
        (_grey_alpha, (255, 255, 255)),
        (_grey, (77, 77, 77)),
        (_one_bit, (255, 255, 255)),
        (_grey16, (77, 77, 77)),
        (_rgb16, (77, 128, 230)),
    ],
)
def test_every_kind_of_pixel_becomes_rgb_on_white(
    tmp_path: Path, make: Callable[[Path], None], wanted: tuple[int, int, int]
) -> None:
    picture = tmp_path / "picture.png"
    make(picture)
    fitted = prepare.fit(picture, TOY)
    assert fitted.image.mode == "RGB"
    assert _near(_colour(fitted.image), wanted, 1)
    assert fitted.findings == ()


def test_a_16_bit_grey_ramp_keeps_all_its_greys(tmp_path: Path) -> None:
    ramp = np.tile(np.linspace(0, 65535, 256).astype(np.uint16), (64, 1))
    for suffix in ("png", "tif"):
        picture = tmp_path / f"ramp.{suffix}"
        Image.fromarray(ramp).save(picture)
        found = np.asarray(prepare.open_upright(picture))[0, :, 0]
        assert np.abs(found.astype(int) - np.arange(256)).max() <= 1


def test_cmyk_without_a_profile_is_read_and_remarked(tmp_path: Path) -> None:
    picture = tmp_path / "print.jpg"
    Image.new("CMYK", (64, 64), (0, 255, 255, 0)).save(picture)
    fitted = prepare.fit(picture, TOY)
    red, green, blue = _colour(fitted.image)
    assert red > 200 > 60 > max(green, blue)
    assert [finding.code for finding in fitted.findings] == ["still.colours_guessed"]
    assert str(picture) in fitted.findings[0].message


def test_colours_of_an_embedded_wide_profile_are_converted_to_srgb(tmp_path: Path) -> None:
    """The red of sRGB is (234, 51, 35) in Display P3, whose own red is outside sRGB."""
    picture = tmp_path / "phone.png"
    Image.new("RGB", (64, 64), (234, 51, 35)).save(picture, icc_profile=_p3_profile())
    fitted = prepare.fit(picture, TOY)
    assert _near(_colour(fitted.image), (255, 0, 0), 4)
    assert fitted.findings == ()


def test_a_transparent_picture_with_a_profile_has_both_applied(tmp_path: Path) -> None:
    image = Image.new("RGBA", (64, 64), (234, 51, 35, 255))
    image.paste((0, 0, 0, 0), (0, 0, 64, 32))
    picture = tmp_path / "cut-out.png"
    image.save(picture, icc_profile=_p3_profile())
    upright = prepare.open_upright(picture)
    assert _colour(upright, 0.5, 0.1) == (255, 255, 255)
    assert _near(_colour(upright, 0.5, 0.9), (255, 0, 0), 4)


def test_a_grey_picture_with_a_colour_profile_stays_grey(tmp_path: Path) -> None:
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    picture = tmp_path / "grey.png"
    Image.new("L", (64, 64), 77).save(picture, icc_profile=srgb)
    fitted = prepare.fit(picture, TOY)
    assert _near(_colour(fitted.image), (77, 77, 77), 1)
    assert fitted.findings == ()


def test_a_broken_profile_is_left_out_and_remarked(tmp_path: Path) -> None:
    picture = tmp_path / "odd.png"
    Image.new("RGB", (64, 64), (10, 20, 30)).save(picture, icc_profile=b"not a profile")
    fitted = prepare.fit(picture, TOY)
    assert _colour(fitted.image) == (10, 20, 30)
    assert [finding.code for finding in fitted.findings] == ["still.colours_guessed"]


# Fitted


@pytest.mark.parametrize(
    ("size", "aspect"), [((1600, 500), None), ((500, 1600), None), ((900, 900), 16 / 9)]
)
def test_a_circle_stays_a_circle(
    tmp_path: Path, size: tuple[int, int], aspect: float | None
) -> None:
    image = Image.new("RGB", size, "white")
    x, y = size[0] / 2, size[1] / 2
    ImageDraw.Draw(image).ellipse((x - 150, y - 150, x + 150, y + 150), fill="black")
    picture = tmp_path / "circle.png"
    image.save(picture)

    fitted = prepare.fit(picture, WAN, aspect=aspect)

    box = ImageOps.invert(fitted.image.convert("L")).point([0] * 128 + [255] * 128).getbbox()
    assert box is not None
    left, top, right, bottom = box
    assert abs((right - left) - (bottom - top)) <= 1
    assert abs((left + right) - fitted.width) <= 2
    assert abs((top + bottom) - fitted.height) <= 2


@given(width=st.integers(16, 500), height=st.integers(16, 500))
@settings(max_examples=60, deadline=None)
def test_whatever_the_size_both_directions_are_scaled_alike(
    tmp_path_factory: pytest.TempPathFactory, width: int, height: int
) -> None:
    """Red grows along x and green along y, so the ramps tell how far each direction was scaled."""
    across, down = np.meshgrid(np.linspace(0, 255, width), np.linspace(0, 255, height))
    ramps = np.stack([across, down, np.zeros_like(down)], axis=-1).round().astype(np.uint8)
    picture = tmp_path_factory.mktemp("ramps") / "ramps.bmp"
    Image.fromarray(ramps).save(picture)

    fitted = prepare.fit(picture, TOY)

    assert (fitted.width, fitted.height) == TOY.size_for(width, height)
    assert fitted.image.size == (fitted.width, fitted.height)
    pixels = np.asarray(fitted.image).astype(float)
    red, green = pixels[fitted.height // 2, :, 0], pixels[:, fitted.width // 2, 1]
    assert _slope(red) * (width - 1) == pytest.approx(_slope(green) * (height - 1), rel=0.15)


def _slope(ramp: np.ndarray) -> float:
    """Levels per pixel over the middle half."""
    low, high = len(ramp) // 4, len(ramp) * 3 // 4
    return (ramp[high] - ramp[low]) / (high - low)


def test_a_wish_for_a_ratio_is_met_on_the_grid(tmp_path: Path) -> None:
    picture = tmp_path / "square.png"
    Image.new("RGB", (900, 900)).save(picture)
    fitted = prepare.fit(picture, WAN, aspect=16 / 9)
    assert (fitted.width, fitted.height) == WAN.size_for(16, 9)
    assert fitted.width % 16 == fitted.height % 16 == 0


@pytest.mark.parametrize(
    ("side", "severity"), [(60, Severity.INFO), (32, Severity.WARNING), (64, None), (200, None)]
)
def test_enlarging_is_remarked_with_its_factor(
    tmp_path: Path, side: int, severity: Severity | None
) -> None:
    picture = tmp_path / "small.png"
    Image.new("RGB", (side, side)).save(picture)
    findings = prepare.fit(picture, TOY).findings
    assert [(f.code, f.severity) for f in findings] == (
        [("still.upscaled", severity)] if severity else []
    )
    assert all(f"{64 / side:.2f} times" in f.message for f in findings)


@pytest.mark.parametrize(
    ("size", "words"),
    [((200, 200), ""), ((201, 199), ""), ((100, 160), "top and bottom"), ((160, 100), "left")],
)
def test_a_crop_is_remarked_with_its_sides(
    tmp_path: Path, size: tuple[int, int], words: str
) -> None:
    picture = tmp_path / "wide.png"
    Image.new("RGB", size).save(picture)
    findings = prepare.fit(picture, TOY, aspect=1.0).findings
    messages = [f.message for f in findings if f.code == "still.cropped"]
    assert len(messages) == (1 if words else 0)
    assert all(words in message and "38%" in message for message in messages)


# Kept and loaded again


def _fitted(tmp_path: Path) -> prepare.Fitted:
    picture = tmp_path / "noise.png"
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)
    Image.fromarray(noise).save(picture, icc_profile=_p3_profile())
    return prepare.fit(picture, TOY)


def _files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_a_kept_still_lies_under_its_hash_and_comes_back_pixel_by_pixel(tmp_path: Path) -> None:
    fitted, media = _fitted(tmp_path), tmp_path / "media"

    kept = prepare.keep(fitted, MediaFolder(media))

    assert _files(media) == [still_path(kept.sha256)]
    assert (kept.width, kept.height, kept.findings) == (64, 64, fitted.findings)
    data = (media / still_path(kept.sha256)).read_bytes()
    assert hashlib.sha256(data).hexdigest() == kept.sha256
    loaded = prepare.load(MediaFolder(media), kept.sha256)
    assert loaded.mode == "RGB"
    assert np.array_equal(np.asarray(loaded), np.asarray(fitted.image))


def test_the_old_colour_profile_is_not_kept_with_the_new_colours(tmp_path: Path) -> None:
    kept = prepare.keep(_fitted(tmp_path), MediaFolder(tmp_path / "media"))
    with Image.open(tmp_path / "media" / still_path(kept.sha256)) as image:
        assert "icc_profile" not in image.info


def test_keeping_twice_writes_once(tmp_path: Path) -> None:
    media = tmp_path / "media"
    first = prepare.keep(_fitted(tmp_path), MediaFolder(media))
    before = (media / still_path(first.sha256)).stat()
    second = prepare.keep(_fitted(tmp_path), MediaFolder(media))
    after = (media / still_path(first.sha256)).stat()
    assert second == first
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_an_altered_still_is_refused_and_mended_by_submitting_again(tmp_path: Path) -> None:
    media = tmp_path / "media"
    kept = prepare.keep(_fitted(tmp_path), MediaFolder(media))
    place = media / still_path(kept.sha256)
    place.write_bytes(place.read_bytes() + b"!")

    with pytest.raises(ShotRejected, match="submit the shot again") as caught:
        prepare.load(MediaFolder(media), kept.sha256)
    assert caught.value.code == "still.altered"
    assert str(place) in caught.value.sentence

    prepare.keep(_fitted(tmp_path), MediaFolder(media))
    prepare.load(MediaFolder(media), kept.sha256)


def test_a_missing_still_is_refused_with_its_name(tmp_path: Path) -> None:
    prepare.keep(_fitted(tmp_path), MediaFolder(tmp_path))
    with pytest.raises(ShotRejected, match="submit the shot again") as caught:
        prepare.load(MediaFolder(tmp_path), "0" * 64)
    assert caught.value.code == "still.missing"
    assert "0" * 64 in caught.value.sentence


def test_a_machine_without_the_media_folder_is_at_fault_not_the_shot(tmp_path: Path) -> None:
    with pytest.raises(RenderFault, match="mount") as caught:
        prepare.load(MediaFolder(tmp_path / "not-mounted"), "0" * 64)
    assert caught.value.cause is Cause.MACHINE


def test_a_media_folder_that_is_a_file_is_a_wrong_setting(tmp_path: Path) -> None:
    (tmp_path / "media").touch()
    with pytest.raises(RenderFault, match="another media folder") as caught:
        prepare.keep(_fitted(tmp_path), MediaFolder(tmp_path / "media"))
    assert caught.value.cause is Cause.FATAL
    assert str(tmp_path / "media") in caught.value.sentence


@contextmanager
def _no_file_may_grow_beyond(size: int) -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_full_disk_is_a_want_of_room_and_leaves_nothing(tmp_path: Path) -> None:
    fitted, media = _fitted(tmp_path), tmp_path / "media"
    with (
        pytest.raises(RenderFault, match="no room left") as caught,
        _no_file_may_grow_beyond(4096),
    ):
        prepare.keep(fitted, MediaFolder(media))
    assert caught.value.cause is Cause.CAPACITY
    assert str(media) in caught.value.sentence
    assert _files(media) == []
