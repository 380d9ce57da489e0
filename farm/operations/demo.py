"""The packaged demo production in a folder of its own, by embedded defaults: SQLite and the toy model."""

from pathlib import Path
from typing import TYPE_CHECKING

from farm import demo
from farm.domain.lifecycle import ShotState
from farm.operations.finals import draft_profile, finals
from farm.operations.per_shot import PerShot
from farm.operations.workspace import media_of, profile_of, source_of

if TYPE_CHECKING:
    from farm.config import Settings
    from farm.operations.finals import Ordered
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
    """Hands in the packaged shot list, one of its shots as a draft; a second time nothing is added. `each`
    goes through its rows, and may show how far it is."""
    from farm.operations.submit import as_drafts, prepared, taken_in

    source = source_of(settings, None, None, media_of(settings))
    shotlist = demo.folder() / "shots.csv"
    shots, _ = prepared(settings, shotlist, demo.PRODUCTION, source, each=each)
    as_draft = as_drafts(settings)
    wanted = [as_draft(shot) if shot.code == demo.DRAFTED else shot for shot in shots]
    return taken_in(store, demo.PRODUCTION, wanted, settings.user)


def of_drafts(settings: "Settings") -> "Settings":
    """The settings of the run that makes the demo's draft, in this process: it is one take."""
    draft = draft_profile(settings, profile_of(settings))
    return settings.model_copy(update={"profile": draft.name, "cluster": "inline", "workers": 1})


def follow_draft(settings: "Settings", store: "Store") -> "PerShot[Ordered]":
    """Approves the demo's draft, as a person would, where the farm accepted it, and orders its final."""
    from farm.operations import review
    from farm.store.queries import overview

    shots = overview.shots(store, demo.PRODUCTION, ShotState.ACCEPTED)
    codes = [shot.code for shot in shots if shot.draft]
    if not codes:
        return PerShot(done=(), refused=())
    why = "the demo approves its draft"
    review.approve(store, demo.PRODUCTION, codes, who=settings.user, why=why)
    return finals(settings, store, demo.PRODUCTION, codes, who=settings.user)


def profiles_of(settings: "Settings") -> tuple[str, ...]:
    """The profiles that the demo's takes are made with."""
    draft = draft_profile(settings, profile_of(settings))
    return settings.profile, draft.name, demo.LETTERED_PROFILE


def is_done(store: "Store", *profiles: str) -> bool:
    """Whether nothing of these profiles waits or runs any more."""
    from farm.store.queries import queued

    return not any(queued.unfinished(store, profile) for profile in profiles)
