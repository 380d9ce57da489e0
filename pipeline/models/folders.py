"""Reads the folders that models lie in, and says in a sentence what is wrong with one.

Only safetensors are read: the other formats can run code when they are loaded.
"""

import hashlib
import json
import logging
import math
from functools import cache
from pathlib import Path
from typing import Any

from pipeline.errors import Cause, RenderFault


def check_whole(part: Path) -> None:
    """Refuses a folder whose safetensors files are missing, cut short or not all there.

    Reads headers only. Raises `RenderFault` (fatal) with a sentence that names the file.
    """
    weights_in(part)


def weights_in(part: Path) -> set[str]:
    """The names of the weights in a folder, from headers alone. Raises `RenderFault` as `check_whole`."""
    return set(_shapes(part))


def numbers_in(part: Path) -> int:
    """How many numbers all weights in a folder are together; as `weights_in` otherwise."""
    return sum(math.prod(shape) for shape in _shapes(part).values())


def files_in(part: Path) -> list[Path]:
    """The safetensors files of a folder, those that its index names too, sorted.

    Raises `RenderFault` (fatal) where there is none.
    """
    files = {path.name for path in part.glob("*.safetensors")}
    for index in part.glob("*.safetensors.index.json"):
        files |= set(read_json(part, index.name)["weight_map"].values())
    if not files:
        raise refused(part, "holds no safetensors file, and other formats are not read")
    return sorted(part / name for name in files)


def _shapes(part: Path) -> dict[str, list[int]]:
    from safetensors import SafetensorError, safe_open

    shapes: dict[str, list[int]] = {}
    for file in files_in(part):
        try:
            with safe_open(file, framework="numpy") as opened:
                shapes |= {name: opened.get_slice(name).get_shape() for name in opened.keys()}  # noqa: SIM118
        except (OSError, SafetensorError) as error:
            raise refused(part, f"has no whole {file.name} ({first_line(error)})") from error
    return shapes


EDGE = 1 << 20
"""Bytes at either end of a file of weights that tell one training from another."""


@cache
def fingerprint(part: Path) -> str:
    """12 hex digits that tell the weights in a folder from others: their names, sizes and ends.

    To read all of them would take minutes, and no training leaves a megabyte as it was.
    """
    total = hashlib.sha256()
    for file in sorted(part.glob("*.safetensors")):
        size = file.stat().st_size
        total.update(f"{file.name} {size}\n".encode())
        with file.open("rb") as weights:
            total.update(weights.read(EDGE))
            weights.seek(max(0, size - EDGE))
            total.update(weights.read(EDGE))
    return total.hexdigest()[:12]


def quiet_libraries() -> None:
    """No progress bars in a worker's log, nor a word on an image processor that Wan has no use for."""
    from diffusers.utils import logging as diffusers_logging
    from transformers.utils import logging as transformers_logging

    diffusers_logging.disable_progress_bar()
    transformers_logging.disable_progress_bar()
    logging.getLogger("transformers.utils.import_utils").setLevel(logging.ERROR)


def first_line(error: Exception) -> str:
    """What a library says first; the lines after it are for those who wrote it."""
    return (str(error).splitlines() or [type(error).__name__])[0]


def read_json(folder: Path, name: str) -> dict[str, Any]:
    try:
        return json.loads((folder / name).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise refused(folder, f"has no readable {name} ({first_line(error)})") from error


def refused(folder: Path, what: str) -> RenderFault:
    return RenderFault(
        Cause.FATAL,
        f"the checkpoint {folder} {what}: fetch it again whole, or name another in the profile",
    )
