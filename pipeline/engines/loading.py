"""Loads the engine of a profile: the one place that knows which there are."""

from dataclasses import dataclass
from pathlib import Path

from pipeline.engines import (
    acceleration,
    beside,
    rank_rules,
    wan,
    wan_checkpoint,
    wan_needs,
    wan_prepared,
)
from pipeline.engines.comfyui import engine as comfyui
from pipeline.engines.comfyui.graph import Asked, Graph, graph_of
from pipeline.engines.protocol import Engine
from pipeline.engines.ranked import RankedEngine, follow
from pipeline.engines.ranks import Group
from pipeline.engines.wan import WanEngine
from pipeline.engines.wan_experts import sources
from pipeline.engines.wan_prepared import Told
from pipeline.errors import Cause, RenderFault
from pipeline.models import builtin, weights
from pipeline.models.device import best_device, card_of
from pipeline.models.device_faults import faults
from pipeline.models.device_memory import host_memory
from pipeline.profiles.profile import Profile
from pipeline.recipe import Recipe
from pipeline.storage.tensors import NOTHING_KEPT, KeptTensors

DOWNLOAD = {"Wan-AI/Wan2.2-I2V-A14B-Diffusers": " (126 GB: it is published in full precision)"}
"""What is worth knowing of a model before it is fetched, by its name."""

WORTH_PREPARING = 1.5
"""So many times as large a published checkpoint must be."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A checkpoint that holds what a profile runs."""

    place: Path
    source: Path | None
    """The published one; None where nothing had to be made."""


def load(
    profile: Profile,
    root: Path | None,
    device: str,
    kept: KeptTensors = NOTHING_KEPT,
    server: str = "",
) -> Engine:
    """The profile's engine on `device`, ready for its first take; what it keeps for others goes to `kept`.

    `root` is the folder that weights are looked for in before any hub; `server` is the one that is asked
    where the profile's frames come from servers, its first one where none is named. Raises `RenderFault`:
    fatal where the weights are not to be had, are incomplete or of another kind, or a server lacks them.
    """
    if on_servers(profile):
        return comfyui.load(profile, server or profile.engine.servers[0])
    others, decoder = beside.on_card(profile, root), decoder_of(profile, root)
    if place := wan_prepared.found(profile, root):
        return wan.load(profile, place, device, kept, beside=others, decoder=decoder)
    loras = _loras(profile, root)
    return wan.load(profile, _published(profile, root), device, kept, loras, others, decoder)


def decoder_of(profile: Profile, root: Path | None) -> Path | None:
    """The file of the profile's tiny decoder; None where no unfinished clip is looked at.

    Raises `RenderFault`, fatal, where it is not on this machine: it is never fetched.
    """
    named = profile.early.decoder
    if profile.early.mode == "off":
        return None
    if named.startswith(builtin.BUILTIN):
        return weights.folder(named, root) / "model.safetensors"
    found = next((each for each in (Path(named), (root or Path()) / named) if each.is_file()), None)
    if found is None:
        raise RenderFault(
            Cause.FATAL,
            f"early.decoder {named} of {profile.name} is not on this machine: put the file there, or set "
            'early.mode to "off"',
        )
    return found


def on_servers(profile: Profile) -> bool:
    """Whether servers make the profile's frames, and no machine of the farm needs its weights."""
    return profile.engine.kind == "comfyui"


def server_told(profile: Profile, server: str) -> tuple[str, tuple[str, ...]]:
    """What a server of the profile says of itself, and a sentence on each thing that it lacks.

    Raises `RenderFault` where it does not answer.
    """
    found = comfyui.looked_at(profile, server)
    return str(found), found.lacking


def graph_for_servers(profile: Profile, recipe: Recipe, still: str, name: str) -> Graph:
    """What servers are sent for a recipe of one segment, in API format. `still` is the picture's name among
    their inputs, `name` that of the file of frames. Raises `RenderFault` as `graph_of` does."""
    return graph_of(profile, Asked(recipe, still, name))


def load_rank(
    profile: Profile,
    root: Path | None,
    device: str,
    group: Group,
    kept: KeptTensors = NOTHING_KEPT,
) -> RankedEngine | WanEngine:
    """This rank's part of an engine that a group of ranks is: for rank 0 what its worker asks, for the
    others what `ranked.follow` takes. All ranks load at once. Raises `RenderFault`, fatal also for a
    profile that ranks cannot render, before anything is read.
    """
    rank_rules.check_profile(profile, group.count)
    if place := wan_prepared.found(profile, root):
        engine = wan.load(profile, place, device, kept)
    else:
        loras = _loras(profile, root)
        engine = wan.load(profile, _published(profile, root), device, kept, loras)
    group.share(engine.experts, device)
    return engine if group.rank else RankedEngine(engine, group)


def load_and_follow(
    profile: Profile, root: Path | None, device: str, group: Group, kept: KeptTensors = NOTHING_KEPT
) -> None:
    """The whole life of a rank but 0, until rank 0 lets it go. Raises as `load_rank` and `follow`."""
    engine = load_rank(profile, root, device, group, kept)
    assert isinstance(engine, WanEngine)
    follow(engine, group)


def why_unfit(profile: Profile, root: Path | None, device: str) -> str | None:
    """A sentence on what this machine lacks to render the profile; loads nothing.

    Weights that are not at hand say nothing yet. Raises `RenderFault` (fatal) as `load`.
    """
    if on_servers(profile):
        return None
    if told := rank_rules.why_no_group(profile):
        return told
    if told := acceleration.why_no_quantisation(profile.speed.quantisation, card_of(device)):
        return told
    folder = at_hand(profile, root)
    if folder is None:
        return None
    others = beside.on_card(profile, root)
    return wan_needs.why_too_small(profile, folder, card_of(device), host_memory(), others)


def slower(profile: Profile, device: str) -> str | None:
    """A sentence on why takes come slower here than the profile asks for."""
    if on_servers(profile):
        return None
    if profile.speed.compile and acceleration.compiler_for(device) is None:
        return acceleration.no_compiler(device)
    return None


def at_hand(profile: Profile, root: Path | None) -> Path | None:
    """The profile's checkpoint on this machine, prepared or as it was published; None without one."""
    if on_servers(profile):
        return None
    if place := wan_prepared.found(profile, root):
        return place
    return weights.at_hand(profile.model.weights, root, profile.model.hub_revision)


def pays_to_prepare(profile: Profile, root: Path | None) -> bool:
    """Whether a prepared checkpoint would spare each start much reading, and there is none."""
    folder = at_hand(profile, root)
    if folder is None or wan_prepared.found(profile, root):
        return False
    return wan_needs.size_of(folder) > WORTH_PREPARING * wan_needs.stored(profile, folder)


def missing_loras(profile: Profile, root: Path | None) -> list[str]:
    """The LoRAs of the profile that would have to be fetched; a prepared checkpoint needs none."""
    return [] if wan_prepared.found(profile, root) else _loras_to_fetch(profile, root)


def _refuse_servers(profile: Profile) -> None:
    if on_servers(profile):
        raise RenderFault(
            Cause.FATAL,
            f"{profile.name} is rendered by servers, which have its weights: `farm check` asks them",
        )


def _loras_to_fetch(profile: Profile, root: Path | None) -> list[str]:
    """The same of the published checkpoint."""
    return [
        f"{lora.weights}/{lora.file}"
        for lora in profile.model.loras
        if weights.file_at_hand(lora.weights, lora.file, root, lora.hub_revision) is None
    ]


def prepare(profile: Profile, root: Path, told: Told) -> Prepared:
    """Makes the profile's prepared checkpoint below `root`, of the published one.

    That is fetched if need be; `told` hears of each file. Raises `RenderFault` (fatal).
    """
    _refuse_servers(profile)
    folder = weights.at_hand(profile.model.weights, root, profile.model.hub_revision)
    there = wan_prepared.found(profile, root)
    if there and (folder is None or _loras_to_fetch(profile, root)):
        return Prepared(there, None)  # of what it was made nothing is left to hold it against
    folder, loras = _published(profile, root), _loras(profile, root)
    if there and wan_prepared.is_made_of(there, folder, loras):
        return Prepared(there, None)
    wan_checkpoint.check(profile, folder, sources(profile, folder, loras))
    device = best_device()
    with faults("preparing the weights", device):
        place = wan_prepared.prepare(profile, folder, root, loras, device, told)
    return Prepared(place, folder)


def verify(profile: Profile, root: Path | None, told: Told) -> tuple[Path, list[str]]:
    """The profile's checkpoint and what is wrong with its files, a sentence each; reads all of them.

    Raises `RenderFault` (fatal) where none is at hand.
    """
    _refuse_servers(profile)
    if place := wan_prepared.recorded(profile, root):
        return place, wan_prepared.problems(place, told)
    folder, loras = at_hand(profile, root), missing_loras(profile, root)
    if folder is None or loras:
        lacking = profile.model.weights if folder is None else loras[0]
        raise RenderFault(Cause.FATAL, f"{lacking} is not on this machine: {weights.REMEDY}")
    wan_checkpoint.check(profile, folder, sources(profile, folder, _loras(profile, root)))
    return folder, wan_prepared.problems_of_published(folder, told)


def _published(profile: Profile, root: Path | None) -> Path:
    return weights.folder(profile.model.weights, root, profile.model.hub_revision)


def _loras(profile: Profile, root: Path | None) -> tuple[Path, ...]:
    return tuple(
        weights.file(lora.weights, lora.file, root, lora.hub_revision)
        for lora in profile.model.loras
    )
