"""Finds the folder that holds a model's weights, or fetches or makes it.

Only safetensors are ever read: the other formats can run code when they are loaded.
"""

import json
from pathlib import Path

from pipeline.errors import Cause, RenderFault
from pipeline.toy import build

BUILTIN = "builtin:"
WANTED_FILES = ("*.safetensors", "*.json", "*.txt", "*.model")
REMEDY = "set FARM_WEIGHTS, or `weights` in farm.toml, to a folder that holds it"


def folder(name: str, root: Path | None, revision: str | None = None) -> Path:
    """The folder of the weights that a profile calls `name`, fetched or made if need be.

    `root` is the folder that weights are looked for in before any hub; `revision` is the hub's.
    Raises `RenderFault` (fatal) with a sentence that names the weights, `root` and the remedy.
    """
    if name.startswith(BUILTIN):
        return _made_here(name, root)
    return at_hand(name, root, revision) or _fetch(name, root, revision)


def at_hand(name: str, root: Path | None, revision: str | None = None) -> Path | None:
    """Where the weights `name` lie already; None where they would have to be fetched or made."""
    if name.startswith(BUILTIN):
        made = build.place(name.removeprefix(BUILTIN), root or build.cache_folder())
        return made if made.is_dir() else None
    for place in (Path(name), *([root / name] if root else [])):
        if place.is_dir():
            return place
    return _fetched(name, revision)


def check_whole(part: Path) -> None:
    """Refuses a folder whose safetensors files are missing, cut short or not all there.

    Reads headers only. Raises `RenderFault` (fatal) with a sentence that names the file.
    """
    from safetensors import SafetensorError, safe_open

    names = {path.name for path in part.glob("*.safetensors")}
    for index in part.glob("*.safetensors.index.json"):
        names |= set(json.loads(index.read_text())["weight_map"].values())
    if not names:
        raise RenderFault(
            Cause.FATAL,
            f"{part} holds no safetensors file; other formats are not read: "
            "fetch the checkpoint in the safetensors format",
        )
    for file in sorted(part / name for name in names):
        try:
            with safe_open(file, framework="numpy"):
                pass
        except (OSError, SafetensorError) as error:
            raise RenderFault(
                Cause.FATAL,
                f"{file} is missing or damaged ({first_line(error)}): fetch the checkpoint again",
            ) from error


def first_line(error: Exception) -> str:
    """What a library says first; the lines after it are for those who wrote it."""
    return (str(error).splitlines() or [type(error).__name__])[0]


def _made_here(name: str, root: Path | None) -> Path:
    model, place = name.removeprefix(BUILTIN), root or build.cache_folder()
    if model not in build.model_names():
        known = ", ".join(BUILTIN + known for known in build.model_names())
        raise RenderFault(Cause.FATAL, f"there are no weights {name!r}; there are: {known}")
    try:
        return build.ensure(model, place)
    except OSError as error:
        raise RenderFault(
            Cause.FATAL,
            f"the weights {name!r} cannot be made in {place} ({first_line(error)}): "
            "set FARM_WEIGHTS, or `weights` in farm.toml, to a folder that can be written",
        ) from error


def _fetched(name: str, revision: str | None) -> Path | None:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

    try:
        return Path(snapshot_download(name, revision=revision, local_files_only=True))
    except (HFValidationError, LocalEntryNotFoundError):
        return None


def _fetch(name: str, root: Path | None, revision: str | None) -> Path:
    from huggingface_hub import snapshot_download

    try:
        return Path(snapshot_download(name, revision=revision, allow_patterns=[*WANTED_FILES]))
    except Exception as error:  # the client's own, the system's, its HTTP library's
        looked = f"not in {root}" if root else "in no folder, since none is set"
        raise RenderFault(
            Cause.FATAL,
            f"the profile's weights {name!r} are {looked}, and fetching them failed ({first_line(error)}): "
            f"{REMEDY}",
        ) from error
