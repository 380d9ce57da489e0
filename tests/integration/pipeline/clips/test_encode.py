"""A sealed clip is whole, tagged and counted; anything else leaves a fault and nothing behind."""

import errno
import hashlib
import json
import os
import resource
import struct
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path

import av
import imageio_ffmpeg
import numpy as np
import pytest

from farm.shotlist import fields
from pipeline.clips import encode
from pipeline.errors import Cause, RenderFault
from pipeline.recipe import Recipe, Segment, TakeOrder
from pipeline.storage.folder import MediaFolder
from tests.conftest import a_recipe

NAME = "clips/spring/s010/take-1.a1.mp4"
FFMPEG = imageio_ffmpeg.get_ffmpeg_exe()
BT709 = 1
LIMITED = 1


def _frames(count: int = 9, height: int = 64, width: int = 96, *, noise: int = 0) -> encode.Frames:
    """Soft ramps that wander."""
    x = np.arange(width)[None, None, :]
    y = np.arange(height)[None, :, None]
    t = np.arange(count)[:, None, None]
    red = 128 + 90 * np.sin((x + 2 * t) / 25) + 0 * y
    green = 128 + 90 * np.cos((y + t) / 20) + 0 * x
    blue = 128 + 60 * np.sin((x + y) / 40 + t / 9)
    grain = np.random.default_rng(0).integers(-noise, noise + 1, (count, height, width, 3))
    pictures = np.stack([red, green, blue], axis=-1) + grain
    return pictures.clip(0, 255).round().astype(np.uint8)


def _seal(frames: encode.Frames, media: Path, ffmpeg: str | None = None) -> encode.Clip:
    return encode.seal(
        frames, MediaFolder(media), NAME, 16, {"title": "spring/s010 take 1"}, ffmpeg=ffmpeg
    )


def _files(folder: Path) -> list[str]:
    """Everything below, hidden files too."""
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def _stand_in(folder: Path, body: str) -> str:
    """A program that is called like ffmpeg; `real()` runs the true one on the same arguments."""
    program = folder / "ffmpeg"
    program.write_text(
        f"#!{sys.executable}\n"
        "import os, subprocess, sys\n"
        "draft = next(word for word in sys.argv if word.endswith('.part'))\n"
        "def real(pixels):\n"
        f"    subprocess.run([{FFMPEG!r}, *sys.argv[1:]], input=pixels, check=True)\n"
        f"{body}\n"
    )
    program.chmod(0o755)
    return str(program)


def _fault(frames: encode.Frames, media: Path, ffmpeg: str | None = None) -> RenderFault:
    """The fault that sealing ends with; nothing may be left in the media root."""
    with pytest.raises(RenderFault) as caught:
        _seal(frames, media, ffmpeg)
    assert _files(media) == []
    return caught.value


# What a clip is


def test_a_sealed_clip_is_what_it_says_it_is(tmp_path: Path) -> None:
    clip = _seal(_frames(), tmp_path)

    assert _files(tmp_path) == [NAME]
    data = (tmp_path / NAME).read_bytes()
    assert clip == encode.Clip(
        path=NAME,
        sha256=hashlib.sha256(data).hexdigest(),
        size=len(data),
        frames=9,
        fps=16,
        width=96,
        height=64,
    )
    with av.open(tmp_path / NAME) as container:
        stream = container.streams.video[0]
        assert stream.codec.name == "h264"
        assert stream.format.name == "yuv420p"
        assert stream.average_rate == Fraction(16)
        assert sum(1 for _ in container.decode(stream)) == 9


@pytest.mark.parametrize("count", [1, 5, 17, 81])
def test_no_frame_is_lost_or_added(tmp_path: Path, count: int) -> None:
    assert _seal(_frames(count, 16, 16), tmp_path).frames == count
    assert len(encode.read(tmp_path / NAME)) == count


def test_frames_come_back_as_they_were(tmp_path: Path) -> None:
    frames = _frames()
    _seal(frames, tmp_path)
    back = encode.read(tmp_path / NAME)
    assert back.dtype == np.uint8
    assert back.shape == frames.shape
    assert np.abs(back.astype(int) - frames).mean() < 2


def test_frames_that_do_not_lie_in_one_piece_are_sealed_alike(tmp_path: Path) -> None:
    frames = _frames()
    turned = frames[:, ::-1]
    _seal(turned, tmp_path)
    back = encode.read(tmp_path / NAME)
    assert np.abs(back.astype(int) - turned).mean() < 2


@pytest.mark.parametrize(
    "colour",
    [(255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255), (0, 0, 0), (10, 200, 130)],
)
def test_a_pure_colour_comes_back_when_decoded_as_bt709(
    tmp_path: Path, colour: tuple[int, int, int]
) -> None:
    _seal(np.full((5, 64, 64, 3), colour, np.uint8), tmp_path)
    with av.open(tmp_path / NAME) as container:
        frame = list(container.decode(video=0))[2]
    found = _bt709_to_rgb(*(np.asarray(plane)[20] for plane in frame.planes))
    assert max(abs(a - b) for a, b in zip(found, colour, strict=True)) <= 3
    assert (frame.colorspace, frame.color_primaries, frame.color_trc) == (BT709, BT709, BT709)
    assert frame.color_range == LIMITED


def _bt709_to_rgb(luma: int, blue: int, red: int) -> tuple[float, float, float]:
    """The standard's own equations for limited range, clipped as a screen does."""
    y, cb, cr = (int(luma) - 16) / 219, (int(blue) - 128) / 224, (int(red) - 128) / 224
    rgb = (y + 1.5748 * cr, y - 0.1873 * cb - 0.4681 * cr, y + 1.8556 * cb)
    first, second, third = (min(max(255 * value, 0.0), 255.0) for value in rgb)
    return first, second, third


def test_the_index_lies_before_the_pictures_so_that_browsers_start_at_once(tmp_path: Path) -> None:
    _seal(_frames(), tmp_path)
    data, atoms, offset = (tmp_path / NAME).read_bytes(), [], 0
    while offset < len(data):
        size, kind = struct.unpack_from(">I4s", data, offset)
        atoms.append(kind)
        offset += size
    assert atoms.index(b"moov") < atoms.index(b"mdat")


def test_the_recipe_is_in_the_clip_word_for_word(tmp_path: Path) -> None:
    recipe = Recipe(
        still="ab" * 32,
        prompt='a "glass" bottle = clear; it\'s\nturning \\ slowly, 玻璃瓶缓缓旋转 #1 \U0001f37e',
        negative="色调艳丽，过曝",
        seed=7,
        steps=8,
        cfg_high=3.5,
        cfg_low=3.5,
        width=96,
        height=64,
        frames=9,
        fps=16,
        profile="toy",
        revision="0123456789ab",
    )
    order = TakeOrder(recipe=recipe, clip=NAME, title="春/s010 take 1")

    encode.seal(_frames(), MediaFolder(tmp_path), NAME, 16, encode.metadata(order))

    tags = encode.metadata_of(tmp_path / NAME)
    assert Recipe.from_dict(json.loads(tags["recipe"])) == recipe
    assert json.loads(tags["comment"]) == recipe.as_dict()
    assert "玻璃瓶缓缓旋转" in tags["comment"]
    assert tags["title"] == "春/s010 take 1"


def test_the_longest_words_that_people_may_ask_for_fit_into_a_clip(tmp_path: Path) -> None:
    """ffmpeg hears each tag as one argument, and Linux takes none of 128 KiB or more."""
    # Four bytes each in a file; each mark of a quotation becomes two in JSON, but that is fewer.
    most = "\U0001f37e" * fields.LONGEST_PROMPT
    parts = [Segment(frames=frames, seed=7, prompt=most) for frames in (17, 17)]
    recipe = a_recipe(prompt=most, negative=f"blur, {most}", frames=33, segments=tuple(parts))
    tags = encode.metadata(TakeOrder(recipe=recipe, clip=NAME, title="ads/s010 take 1"))
    assert len(tags["recipe"].encode()) > 4 * 4 * fields.LONGEST_PROMPT

    encode.seal(_frames(), MediaFolder(tmp_path), NAME, 16, tags)

    assert Recipe.from_dict(json.loads(encode.metadata_of(tmp_path / NAME)["recipe"])) == recipe


def test_the_same_frames_make_the_same_file(tmp_path: Path) -> None:
    one, two = _seal(_frames(), tmp_path / "one"), _seal(_frames(), tmp_path / "two")
    assert one.sha256 == two.sha256


# What never happens


def test_a_clip_that_is_there_is_never_written_over(tmp_path: Path) -> None:
    (tmp_path / NAME).parent.mkdir(parents=True)
    (tmp_path / NAME).write_bytes(b"precious")
    with pytest.raises(FileExistsError, match="no two attempts may share a name"):
        _seal(_frames(), tmp_path)
    assert (tmp_path / NAME).read_bytes() == b"precious"
    assert _files(tmp_path) == [NAME]


@pytest.mark.parametrize(
    ("error", "cause", "words"),
    [
        (errno.ENOSPC, Cause.CAPACITY, "no room left"),
        (errno.EDQUOT, Cause.CAPACITY, "no room left"),
        (errno.EIO, Cause.MACHINE, "look at the disk"),
        (errno.EROFS, Cause.FATAL, "cannot be used"),
        (errno.EACCES, Cause.FATAL, "cannot be used"),
    ],
)
def test_what_ffmpeg_says_of_the_folder_is_passed_on(
    tmp_path: Path, error: int, cause: Cause, words: str
) -> None:
    """It gives up in the middle of the pictures, its file half written."""
    body = (
        "open(draft, 'wb').write(b'half'); sys.stdin.buffer.read(1000)\n"
        f"print('av_interleaved_write_frame():', os.strerror({error}), file=sys.stderr)\n"
        f"sys.exit({256 - error})"
    )
    fault = _fault(_frames(17, 128, 128), tmp_path / "media", _stand_in(tmp_path, body))
    assert fault.cause is cause
    assert words in fault.sentence
    assert str(tmp_path / "media" / "clips") in fault.sentence


@contextmanager
def _no_file_may_grow_beyond(size: int) -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_full_disk_under_the_true_ffmpeg_is_nobody_s_fault_but_a_want_of_room(
    tmp_path: Path,
) -> None:
    with _no_file_may_grow_beyond(8192):
        fault = _fault(_frames(9, 128, 128, noise=60), tmp_path)
    assert fault.cause is Cause.CAPACITY
    assert "no room left" in fault.sentence


@pytest.mark.parametrize("place", ["clips", "clips/spring/s010"])
def test_a_file_where_the_folder_should_be_is_a_wrong_setting(tmp_path: Path, place: str) -> None:
    (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / place).touch()
    with pytest.raises(RenderFault, match="another media folder") as caught:
        _seal(_frames(), tmp_path)
    assert caught.value.cause is Cause.FATAL
    assert _files(tmp_path) == [place]


def test_a_folder_that_nobody_may_write_is_a_wrong_setting() -> None:
    """Not even root writes in /proc."""
    with pytest.raises(RenderFault, match="another media folder") as caught:
        _seal(_frames(), Path("/proc/self"))
    assert caught.value.cause is Cause.FATAL


def test_a_file_system_without_hard_links_is_said_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.ENOTSUP, os.strerror(errno.ENOTSUP))

    monkeypatch.setattr(os, "link", refuse)
    fault = _fault(_frames(), tmp_path)
    assert fault.cause is Cause.FATAL
    assert "hard links" in fault.sentence


def test_a_missing_ffmpeg_is_a_wrong_setting_and_named(tmp_path: Path) -> None:
    fault = _fault(_frames(), tmp_path / "media", str(tmp_path / "no-ffmpeg"))
    assert fault.cause is Cause.FATAL
    assert str(tmp_path / "no-ffmpeg") in fault.sentence


def test_a_file_that_is_no_program_is_a_wrong_setting(tmp_path: Path) -> None:
    program = tmp_path / "ffmpeg"
    program.write_bytes(b"\x00\x01\x02")
    program.chmod(0o755)
    assert _fault(_frames(), tmp_path / "media", str(program)).cause is Cause.FATAL


def test_an_ffmpeg_without_the_codec_is_a_wrong_setting_in_its_own_words(tmp_path: Path) -> None:
    body = "print('Unknown encoder libx264', file=sys.stderr); sys.exit(8)"
    fault = _fault(_frames(17, 128, 128), tmp_path / "media", _stand_in(tmp_path, body))
    assert fault.cause is Cause.FATAL
    assert "Unknown encoder libx264" in fault.sentence


def test_an_ffmpeg_that_says_too_much_does_not_hang(tmp_path: Path) -> None:
    body = "sys.stderr.write('oh no\\n' * 100_000); sys.stdin.buffer.read(); sys.exit(1)"
    fault = _fault(_frames(17, 128, 128), tmp_path / "media", _stand_in(tmp_path, body))
    assert "oh no" in fault.sentence


def test_a_killed_ffmpeg_is_the_machine_s_fault(tmp_path: Path) -> None:
    program = _stand_in(tmp_path, "os.kill(os.getpid(), 9)")
    fault = _fault(_frames(), tmp_path / "media", program)
    assert fault.cause is Cause.MACHINE
    assert "SIGKILL" in fault.sentence


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        ("real(sys.stdin.buffer.read()[:3 * 96 * 64 * 3])", "3 frames"),
        ("real(sys.stdin.buffer.read()); os.truncate(draft, os.path.getsize(draft) // 2)", "clip"),
        ("real(sys.stdin.buffer.read()); os.truncate(draft, os.path.getsize(draft) - 1)", "clip"),
        ("real(sys.stdin.buffer.read()); os.truncate(draft, 0)", "does not decode"),
        ("real(sys.stdin.buffer.read()); os.remove(draft)", "does not decode"),
        (
            "real(sys.stdin.buffer.read()); data = open(draft, 'rb').read()\n"
            "open(draft, 'wb').write(data.partition(b'mdat')[0] + b'mdat' + bytes(5000))",
            "does not decode",
        ),
    ],
    ids=["fewer frames", "half", "last byte", "empty", "none", "overwritten"],
)
def test_a_damaged_clip_is_never_published_though_ffmpeg_is_content(
    tmp_path: Path, damage: str, words: str
) -> None:
    program = _stand_in(tmp_path, damage)
    fault = _fault(_frames(noise=40), tmp_path / "media", program)
    assert fault.cause is Cause.MACHINE
    assert words in fault.sentence


def test_flipped_bits_are_noticed_where_a_player_would_paint_them_over(tmp_path: Path) -> None:
    """H.264 has no checksum, so some damage decodes; decoded as usual, none of it is noticed."""
    _seal(_frames(17, 480, 480, noise=2), tmp_path)
    path = tmp_path / NAME
    whole = path.read_bytes()
    places = range(len(whole) // 10, len(whole) - 100, len(whole) // 40)
    noticed = 0
    for place in places:
        damaged = bytearray(whole)
        damaged[place] ^= 16
        path.write_bytes(damaged)
        try:
            encode.read(path)
        except ValueError:
            noticed += 1
    assert noticed >= len(places) * 2 / 3
