"""Films whose files are gone from the media root though nobody removed them, as far as it can be told."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from farm.operations import other_root
from farm.store.queries import media_inventory

if TYPE_CHECKING:
    from farm.store import Store
    from farm.store.queries.media_inventory import ClipsOfShot
    from pipeline.storage.protocol import Media


class LostFilms:
    """Looks for the films of some shots. Where the root is not mounted, or cannot be read, none is lost."""

    def __init__(
        self, store: "Store", production: str, shots: Sequence[str], media: "Media"
    ) -> None:
        self._store, self._production, self._media = store, production, media
        self._clips: Mapping[str, ClipsOfShot] = {}
        self._elsewhere: str | None = None
        try:
            mounted = media.sees("clips")
        except OSError:
            return
        if mounted:
            self._clips = media_inventory.clips_of(store, production, shots)

    def of(self, code: str, take: int | None) -> Mapping[int, str]:
        """Whether the film of that take of a shot, or of the one that stands for it, is lost: the number of
        the take, and what is to be said of it."""
        clips = self._clips.get(code)
        chosen = clips.selected if clips and take is None else take
        if clips is None or chosen not in clips.paths:
            return {}
        try:
            there = [number for number, path in clips.paths.items() if self._media.exists(path)]
        except OSError:
            return {}
        if chosen in there:
            return {}
        return {chosen: f"has a clip whose file is gone; {self._remedy(code, there)}"}

    def _remedy(self, code: str, there: Sequence[int]) -> str:
        if there:
            return f"takes with one: {', '.join(map(str, there))}"
        if self._elsewhere is None:
            self._elsewhere = other_root.holds_none(self._store, self._media)
        again = f"`farm retake {self._production} {code}` makes a new one"
        return f"{self._elsewhere}; else {again}" if self._elsewhere else again
