"""CPU milliseconds that a photograph costs `farm lint` and `farm submit`, step by step."""

import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PIL import Image

from pipeline.models import text_reader
from pipeline.profiles import profile
from pipeline.stills import lint as still_lint
from pipeline.stills import measurements, prepare
from pipeline.stills.subject import Salient
from pipeline.storage.folder import MediaFolder
from tests.pictures import photograph

NAMES = ("astronaut", "coffee", "rocket", "china", "flower", "cat")
SIZE = (3000, 2000)
"""Pixels: what a photographer hands in, scaled up to."""
ROUNDS = 2
PROMPT = "The man walks slowly to the left, light falls on the wall"


def run() -> dict[str, Any]:
    """Medians over six photographs of six megapixels as JPEG, for the real profile, cropped to 1:1."""
    wan = profile.load("wan2.2-i2v-a14b")
    spent: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for name in NAMES:
            picture = Path(folder) / f"{name}.jpg"
            photograph(name).resize(SIZE, Image.Resampling.LANCZOS).save(picture, quality=92)
            for _ in range(ROUNDS):
                _measure(picture, wan, spent)
    return {f"{step}_ms": round(statistics.median(times), 1) for step, times in spent.items()}


def _measure(picture: Path, wan: profile.Profile, spent: dict[str, list[float]]) -> None:
    def timed(step: str, act: Callable[[], Any]) -> Any:
        start = time.process_time()
        made = act()
        spent.setdefault(step, []).append((time.process_time() - start) * 1000)
        return made

    image = timed("open", lambda: prepare.open_upright(picture))
    timed("find_the_subject", lambda: Salient(wan.still.sure).find(image))
    fitted = timed("open_find_and_fit", lambda: prepare.fit(picture, wan, aspect=1.0, look=True))
    timed("keep_as_png", lambda: prepare.keep(fitted, MediaFolder(picture.parent / "media")))
    reader = text_reader.at_hand()
    seen = timed("measure", lambda: measurements.measure(fitted.source, fitted.how, reader))
    timed("rules", lambda: still_lint.lint(seen, wan.still, PROMPT, picture.name))
