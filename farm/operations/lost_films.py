"""Films whose files are gone from the media root though nobody removed them, as far as it can be told."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from farm.operations import other_root
from farm.store.queries import media_inventory

if TYPE_CHECKING:
    from farm.store import Store
    from pipeline.storage.protocol import Media


def is_lost(media: "Media", path: str) -> bool:
    """Whether a film that was published is gone; where the root is not mounted, or cannot be read, none
    is."""
    try:
        return not media.exists(path) and media.sees("clips")
    except OSError:
        return False


class LostFilms:
    """Looks for the films of some shots before they are approved."""

    def __init__(
        self, store: "Store", production: str, shots: Sequence[str], media: "Media"
    ) -> None:
        self._store, self._production, self._media = store, production, media
        self._clips = media_inventory.clips_of(store, production, shots)
        self._elsewhere: str | None = None

    def of(self, code: str, take: int | None) -> Mapping[int, str]:
        """Whether the film of that take of a shot, or of the one that stands for it, is lost: the number of
        the take, and what is to be said of it."""
        clips = self._clips.get(code)
        chosen = clips.selected if clips and take is None else take
        if clips is None or chosen not in clips.paths:
            return {}
        if not is_lost(self._media, clips.paths[chosen]):
            return {}
        there = [number for number, path in clips.paths.items() if not is_lost(self._media, path)]
        return {chosen: f"has a clip whose file is gone; {self._remedy(code, there)}"}

    def _remedy(self, code: str, there: Sequence[int]) -> str:
        if there:
            return f"takes whose file is there: {', '.join(map(str, there))}"
        if self._elsewhere is None:
            self._elsewhere = other_root.holds_none(self._store, self._media)
        again = f"`farm retake {self._production} {code}` makes a new one"
        return f"{self._elsewhere}; else {again}" if self._elsewhere else again
