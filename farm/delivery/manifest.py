"""The list of what was delivered: `manifest.csv` for spreadsheets, `manifest.json` for scripts."""

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

COLUMNS: tuple[str, ...] = (
    "shot", "take", "file", "duration", "frames", "fps", "width", "height",
    "match", "verdict", "review", "recipe_hash", "sha256",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Deliverable:
    """The selected take of a shot that is fit to be delivered."""

    shot: str
    take: int
    recipe_hash: str
    prompt: str
    clip: str
    """Relative to the media root."""
    sha256: str
    """Of the clip's file."""
    frames: int
    fps: int
    width: int
    height: int
    match: float | None
    verdict: str
    review: str
    still: str | None
    """SHA-256 of the prepared still."""

    @property
    def file(self) -> str:
        """The clip's name in the delivered folder."""
        return f"{self.shot}_t{self.take:02d}.mp4"

    @property
    def duration(self) -> float:
        """Seconds."""
        return self.frames / self.fps


def write(production: str, items: Sequence[Deliverable], folder: Path) -> tuple[Path, Path]:
    """Writes both manifests, each whole or not at all; the CSV has the mark that Excel wants."""
    rows = [_row(item) for item in items]
    table = io.StringIO(newline="")
    writer = csv.DictWriter(table, COLUMNS)
    writer.writeheader()
    writer.writerows(rows)
    clips = [{**row, "prompt": item.prompt} for row, item in zip(rows, items, strict=True)]
    document = json.dumps({"production": production, "clips": clips}, ensure_ascii=False, indent=2)
    return (
        _put(folder / "manifest.csv", table.getvalue().encode("utf-8-sig")),
        _put(folder / "manifest.json", f"{document}\n".encode()),
    )


def _row(item: Deliverable) -> dict[str, Any]:
    row = {name: getattr(item, name) for name in COLUMNS}
    return row | {"duration": round(item.duration, 3)}


def _put(path: Path, content: bytes) -> Path:
    draft = path.with_name(f".{path.name}.part")
    draft.write_bytes(content)
    return draft.replace(path)
