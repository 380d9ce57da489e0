"""Where pictures go that lie in a shot list's cells: into the media root, or into a folder that passes."""

import atexit
import hashlib
import shutil
import tempfile
from functools import cache
from pathlib import Path

from farm.domain.picture_places import PICTURES
from farm.errors import Refused
from pipeline.storage.protocol import Media
from pipeline.storage.roots import media_at


class Keeper:
    """Puts pictures into a storage, each under its hash; without one, into a folder of this process."""

    def __init__(self, media: Media | None = None) -> None:
        self._media = media

    def keep(self, content: bytes, suffix: str) -> Path:
        """The place of a picture, written unless it is there. Raises `Refused` where it cannot be."""
        name = f"{PICTURES}/cell-{hashlib.sha256(content).hexdigest()[:20]}{suffix.lower()}"
        media = self._with_paths()
        try:
            if not media.exists(name):
                media.put(name, content)
        except OSError as error:
            raise Refused(
                f"{media.where(PICTURES)} cannot take in the list's pictures ({error.strerror}); "
                "make room, or mend its rights"
            ) from error
        place = media.local(name)
        assert place is not None
        return place.resolve()

    def _with_paths(self) -> Media:
        """Pictures are opened by their paths: a storage that has none cannot keep them."""
        if self._media is None or self._media.local(PICTURES) is None:
            return _passing()
        return self._media


@cache
def _passing() -> Media:
    folder = tempfile.mkdtemp(prefix="farm-pictures-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return media_at(folder)
