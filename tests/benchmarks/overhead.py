"""The farm's own cost: `farm run` on N toy shots over N bare calls of the diffusers pipeline.

Both with one worker on one thread, in turn, on the same recipes. The farm's time runs from its first
take settled to its last, by the database's clock; the loop's from behind its first call: start-up
and the first, cold call are left out on both sides.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import Any

from PIL import Image

from farm.domain.events import EventKind
from farm.store import open_store
from farm.store.queries import events, overview, shot_story

SHOTS = 30
ROUNDS = 3
SIZES = {"64p": "64 x 64", "128p": "128 x 128"}


def run() -> dict[str, Any]:
    """Ratio farm over bare by size of the toy clip: medians and ranges of the rounds."""
    return {area: _measure(area) for area in SIZES}


def _measure(area: str) -> dict[str, Any]:
    rounds = [_round(area) for _ in range(ROUNDS)]
    ratios = [farm / bare for farm, bare in rounds]
    return {
        "shots": SHOTS,
        "clip": f"{SIZES[area]}, 17 frames",
        "farm_seconds": round(median(farm for farm, _ in rounds), 2),
        "bare_seconds": round(median(bare for _, bare in rounds), 2),
        "ratio": round(median(ratios), 3),
        "ratio_range": [round(min(ratios), 3), round(max(ratios), 3)],
    }


def _round(area: str) -> tuple[float, float]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _farm_seconds(folder, area)
        return _span(folder), _bare_seconds(folder)


def _farm_seconds(folder: Path, area: str) -> None:
    from importlib import resources

    text = (resources.files("pipeline") / "profiles" / "toy.toml").read_text()
    text = text.replace('area = "64p"', f'area = "{area}"')
    text = text.replace("threshold = 0.5", "threshold = 0.0")
    text = text.replace("decline_without_room = true", "decline = false")
    (folder / "profiles").mkdir()
    (folder / "profiles" / "toy.toml").write_text(text)
    Image.linear_gradient("L").convert("RGB").save(folder / "still.png")
    rows = [f"sh{number:03d},still.png,The red circle moves left" for number in range(SHOTS)]
    (folder / "shots.csv").write_text("shot,image,prompt\n" + "\n".join(rows))
    _farm(folder, "submit", "shots.csv", "--production", "bench")
    _farm(folder, "run", "--workers", "1", "--until-idle")


def _farm(folder: Path, *arguments: str) -> None:
    subprocess.run(
        [sys.executable, "-m", "farm", *arguments],
        cwd=folder,
        env=_environment() | {"FARM_PROFILES": str(folder / "profiles")},
        check=True,
        capture_output=True,
    )


def _span(folder: Path) -> float:
    store = open_store(f"sqlite:///{folder / 'farm.db'}")
    settled = [
        event.at for _, event in events.events(store) if event.kind is EventKind.TAKE_SUCCEEDED
    ]
    return (settled[-1] - settled[0]).total_seconds()


def _bare_seconds(folder: Path) -> float:
    store = open_store(f"sqlite:///{folder / 'farm.db'}")
    told = [shot_story.tell(store, "bench", shot.code) for shot in overview.shots(store, "bench")]
    (folder / "recipes.json").write_text(json.dumps([each.takes[0].recipe for each in told]))
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.bare", folder / "recipes.json", folder / "media"],
        env=_environment(),
        check=True,
        capture_output=True,
        text=True,
    )
    return float(done.stdout)


def _environment() -> dict[str, str]:
    return dict(os.environ) | {"OMP_NUM_THREADS": "1"}
