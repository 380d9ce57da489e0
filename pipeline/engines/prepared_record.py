"""What of a prepared checkpoint is written, file by file, with sizes and checksums."""

import json
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.engines.wan_experts import PREPARED
from pipeline.storage import files
from pipeline.storage.checksums import sha256_at

if TYPE_CHECKING:
    from torch import Tensor

UNFINISHED = "preparing.json"
"""What is done so far, as long as not all of it is."""
INDEX = ".safetensors.index.json"
_NUMBER = re.compile(r"-(\d{5})\.safetensors$")


def is_there(file: Path, wanted: dict[str, Any]) -> bool:
    """Whether a file is there, and as large as it was written; its bytes are not read."""
    return file.is_file() and file.stat().st_size == wanted["bytes"]


def finished(place: Path) -> dict[str, Any] | None:
    """The record of a finished checkpoint whose files are all there; None for any other folder."""
    try:
        kept = json.loads((place / PREPARED).read_text(encoding="utf-8"))
        whole = all(is_there(place / name, each) for name, each in kept["files"].items())
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return kept if whole else None


@dataclass(slots=True)
class Record:
    """What is written so far, which outlasts a broken-off preparation."""

    place: Path
    head: dict[str, Any]
    files: dict[str, dict[str, Any]]

    @classmethod
    def open(cls, place: Path, form: dict[str, Any], made_of: dict[str, Any]) -> "Record":
        """What was written of the same at `place` and is still there, all of it or not.

        What lies there besides is removed: a reader would take it for a part.
        """
        head = {"form": form, "made_of": made_of}
        place.mkdir(parents=True, exist_ok=True)
        if (place / PREPARED).is_file():
            (place / PREPARED).replace(place / UNFINISHED)
        record = cls(place, head, _written(place, head))
        for file in place.glob("*/*.safetensors*"):
            if file.relative_to(place).as_posix() not in record.files:
                file.unlink()
        return record

    def weights_of(self, part: str) -> list[str]:
        """The files of the part's weights that are written, sorted."""
        return sorted(
            name for name in self.files if name.startswith(f"{part}/") and _NUMBER.search(name)
        )

    def next_of(self, part: str, stem: str) -> str:
        """The name of the part's next file of weights, which none has yet."""
        numbers = (_NUMBER.search(name) for name in self.weights_of(part))
        last = max((int(found[1]) for found in numbers if found), default=0)
        return f"{part}/{stem}-{last + 1:05d}.safetensors"

    @property
    def bytes(self) -> int:
        return sum(each["bytes"] for each in self.files.values())

    def copy(self, name: str, source: Path) -> None:
        self._put(name, lambda draft: shutil.copyfile(source, draft))

    def save(self, name: str, tensors: "dict[str, Tensor]") -> None:
        from safetensors.torch import save_file

        held = {each: weight.contiguous() for each, weight in tensors.items()}
        self._put(
            name,
            lambda draft: save_file(held, draft, metadata={"format": "pt"}),
            tensors=sorted(held),
        )

    def write(self, name: str, value: object) -> None:
        text = json.dumps(value, indent=1).encode()
        self._put(name, lambda draft: draft.write_bytes(text))

    def finish(self) -> None:
        self._keep(PREPARED)
        (self.place / UNFINISHED).unlink(missing_ok=True)

    def _put(self, name: str, write: Callable[[Path], object], **more: list[str]) -> None:
        place = self.place / name
        place.parent.mkdir(parents=True, exist_ok=True)
        draft = files.draft_of(place)
        try:
            write(draft)
            files.sync_file(draft)
            entry = {"bytes": draft.stat().st_size, "sha256": sha256_at(draft), **more}
            draft.replace(place)
            files.sync_folder(place.parent)
        finally:
            draft.unlink(missing_ok=True)
        self.files[name] = entry
        self._keep(UNFINISHED)

    def _keep(self, name: str) -> None:
        text = json.dumps({**self.head, "files": self.files}, indent=1)
        files.put(self.place / name, text.encode())


def _written(place: Path, head: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The files that are there and were made of the same; no index of a part that has lost one."""
    try:
        kept = json.loads((place / UNFINISHED).read_text(encoding="utf-8"))
        same = {name: kept[name] for name in head} == head
        found = kept["files"] if same else {}
        there = {name: each for name, each in found.items() if is_there(place / name, each)}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}
    lost = {_part(name) for name in found.keys() - there.keys()}
    return {
        name: each
        for name, each in there.items()
        if not (name.endswith(INDEX) and _part(name) in lost)
    }


def _part(name: str) -> str:
    return name.partition("/")[0]
