"""Whatever a picture does to its decoder, nothing reaches standard error but the farm's own sentences."""

import json
import os
import random
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image

from pipeline.errors import ShotRejected
from pipeline.stills.formats.quiet import muted
from pipeline.stills.load import open_picture

BLOCKS = np.kron(np.random.default_rng(0).integers(0, 256, (8, 8, 3)), np.ones((8, 8, 1)))
PICTURE = Image.fromarray(BLOCKS.astype(np.uint8))


def _broken(folder: Path) -> list[Path]:
    """Pictures of which libtiff, Pillow and tifffile are known to complain."""
    for compression in ("tiff_lzw", "tiff_adobe_deflate", "packbits"):
        PICTURE.save(folder / f"{compression}.tif", compression=compression)
    exif = Image.Exif()
    exif[0x0112] = 6
    PICTURE.save(folder / "exif.jpg", exif=exif)
    pixels = BLOCKS.astype(np.uint16) * 257
    tifffile.imwrite(folder / "lab.tif", pixels, photometric="cielab", compression="zlib")
    chance, made = random.Random(4), []
    for whole in sorted(folder.iterdir()):
        data = whole.read_bytes()
        for number in range(12):
            torn = bytearray(data if number % 3 else data[: chance.randrange(8, len(data))])
            for _ in range(chance.choice((1, 5, 20)) if number % 3 else 0):
                torn[chance.randrange(4, len(torn))] = chance.randrange(256)
            made.append(folder / f"{whole.stem}_{number}{whole.suffix}")
            made[-1].write_bytes(torn)
    return made


def test_broken_pictures_of_all_kinds_say_nothing_themselves(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    for picture in _broken(tmp_path):
        try:
            open_picture(picture)
        except ShotRejected:
            continue
    assert capfd.readouterr().err == ""


def test_without_muting_libtiff_would_be_heard(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from contextlib import nullcontext

    from pipeline.stills import load

    monkeypatch.setattr(load, "muted", nullcontext)
    for picture in _broken(tmp_path):
        try:
            open_picture(picture)
        except ShotRejected:
            continue
    assert capfd.readouterr().err != ""


@pytest.mark.parametrize("command", [["lint"], ["submit", "-p", "ads", "--dry-run"]])
def test_commands_print_their_own_sentences_alone(tmp_path: Path, command: list[str]) -> None:
    broken = _broken(tmp_path)
    rows = [
        {"shot": f"s{number}", "image": picture.name, "prompt": "The red square moves left."}
        for number, picture in enumerate(broken)
    ]
    (tmp_path / "shots.json").write_text(json.dumps(rows))
    done = subprocess.run(
        [sys.executable, "-m", "farm", command[0], "shots.json", *command[1:]],
        cwd=tmp_path,
        env=os.environ | {"FARM_PROFILE": "toy"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    told = [line for line in done.stderr.splitlines() if line]
    assert [line for line in told if not line.startswith("farm: ")] == []


def test_what_was_said_meanwhile_goes_to_the_log_and_later_words_get_out(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    with caplog.at_level("DEBUG", "pipeline.stills"):
        with muted():
            os.write(2, b"LZWDecode: corrupt\n")
        os.write(2, b"the farm goes on\n")
    assert capfd.readouterr().err == "the farm goes on\n"
    assert "LZWDecode: corrupt" in caplog.text


def test_a_farm_without_a_standard_error_reads_pictures_too(tmp_path: Path) -> None:
    PICTURE.save(tmp_path / "a.tif", compression="tiff_lzw")
    code = (
        "import os, sys; os.close(2); from pathlib import Path;"
        "from pipeline.stills.load import open_picture;"
        "print(open_picture(Path(sys.argv[1])).image.size)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "a.tif")],
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    assert done.stdout.strip() == "(64, 64)"
