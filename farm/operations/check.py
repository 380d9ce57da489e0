"""What `farm check` looks at: each check answers with one sentence and never raises."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from farm.errors import FarmError, NoDatabase, StoreError
from farm.operations.profile_checks import Check, look_at, of_profile
from farm.operations.serving import together, usual_names

if TYPE_CHECKING:
    from farm.config import Settings


def checks(settings: "Settings", profiles: Sequence[str] = ()) -> list[Check]:
    """Everything that a run needs, the farm's own first: one that serves these profiles, or where none is
    named one without `--profile`, with the drafts that wait.

    What is another profile's than the first is named with it.
    """
    own, *others = profiles or [settings.profile]
    settings = settings.model_copy(update={"profile": own})
    looks: dict[str, Callable[[Settings], str]] = {
        "install": _install,
        "database": _database,
        "media": _media,
        "ffmpeg": _ffmpeg,
        "ray": _ray,
    }
    found = [look_at(name, look, settings) for name, look in looks.items()]
    found += [*_credentials(settings), *of_profile(settings)]
    remarks: list[Check] = []
    if not profiles:
        asked = all(each.ok for each in found if each.name == "database")
        others, remarks = _unnamed(settings, _waiting(settings) if asked else {})
    for other in others:
        of_other = of_profile(settings.model_copy(update={"profile": other}))
        found += [replace(each, name=f"{each.name} {other}", of_another=True) for each in of_other]
    if others:
        found.append(_together(settings, [own, *others]))
    return [*found, *remarks]


def _unnamed(settings: "Settings", waiting: Mapping[str, int]) -> tuple[list[str], list[Check]]:
    """The profiles beside the settings' own for which takes wait that a run without `--profile` makes; and
    what is to be said of the others. `waiting` are takes by profile."""
    served = usual_names(settings)
    drafts = [name for name in served if name != settings.profile]
    remarks = [
        Check(
            "drafts",
            ok=True,
            message=f"a run makes those of {name} too, and none waits: `farm check --profile {name}` looks "
            "at what they need",
            profile=name,
        )
        for name in drafts
        if not waiting.get(name)
    ]
    remarks += [
        Check("waiting", ok=True, message=_not_made(name, count), profile=name)
        for name, count in waiting.items()
        if name not in served
    ]
    return [name for name in drafts if waiting.get(name)], remarks


def _not_made(profile: str, count: int) -> str:
    takes = "1 take waits" if count == 1 else f"{count} takes wait"
    return (
        f"{takes} for {profile}, which a run that names neither profile nor production leaves out: `farm "
        f"run --profile {profile}` makes them, `farm check --profile {profile}` looks at what they need"
    )


def _waiting(settings: "Settings") -> Mapping[str, int]:
    """Takes waiting, by profile."""
    from contextlib import closing

    from farm.store import open_store
    from farm.store.queries.queued import queue

    try:
        with closing(open_store(settings.database, make=False)) as store:
            return queue(store).waiting
    except FarmError:  # there is none yet, or it has gone away just now
        return {}


def _together(settings: "Settings", profiles: Sequence[str]) -> Check:
    """Whether workers may change from one of the profiles to another."""

    def look(settings: "Settings") -> str:
        together(settings, profiles)
        return f"one run may serve {', '.join(profiles)}"

    return look_at("together", look, settings)


def _credentials(settings: "Settings") -> list[Check]:
    """Of a farm that signs what it delivers: whether it can, and until when."""
    if settings.credentials == type(settings.credentials)():
        return []

    def look(settings: "Settings") -> str:
        from farm.operations.finishing import signing_of

        signing = signing_of(settings)
        if signing is None:
            return "nothing is signed: no certificate is named"
        return f"{signing.signer} signs what is delivered, until {signing.until:%d %b %Y}"

    return [look_at("signing", look, settings)]


def _install(_settings: "Settings") -> str:
    """Another distribution on PyPI has a package `farm` too: whichever was installed last wins, and of
    the other some files stay."""
    from importlib import metadata

    import farm

    strangers = sorted(
        dist.name
        for dist in metadata.distributions()
        if dist.name != "shotfarm"
        and any(file.parts[0] in ("farm", "pipeline") for file in dist.files or ())
    )
    if strangers:
        raise FarmError(
            f"{', '.join(strangers)} put a package of the name `farm` or `pipeline` into this environment "
            "too, and the two overwrite each other: give shotfarm an environment of its own"
        )
    return f"shotfarm {farm.__version__}"


def _database(settings: "Settings") -> str:
    import os
    from contextlib import closing

    from farm.store import open_store

    try:
        with closing(open_store(settings.database, make=False)) as store:
            return f"{store.engine.url.render_as_string(hide_password=True)} is ready"
    except NoDatabase as absent:
        if absent.meant:
            raise
        if not os.access(absent.file.parent, os.W_OK):
            raise StoreError(
                f"{settings.database}: let this user write {absent.file.parent.absolute()}, or name "
                "another with --database or FARM_DATABASE"
            ) from absent
        return f"{settings.database} is made by the first `farm submit`"


def _media(settings: "Settings") -> str:
    from farm.operations.workspace import media_of

    media = media_of(settings)
    return f"{media.root} can be written, {media.free() / 1e9:.0f} GB free"


def _ffmpeg(settings: "Settings") -> str:
    import tempfile

    import numpy as np

    from pipeline.clips import encode
    from pipeline.storage.roots import media_at

    frames = np.zeros((5, 64, 64, 3), np.uint8)
    with tempfile.TemporaryDirectory() as folder:
        encode.seal(frames, media_at(folder), "trial.mp4", 8, {}, ffmpeg=settings.ffmpeg)
    return f"{settings.ffmpeg or 'the ffmpeg of imageio-ffmpeg'} encodes and decodes"


def _ray(settings: "Settings") -> str:
    if settings.cluster == "inline":
        return "not used: cluster is inline"
    from farm.cluster.ray.connect import look

    found = look(settings.address)
    if settings.workers is None or settings.address is None:
        return found
    idle = f"given back after {settings.idle_release_s:g} s without a take"
    return f"{found}; up to {settings.workers} workers, by the takes that wait, {idle}"
