"""The list of what was delivered: `manifest.csv` for spreadsheets, `manifest.json` for scripts.

The JSON one is the delivery's memory, too: by it the next delivery tells what an earlier one put into
the folder from what others did.
"""

import csv
import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from pathlib import Path
from typing import Any, Self

from pipeline.coverage import Coverage
from pipeline.storage.files import put

LIST, TABLE = "manifest.json", "manifest.csv"
COLUMNS: tuple[str, ...] = (
    "shot", "take", "file", "duration", "frames", "fps", "width", "height",
    "match", "verdict", "coverage", "review", "recipe_hash", "sha256",
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
    coverage: Coverage | None = None
    """What it shows of the shot's own prompt; None where nobody knows."""
    review: str
    still: str | None
    """SHA-256 of the prepared still."""
    draft: bool = False
    """On a contact sheet of everything alone: a draft is never delivered."""
    purged: datetime | None = None
    """When its clip was removed from the media folder, if it was."""

    @classmethod
    def of(cls, take: object) -> Self:
        """Out of anything that has the values under the same names."""
        return cls(**{each.name: getattr(take, each.name) for each in fields(cls)})

    @property
    def file(self) -> str:
        """The clip's name in the delivered folder."""
        return f"{self.shot}_t{self.take:02d}.mp4"

    @property
    def duration(self) -> float:
        """Seconds."""
        return self.frames / self.fps


@dataclass(frozen=True, slots=True)
class Put:
    """A file that a delivery puts into its folder."""

    file: str
    sha256: str

    @classmethod
    def of(cls, file: str, content: bytes) -> Self:
        return cls(file, hashlib.sha256(content).hexdigest())


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What a manifest says was put into its folder by deliveries of a production."""

    production: str
    document: Mapping[str, Any]
    puts: tuple[Put, ...] = ()
    names_all: bool = True
    """False for the manifest of an older farm, which names clips alone."""

    def sums(self, file: str) -> set[str]:
        """The checksums that a file of this name was put there with."""
        return {each.sha256 for each in self.puts if each.file == file}


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What a manifest lists."""

    production: str
    clips: Sequence[Deliverable]
    sheets: Sequence[Put] = ()
    earlier: Sequence[Put] = ()
    """What earlier deliveries put there, or one that was cut off, and that is no part of this one."""
    table: bytes = field(init=False)
    """`manifest.csv`, with the mark that Excel wants."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "table", _table(self.clips))

    @property
    def puts(self) -> list[Put]:
        """Every file of this delivery but the JSON manifest, which cannot name itself."""
        clips = [Put(item.file, item.sha256) for item in self.clips]
        return [*clips, Put.of(TABLE, self.table), *self.sheets]

    def document(self) -> dict[str, Any]:
        return {
            "production": self.production,
            "clips": [{**_row(item), "prompt": item.prompt} for item in self.clips],
            "files": [_named(each) for each in self.puts[len(self.clips) :]],
            "earlier": [_named(each) for each in self.earlier],
        }


def write(folder: Path, document: Mapping[str, Any]) -> Path:
    """Writes the JSON manifest, whole or not at all."""
    text = json.dumps(document, ensure_ascii=False, indent=2)
    put(folder / LIST, f"{text}\n".encode())
    return folder / LIST


def read(folder: Path) -> Known | None:
    """What the manifest in `folder` says; None where there is none. No link is followed.

    Raises `ValueError` for a file that no delivery wrote, or that cannot be read any more.
    """
    place = folder / LIST
    if place.is_symlink():
        raise ValueError("it is a link")
    try:
        document = json.loads(place.read_bytes())
    except FileNotFoundError:
        return None
    except RecursionError as error:
        raise ValueError("it is nested too deep") from error
    if not isinstance(document, dict) or not isinstance(document.get("production"), str):
        raise ValueError("it names no production")
    lists = [document.get(name, []) for name in ("clips", "files", "earlier")]
    if not all(isinstance(each, list) for each in lists):
        raise ValueError("it lists no clips")
    puts = (_put_of(row) for rows in lists for row in rows)
    return Known(
        production=document["production"],
        document=document,
        puts=tuple(dict.fromkeys(each for each in puts if each)),
        names_all="files" in document,
    )


def _put_of(row: object) -> Put | None:
    """One row of a manifest; None for one that names no file of this very folder."""
    if not isinstance(row, dict):
        return None
    file, sha256 = row.get("file"), row.get("sha256")
    if not isinstance(file, str) or not isinstance(sha256, str):
        return None
    plain = file not in ("", LIST) and not file.startswith(".") and not set(file) & set("/\\\0")
    return Put(file, sha256) if plain else None


def _named(each: Put) -> dict[str, str]:
    return {"file": each.file, "sha256": each.sha256}


def _table(items: Sequence[Deliverable]) -> bytes:
    table = io.StringIO(newline="")
    writer = csv.DictWriter(table, COLUMNS)
    writer.writeheader()
    writer.writerows(_row(item) for item in items)
    return table.getvalue().encode("utf-8-sig")


def _row(item: Deliverable) -> dict[str, Any]:
    row = {name: getattr(item, name) for name in COLUMNS}
    coverage = "unknown" if item.coverage is None else str(item.coverage)
    return row | {"duration": round(item.duration, 3), "coverage": coverage}
