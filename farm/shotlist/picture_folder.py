"""Where pictures go that lie in a shot list's cells: below the media root, or into a folder that passes."""

import atexit
import hashlib
import os
import shutil
import tempfile
from functools import cache
from pathlib import Path

from farm.errors import Refused

FOLDER = "pictures"
"""Below the media root."""


class Keeper:
    """Puts pictures into a folder, each under its hash; without one, into a folder of this process."""

    def __init__(self, media: Path | None = None) -> None:
        self._folder = media / FOLDER if media is not None else None

    def keep(self, content: bytes, suffix: str) -> Path:
        """The place of a picture, written unless it is there. Raises `Refused` where it cannot be."""
        folder = self._folder or _passing()
        place = folder / f"cell-{hashlib.sha256(content).hexdigest()[:20]}{suffix.lower()}"
        try:
            if not place.exists():
                folder.mkdir(parents=True, exist_ok=True)
                with tempfile.NamedTemporaryFile(dir=folder, delete=False) as draft:
                    draft.write(content)
                os.replace(draft.name, place)
        except OSError as error:
            raise Refused(
                f"{folder} cannot take in the list's pictures ({error.strerror}); "
                "make room, or mend its rights"
            ) from error
        return place.resolve()


@cache
def _passing() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="farm-pictures-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder
