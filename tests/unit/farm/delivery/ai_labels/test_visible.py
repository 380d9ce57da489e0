"""The visible label stands long and large enough, where nothing moves, and nowhere else."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Literal

import numpy as np
import pytest
from PIL import Image, ImageDraw

from farm.delivery.ai_labels import visible
from farm.delivery.ai_labels.values import WORDS
from farm.delivery.ai_labels.visible import VisibleLabel, drawn_label
from farm.delivery.ffmpeg import Ffmpeg
from farm.delivery.steps import make
from farm.errors import Refused
from pipeline.clips.encode import metadata_of, read
from pipeline.storage.checksums import sha256_at
from tests.unit.farm.delivery.conftest import TAGS, wandering


@pytest.mark.parametrize("language", ["zh", "en"])
def test_it_stands_for_two_seconds_in_a_quiet_corner(
    sealed: Callable[..., Path], tmp_path: Path, ffmpeg: Ffmpeg, language: Literal["zh", "en"]
) -> None:
    clip, to = sealed(), tmp_path / "to.mp4"

    made = make(clip, to, [VisibleLabel(ffmpeg, language)])

    (step,) = made.steps
    assert step.options["words"] == WORDS[language]
    assert Fraction(step.options["frames"], 8) >= 2
    assert step.options["height"] >= 0.05 * 108
    changed = np.abs(read(to).astype(int) - read(clip)).max(axis=-1) > 60
    shown = changed.any(axis=(1, 2))
    assert shown.tolist() == [True] * 16 + [False] * 5
    rows, columns = (changed[0].any(axis=axis) for axis in (1, 0))
    assert rows.nonzero()[0].min() > 54, "the square wanders above"
    assert rows.sum() >= 0.05 * 108
    assert columns.sum() > 20
    assert made.film.colour == dict.fromkeys(("primaries", "transfer", "matrix"), "bt709") | {
        "range": "tv"
    }
    assert metadata_of(to)["recipe"] == TAGS["recipe"], "another step takes it out"


@pytest.mark.parametrize(("fps", "count", "shown"), [(16, 40, 32), (16, 9, 9), (25, 60, 50)])
def test_a_clip_shorter_than_that_has_it_to_its_end(
    sealed: Callable[..., Path], tmp_path: Path, ffmpeg: Ffmpeg, fps: int, count: int, shown: int
) -> None:
    clip = sealed(frames=wandering(count), fps=fps)
    made = make(clip, tmp_path / "to.mp4", [VisibleLabel(ffmpeg, "en")])
    assert made.steps[0].options["frames"] == shown
    changed = np.abs(read(tmp_path / "to.mp4").astype(int) - read(clip)).max(axis=(1, 2, 3)) > 60
    assert changed.tolist() == [True] * shown + [False] * (count - shown)


def test_the_same_label_makes_the_same_file(
    sealed: Callable[..., Path], tmp_path: Path, ffmpeg: Ffmpeg
) -> None:
    clip = sealed()
    sums = {
        make(clip, tmp_path / f"{number}.mp4", [VisibleLabel(ffmpeg, "zh")]).sha256
        for number in range(2)
    }
    assert sums == {sha256_at(tmp_path / "0.mp4")}


def test_what_another_step_encodes_again_loses_nothing_here(
    sealed: Callable[..., Path], tmp_path: Path, ffmpeg: Ffmpeg
) -> None:
    clip, to = sealed(), tmp_path / "to.mp4"
    make(clip, to, [VisibleLabel(ffmpeg, "zh", passed_on=True)])
    assert np.array_equal(read(to)[16:], read(clip)[16:])


@pytest.mark.parametrize("words", WORDS.values())
@pytest.mark.parametrize("letters", [9, 29, 65])
def test_letters_are_as_high_as_is_asked_for(words: str, letters: int) -> None:
    label, high = drawn_label(words, letters)
    assert letters <= high <= letters + 2
    assert label.height >= letters
    assert label.width % 2 == label.height % 2 == 0
    light = np.asarray(label)[..., 0]
    assert (light > 200).any()
    assert (light == 0).any()


def drawn(letter: str) -> bytes:
    picture = Image.new("L", (60, 60))
    ImageDraw.Draw(picture).text((5, 5), letter, 255, visible._font(40))
    return picture.tobytes()


def test_the_packaged_font_has_every_letter_of_every_label() -> None:
    nothing = drawn("\ue000")
    assert drawn("漢") == nothing, "what it lacks is drawn as an empty box"
    assert [each for words in WORDS.values() for each in words if drawn(each) == nothing] == []


@pytest.mark.parametrize(("width", "height"), [(1920, 1080), (480, 832), (96, 64), (64, 64)])
def test_the_label_fits_into_pictures_of_any_shape(width: int, height: int) -> None:
    for words in WORDS.values():
        label, letters = visible._fitted(words, width, height)
        assert letters >= 0.05 * min(width, height)
        assert label.width <= width
        assert label.height <= height


def test_a_picture_too_narrow_for_letters_of_that_height_is_refused() -> None:
    with pytest.raises(Refused, match="no label of the height that is asked for fits into 12 x 8"):
        visible._fitted(WORDS["zh"], 12, 8)


def test_an_ffmpeg_that_loses_frames_is_found_out(
    sealed: Callable[..., Path], tmp_path: Path, ffmpeg: Ffmpeg, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = Ffmpeg.run
    monkeypatch.setattr(
        Ffmpeg, "run", lambda self, words: run(self, [*words[:-1], "-frames:v", "20", words[-1]])
    )
    with pytest.raises(Refused, match="20 frames at 8 fps instead of 21"):
        make(sealed(), tmp_path / "to.mp4", [VisibleLabel(ffmpeg, "zh")])
    assert not (tmp_path / "to.mp4").exists()
