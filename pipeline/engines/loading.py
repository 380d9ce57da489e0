"""Loads the engine of a profile: the one place that knows which there are."""

from pathlib import Path

from pipeline.engines import acceleration, wan, wan_needs
from pipeline.engines.protocol import Engine
from pipeline.models import weights
from pipeline.models.device import card_of
from pipeline.profiles.profile import Profile
from pipeline.storage.tensors import NOTHING_KEPT, KeptTensors


def load(
    profile: Profile, root: Path | None, device: str, kept: KeptTensors = NOTHING_KEPT
) -> Engine:
    """The profile's engine on `device`, ready for its first take; what it keeps for others goes to `kept`.

    `root` is the folder that weights are looked for in before any hub. Raises `RenderFault`: fatal
    where the weights are not to be had, are incomplete or of another kind.
    """
    folder = weights.folder(profile.model.weights, root, profile.model.hub_revision)
    return wan.load(profile, folder, device, kept)


def why_unfit(profile: Profile, root: Path | None, device: str) -> str | None:
    """A sentence on what this machine lacks to render as the profile asks; loads nothing.

    Weights that are not at hand say nothing yet. Raises `RenderFault` (fatal) as `load`.
    """
    if profile.speed.compile and acceleration.compiler_for(device) is None:
        return acceleration.no_compiler(device)
    folder = weights.at_hand(profile.model.weights, root, profile.model.hub_revision)
    return wan_needs.why_too_small(profile, folder, card_of(device)) if folder else None
