"""What `farm check` looks at: each check answers with one sentence and never raises."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from farm.errors import FarmError
from farm.extras import missing

if TYPE_CHECKING:
    from farm.config import Settings
    from pipeline.profiles.profile import Profile

PREPARE = "each start reads all of it; `farm weights prepare` makes of it once what is run"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that must be right."""

    name: str
    ok: bool
    message: str


def checks(settings: "Settings", profiles: Sequence[str] = ()) -> list[Check]:
    """Everything a run needs that serves these profiles, or the settings' own, checked one after the other.

    What is another profile's own is named with it.
    """
    own, *others = profiles or [settings.profile]
    settings = settings.model_copy(update={"profile": own})
    looks: dict[str, Callable[[Settings], str]] = {
        "install": _install,
        "database": _database,
        "media": _media,
        "profile": _profile,
        "weights": _weights,
        "ffmpeg": _ffmpeg,
        "device": _device,
        "ray": _ray,
    }
    found = [_look(name, look, settings) for name, look in looks.items()]
    found += [*_servers(settings), *_gate(settings), *_credentials(settings)]
    for other in others:
        found += _of_another(settings.model_copy(update={"profile": other}))
    return [*found, _together(settings, profiles)] if others else found


def _of_another(settings: "Settings") -> list[Check]:
    looks = {"profile": _profile, "weights": _weights, "device": _device}
    found = [_look(name, look, settings) for name, look in looks.items()]
    found += [*_servers(settings), *_gate(settings)]
    return [replace(each, name=f"{each.name} {settings.profile}") for each in found]


def _together(settings: "Settings", profiles: Sequence[str]) -> Check:
    """Whether workers may change from one of the profiles to another."""
    from farm.operations.run import together

    def look(settings: "Settings") -> str:
        together(settings, profiles)
        return "one run may serve these profiles"

    return _look("together", look, settings)


def _look(name: str, look: "Callable[[Settings], str]", settings: "Settings") -> Check:
    try:
        return Check(name, ok=True, message=look(settings))
    except Exception as problem:  # whatever a library raises is the finding
        message = missing(problem) or str(problem) or type(problem).__name__
        return Check(name, ok=False, message=message)


def _servers(settings: "Settings") -> list[Check]:
    """Each server that the profile has its frames made by: what it is, and what it lacks."""
    from farm.errors import SettingsError
    from farm.operations.workspace import profile_of

    try:
        profile = profile_of(settings)
    except SettingsError:  # the profile's own check says so
        return []
    asked = profile.engine.servers

    def look(server: str) -> "Callable[[Settings], str]":
        return lambda _: _server(profile, server)

    return [_look(f"server {number}", look(each), settings) for number, each in enumerate(asked, 1)]


def _server(profile: "Profile", server: str) -> str:
    from pipeline.engines import loading

    told, lacking = loading.server_told(profile, server)
    if lacking:
        raise FarmError("; ".join(lacking))
    return told


def _gate(settings: "Settings") -> list[Check]:
    """Of a profile that is not exact whether it was held against one: to know, and no failure."""
    from farm.errors import SettingsError
    from farm.operations.gated import gated, in_words

    try:
        found = gated(settings, settings.profile)
    except SettingsError:  # the profile's own check says so
        return []
    return [Check("gate", ok=True, message=in_words(found))] if found else []


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

    return [_look("signing", look, settings)]


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
    from contextlib import closing

    from farm.store import open_store

    with closing(open_store(settings.database)) as store:
        return f"{store.engine.url.render_as_string(hide_password=True)} is ready"


def _media(settings: "Settings") -> str:
    from farm.operations.workspace import media_of

    media = media_of(settings)
    return f"{media.root} can be written, {media.free() / 1e9:.0f} GB free"


def _profile(settings: "Settings") -> str:
    from farm.operations.workspace import profile_of

    profile = profile_of(settings)
    return f"{profile.name}: {profile.title}, at most {profile.longest:.2f} s"


def _weights(settings: "Settings") -> str:
    from farm.operations.workspace import profile_of
    from pipeline.engines import loading
    from pipeline.models import weights

    profile = profile_of(settings)
    places = {profile.match.weights: weights.at_hand(profile.match.weights, settings.weights)}
    if not loading.on_servers(profile):
        places = {profile.model.weights: loading.at_hand(profile, settings.weights), **places}
    if features := profile.clip.features:
        places[features] = weights.at_hand(features, settings.weights)
    for name, place in places.items():
        if place is None:
            size = loading.DOWNLOAD.get(name, "")
            raise FarmError(
                f"{name} is not on this machine; the first run would download it{size}. "
                "Set FARM_WEIGHTS to a folder that holds it"
            )
    loading.decoder_of(profile, settings.weights)
    if lacking := loading.missing_loras(profile, settings.weights):
        raise FarmError(
            f"{lacking[0]} is not on this machine; the first run would download it. "
            "Set FARM_WEIGHTS to a folder that holds it"
        )
    told = "; ".join(map(str, places.values()))
    return f"{told}; {PREPARE}" if _pays_to_prepare(profile, settings) else told


def _pays_to_prepare(profile: "Profile", settings: "Settings") -> bool:
    from pipeline.engines import loading

    try:
        return loading.pays_to_prepare(profile, settings.weights)
    except ModuleNotFoundError:  # this install leaves out what renders, and `device` says so
        return False


def _ffmpeg(settings: "Settings") -> str:
    import tempfile

    import numpy as np

    from pipeline.clips import encode
    from pipeline.storage.roots import media_at

    frames = np.zeros((5, 64, 64, 3), np.uint8)
    with tempfile.TemporaryDirectory() as folder:
        encode.seal(frames, media_at(folder), "trial.mp4", 8, {}, ffmpeg=settings.ffmpeg)
    return f"{settings.ffmpeg or 'the ffmpeg of imageio-ffmpeg'} encodes and decodes"


def _device(settings: "Settings") -> str:
    from farm.operations.run import check_ranks
    from farm.operations.workspace import profile_of
    from pipeline.engines import loading
    from pipeline.models import device

    profile, here = profile_of(settings), device.best_device()
    check_ranks(settings, profile)
    if loading.on_servers(profile):
        return f"{len(profile.engine.servers)} servers render; clips are scored on {here}"
    if settings.address:
        return f"renders on {here} here; the cluster decides"
    if profile.worker.gpus and not device.has_accelerator():
        raise FarmError(f"{profile.name} wants a GPU and this machine shows none")
    if told := loading.why_unfit(profile, settings.weights, here):
        raise FarmError(told)
    if told := loading.slower(profile, here):
        return f"renders on {here}; {told}"
    return f"renders on {here}"


def _ray(settings: "Settings") -> str:
    if settings.cluster == "inline":
        return "not used: cluster is inline"
    from farm.cluster.ray.connect import look

    found = look(settings.address)
    if settings.workers is None or settings.address is None:
        return found
    idle = f"given back after {settings.idle_release_s:g} s without a take"
    return f"{found}; up to {settings.workers} workers, by the takes that wait, {idle}"
