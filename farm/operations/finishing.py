"""What every delivered file says of itself, as the settings have it: its producer, and who signs."""

import os
from collections.abc import Callable
from typing import TYPE_CHECKING

from farm.errors import SettingsError
from farm.extras import needed

if TYPE_CHECKING:
    from farm.config import Settings
    from farm.delivery.credentials.keys import Signing
    from farm.delivery.finishing import Finishing
    from pipeline.profiles.profile import Profile
    from pipeline.storage.protocol import Media


def finishing_of(
    settings: "Settings",
    production: str,
    media: "Media",
    *,
    no_recipe: bool = False,
    comfy: bool = False,
) -> "Finishing":
    """How the files of a production are finished; with `comfy` they open in ComfyUI.

    Raises `SettingsError` for a certificate or a key that
    cannot sign, and `MissingExtra`."""
    from farm.delivery.finishing import Finishing

    return Finishing(
        production=production,
        media=media,
        producer=settings.labels.named,
        no_recipe=no_recipe,
        signing=signing_of(settings),
        graphs_by=graphs_by(settings) if comfy else None,
    )


def graphs_by(settings: "Settings") -> "Callable[[str], Profile]":
    """The profiles of the settings, by which takes are written as ComfyUI graphs."""
    from farm.operations.workspace import profile_of

    return lambda name: profile_of(settings, name)


def signing_of(settings: "Settings") -> "Signing | None":
    """What signs; None where the settings name no certificate. Raises as `finishing_of`."""
    table = settings.credentials
    if not table.certificate:
        if table.key or table.timestamp:
            raise SettingsError(
                ["[credentials] has no certificate: name its file, or leave out key and timestamp"]
            )
        return None
    with needed():
        from farm.delivery.credentials import keys

        return keys.load(table.certificate, table.key, table.timestamp, os.environ)
