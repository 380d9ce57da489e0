"""The list of what was delivered: `manifest.csv` for spreadsheets, `manifest.json` for scripts.

The JSON one is the delivery's memory, too: by it the next delivery tells what an earlier one put into
the folder from what others did, and what was made already. `docs/reference/manifest.schema.json` tells its
form.
"""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from farm.delivery.listed import Listed, Put, put_of
from pipeline.storage.files import put

LIST, TABLE = "manifest.json", "manifest.csv"
VERSION = 2
"""Of the JSON one; older farms wrote none."""
COLUMNS: tuple[str, ...] = (
    "shot", "take", "file", "duration", "frames", "fps", "width", "height",
    "match", "verdict", "coverage", "review", "recipe_hash", "sha256",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What a manifest says was put into its folder by deliveries of a production."""

    production: str
    document: Mapping[str, Any]
    puts: tuple[Put, ...] = ()
    names_all: bool = True
    """False for the manifest of an older farm, which names clips alone."""

    @property
    def may_hold_recipes(self) -> bool:
        """Whether recipes may be in its films: they were not taken out."""
        plan = self.document.get("plan")
        return bool(self.puts) and not (isinstance(plan, dict) and plan.get("no_recipe"))

    def sums(self, file: str) -> set[str]:
        """The checksums that a file of this name was put there with."""
        return {each.sha256 for each in self.puts if each.file == file}


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What a manifest lists."""

    production: str
    clips: Sequence[Listed]
    plan: Mapping[str, Any] = field(default_factory=dict)
    """What was asked for beyond copies."""
    cut: Sequence[Mapping[str, Any]] = ()
    """The shots of the timeline, as it was made of them."""
    sheets: Sequence[Put] = ()
    """Contact sheets and timelines."""
    earlier: Sequence[Put] = ()
    """What earlier deliveries put there, or one that was cut off, and that is no part of this one."""
    table: bytes = field(init=False)
    """`manifest.csv`, with the mark that Excel wants."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "table", _table(self.clips))

    @property
    def puts(self) -> list[Put]:
        """Every file of this delivery but the JSON manifest, which cannot name itself."""
        clips = [put_of(each) for each in self.clips]
        return [*clips, Put.of(TABLE, self.table), *self.sheets]

    def document(self) -> dict[str, Any]:
        return {
            "version": VERSION,
            "production": self.production,
            "plan": dict(self.plan),
            "clips": [_clip(each) for each in self.clips],
            "timeline": list(self.cut),
            "files": [named(each) for each in self.puts[len(self.clips) :]],
            "earlier": [named(each) for each in self.earlier],
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
        content = place.read_bytes()
    except FileNotFoundError:
        return None
    return parsed(content)


def parsed(content: bytes) -> Known:
    """What a manifest says. Raises `ValueError` for what is none."""
    try:
        document = json.loads(content)
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
    made = row.get("made")
    text = json.dumps(made, ensure_ascii=False, sort_keys=True) if isinstance(made, dict) else ""
    return Put(file, sha256, text) if plain else None


def named(each: Put) -> dict[str, Any]:
    named: dict[str, Any] = {"file": each.file, "sha256": each.sha256}
    return named | {"made": json.loads(each.made)} if each.made else named


def _table(items: Sequence[Listed]) -> bytes:
    table = io.StringIO(newline="")
    writer = csv.DictWriter(table, COLUMNS)
    writer.writeheader()
    writer.writerows(_row(item) for item in items)
    return table.getvalue().encode("utf-8-sig")


def _row(each: Listed) -> dict[str, Any]:
    item = each.item
    row = {name: getattr(item, name) for name in COLUMNS if name not in ("fps", "coverage")}
    coverage = "unknown" if item.coverage is None else str(item.coverage)
    values = {
        **row,
        "file": each.file,
        "duration": round(float(each.frames / each.fps), 3),
        "frames": each.frames,
        "fps": each.fps.numerator if each.fps.denominator == 1 else round(float(each.fps), 3),
        "width": each.width,
        "height": each.height,
        "coverage": coverage,
        "sha256": each.sha256,
    }
    return {name: values[name] for name in COLUMNS}


def _clip(each: Listed) -> dict[str, Any]:
    """One clip in the JSON manifest: with what it was made of, and all that making it again needs."""
    item = each.item
    label, mark, sign = (each.step(name) for name in ("label", "mark", "sign"))
    return {
        **_row(each),
        "rate": f"{each.fps.numerator}/{each.fps.denominator}",
        "colour": dict(sorted(each.colour.items())) if each.colour else None,
        "prompt": item.prompt,
        "still": item.still,
        "stages": item.coverage.as_dict()["stages"] if item.coverage else None,
        "source": {
            "clip": item.clip, "sha256": item.sha256, "frames": item.frames, "fps": item.fps,
            "width": item.width, "height": item.height, "attempt": item.attempt,
            "profile": item.profile, "revision": item.revision,
        },
        "labels": {
            "visible": dict(label.options) if label else None,
            "implicit": dict(mark.options) if mark else None,
        },
        "credentials": dict(sign.options) if sign else None,
        **({"lettering": [each.as_dict() for each in item.lettering]} if item.lettering else {}),
        **({"made": json.loads(each.record.text)} if each.record else {}),
    }  # fmt: skip
