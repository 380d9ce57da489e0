"""Checkpoints that hold what a profile runs and no more: made once of the published one, then only read.

The published one is 126 GB in full precision. What a profile makes of it (half precision, 8 bits, LoRAs
fused) is a half to a quarter of that. It is written file by file: what is broken off goes on where it was,
and no more of it is in memory than one file.
"""

import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.engines.prepared_record import INDEX, Record, finished
from pipeline.engines.wan_experts import EXPERTS, PREPARED, SCALE, ExpertSource, sources
from pipeline.engines.wan_needs import stored
from pipeline.errors import Cause, RenderFault
from pipeline.models import builtin
from pipeline.models.folders import files_in, fingerprint, first_line, read_json
from pipeline.profiles.profile import Profile
from pipeline.storage.checksums import sha256_at
from pipeline.storage.tensors import key_of

if TYPE_CHECKING:
    from torch import Tensor

FOLDER = "prepared"
"""Where they lie, below the folder of weights."""
FILE_BYTES = 2 * 10**9
"""A file is full with so many bytes; as much is in memory while it is made."""
COPIED = ("model_index.json", "scheduler/*", "tokenizer/*", "vae/*", "*/config.json")
"""What is taken over as it is."""
FORMAT = 1
_HUB_CHECKSUM = re.compile(r"[0-9a-f]{64}")
"""How a hub's client names what it has fetched, and links to."""

Told = Callable[[str, int, int], None]
"""Hears `(file, bytes done, bytes in all)` after each file."""


def form(profile: Profile) -> dict[str, Any]:
    """All that decides what a prepared checkpoint of this profile holds."""
    model = profile.model
    return {
        "format": FORMAT,
        "weights": model.weights,
        "hub_revision": model.hub_revision,
        "files": builtin.fingerprint(model.weights) if model.weights in builtin.names() else None,
        "dtype": model.dtype,
        "loras": [lora.model_dump(mode="json") for lora in model.loras],
        "quantisation": profile.speed.quantisation.model_dump(mode="json"),
    }


def place_of(profile: Profile, root: Path) -> Path:
    """Where the profile's prepared checkpoint lies, or would; profiles of one form share it."""
    name = profile.model.weights.rpartition("/")[2].removeprefix(builtin.BUILTIN)
    return root / FOLDER / f"{name}-{key_of(**form(profile))[:12]}"


def found(profile: Profile, root: Path | None) -> Path | None:
    """The profile's prepared checkpoint, if there is one and it is finished."""
    if root is None:
        return None
    place = place_of(profile, root)
    return place if finished(place) else None


def recorded(profile: Profile, root: Path | None) -> Path | None:
    """The same, if it was finished once: files may have been lost since, or not been copied yet."""
    place = place_of(profile, root) if root else None
    return place if place and (place / PREPARED).is_file() else None


def is_made_of(place: Path, folder: Path, loras: Sequence[Path]) -> bool:
    """Whether the prepared checkpoint at `place` was made of these files, not of others of their names."""
    return read_json(place, PREPARED)["made_of"] == _made_of(folder, loras)


def prepare(
    profile: Profile, folder: Path, root: Path, loras: Sequence[Path], device: str, told: Told
) -> Path:
    """Writes the profile's prepared checkpoint of the published one in `folder`; where it lies.

    What is there of it is kept, as far as it was made of the same files. Raises `RenderFault` (fatal) for a
    published one that is wrong, and for a disk that has not room for all of it or cannot be written.
    """
    from safetensors import SafetensorError

    place = place_of(profile, root)
    try:
        return _prepare(profile, folder, place, loras, device, told)
    except (OSError, SafetensorError) as error:
        raise RenderFault(
            Cause.FATAL,
            f"{place} cannot be written ({first_line(error)}): mend that, and the same command goes on",
        ) from error


def _prepare(
    profile: Profile, folder: Path, place: Path, loras: Sequence[Path], device: str, told: Told
) -> Path:
    record = Record.open(place, form(profile), _made_of(folder, loras))
    whole = stored(profile, folder)
    _check_room(place, whole - record.bytes)
    for file in sorted({path for pattern in COPIED for path in folder.glob(pattern)}):
        name = file.relative_to(folder).as_posix()
        if name not in record.files and file.is_file():
            record.copy(name, file)
    for expert in sources(profile, folder, loras):
        _write_part(record, _Weights(expert, device), expert.part, told, whole)
    _write_part(record, _Words(folder, profile.model.dtype), "text_encoder", told, whole)
    record.finish()
    return place


def problems(place: Path, told: Told) -> list[str]:
    """What is wrong with the files of a prepared checkpoint, a sentence each. Reads all of them."""
    kept = read_json(place, PREPARED)["files"]
    whole, done, wrong = sum(each["bytes"] for each in kept.values()), 0, []
    for name, wanted in kept.items():
        if why := _why_other(place / name, wanted):
            wrong.append(f"{place / name} {why}: remove it, and run `farm weights prepare` again")
        done += wanted["bytes"]
        told(name, done, whole)
    return wrong


def problems_of_published(place: Path, told: Told) -> list[str]:
    """What is wrong with the files of a published checkpoint, a sentence each.

    Reads all whose checksums are known, which are those that a hub's client has fetched.
    """
    found = [path for path in sorted(place.rglob("*")) if path.is_file()]
    sums = {
        path: path.resolve().name for path in found if _HUB_CHECKSUM.fullmatch(path.resolve().name)
    }
    whole, done, wrong = sum(path.stat().st_size for path in sums), 0, []
    for path, wanted in sums.items():
        if sha256_at(path) != wanted:
            wrong.append(f"{path} has other bytes than the hub: remove it, and fetch it again")
        done += path.stat().st_size
        told(path.relative_to(place).as_posix(), done, whole)
    return wrong


def _why_other(file: Path, wanted: dict[str, Any]) -> str | None:
    if not file.is_file():
        return "is not there"
    if (size := file.stat().st_size) != wanted["bytes"]:
        return f"has {size} bytes, not {wanted['bytes']}"
    return None if sha256_at(file) == wanted["sha256"] else "has other bytes than were written"


def _made_of(folder: Path, loras: Sequence[Path]) -> dict[str, Any]:
    """Tells the files that it is made of from others of their names."""
    parts = {part: fingerprint(folder / part) for part in (*EXPERTS, "vae", "text_encoder")}
    return parts | {f"lora {number}": sha256_at(file) for number, file in enumerate(loras, 1)}


def _check_room(place: Path, wanted: int) -> None:
    free = shutil.disk_usage(place).free
    if wanted > free:
        raise RenderFault(
            Cause.FATAL,
            f"{place} needs {wanted / 1e9:.1f} GB more and its disk has {free / 1e9:.1f} GB free: make "
            "room, or name another folder for weights",
        )


@dataclass(frozen=True, slots=True)
class _Weights:
    """An expert's weights as the profile wants them."""

    expert: ExpertSource
    device: str

    def tensors(self, without: frozenset[str]) -> "Iterator[tuple[str, Tensor]]":
        return self.expert.tensors(self.device, without=without)


@dataclass(frozen=True, slots=True)
class _Words:
    """The text encoder's weights, in the precision that it is read in."""

    folder: Path
    dtype: str

    def tensors(self, without: frozenset[str]) -> "Iterator[tuple[str, Tensor]]":
        import torch
        from safetensors import safe_open

        for file in files_in(self.folder / "text_encoder"):
            with safe_open(file, framework="pt") as opened:
                for name in sorted(set(opened.keys()) - without):
                    weight = opened.get_tensor(name)
                    # In float16 its own class keeps some in full precision.
                    yield (
                        name,
                        weight
                        if self.dtype == "float16"
                        else weight.to(getattr(torch, self.dtype)),
                    )


def _write_part(
    record: Record, source: _Weights | _Words, part: str, told: Told, whole: int
) -> None:
    """The part's weights in files of `FILE_BYTES`, and the index that names them."""
    stem = "model" if part == "text_encoder" else "diffusion_pytorch_model"
    index = f"{part}/{stem}{INDEX}"
    if index in record.files:
        return
    names = {each for name in record.weights_of(part) for each in record.files[name]["tensors"]}
    held: dict[str, Tensor] = {}

    def flush() -> None:
        if held:
            name = record.next_of(part, stem)
            record.save(name, {each: weight.cpu() for each, weight in held.items()})
            held.clear()
            told(name, min(record.bytes, whole), whole)

    for name, weight in source.tensors(frozenset(names)):
        # A scale stays with its weight: a file that is there holds both, or none.
        if not name.endswith(SCALE) and _bytes(held) >= FILE_BYTES:
            flush()
        held[name] = weight
    flush()
    done = record.weights_of(part)
    where = {each: Path(name).name for name in done for each in record.files[name]["tensors"]}
    record.write(index, {"metadata": {}, "weight_map": where})


def _bytes(tensors: "dict[str, Tensor]") -> int:
    return sum(each.nbytes for each in tensors.values())
