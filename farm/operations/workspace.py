"""What an operation works with: profile, media root, proposer and finders of the settings in force."""

from typing import TYPE_CHECKING

from farm.errors import SettingsError

if TYPE_CHECKING:
    from farm.config import Settings
    from farm.shotlist import Finders, Source
    from pipeline.profiles.profile import Profile
    from pipeline.prompts.propose import Proposer
    from pipeline.stills.subject import Finder
    from pipeline.storage.protocol import Media


def profile_of(settings: "Settings", name: str | None = None) -> "Profile":
    """A profile by name, the settings' own where none is given. Raises `SettingsError`."""
    from pipeline.profiles import profile

    try:
        return profile.load(name or settings.profile, settings.profiles)
    except profile.ProfileError as error:
        raise SettingsError([str(error)]) from error


def proposer_of(settings: "Settings") -> "Proposer | None":
    """The language model that may propose simpler prompts; None where none is set."""
    if not settings.proposer:
        return None
    from pipeline.models import weights
    from pipeline.prompts import propose

    return propose.load(weights.folder(settings.proposer, settings.weights))


def finders_of(settings: "Settings") -> "Finders":
    """Who looks for the subject of pictures: the detector that a profile names, loaded once."""
    from functools import cache

    @cache
    def load(detector: str, sure: float) -> "Finder":
        from pipeline.models import weights
        from pipeline.stills import detector as detectors

        return detectors.load(weights.folder(detector, settings.weights), sure)

    def finder(profile: "Profile") -> "Finder | None":
        section = profile.still
        return load(section.detector, section.sure) if section.detector else None

    return finder


def source_of(
    settings: "Settings", encoding: str | None, sheet: str | None, media: "Media | None" = None
) -> "Source":
    """How a shot list is to be read; pictures in its cells are kept below `media`."""
    from farm.shotlist import Source

    return Source(encoding, sheet, settings.picture_roots, settings.path_map, media)


def media_at_hand(settings: "Settings") -> "Media":
    """The media root as it is, there or not."""
    from pipeline.storage.roots import media_at

    return media_at(str(settings.media.absolute()))


def media_of(settings: "Settings") -> "Media":
    """The media root, made where it is missing. Raises `SettingsError` where it cannot be used."""
    media = media_at_hand(settings)
    try:
        media.set_up()
    except OSError as error:
        raise SettingsError(
            [f"{media.root}: the media folder cannot be written ({error.strerror}); "
             "mend its rights or set another with --media or FARM_MEDIA"]
        ) from error  # fmt: skip
    return media
