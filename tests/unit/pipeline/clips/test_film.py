"""Film files of any length and size, read as frames that a scorer can look at."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pytest

from pipeline.clips import encode, film
from pipeline.clips.film import Unreadable
from pipeline.storage.folder import MediaFolder

Make = Callable[..., Path]


@pytest.fixture
def made(tmp_path: Path) -> Make:
    """A film of grey frames, each a little brighter than the one before, white in its upper left corner."""

    def make(frames: int = 9, width: int = 64, height: int = 48) -> Path:
        pixels = np.zeros((frames, height, width, 3), np.uint8)
        pixels += np.linspace(16, 180, frames, dtype=np.uint8)[:, None, None, None]
        pixels[:, : height // 4, : width // 4] = 250
        encode.seal(pixels, MediaFolder(tmp_path), "film.mp4", 8, {})
        return tmp_path / "film.mp4"

    return make


def ffmpeg(*arguments: object) -> None:
    program = imageio_ffmpeg.get_ffmpeg_exe()
    subprocess.run([program, "-loglevel", "error", *map(str, arguments)], check=True)


def test_a_short_film_is_read_frame_by_frame(made: Make) -> None:
    place = made()
    assert np.array_equal(film.read(place), encode.read(place))


@pytest.mark.parametrize("frames", [17, 33, 100])
def test_of_a_long_film_the_first_the_last_and_some_between_are_kept(
    made: Make, monkeypatch: pytest.MonkeyPatch, frames: int
) -> None:
    monkeypatch.setattr(film, "MOST_FRAMES", 16)
    place = made(frames)
    every = encode.read(place)
    kept = film.read(place)
    assert 8 <= len(kept) <= 17
    numbers = [int(np.abs(every.astype(int) - each).mean((1, 2, 3)).argmin()) for each in kept]
    assert np.array_equal(kept[0], every[0])
    assert np.array_equal(kept[-1], every[-1])
    assert len(set(np.diff(numbers[:-1]).tolist())) == 1, numbers


def test_large_frames_are_made_smaller(made: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(film, "MOST_PIXELS", 32 * 24)
    assert film.read(made()).shape == (9, 24, 32, 3)


def test_a_film_of_a_phone_stands_upright(made: Make, tmp_path: Path) -> None:
    place, turned = made(), tmp_path / "turned.mp4"
    ffmpeg("-display_rotation", 90, "-i", place, "-c", "copy", turned)
    frames = film.read(turned)
    assert frames.shape == (9, 64, 48, 3)
    assert frames[0, 56:, :8].mean() > 240, "the corner is below on the left, as players show it"
    assert frames[0, :8, :8].mean() < 60


def test_a_film_without_a_picture_says_so(tmp_path: Path) -> None:
    sound = tmp_path / "sound.m4a"
    ffmpeg("-f", "lavfi", "-i", "sine=duration=0.2", sound)
    with pytest.raises(
        Unreadable, match=r"sound\.m4a holds no moving picture: hand in a film with"
    ):
        film.read(sound)


def test_what_is_no_film_is_refused_with_the_file_and_the_remedy(
    made: Make, tmp_path: Path
) -> None:
    letter, cut, none = tmp_path / "letter.mp4", tmp_path / "cut.mp4", tmp_path / "none.mp4"
    letter.write_text("Dear client")
    cut.write_bytes(made(33).read_bytes()[:600])
    for place in (letter, cut):
        with pytest.raises(
            Unreadable, match=r"cannot be read as a film .*: hand in one that plays"
        ):
            film.read(place)
    with pytest.raises(Unreadable, match=r"none\.mp4: there is no such file"):
        film.read(none)


def test_one_picture_is_no_film(made: Make) -> None:
    place = made(1)
    for look in (film.read, film.glance):
        with pytest.raises(
            Unreadable, match=r"film.mp4 holds one picture, in which nothing can happen"
        ):
            look(place)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("", "this is a folder; name the films in it"),
        ("https://films.example/cup.mp4", "this is an address; fetch it, and name the file"),
        ("HTTPS://films.example/cup.mp4", "this is an address; fetch it, and name the file"),
        ("s3://films/cup.mp4", "this is an address; fetch it, and name the file"),
        ("C:/films/cup.mp4", "there is no such file; name a film that is there"),
        ("none.mp4", "there is no such file; name a film that is there"),
    ],
)
def test_what_is_no_file_is_told_by_what_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, told: str
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(Unreadable, match=told):
        film.read(Path(name))


def test_a_glance_sees_whether_a_film_begins(made: Make, tmp_path: Path) -> None:
    film.glance(made())
    (tmp_path / "letter.mp4").write_text("Dear client")
    with pytest.raises(Unreadable, match=r"letter.mp4 cannot be read as a film"):
        film.glance(tmp_path / "letter.mp4")
