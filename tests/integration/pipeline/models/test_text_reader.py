"""The reader reads both scripts from the models of its wheel: it fetches nothing and prints nothing."""

import socket
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from pipeline.models import text_reader
from tests.pictures import ground, lettered

BLANK = np.zeros((64, 64, 3), np.uint8)


@pytest.fixture(scope="module")
def picture() -> text_reader.Picture:
    image = lettered(ground((600, 400), "navy"), "KESTREL 1888", (0.1, 0.1), 44)
    return np.asarray(lettered(image, "夏日限定", (0.5, 0.7), 44))


def read(reader: text_reader.TextReader, picture: text_reader.Picture) -> dict[str, float]:
    lines = reader.read(picture, reader.find(picture))
    return {line.text: line.confidence for line in lines}


def test_both_scripts_are_read_without_a_socket_and_without_a_word(
    picture: text_reader.Picture,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    def refused(*_: object, **__: object) -> None:
        raise AssertionError("the reader asks the network")

    monkeypatch.setattr(socket, "socket", refused)
    monkeypatch.setattr(socket, "create_connection", refused)
    lines = read(text_reader.load(), picture)
    assert {"KESTREL 1888", "夏日限定"} <= lines.keys()
    assert min(lines.values()) > 0.8
    assert capfd.readouterr() == ("", "")


def test_boxes_are_in_pixels_of_the_picture(picture: text_reader.Picture) -> None:
    reader = text_reader.load()
    high, wide = picture.shape[:2]
    middles = sorted(tuple(box.mean(0) / [wide, high]) for box in reader.find(picture))
    assert middles[0] == pytest.approx((0.33, 0.15), abs=0.08)
    assert middles[-1] == pytest.approx((0.65, 0.76), abs=0.08)


def test_where_nothing_is_written_nothing_is_found() -> None:
    reader = text_reader.load()
    assert reader.find(BLANK) == ()
    speck = np.array([[0, 0], [2, 0], [2, 2], [0, 2]], np.float32)
    [line] = reader.read(BLANK, [speck])
    assert (line.text, line.confidence) == ("", 0.0)
    assert reader.find(np.asarray(Image.new("RGB", (900, 40), "white"))) == ()


def test_it_keeps_to_one_thread() -> None:
    """In a process of its own, where nothing else has any."""
    said = subprocess.run(
        [sys.executable, "-W", "error", "-c", _COUNT], capture_output=True, text=True, check=True
    )
    assert said.stdout.split() == ["1"]
    assert said.stderr == ""


_COUNT = """
import numpy as np
import psutil
from pipeline.models import text_reader

def seconds():
    return {each.id: each.user_time + each.system_time for each in psutil.Process().threads()}

reader = text_reader.load()
noise = np.random.default_rng(1).integers(0, 255, (512, 512, 3), dtype=np.uint8)
reader.find(noise)
before = seconds()
for _ in range(8):
    reader.find(noise)
print(sum(spent - before.get(thread, 0) > 0.05 for thread, spent in seconds().items()))
"""


def test_an_install_without_the_extra_has_no_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_reader.util, "find_spec", lambda name: name != "rapidocr" or None)
    assert not text_reader.installed()
    text_reader.at_hand.cache_clear()
    assert text_reader.at_hand() is None
    text_reader.at_hand.cache_clear()
