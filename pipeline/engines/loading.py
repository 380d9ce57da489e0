"""Loads the engine of a profile: the one place that knows which there are."""

from pathlib import Path

from pipeline.engines import wan
from pipeline.engines.protocol import Engine
from pipeline.models import weights
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
