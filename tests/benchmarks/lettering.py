"""A product's label followed through films: faults that are named, good films that are accused, the cost.

Thresholds were set on the words and photographs of `lettered.TUNING`; what is told is made of the others.
"""

import os
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from PIL import Image
from rich.progress import track

from pipeline.clips import lettering
from pipeline.models import text_reader
from pipeline.profiles import profile
from pipeline.stills.subject import Salient
from pipeline.storage.files import Frames
from tests.benchmarks.real_clips import lettered
from tests.benchmarks.real_clips.lettered import Product

SHOWS_PROGRESS = True
WAN = profile.load("wan2.2-i2v-a14b")
A_HALF = 3
"""Products to a fault, and to what nearly is one: every second of them."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One film that was looked at: what was found, and the CPU seconds."""

    what: str
    wished: tuple[str, ...]
    found: tuple[str, ...]
    seconds: float

    @property
    def right(self) -> bool:
        return bool(set(self.found) & set(self.wished)) if self.wished else not self.found


def run() -> dict[str, Any]:
    """Shares by fault and by what nearly is one, on the held-out words alone."""
    products = lettered.TUNING if os.environ.get("FARM_BENCH_TUNING") else lettered.HELD_OUT
    trials = [*_trials(products)]
    faulty = [each for each in trials if each.wished]
    good = [each for each in trials if not each.wished]
    seconds = sorted(each.seconds for each in trials)
    return {
        "faults named": f"{sum(each.right for each in faulty)} of {len(faulty)}",
        "good films accused": f"{sum(not each.right for each in good)} of {len(good)}",
        **{what: _told(trials, what) for what in dict.fromkeys(each.what for each in trials)},
        "CPU seconds of a film of 832x480, median": round(statistics.median(seconds), 2),
        "CPU seconds, nine of ten at most": round(seconds[round(0.9 * (len(seconds) - 1))], 2),
        "CPU seconds, the most": round(seconds[-1], 2),
    }


def _trials(products: tuple[Product, ...]) -> Iterator[Trial]:
    reader = text_reader.load()
    reader.read(*_warm())
    films = [
        (name, film, wished, "", product, place + number)
        for number, (name, (film, wished)) in enumerate(lettered.FAULTS.items())
        for place, product in enumerate(products)
        if (place + number) % (len(products) // A_HALF) == 0
    ] + [
        (name, film, (), prompt, product, place + number)
        for number, (name, (film, prompt)) in enumerate(lettered.NEARLY.items())
        for place, product in enumerate(products)
        if (place + number) % (len(products) // A_HALF) == 0
    ]
    for name, film, wished, prompt, product, number in track(films, description="lettering"):
        frames = lettered.treated(film(product), number // 2)
        still = Image.fromarray(film(product)[0])
        start = time.process_time()
        found = look(frames, still, prompt, reader)
        trial = Trial(name, wished, found, time.process_time() - start)
        if not trial.right and os.environ.get("FARM_BENCH_WRONG"):
            print(trial, product)  # noqa: T201
        yield trial


def look(
    frames: Frames, still: Image.Image, prompt: str, reader: text_reader.TextReader
) -> tuple[str, ...]:
    """The kinds that are found."""
    finder = Salient(WAN.still.sure)
    found = lettering.lint(frames, still, prompt, WAN.lettering, reader, finder=finder)
    return tuple(miss.kind.value for miss in found)


def _warm() -> Any:
    import numpy as np

    picture = np.zeros((60, 60, 3), np.uint8)
    return picture, [np.array([[0, 0], [50, 0], [50, 50], [0, 50]], np.float32)]


def _told(trials: list[Trial], what: str) -> str:
    mine = [each for each in trials if each.what == what]
    found = [kind for each in mine for kind in each.found]
    kinds = ", ".join(f"{kind} {found.count(kind)}" for kind in dict.fromkeys(found))
    right = sum(each.right for each in mine)
    said = f"named {right}" if mine[0].wished else f"accused {len(mine) - right}"
    return f"{said} of {len(mine)}" + (f": {kinds}" if kinds else "")
