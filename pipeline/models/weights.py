"""Finds the folder that holds a model's weights, or fetches it."""

from pathlib import Path

from pipeline.errors import Cause, RenderFault
from pipeline.models import builtin
from pipeline.models.builtin import BUILTIN
from pipeline.models.folders import first_line

WANTED_FILES = ("*.safetensors", "*.json", "*.jinja", "*.txt", "*.model")
REMEDY = "set FARM_WEIGHTS, or `weights` in farm.toml, to a folder that holds it"


def folder(name: str, root: Path | None, revision: str | None = None) -> Path:
    """The folder of the weights that a profile calls `name`, fetched if need be.

    `root` is the folder that weights are looked for in before any hub; `revision` is the hub's.
    Raises `RenderFault` (fatal) with a sentence that names the weights, `root` and the remedy.
    """
    return at_hand(name, root, revision) or _fetch(name, root, revision)


def at_hand(name: str, root: Path | None, revision: str | None = None) -> Path | None:
    """Where the weights `name` lie already; None where they would have to be fetched.

    Raises `RenderFault` (fatal) for a built-in name that the package does not have.
    """
    if name.startswith(BUILTIN):
        return _shipped(name)
    for place in (Path(name), *([root / name] if root else [])):
        if place.is_dir():
            return place
    return _fetched(name, revision)


def identity(name: str, place: Path) -> str:
    """What tells the weights `name` that lie at `place` from others of that name.

    A hub's folder is named by its commit; the package's change with its version.
    """
    return builtin.fingerprint(name) if name.startswith(BUILTIN) else place.name


def _shipped(name: str) -> Path:
    try:
        return builtin.folder(name)
    except LookupError as error:
        known = ", ".join(builtin.names())
        raise RenderFault(
            Cause.FATAL, f"there are no weights {name!r}; there are: {known}"
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
