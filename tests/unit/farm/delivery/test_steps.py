"""A delivered file is made step after step, and lies in its place only when it is whole."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from farm.delivery.steps import Made, Step, make, measured
from farm.errors import Refused
from pipeline.clips.encode import seal
from pipeline.storage.checksums import sha256_at
from pipeline.storage.folder import MediaFolder


@pytest.fixture
def source(tmp_path: Path) -> Path:
    frames = np.zeros((9, 48, 64, 3), np.uint8)
    frames[:, :, 20:40] = (200, 30, 40)
    media = tmp_path / "media"
    media.mkdir()
    seal(frames, MediaFolder(media), "a.mp4", 16, {"title": "spring/sh010 take 1"})
    return media / "a.mp4"


@pytest.fixture
def out(tmp_path: Path) -> Path:
    folder = tmp_path / "out"
    folder.mkdir()
    return folder / "sh010_t01.mp4"


class Appends:
    """A step that puts some bytes behind the film."""

    def __init__(self, name: str, content: bytes = b"") -> None:
        self.wanted = Step(name, "a test", {"bytes": len(content)})
        self._content = content

    def __call__(self, source: Path, to: Path) -> Step:
        assert not to.exists()
        to.write_bytes(source.read_bytes() + self._content)
        return self.wanted


class Fails:
    def __init__(self, error: BaseException) -> None:
        self.wanted = Step("sign", "a test")
        self._error = error

    def __call__(self, source: Path, to: Path) -> Step:
        to.write_bytes(b"half")
        raise self._error


# A box of eight bytes that readers pass over.
FREE = b"\x00\x00\x00\x08free"


def test_steps_work_on_each_other_s_files_and_are_told(source: Path, out: Path) -> None:
    before = source.read_bytes()

    made = make(source, out, [Appends("mark", FREE), Appends("sign", FREE)])

    assert out.read_bytes() == before + FREE + FREE
    assert [step.name for step in made.steps] == ["mark", "sign"]
    assert (made.sha256, made.size) == (sha256_at(out), out.stat().st_size)
    assert (made.film.frames, made.film.fps, made.film.duration) == (9, 16, 9 / 16)
    assert made.film.colour == dict.fromkeys(("primaries", "transfer", "matrix"), "bt709") | {
        "range": "tv"
    }
    assert source.read_bytes() == before
    assert list(out.parent.iterdir()) == [out]


def test_without_steps_a_clip_is_copied(source: Path, out: Path) -> None:
    assert make(source, out, []).steps == ()
    assert out.read_bytes() == source.read_bytes()


@pytest.mark.parametrize(
    "error", [Refused("no key"), OSError(28, "No space left on device"), KeyboardInterrupt()]
)
def test_what_fails_leaves_the_file_that_was_there_and_no_draft(
    source: Path, out: Path, error: BaseException
) -> None:
    out.write_bytes(b"of yesterday")

    with pytest.raises(type(error)):
        make(source, out, [Appends("mark", FREE), Fails(error)])

    assert out.read_bytes() == b"of yesterday"
    assert list(out.parent.iterdir()) == [out]


@pytest.mark.parametrize("harm", [lambda film: film[: len(film) // 2], lambda film: b"no film"])
def test_a_file_that_does_not_decode_never_takes_its_place(
    source: Path, out: Path, harm: Callable[[bytes], bytes]
) -> None:
    source.write_bytes(harm(source.read_bytes()))
    with pytest.raises(Refused, match="does not decode"):
        make(source, out, [Appends("mark")])
    assert list(out.parent.iterdir()) == []


def test_who_keeps_the_record_hears_of_a_file_before_it_is_there(source: Path, out: Path) -> None:
    heard: list[tuple[Made, bool]] = []
    made = make(source, out, [Appends("mark")], lambda made: heard.append((made, out.exists())))
    assert heard == [(made, False)]


def test_nothing_follows_a_signature(source: Path, out: Path) -> None:
    with pytest.raises(ValueError, match="sign, mark"):
        make(source, out, [Appends("sign"), Appends("mark")])
    with pytest.raises(ValueError, match="no step 'grade'"):
        Step("grade", "a test")
    assert not out.exists()


def test_a_film_that_is_no_film_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_bytes(b"")
    with pytest.raises(Refused, match="does not decode"):
        measured(tmp_path / "a.mp4")
