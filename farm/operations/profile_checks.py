"""What a run needs of one profile, as `farm check` looks at it: each answer is one sentence."""

from collections.abc import Callable
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
    profile: str = ""
    """What it is of; empty of what is the farm's own."""

    of_another: bool = False
    """Whether it is of another profile than the first, whose name it has with its own."""


def look_at(name: str, look: "Callable[[Settings], str]", settings: "Settings") -> Check:
    """What a look says, or the sentence of what it raises."""
    try:
        return Check(name, ok=True, message=look(settings))
    except Exception as problem:  # whatever a library raises is the finding
        message = missing(problem) or str(problem) or type(problem).__name__
        return Check(name, ok=False, message=message)


def of_profile(settings: "Settings") -> list[Check]:
    """All that a run needs of the settings' profile."""
    looks: dict[str, Callable[[Settings], str]] = {
        "profile": _profile,
        "weights": _weights,
        "device": _device,
    }
    found = [look_at(name, look, settings) for name, look in looks.items()]
    found += [*_servers(settings), *_gate(settings), *_early(settings)]
    return [replace(each, profile=settings.profile) for each in found]


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


def _device(settings: "Settings") -> str:
    from farm.operations.serving import check_ranks
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

    return [
        look_at(f"server {number}", look(each), settings) for number, each in enumerate(asked, 1)
    ]


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


def _early(settings: "Settings") -> list[Check]:
    """Of a profile that looks at unfinished takes by what record it ends them."""
    from farm.errors import SettingsError
    from farm.operations.workspace import profile_of

    try:
        profile = profile_of(settings)
    except SettingsError:  # the profile's own check says so
        return []
    if profile.early.mode == "off":
        return []
    return [look_at("early", lambda settings: _early_told(profile, settings), settings)]


def _early_told(profile: "Profile", settings: "Settings") -> str:
    from farm.cluster.loading import early_rule
    from farm.operations.gated import scorer_of
    from farm.operations.workspace import media_at_hand

    if profile.early.mode == "live" and scorer_of(settings, profile) is None:
        return (
            f"{profile.name} ends takes by the record of its scorer, which is not on this machine"
        )
    scorer = scorer_of(settings, profile) or ""
    rule = early_rule(profile, media_at_hand(settings), scorer, settings.weights)
    steps = f"{profile.early.step} steps below the boundary"
    if rule is None or rule.threshold is None:
        return f"{profile.name} looks at its takes {steps} and ends none"
    return f"{profile.name} ends takes below a match of {rule.threshold:.3f}, {steps}"
