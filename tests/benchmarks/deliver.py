"""Seconds and MB a clip for each variant of a delivery: two clips of 81 frames of 832 x 480 at 16 fps.

Both are made at once where there are two cores; seconds are those of the delivery over two, its manifests
and contact sheet too. The picture is a textured pan with a moving disc.
"""

import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from farm.delivery.deliver import deliver
from farm.delivery.listed import Deliverable
from farm.delivery.plan import Plan
from farm.delivery.timeline import CutShot
from pipeline.clips.encode import Frames, seal
from pipeline.storage.folder import MediaFolder

CLIPS, COUNT, FPS, WIDTH, HEIGHT = 2, 81, 16, 832, 480
VARIANTS: dict[str, dict[str, Any]] = {
    "copy": {},
    "timelines": {"otio": True},
    **{
        f"{way} to 25": {"fps": "25", "conform": way}
        for way in ("repeat", "blend", "motion", "speed")
    },
    **{kind: {"mezzanine": kind} for kind in ("dnxhr_hq", "prores_422", "prores_hq")},
    "repeat to 25, prores_422": {"fps": "25", "conform": "repeat", "mezzanine": "prores_422"},
}


def run() -> dict[str, Any]:
    """Seconds and MB a clip, by variant."""
    with tempfile.TemporaryDirectory() as folder:
        media = MediaFolder(Path(folder))
        items = [_clip(media, number) for number in range(CLIPS)]
        return {
            name: _measure(items, media, Path(folder) / f"out {number}", Plan(**asked))
            for number, (name, asked) in enumerate(VARIANTS.items())
        }


def _measure(
    items: list[Deliverable], media: MediaFolder, to: Path, plan: Plan
) -> dict[str, float]:
    cut = [CutShot(shot=each.shot, frames=each.frames, fps=each.fps) for each in items]
    begun = time.monotonic()
    done = deliver("bench", items, media, to, plan=plan, cut=cut if plan.has_timeline else ())
    seconds = time.monotonic() - begun
    size = sum(each.stat().st_size for each in done.clips)
    return {
        "seconds a clip": round(seconds / len(items), 2),
        "MB a clip": round(size / len(items) / 1e6, 2),
    }


def _clip(media: MediaFolder, number: int) -> Deliverable:
    clip = seal(_frames(number), media, f"clips/{number}.mp4", FPS, {"title": "bench"})
    return Deliverable(
        shot=f"sh{number:03}", take=1, recipe_hash="", prompt="", clip=clip.path, sha256=clip.sha256,
        frames=COUNT, fps=FPS, width=WIDTH, height=HEIGHT, match=None, verdict="accepted",
        review="accepted", still=None,
    )  # fmt: skip


def _frames(number: int) -> Frames:
    chance = np.random.default_rng(number)
    coarse = chance.integers(60, 190, (HEIGHT // 8 + 1, (WIDTH + 4 * COUNT) // 8 + 1, 3), np.uint8)
    wall = coarse.repeat(8, 0).repeat(8, 1)[:HEIGHT]
    down, across = np.mgrid[:HEIGHT, :WIDTH]
    frames = np.empty((COUNT, HEIGHT, WIDTH, 3), np.uint8)
    for each in range(COUNT):
        frames[each] = wall[:, 4 * each : 4 * each + WIDTH]
        disc = (across - 60 - 8 * each) ** 2 + (down - 240 - 120 * np.sin(each / 12)) ** 2 < 50**2
        frames[each][disc] = (220, 60, 40)
    return frames
