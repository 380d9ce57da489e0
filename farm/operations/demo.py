"""The packaged demo production in a folder of its own, by embedded defaults: SQLite and the toy model."""

from pathlib import Path
from typing import TYPE_CHECKING

from farm import demo
from farm.operations.workspace import media_of, source_of

if TYPE_CHECKING:
    from farm.config import Settings
    from farm.operations.submit import Rows
    from farm.store import Store
    from farm.store.shots.intake import Intake


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


def submit(settings: "Settings", store: "Store", *, each: "Rows | None" = None) -> "Intake":
    """Hands in the packaged shot list; a second time nothing is added. `each` goes through its rows, and
    may show how far it is."""
    from farm.operations.submit import prepared, taken_in

    source = source_of(settings, None, None, media_of(settings))
    shotlist = demo.folder() / "shots.csv"
    shots, _ = prepared(settings, shotlist, demo.PRODUCTION, source, each=each)
    return taken_in(store, demo.PRODUCTION, shots, settings.user)


def is_done(settings: "Settings", store: "Store") -> bool:
    """Whether nothing waits or runs any more."""
    from farm.store.queries import queued

    return not queued.unfinished(store, settings.profile)
