"""The packaged demo production in a folder of its own, by embedded defaults: SQLite and the toy model."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from farm.config import Settings


def settings_in(folder: Path, *, workers: int, cluster: str) -> "Settings":
    """The settings of a demo whose database and media folder are in `folder`, an absolute path, which is
    made where it is missing. Raises `SettingsError`."""
    from farm import config

    folder.mkdir(parents=True, exist_ok=True)
    return config.load(
        database=f"sqlite:///{folder / 'farm.db'}",
        media=folder / "media",
        profile="toy",
        workers=workers,
        cluster=cluster,
    )
