"""What a worker loads before its first take: the model, the scorer and the places of a profile."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.engines.turns import Turns
from pipeline.errors import Cause, RenderFault
from pipeline.models import device, device_memory
from pipeline.profiles.profile import Profile
from pipeline.take import Tools

if TYPE_CHECKING:
    from pipeline.early_end import EarlyRule
    from pipeline.engines.protocol import Engine
    from pipeline.engines.ranks import Group
    from pipeline.scoring.protocol import Scorer, SharedScorer
    from pipeline.storage.protocol import Media


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
    """Memory that the worker's GPU must have in all; 0 leaves it to what the profile's weights say."""
    tags: tuple[str, ...] = ()
    """What the worker's machine must be tagged with."""
    server: str = ""
    """The server that makes the worker's frames, where the profile has them made by servers; each of those
    has one worker."""
    group: "Callable[[str], Group] | None" = None
    """Joins, on a device, the ranks that make its takes together; None: it makes them alone."""
    judge: "Callable[[], SharedScorer] | None" = None
    """Gives the scorer that the workers of a run share, once it is loaded; None: each loads its own."""

    @property
    def weights_root(self) -> Path | None:
        """The folder that weights are looked for in, before any hub."""
        return Path(self.weights) if self.weights else None


def why_unfit(settings: WorkerSettings) -> str | None:
    """A sentence where this machine is too small for the profile, whatever else runs on it.

    What people have set goes before what can be calculated. Raises `RenderFault` (fatal) for weights
    that nobody knows.
    """
    if settings.gpu_memory_gb:
        return _without_memory(settings)
    if not settings.profile.worker.gpus:
        return None
    from pipeline.engines import loading

    return loading.why_unfit(settings.profile, settings.weights_root, device.best_device())


def _without_memory(settings: WorkerSettings) -> str | None:
    limit = "see `limits` in farm.toml"
    wanted = f"{settings.profile.name} wants a GPU with {settings.gpu_memory_gb:g} GB"
    found = device.accelerator()
    if found is None:
        return f"{wanted}, and there is none; {limit}"
    if found.memory >= settings.gpu_memory_gb * 1e9:
        return None
    return f"{wanted}, and {found.name} has {found.memory / 1e9:.0f}; {limit}"


def load_tools(settings: WorkerSettings) -> Tools:
    """The model, the scorer and the places of a profile, loaded on the best device there is.

    Raises `RenderFault` with a sentence when the checkpoint is wrong or incomplete, or a calibration
    cannot be read.
    """
    from pipeline.engines import beside, loading
    from pipeline.models import image_features, text_reader, weights
    from pipeline.scoring import calibration_file
    from pipeline.storage.roots import media_at
    from pipeline.storage.tensors import KeptTensors

    if unfit := why_unfit(settings):
        raise RenderFault(Cause.FATAL, unfit)
    profile, media = settings.profile, media_at(settings.media)
    root, place = settings.weights_root, device.best_device()
    features, kept = profile.clip.features, KeptTensors(media)
    if settings.judge:  # it may have its memory of the same card
        device_memory.leave_free(place, beside.of_scorer(profile, root))
    if loading.on_servers(profile):  # a server that is away is found out before a scorer is read
        engine = loading.load(profile, root, place, kept, settings.server)
        own = None if settings.judge else load_scorer(settings)
    elif settings.group:
        own = None if settings.judge else load_scorer(settings)
        engine = loading.load_rank(profile, root, place, settings.group(place), kept)
    else:
        own = None if settings.judge else load_scorer(settings)
        engine = loading.load(profile, root, place, kept)
    shared = settings.judge() if settings.judge else None  # it has loaded beside the engine
    scorer = shared or own
    assert scorer is not None
    calibration = calibration_file.read(media, profile.name, scorer.name)
    return Tools(
        profile=profile,
        engine=engine,
        scorer=scorer,
        judging=shared or threading.Lock(),
        media=media,
        eye=image_features.load(weights.folder(features, root), place)
        if features
        else image_features.of(scorer),
        early=early_rule(profile, media, scorer.name, root),
        kept=kept,
        ffmpeg=settings.ffmpeg,
        reader=text_reader.at_hand() if profile.lettering.read else None,
        zones=calibration.zones if calibration else None,
        turns=Turns(profile.worker.wave),
    )


def load_engine(settings: WorkerSettings) -> "Engine":
    """The profile's engine alone, on the best device there is. Raises `RenderFault` as `load_tools`."""
    from pipeline.engines import loading

    if unfit := why_unfit(settings):
        raise RenderFault(Cause.FATAL, unfit)
    return loading.load(settings.profile, settings.weights_root, device.best_device())


def early_rule(
    profile: Profile, media: "Media", scorer: str, root: Path | None
) -> "EarlyRule | None":
    """When takes of a profile are looked at before they are done; None where never.

    Raises `RenderFault`, fatal, where they are to be ended and no record says below which match.
    """
    from pipeline.early_end import EarlyRule
    from pipeline.engines import loading
    from pipeline.models import tiny_decoder
    from pipeline.scoring import early_record

    section = profile.early
    if (decoder := loading.decoder_of(profile, root)) is None:
        return None
    if section.mode == "shadow":
        return EarlyRule(step=section.step, threshold=None, audit=section.audit)
    kind = early_record.Kind(
        profile=profile.name,
        revision=profile.revision,
        scorer=scorer,
        step=section.step,
        decoder=tiny_decoder.fingerprint(decoder),
    )
    record = early_record.read(media, kind)
    if record is None:
        raise RenderFault(
            Cause.FATAL,
            f'{profile.name} is to end takes early (early.mode "live"), and no record says below which '
            f"match, of its revision {profile.revision}, the scorer {scorer}, step {section.step} and the "
            f'decoder {section.decoder}: render with early.mode "shadow", then `farm calibrate --early '
            f"--profile {profile.name}`",
        )
    threshold = record.threshold if section.threshold is None else section.threshold
    if threshold > record.threshold:
        raise RenderFault(
            Cause.FATAL,
            f"early.threshold {threshold:g} of {profile.name} ends more than its record allows, which is "
            f"{record.threshold:.3f}: take it away, or set it lower",
        )
    return EarlyRule(step=section.step, threshold=threshold, audit=section.audit)


def ask_server(settings: WorkerSettings) -> None:
    """Raises `RenderFault` where the server that makes the worker's frames does not answer."""
    from pipeline.engines import loading

    loading.server_told(settings.profile, settings.server)


def let_go() -> int:
    """Gives memory back that nothing holds any more, of the machine and of its GPU; the bytes that are held
    of the GPU all the same."""
    import gc
    import sys

    gc.collect()
    if "torch" not in sys.modules:  # nothing of it was ever held
        return 0
    return device_memory.held()


def load_scorer(settings: WorkerSettings) -> "Scorer":
    """The profile's scorer, on the device that the profile wants.

    Raises `RenderFault` with a sentence where its folder or the device will not do.
    """
    from pipeline.scoring import loading

    return loading.load(settings.profile.match, settings.weights_root)
