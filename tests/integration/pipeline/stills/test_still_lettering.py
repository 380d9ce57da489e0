"""Lettering on a still is read: beside the subject it is remarked, on it it is the product's own."""

from pathlib import Path

import pytest
from PIL import Image

from pipeline.findings import Finding, Severity
from pipeline.models import text_reader
from pipeline.profiles import profile
from pipeline.stills import lint as still_lint
from pipeline.stills import measurements, prepare
from pipeline.stills.measurements import Facts
from tests.benchmarks import overlay_text
from tests.pictures import lettered, photograph, thing

WAN = profile.load("wan2.2-i2v-a14b")


def look(tmp_path: Path, image: Image.Image) -> Facts:
    image.save(tmp_path / "picture.png")
    fitted = prepare.fit(tmp_path / "picture.png", WAN, look=True)
    return measurements.measure(fitted.source, fitted.how, text_reader.at_hand())


def overlay(tmp_path: Path, image: Image.Image) -> Finding | None:
    made = still_lint.lint(look(tmp_path, image), WAN.still, "The can slowly turns.", "can.png")
    return next((each for each in made.findings if each.code == "still.overlay_text"), None)


@pytest.mark.parametrize("words", ["SUMMER SALE", "限时优惠", "www.example.com"])
def test_lettering_beside_the_subject_is_overlay(tmp_path: Path, words: str) -> None:
    told = overlay(tmp_path, lettered(photograph("flower"), words, (0.05, 0.03), 44))
    assert told
    assert told.severity is Severity.WARNING


def test_a_photograph_without_any_is_not_accused(tmp_path: Path) -> None:
    assert not overlay(tmp_path, photograph("flower"))


def test_lettering_on_the_subject_is_its_label_and_is_left_alone(tmp_path: Path) -> None:
    can = thing((0.25, 0.25, 0.75, 0.75))
    labelled = look(tmp_path, lettered(can, "AURUM 1888", (0.3, 0.3), 40))
    assert labelled.label
    assert not labelled.overlay


def test_lettering_where_no_subject_is_known_is_only_a_note(tmp_path: Path) -> None:
    told = overlay(tmp_path, lettered(photograph("cat"), "SUMMER SALE", (0.05, 0.05), 36))
    assert told
    assert told.severity is Severity.INFO


@pytest.mark.parametrize("draw", overlay_text.DECOYS[:4])
def test_rows_of_lamps_windows_posts_and_keys_are_no_words(
    tmp_path: Path, draw: overlay_text.Decoy
) -> None:
    assert not overlay(tmp_path, draw(photograph("coffee"), 15))
