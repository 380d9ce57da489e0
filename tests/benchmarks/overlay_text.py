"""Lettering on stills: how much of it the reader finds, and what it takes for some.

Photographs of scikit-image and scikit-learn, words drawn on them in both scripts, and rows of things that
are no letters. Words count as found where a box has its middle on them.
"""

import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

from pipeline.models import text_reader
from pipeline.stills import spelling
from pipeline.stills.subject import Box
from tests.benchmarks.real_clips.shots import picture
from tests.pictures import lettered

GROUNDS = (
    "cat", "coffee", "flower", "china", "rocket", "retina", "moon", "brick", "grass", "gravel", "coins",
    "immunohistochemistry", "man", "clock", "stereo_motorcycle",
)  # fmt: skip
OWN_WORDS = ("page", "text", "astronaut")
"""Photographs that show lettering of their own."""
WORDS = (
    "SUMMER SALE",
    "夏日限定",
    "fresh milk",
    "金橘汽水",
    "Order now 24/7",
    "新品上市",
    "50% OFF",
    "免费试用",
)
HEIGHTS = (18, 28, 44)
SIDE = 800
SURE = 0.6

Finder = Callable[[Image.Image], Sequence[Box]]
Decoy = Callable[[Image.Image, int], Image.Image]


@dataclass(frozen=True, slots=True)
class Case:
    """One picture, and its words' box in pixels: all of it where they are anywhere, None without any."""

    kind: str
    image: Image.Image
    words: Box | None


def run() -> dict[str, Any]:
    """Precision, recall and CPU milliseconds; then what is found by kind of picture."""
    cases, reader = [*_cases()], text_reader.load()
    told = {"pictures": len(cases), "with words": sum(bool(case.words) for case in cases)}
    return told | _judged(cases, lambda image: _read(reader, image))


def _judged(cases: Sequence[Case], finder: Finder) -> dict[str, Any]:
    finder(cases[0].image)
    times, hits, kinds = [], [], {}
    for case in cases:
        start = time.process_time()
        found = finder(case.image)
        times.append(1000 * (time.process_time() - start))
        said = any(_within(case.words, box) for box in found) if case.words else bool(found)
        hits.append((bool(case.words), said))
        kinds.setdefault(case.kind, []).append(said)
    right = sum(words and said for words, said in hits)
    return {
        "precision": round(right / max(sum(said for _, said in hits), 1), 3),
        "recall": round(right / sum(words for words, _ in hits), 3),
        "CPU ms, median": round(statistics.median(times)),
        **{f"{kind}, told": f"{sum(told)} of {len(told)}" for kind, told in kinds.items()},
    }


def _read(reader: text_reader.TextReader, image: Image.Image) -> Sequence[Box]:
    pixels = np.asarray(image)
    lines = reader.read(pixels, reader.find(pixels))
    return [
        _around(line.box)
        for line in lines
        if line.confidence >= SURE and spelling.is_word(line.text)
    ]


def _around(quad: text_reader.Quad) -> Box:
    (left, top), (right, bottom) = quad.min(0).tolist(), quad.max(0).tolist()
    return left, top, right, bottom


def _within(words: Box, box: Box) -> bool:
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return words[0] <= x <= words[2] and words[1] <= y <= words[3]


def _cases() -> Iterator[Case]:
    for name in GROUNDS:
        yield Case("photographs", _ground(name), None)
    for name in OWN_WORDS:
        image = _ground(name)
        whole = (0.0, 0.0, float(image.width), float(image.height))
        yield Case("photographs with words of their own", image, whole)
    for number, name in enumerate(GROUNDS * 2):
        word, height = (
            WORDS[(number + number // 15) % len(WORDS)],
            HEIGHTS[(number // 2 + number // 15) % 3],
        )
        at = 0.06 + 0.1 * (number % 5), 0.08 + 0.16 * (number % 6)
        ground = _ground(name)
        made = lettered(ground, word, at, height)
        changed = np.argwhere((np.asarray(made) != np.asarray(ground)).any(-1))
        (top, left), (bottom, right) = changed.min(0), changed.max(0)
        script = "Chinese" if word[0] > "\u4e00" else "Latin"
        yield Case(f"{script} words", made, (float(left), float(top), float(right), float(bottom)))
    for number, (draw, name) in enumerate(
        (d, g) for d in DECOYS for g in ("rocket", "coffee", "brick")
    ):
        yield Case("rows of no letters", draw(_ground(name), 10 + 5 * (number % 3)), None)


def _ground(name: str) -> Image.Image:
    image = Image.fromarray(picture(name)).convert("RGB")
    scale = SIDE / max(image.size)
    return image.resize(
        (round(image.width * scale), round(image.height * scale)), Image.Resampling.BICUBIC
    )


def _row(
    image: Image.Image, size: int, draw: Callable[[ImageDraw.ImageDraw, int, int, int], None]
) -> Image.Image:
    image = image.copy()
    brush, top = ImageDraw.Draw(image), image.height // 3
    for number in range(10):
        draw(brush, image.width // 8 + number * round(1.7 * size), top, size)
    return image


def _lamps(image: Image.Image, size: int) -> Image.Image:
    return _row(image, size, lambda d, x, y, s: d.ellipse((x, y, x + s, y + s), fill="#fff3c8"))


def _windows(image: Image.Image, size: int) -> Image.Image:
    return _row(
        image,
        size,
        lambda d, x, y, s: d.rectangle((x, y, x + s, y + 2 * s), outline="#f4f4f4", width=3),
    )


def _fence(image: Image.Image, size: int) -> Image.Image:
    def draw(d: ImageDraw.ImageDraw, x: int, y: int, s: int) -> None:
        d.rectangle((x, y, x + s // 3, y + 3 * s), fill="#f8f8f0")
        d.rectangle((x, y + s, x + 2 * s, y + s + 3), fill="#f8f8f0")

    return _row(image, size, draw)


def _keys(image: Image.Image, size: int) -> Image.Image:
    return _row(
        image, size, lambda d, x, y, s: d.rectangle((x, y, x + s // 2, y + 2 * s), fill="#101010")
    )


def _crosses(image: Image.Image, size: int) -> Image.Image:
    def draw(d: ImageDraw.ImageDraw, x: int, y: int, s: int) -> None:
        d.line((x, y, x + s, y + 2 * s), fill="#ffffff", width=3)
        d.line((x, y + 2 * s, x + s, y), fill="#ffffff", width=3)

    return _row(image, size, draw)


DECOYS: tuple[Decoy, ...] = (_lamps, _windows, _fence, _keys, _crosses)
