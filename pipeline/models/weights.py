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


def file(name: str, inside: str, root: Path | None, revision: str | None = None) -> Path:
    """One file of the weights `name`, which is fetched alone if need be; otherwise as `folder`."""
    if there := file_at_hand(name, inside, root, revision):
        return there
    from huggingface_hub import hf_hub_download

    try:
        return Path(hf_hub_download(name, inside, revision=revision))
    except Exception as error:  # the client's own, the system's, its HTTP library's
        raise _not_fetched(f"{name}/{inside}", root, error) from error


def file_at_hand(
    name: str, inside: str, root: Path | None, revision: str | None = None
) -> Path | None:
    """Where one file of the weights `name` lies already; None where it would have to be fetched."""
    for place in (Path(name), *([root / name] if root else [])):
        if (place / inside).is_file():
            return place / inside
    from huggingface_hub import try_to_load_from_cache
    from huggingface_hub.errors import HFValidationError

    try:
        cached = try_to_load_from_cache(name, inside, revision=revision)
    except HFValidationError:
        return None
    return Path(cached) if isinstance(cached, str) else None


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
        raise _not_fetched(name, root, error) from error


def _not_fetched(name: str, root: Path | None, error: Exception) -> RenderFault:
    looked = f"not in {root}" if root else "in no folder, since none is set"
    return RenderFault(
        Cause.FATAL,
        f"the profile's weights {name!r} are {looked}, and fetching them failed "
        f"({first_line(error)}): {REMEDY}",
    )


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
