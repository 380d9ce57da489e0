"""Reads the folders that models lie in, and says in a sentence what is wrong with one.

Only safetensors are read: the other formats can run code when they are loaded.
"""

import json
import logging
from pathlib import Path
from typing import Any

from pipeline.errors import Cause, RenderFault


def check_whole(part: Path) -> None:
    """Refuses a folder whose safetensors files are missing, cut short or not all there.

    Reads headers only. Raises `RenderFault` (fatal) with a sentence that names the file.
    """
    from safetensors import SafetensorError, safe_open

    names = {path.name for path in part.glob("*.safetensors")}
    for index in part.glob("*.safetensors.index.json"):
        names |= set(read_json(part, index.name)["weight_map"].values())
    if not names:
        raise refused(part, "holds no safetensors file, and other formats are not read")
    for file in sorted(part / name for name in names):
        try:
            with safe_open(file, framework="numpy"):
                pass
        except (OSError, SafetensorError) as error:
            raise refused(part, f"has no whole {file.name} ({first_line(error)})") from error


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
