"""Reads HEIC pictures, as phones take them, by the ffmpeg program that encodes clips."""

import io
import logging
import subprocess
from pathlib import Path

import imageio_ffmpeg
from PIL import Image

from pipeline.stills.formats import unreadable
from pipeline.stills.formats.boxes import Properties

_log = logging.getLogger(__name__)

_PATIENCE = 120.0
"""Seconds: the largest picture that is taken in needs a few."""
_ALPHA = (b"auxid:1\0", b"auxiliary:alpha")


def read(picture: Path, told: Properties, head: bytes) -> Image.Image:
    """The primary picture, RGB and upright, in the colours that `told` says; `head` is its beginning.

    Raises `Unreadable` of `kinds` with what the file is and the remedy, `OSError` where it is broken.
    """
    if told.size is None:
        raise ValueError("what it says of its picture is missing")
    if told.crop or any(mark in head for mark in _ALPHA):
        what = "a crop of its own" if told.crop else "clear parts"
        raise unreadable.Unreadable(f"a HEIC picture with {what}: export it as PNG")
    with Image.open(io.BytesIO(_decoded(picture)), formats=["PPM"]) as image:
        image.load()
    upright = told.size[::-1] if told.turned else told.size
    if image.size != upright:  # an ffmpeg that knows nothing of tiles takes the first of them
        raise unreadable.Unreadable(
            "a HEIC picture that this ffmpeg cannot read: export it as JPEG or PNG"
        )
    return image


def _decoded(picture: Path) -> bytes:
    """Upright, as PPM of 8 bits. It is a program of its own: what a broken file does to it stays there."""
    try:
        program = imageio_ffmpeg.get_ffmpeg_exe()
    except RuntimeError as error:
        raise unreadable.Unreadable(
            "a HEIC picture, and there is no ffmpeg to read it: export it as JPEG or PNG"
        ) from error
    command = [program, "-nostdin", "-v", "error", "-protocol_whitelist", "file"]
    command += ["-f", "mov", "-i", f"file:{picture}", "-frames:v", "1", "-pix_fmt", "rgb24"]
    command += [
        "-sws_flags",
        "accurate_rnd+full_chroma_int+bicubic",
        "-f",
        "image2pipe",
        "-c:v",
        "ppm",
    ]
    made = subprocess.run(  # noqa: S603 - no shell, and a program of our own choice
        [*command, "pipe:1"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=_PATIENCE,
        check=False,
    )
    if made.returncode or not made.stdout:
        _log.debug("ffmpeg on %s: %s", picture, made.stderr.decode(errors="replace").strip())
        raise ValueError("its pixels cannot be decoded")
    return made.stdout
