"""Opens, fits and measures each picture of a shot list once for each size it is wanted in."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from farm.errors import Refused
from pipeline.errors import RenderFault
from pipeline.models import text_reader
from pipeline.profiles.profile import Profile
from pipeline.profiles.sections import StillSection
from pipeline.stills import measurements, prepare
from pipeline.stills.measurements import Facts
from pipeline.stills.subject import Finder
from pipeline.storage.checksums import sha256_at
from pipeline.storage.protocol import Media

Finders = Callable[[Profile], Finder | None]
"""Who looks for the subject of pictures for a profile; None leaves it to what stands out."""


def nobody(profile: Profile) -> None:
    """No detector, whatever the profile."""


@dataclass(frozen=True, slots=True)
class Look:
    """A picture as it will be rendered, and what was measured of it; holds no pixels."""

    width: int
    """Pixels of the still."""
    height: int
    sha256: str
    """Of the kept still; empty where nothing was to be kept."""
    facts: Facts
    picture: str = ""
    """SHA-256 of the file that the still was made from; empty where nothing was to be kept."""


class Stills:
    """Looks at pictures, and keeps their stills in the media root where `keep` says so.

    `media` None keeps them nowhere, though their hashes are right.
    """

    def __init__(
        self, max_pixels: int, finders: Finders, media: Media | None = None, *, keep: bool = True
    ) -> None:
        self._max_pixels, self._finders = max_pixels, finders
        self._media, self._keeps = media, keep
        self._seen: dict[tuple[Path, float | None, str, StillSection, bool], Look] = {}
        self._digest = cache(sha256_at)

    def look(self, picture: Path, aspect: float | None, profile: Profile) -> Look:
        """Raises `ShotRejected` where the picture cannot be a still, `Refused` where it cannot be kept."""
        key = (picture, aspect, profile.name, profile.still, profile.lettering.read)
        if key not in self._seen:
            fitted = prepare.fit(
                picture,
                profile,
                aspect=aspect,
                max_pixels=self._max_pixels,
                finder=self._finders(profile),
                look=True,
            )
            sha256 = self._kept(fitted) if self._keeps else ""
            read = profile.lettering.read
            reader = text_reader.at_hand() if read else None
            measured = measurements.measure(fitted.source, fitted.how, reader, read=read)
            own = self._digest(picture) if self._keeps else ""
            self._seen[key] = Look(fitted.width, fitted.height, sha256, measured, own)
        return self._seen[key]

    def _kept(self, fitted: prepare.Fitted) -> str:
        if self._media is None:
            sha256, _ = prepare.as_file(fitted)
            return sha256
        try:
            return prepare.keep(fitted, self._media).sha256
        except RenderFault as fault:
            raise Refused(fault.sentence) from fault
