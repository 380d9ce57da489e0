"""Finds the folder that holds a model's weights, or fetches or makes it."""

from pathlib import Path

from pipeline.checkpoint import first_line
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
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

    try:
        return _snapshot(name, revision, local_files_only=True)
    except (HFValidationError, LocalEntryNotFoundError):
        return None


def _fetch(name: str, root: Path | None, revision: str | None) -> Path:
    try:
        return _snapshot(name, revision, local_files_only=False)
    except Exception as error:  # the client's own, the system's, its HTTP library's
        looked = f"not in {root}" if root else "in no folder, since none is set"
        raise RenderFault(
            Cause.FATAL,
            f"the profile's weights {name!r} are {looked}, and fetching them failed "
            f"({first_line(error)}): {REMEDY}",
        ) from error


def _snapshot(name: str, revision: str | None, local_files_only: bool) -> Path:
    """Safetensors and what describes them; the other formats can run code when they are loaded."""
    from huggingface_hub import snapshot_download

    return Path(
        snapshot_download(
            name,
            revision=revision,
            allow_patterns=[*WANTED_FILES],
            local_files_only=local_files_only,
        )
    )
