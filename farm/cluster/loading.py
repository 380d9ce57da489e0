"""What a worker loads before its first take: the model, the scorer and the places of a profile."""

from dataclasses import dataclass

from pipeline.errors import Cause, RenderFault
from pipeline.models import device
from pipeline.profiles.profile import Profile
from pipeline.take import Tools


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerSettings:
    """What a worker needs to know; small enough to be an actor's argument."""

    profile: Profile
    media: str
    """The media root, which every node reaches: an absolute path."""
    weights: str | None = None
    """The folder that weights are looked for in, before any hub."""
    ffmpeg: str | None = None
    gpu_memory_gb: float = 0.0
    """Memory that the worker's GPU must have in all; 0 asks for no GPU."""
    tags: tuple[str, ...] = ()
    """What the worker's machine must be tagged with."""


def why_unfit(settings: WorkerSettings) -> str | None:
    """A sentence where this machine is too small for the profile, whatever else runs on it."""
    if not settings.gpu_memory_gb:
        return None
    wanted = f"{settings.profile.name} wants a GPU with {settings.gpu_memory_gb:g} GB"
    found = device.accelerator()
    if found is None:
        return f"{wanted}, and there is none"
    if found.memory >= settings.gpu_memory_gb * 1e9:
        return None
    return f"{wanted}, and {found.name} has {found.memory / 1e9:.0f}"


def load_tools(settings: WorkerSettings) -> Tools:
    """The model, the scorer and the places of a profile, loaded on the best device there is.

    Raises `RenderFault` with a sentence when the checkpoint is wrong or incomplete, or a calibration
    cannot be read.
    """
    from pathlib import Path

    from pipeline.engines import loading
    from pipeline.models import image_features, weights
    from pipeline.scoring import calibration_file, matching
    from pipeline.storage.roots import media_at
    from pipeline.storage.tensors import KeptTensors

    if unfit := why_unfit(settings):
        raise RenderFault(Cause.FATAL, f"{unfit}; see `limits` in farm.toml")
    profile, media = settings.profile, media_at(settings.media)
    root = Path(settings.weights) if settings.weights else None
    place = device.best_device()
    scorer = matching.load(profile.match, weights.folder(profile.match.weights, root), place)
    calibration = calibration_file.read(media, profile.name, scorer.name)
    features, kept = profile.clip.features, KeptTensors(media)
    return Tools(
        profile=profile,
        engine=loading.load(profile, root, place, kept),
        scorer=scorer,
        media=media,
        eye=image_features.load(weights.folder(features, root), place)
        if features
        else image_features.of(scorer),
        kept=kept,
        ffmpeg=settings.ffmpeg,
        zones=calibration.zones if calibration else None,
    )
