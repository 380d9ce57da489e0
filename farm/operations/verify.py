"""Says what a delivered film holds, and whether it is whole."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from farm.config import Settings
    from farm.delivery.verifying import Verified


def verify(settings: "Settings", film: Path) -> "Verified":
    """The labels and content credentials of a film, and whether it is as it was signed and delivered.

    Authorities are believed that the settings name as `trusted`. Raises `Refused` for what is no film,
    `SettingsError` where those authorities cannot be read, and `MissingExtra`.
    """
    from farm.delivery import verifying
    from farm.extras import needed

    with needed():
        return verifying.verify(film, _trusted(settings))


def _trusted(settings: "Settings") -> str | None:
    if not settings.credentials.trusted:
        return None
    from farm.delivery.credentials import keys

    return keys.roots(settings.credentials.trusted)
