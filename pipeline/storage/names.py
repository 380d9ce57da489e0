"""Where stills and previews lie in the media root, by their names."""

from collections.abc import Iterator
from dataclasses import dataclass

STILLS = "stills"
"""Where prepared stills lie, below the media root."""


def still_path(sha256: str) -> str:
    """Where a prepared still lies, relative to the media root."""
    return f"{STILLS}/{sha256[:2]}/{sha256}.png"


@dataclass(frozen=True, slots=True)
class Previews:
    """The small pictures that lie beside a clip, relative to the media root: WebP, and never delivered."""

    thumbnail: str
    filmstrip: str
    """Frames side by side; `pipeline.clips.previews` says how many and which."""

    def __iter__(self) -> Iterator[str]:
        return iter((self.thumbnail, self.filmstrip))


_PREVIEWS = (".thumbnail.webp", ".filmstrip.webp")


def previews_of(clip: str) -> Previews:
    """Where the previews of a clip lie, made or not."""
    return Previews(*(f"{clip}{ending}" for ending in _PREVIEWS))


def previewed(name: str) -> str | None:
    """The clip that a file is a preview of, by its name; None for what is none."""
    return next((name.removesuffix(end) for end in _PREVIEWS if name.endswith(end)), None)
