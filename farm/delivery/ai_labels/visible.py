"""Draws the visible label on a film's first two seconds, in the corner where the least happens."""

import math
import tempfile
from functools import cache
from importlib import resources
from itertools import islice
from pathlib import Path

import numpy as np
from av.error import FFmpegError
from PIL import Image, ImageDraw, ImageFont

from farm.delivery.ai_labels.place import quietest
from farm.delivery.ai_labels.values import SECONDS, SHARE, WORDS
from farm.delivery.ffmpeg import EXACT, Ffmpeg, argument
from farm.delivery.steps import Step, measured
from farm.errors import Refused
from pipeline.clips.encode import decoded, opened
from pipeline.storage.files import Frames

HEIGHT = 0.06
"""Of the picture's shorter side: the letters' height, somewhat above the least that is asked for."""
LEGIBLE = 9
"""Pixels; no letters are smaller where there is room."""
MARGIN = 0.04
"""Of the shorter side, from the picture's edges."""
_PAD = 0.4
"""Of the letters' height, around them."""
_ENCODED: tuple[str, ...] = (
    "-c:v", "libx264", "-preset", "medium", "-pix_fmt", "yuv420p", "-threads", "1",
    "-color_primaries", "bt709", "-color_trc", "bt709", "-colorspace", "bt709", "-color_range", "tv",
    "-movflags", "+faststart+use_metadata_tags", "-f", "mp4",
)  # fmt: skip
"""By one thread: more of them would make other bytes on another machine."""
_FINE, _LOSSLESS = ("-crf", "10"), ("-qp", "0")


class VisibleLabel:
    """Writes that a film was made by a model onto its first frames."""

    def __init__(self, ffmpeg: Ffmpeg, language: str, *, passed_on: bool = False) -> None:
        """`passed_on` where another step encodes what comes of it: nothing is to be lost here."""
        self._ffmpeg = ffmpeg
        self._quality = _LOSSLESS if passed_on else _FINE
        self._words = WORDS[language]
        self.wanted = Step(
            "label",
            ffmpeg.name,
            {"language": language, "words": self._words, "seconds": SECONDS, "lossless": passed_on},
        )

    def __call__(self, source: Path, to: Path) -> Step:
        """Raises `Refused` where there is no room for the label or ffmpeg cannot draw it."""
        film = measured(source)
        count = min(film.frames, math.ceil(SECONDS * film.fps))
        label, letters = _fitted(self._words, film.width, film.height)
        margin = _margin(film.width, film.height)
        left, top = quietest(_first(source, count), label.width, label.height, margin)
        with tempfile.TemporaryDirectory() as folder:
            picture = Path(folder) / "label.png"
            label.save(picture)
            overlay = f"overlay=x={left}:y={top}:format=yuv420:enable='lt(n,{count})'"
            self._ffmpeg.run(
                [
                    "-i", argument(source), "-i", argument(picture),
                    "-filter_complex", f"[0:v:0][1:v:0]{overlay}[labelled]",
                    "-map", "[labelled]", "-map_metadata", "0", *_ENCODED, *self._quality, *EXACT,
                    argument(to),
                ]
            )  # fmt: skip
        made = measured(to)
        if (made.frames, made.fps) != (film.frames, film.fps):
            raise Refused(
                f"with its label it has {made.frames} frames at {made.fps} fps instead of "
                f"{film.frames} at {film.fps}"
            )
        done = {"frames": count, "left": left, "top": top, "height": letters}
        return Step("label", self.wanted.tool, {**self.wanted.options, **done})


def _first(source: Path, count: int) -> Frames:
    try:
        with opened(source) as container:
            pictures = [
                frame.to_ndarray(format="rgb24") for frame in islice(decoded(container), count)
            ]
    except (FFmpegError, ValueError) as error:
        raise Refused(f"it cannot be read: {error}") from error
    return np.stack(pictures).astype(np.uint8, copy=False)


def _margin(width: int, height: int) -> int:
    return max(2, round(MARGIN * min(width, height)))


def _fitted(words: str, width: int, height: int) -> tuple[Image.Image, int]:
    """The label for a picture of this size, and the height of its letters in pixels.

    Raises `Refused` where letters of the least height do not fit.
    """
    least, margin = math.ceil(SHARE * min(width, height)), _margin(width, height)
    for letters in range(max(LEGIBLE, math.ceil(HEIGHT * min(width, height))), least - 1, -1):
        label, drawn = drawn_label(words, letters)
        if label.width + 2 * margin <= width and label.height + 2 * margin <= height:
            return label, drawn
    raise Refused(f"no label of the height that is asked for fits into {width} x {height}")


@cache
def drawn_label(words: str, letters: int) -> tuple[Image.Image, int]:
    """White words with letters at least so many pixels high on a dark ground that lets the picture
    through, and how high the letters came out."""
    size = letters
    # Latin letters fill less of their line than Chinese ones: what is drawn counts.
    while (box := _font(size).getbbox(words[:1]))[3] - box[1] < letters:
        size += 1
    left, top, right, bottom = _font(size).getbbox(words)
    pad = max(2, round(_PAD * letters))
    wide, high = (math.ceil(each / 2) * 2 + 2 * pad for each in (right - left, bottom - top))
    label = Image.new("RGBA", (wide, high), (0, 0, 0, 150))
    pen = ImageDraw.Draw(label)
    pen.text((pad - left, pad - top), words, (255, 255, 255, 255), _font(size))
    return label, int(box[3] - box[1])


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    fonts = resources.files("farm.delivery") / "fonts"
    return ImageFont.truetype(str(fonts / "NotoSansSC-GB2312.otf"), size)
