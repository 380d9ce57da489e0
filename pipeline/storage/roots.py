"""Which storage a media root is, by its form; today a folder is the only one."""

import re
from pathlib import Path

from pipeline.storage.folder import MediaFolder
from pipeline.storage.protocol import Media


def media_at(root: str) -> Media:
    """The media root of this name, there or not. Raises `ValueError` where no storage has such names."""
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]+://", root):
        raise ValueError(f"{root} is no folder, and the farm keeps media in folders alone")
    return MediaFolder(Path(root))
