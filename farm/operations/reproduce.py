"""Renders a take's recipe again, in this process, and says whether the frames are the same."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from farm.errors import Refused, Unreadable
from farm.operations.workspace import media_at_hand, profile_of

if TYPE_CHECKING:
    from farm.cluster.loading import WorkerSettings
    from farm.config import Settings
    from farm.store import Store
    from farm.store.queries.made_take import MadeTake
    from pipeline.clips.made_with import Differing
    from pipeline.engines.protocol import Watcher
    from pipeline.profiles.profile import Profile
    from pipeline.reproduction import Reproduction
    from pipeline.storage.protocol import Media


@dataclass(frozen=True, slots=True, kw_only=True)
class Reproduced:
    """A take that was rendered again."""

    production: str
    shot: str
    take: int
    draft: bool
    recipe_hash: str
    profile: str
    revisions: tuple[str, str]
    """Of the profile: that of the take, and the one it was rendered by now."""
    made: "Reproduction"

    @property
    def differs(self) -> "Sequence[Differing]":
        """What is not as it was: the profile's revision first, then what it was made with."""
        before, now = self.revisions
        own = [] if before == now else [("profile revision", before, now)]
        return (*own, *self.made.differs)

    def as_json(self) -> dict[str, Any]:
        """`null` where nobody knows, or where nothing differs."""
        film = self.made.film
        return {
            "production": self.production,
            "shot": self.shot,
            "take": self.take,
            "draft": self.draft,
            "recipe_hash": self.recipe_hash,
            "profile": self.profile,
            "same": self.made.same,
            "same_film": self.made.same_film,
            "same_render": self.made.same_render,
            "frames": film.frames,
            "differing_frames": film.differing,
            "first_difference": film.first,
            "psnr_db": film.psnr,
            "made_with_known": self.made.known,
            "differs": [
                {"what": what, "then": then, "now": now} for what, then, now in self.differs
            ],
            "device": self.made.device,
            "seconds": round(self.made.seconds, 3),
        }


def reproduce(
    settings: "Settings",
    store: "Store",
    production: str,
    shot: str,
    *,
    take: int | None = None,
    anyway: bool = False,
    watcher: "Watcher",
) -> Reproduced:
    """Renders a take again, drafts too, and holds its frames against its clip: the take of that number, or
    the one that stands for the shot. Nothing is written, so that an archived production may be asked, too.

    `anyway` renders also where the profile is of another revision by now. Raises `UnknownName`; `Refused`
    where there is no whole clip to compare with, or the profile was changed; `SettingsError` where it is
    gone; `ShotRejected` for a still that is gone; `RenderFault`.
    """
    from farm.cluster.loading import load_engine
    from farm.store.queries.made_take import made_take
    from pipeline import reproduction
    from pipeline.stills import prepare

    found, media = made_take(store, production, shot, take), media_at_hand(settings)
    name = f"{production}/{found.shot} take {found.number}"
    _refuse_without_clip(name, found, media)
    profile = profile_of(settings, found.recipe.profile)
    if profile.revision != found.recipe.revision and not anyway:
        raise Refused(_changed(name, found, profile))
    prepare.load(media, found.recipe.still)  # what is gone is told before a model is loaded
    assert found.clip is not None
    engine = load_engine(_work(settings, profile))
    with media.get(found.clip) as clip:
        made = reproduction.reproduce(
            reproduction.order_for(found.recipe, name),
            clip,
            engine,
            media,
            watcher,
            settings.ffmpeg,
        )
    return Reproduced(
        production=production,
        shot=found.shot,
        take=found.number,
        draft=found.draft,
        recipe_hash=found.recipe.hash,
        profile=profile.name,
        revisions=(found.recipe.revision, profile.revision),
        made=made,
    )


def _work(settings: "Settings", profile: "Profile") -> "WorkerSettings":
    """What the engine is loaded by: as a worker of a run on this machine, whatever cluster is set."""
    from farm.cluster.loading import WorkerSettings
    from farm.setting_tables import Limit

    return WorkerSettings(
        profile=profile,
        media=str(settings.media.absolute()),
        weights=str(settings.weights.absolute()) if settings.weights else None,
        ffmpeg=settings.ffmpeg,
        gpu_memory_gb=settings.limits.get(profile.name, Limit()).gpu_memory_gb,
    )


def _refuse_without_clip(name: str, found: "MadeTake", media: "Media") -> None:
    """Raises `Refused` where there is no clip that is as it was made."""
    from pipeline.storage.checksums import sha256_of

    if found.clip is None:
        raise Refused(f"{name} has no clip to compare with: it is {found.status.replace('_', ' ')}")
    if found.purged:
        raise Refused(
            f"the clip of {name} was purged on {found.purged.astimezone():%d %b %Y}: nothing is left to "
            "compare with; name another take with --take"
        )
    try:
        if not media.exists(found.clip):
            raise Refused(
                f"the clip of {name}, {media.where(found.clip)}, is missing: bring the file back"
            )
        with media.open(found.clip) as file:
            sha256 = sha256_of(file)
    except OSError as error:
        raise Unreadable(f"the clip of {name}, {media.where(found.clip)},", error) from error
    if sha256 != found.sha256:
        raise Refused(
            f"the clip of {name}, {media.where(found.clip)}, was altered after it was made: bring "
            "back the file as it was"
        )


def _changed(name: str, found: "MadeTake", profile: "Profile") -> str:
    return (
        f"{name} was made with revision {found.recipe.revision} of {profile.name}, which is "
        f"{profile.revision} by now and makes other frames: bring back the profile as it was, or see how "
        "far they differ with --anyway"
    )
