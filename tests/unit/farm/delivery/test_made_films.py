"""Conformed clips and mezzanines, read by PyAV: the right frames at the right times, to the last one."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from farm.delivery.conform import WAYS, Conform
from farm.delivery.ffmpeg import Ffmpeg
from farm.delivery.mezzanine import KINDS, Mezzanine
from farm.delivery.steps import make
from farm.delivery.timeline import CutShot, Film, lay
from farm.domain.timecode import RATES, conformed
from farm.errors import Refused
from pipeline.clips.encode import metadata_of, read, seal
from pipeline.storage.checksums import sha256_at
from pipeline.storage.folder import MediaFolder
from tests.unit.farm.delivery.conftest import BRIGHTNESS, NewClip


@pytest.fixture(scope="module")
def ffmpeg() -> Ffmpeg:
    return Ffmpeg()


def shown(place: Path) -> list[float]:
    """Which frame of the source each frame shows; between two where it is between them."""
    return [(float(frame[20:-20, 20:-20].mean()) - 40) / BRIGHTNESS for frame in read(place)]


def times(place: Path) -> list[Fraction]:
    with av.open(place) as container:
        stream = container.streams.video[0]
        assert stream.time_base
        stamps = sorted(packet.pts for packet in container.demux(stream) if packet.pts is not None)
        return [stamp * stream.time_base for stamp in stamps]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("fps", RATES)
def test_every_frame_is_there_at_its_time_to_the_end(
    ffmpeg: Ffmpeg, new_clip: NewClip, folder: MediaFolder, tmp_path: Path, fps: str, way: str
) -> None:
    item, rate = new_clip("sh010", frames=17, fps=16), RATES[fps]
    to = tmp_path / "a.mp4"

    made = make(Path(folder.where(item.clip)), to, [Conform(ffmpeg, rate, way)])

    expected = 17 if way == "speed" else conformed(17, Fraction(16), rate)
    assert (made.film.frames, made.film.fps) == (expected, rate)
    assert np.allclose(
        [float(each) for each in times(to)], [k / float(rate) for k in range(expected)], atol=1e-3
    )
    due = [k if way == "speed" else min(float(k * 16 / rate), 16) for k in range(expected)]
    off = np.abs(np.array(shown(to)) - due)
    # Repeated frames are those next to the time; others are as near as eight bits tell.
    assert off.max() < (0.9 if way == "repeat" else 0.6), off
    assert off[-1] < 0.15
    assert made.film.colour["matrix"] == made.film.colour["primaries"] == "bt709"
    assert metadata_of(to)["recipe"] == '{"a": 1}'
    (step,) = made.steps
    assert step.options == {
        "fps": fps, "way": way, "lossless": False, "from_fps": "16", "from_frames": 17, "frames": expected,
    }  # fmt: skip


def test_speed_shows_each_frame_once_and_no_other(
    ffmpeg: Ffmpeg, new_clip: NewClip, folder: MediaFolder, tmp_path: Path
) -> None:
    item = new_clip("sh010", frames=17, fps=8)
    make(Path(folder.where(item.clip)), tmp_path / "a.mp4", [Conform(ffmpeg, RATES["25"], "speed")])
    assert [round(each) for each in shown(tmp_path / "a.mp4")] == list(range(17))


@pytest.mark.parametrize("kind", KINDS)
def test_a_mezzanine_has_the_frames_and_the_colours_of_its_clip(
    ffmpeg: Ffmpeg, new_clip: NewClip, folder: MediaFolder, tmp_path: Path, kind: str
) -> None:
    item = new_clip("sh010", frames=9, fps=16)
    source, to = Path(folder.where(item.clip)), tmp_path / "a.mov"

    made = make(source, to, [Mezzanine(ffmpeg, kind)])

    codec, pixels = ("dnxhd", "yuv422p") if kind == "dnxhr_hq" else ("prores", "yuv422p10le")
    assert (made.film.codec, made.film.pixels) == (codec, pixels)
    assert (made.film.frames, made.film.fps) == (9, 16)
    assert made.film.colour == {
        "primaries": "bt709", "transfer": "bt709", "matrix": "bt709", "range": "tv",
    }  # fmt: skip
    assert [round(each) for each in shown(to)] == list(range(9))
    with av.open(to) as container:
        assert container.format.name.startswith("mov")
        assert container.metadata["recipe"] == '{"a": 1}'
    assert metadata_of(to).keys() >= {"title", "recipe"}
    assert "isom;isom" not in metadata_of(to).values()


@pytest.mark.parametrize("fps", ["24", "25", "29.97"])
def test_a_comment_stands_where_its_frame_is_first_shown(
    ffmpeg: Ffmpeg, new_clip: NewClip, folder: MediaFolder, tmp_path: Path, fps: str
) -> None:
    item, to, rate = new_clip("sh010", frames=17, fps=16), tmp_path / "a.mp4", RATES[fps]
    made = make(Path(folder.where(item.clip)), to, [Conform(ffmpeg, rate, "repeat")])
    said = {"text": "", "who": "anna", "at": "2026-11-29T10:00:00", "resolved": False}
    cut = CutShot(
        shot="sh010", frames=17, fps=16, comments=tuple({**said, "frame": n} for n in range(17))
    )
    film = Film(take=1, file="a.mp4", frames=made.film.frames, fps=rate, width=256, height=144)

    (event,) = lay([cut], {"sh010": film}, way="repeat", rate=rate, handles=0)

    frames = [round(each) for each in shown(to)]
    assert [each.frame for each in event.markers] == [frames.index(n) for n in range(17)]


def test_colours_stay_what_they_were(ffmpeg: Ffmpeg, folder: MediaFolder, tmp_path: Path) -> None:
    patches = [(200, 30, 40), (30, 180, 60), (40, 60, 220), (220, 210, 40)]
    frames = np.zeros((5, 128, 256, 3), np.uint8)
    for place, colour in enumerate(patches):
        frames[:, :, place * 64 : (place + 1) * 64] = colour
    seal(frames, folder, "a.mp4", 16, {})
    makers = [Conform(ffmpeg, RATES["25"], "blend", True), Mezzanine(ffmpeg, "prores_422")]

    make(Path(folder.where("a.mp4")), tmp_path / "a.mov", makers)

    now, was = (_planes(place) for place in (tmp_path / "a.mov", Path(folder.where("a.mp4"))))
    for place in range(4):
        middle = slice(place * 64 + 16, place * 64 + 48)
        # Brightness and both colours: a wrong matrix or range would be off by ten or more.
        off = np.abs(now[:, 40:90, middle].mean((1, 2)) - was[:, 40:90, middle].mean((1, 2)))
        assert off.max() < 1.5


def _planes(place: Path) -> np.ndarray:
    with av.open(place) as container:
        return next(container.decode(video=0)).to_ndarray(format="yuv444p").astype(float)


@pytest.mark.parametrize(
    ("fps", "way", "kind"),
    [("25", "motion", None), ("24", "blend", "dnxhr_hq"), ("29.97", "repeat", "prores_hq")],
)
def test_the_same_is_made_bit_for_bit(
    ffmpeg: Ffmpeg,
    new_clip: NewClip,
    folder: MediaFolder,
    tmp_path: Path,
    fps: str,
    way: str,
    kind: str | None,
) -> None:
    source = Path(folder.where(new_clip("sh010").clip))
    for name in ("a", "b"):
        makers = [Conform(ffmpeg, RATES[fps], way, kind is not None)]
        make(source, tmp_path / name, [*makers, *([Mezzanine(ffmpeg, kind)] if kind else [])])
    assert sha256_at(tmp_path / "a") == sha256_at(tmp_path / "b")


def test_a_clip_that_is_too_small_for_a_mezzanine_is_refused(
    ffmpeg: Ffmpeg, new_clip: NewClip, folder: MediaFolder, tmp_path: Path
) -> None:
    item = new_clip("sh010", frames=3, size=(128, 96))
    with pytest.raises(Refused, match="128 x 96 cannot be dnxhr_hq, which begins at 256 x 120"):
        make(Path(folder.where(item.clip)), tmp_path / "a.mov", [Mezzanine(ffmpeg, "dnxhr_hq")])
    assert not (tmp_path / "a.mov").exists()


def an_ffmpeg(folder: Path, words: str) -> str:
    """A program that is called like ffmpeg and has two encoders."""
    program = folder / "ffmpeg"
    program.write_text(
        "#!/bin/sh\n"
        'for each in "$@"; do\n'
        '  [ "$each" = -version ] && echo "ffmpeg version 1.0" && exit 0\n'
        '  [ "$each" = -encoders ] && echo " V....D libx264 H.264" && exit 0\n'
        f"done\n{words}\n"
    )
    program.chmod(0o755)
    return str(program)


def test_a_missing_encoder_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(
        Refused, match=r"ffmpeg 1\.0 has no encoder prores_ks, which prores_hq needs"
    ):
        Mezzanine(Ffmpeg(an_ffmpeg(tmp_path, "exit 1")), "prores_hq").check()


def test_what_ffmpeg_says_of_a_full_disk_is_one(tmp_path: Path) -> None:
    words = 'echo "av_interleaved_write_frame(): No space left on device" >&2; exit 1'
    with pytest.raises(OSError, match="No space left"):
        Ffmpeg(an_ffmpeg(tmp_path, words)).run(["-i", "a"])


def test_what_else_ffmpeg_fails_of_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"ffmpeg 1\.0 could not make it: Invalid data"):
        Ffmpeg(an_ffmpeg(tmp_path, 'echo "Invalid data" >&2; exit 1')).run(["-i", "a"])
    with pytest.raises(Refused, match="no ffmpeg that can be used"):
        Ffmpeg(str(tmp_path / "none"))


def test_frames_that_were_lost_are_told(
    ffmpeg: Ffmpeg,
    new_clip: NewClip,
    folder: MediaFolder,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As `minterpolate` does without the last frame held for it."""
    monkeypatch.setattr("farm.delivery.conform._TAIL", 0)
    with pytest.raises(Refused, match=r"by motion made .* frames at 24 fps, not 26"):
        make(
            Path(folder.where(new_clip("sh010", fps=16).clip)), tmp_path / "a.mp4",
            [Conform(ffmpeg, RATES["24"], "motion")],
        )  # fmt: skip
    assert not (tmp_path / "a.mp4").exists()
