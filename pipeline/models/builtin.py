"""Finds the trained toy models that come with the package, and tells one training from another."""

import hashlib
from functools import cache
from importlib import resources
from pathlib import Path

BUILTIN = "builtin:"
"""What a profile writes before the name of a model that comes with the package."""


def names() -> list[str]:
    """The models that come with the package, as profiles name them, sorted."""
    return sorted(BUILTIN + place.name for place in _weights().iterdir() if place.is_dir())


def folder(name: str) -> Path:
    """The folder of a shipped model, in the diffusers or the transformers layout.

    Raises `LookupError` for a name that is not in `names`.
    """
    if name not in names():
        raise LookupError(f"no model {name!r} comes with the package")
    return _weights() / name.removeprefix(BUILTIN)


@cache
def fingerprint(name: str) -> str:
    """12 hex digits over every file of a shipped model: other files, other digits.

    Raises `LookupError` as `folder` does.
    """
    place, total = folder(name), hashlib.sha256()
    for file in sorted(path for path in place.rglob("*") if path.is_file()):
        total.update(file.relative_to(place).as_posix().encode())
        total.update(hashlib.sha256(file.read_bytes()).digest())
    return total.hexdigest()[:12]


def _weights() -> Path:
    """A folder of data beside the toy's code, which nothing here needs: only weights are read."""
    return Path(str(resources.files("pipeline"))) / "toy" / "weights"
