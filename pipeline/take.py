"""The whole way of one take, top to bottom."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.clips import encode
from pipeline.clips import lint as clip_lint
from pipeline.clips.likeness import lint_subject
from pipeline.engines.protocol import Engine, Latents, Watcher, WholeEngine
from pipeline.errors import Cause, RenderFault
from pipeline.misses import Miss, MissKind
from pipeline.models.image_features import Eye
from pipeline.profiles.profile import Profile
from pipeline.recipe import (
    Clip,
    Finding,
    Match,
    Recipe,
    Refusal,
    Severity,
    TakeOrder,
    TakeResult,
    Verdict,
    Zones,
)
from pipeline.scoring import matching, precheck
from pipeline.scoring.protocol import Scorer
from pipeline.stills import prepare
from pipeline.storage.files import Frames
from pipeline.storage.protocol import Media
from pipeline.storage.tensors import NOTHING_KEPT, KeptTensors, Kind

if TYPE_CHECKING:
    from PIL.Image import Image


@dataclass(frozen=True, slots=True)
class Tools:
    """What a worker keeps loaded between takes."""

    profile: Profile
    engine: Engine
    scorer: Scorer
    media: Media
    ffmpeg: str | None = None
    """Another ffmpeg than the one that comes with `imageio-ffmpeg`."""
    zones: Zones | None = None
    """Where a calibration of the scorer draws the gate's lines; None leaves it to the profile."""
    eye: Eye | None = None
    """Who tells whether the subject stays itself; nobody does without one."""
    kept: KeptTensors = NOTHING_KEPT
    """Where latents outlast a worker that dies before their clip is sealed."""


def make(order: TakeOrder, tools: Tools, watcher: Watcher) -> TakeResult | Refusal:
    """Makes one take: prepared still in, sealed and scored clip out; or declines to, before it renders.

    Raises `ShotRejected`, `RenderFault` or `RenderStopped` (`pipeline.errors`).
    """
    recipe, profile, device = order.recipe, tools.profile, tools.engine.abilities.device
    zones = tools.zones or Zones.at(profile.match.threshold)
    clock = _StageClock(watcher)

    clock.stage("prepare")
    picture = prepare.load(tools.media, recipe.still)
    clock.stage("precheck")
    before = matching.judge_still(tools.scorer, picture, recipe.prompt)
    foretold = matching.misses_before(before, profile.match)
    hopeless = precheck.hopeless(order, picture, tools.scorer, profile)
    clock.stop()
    if hopeless and not order.no_decline:
        return Refusal(match=before, misses=hopeless, seconds=clock.seconds, device=device)

    frames = _render(picture, recipe, tools, clock)

    clock.stage("check")
    linted = clip_lint.lint(frames, profile.clip, recipe.prompt, picture)
    clock.stage("score")
    match = matching.judge_clip(tools.scorer, frames, picture, recipe.prompt, before)
    missed = matching.misses_after(match, profile.match)
    changed, unseen = _subject(frames, tools)
    clock.stage("encode")
    clip = _seal(frames, order, tools)
    tools.kept.forget(Kind.LATENTS, recipe.hash)
    clock.stop()
    findings = (*clip_lint.findings((*linted, *changed)), *unseen)
    return TakeResult(
        verdict=verdict(match, findings, zones),
        match=match,
        clip=clip,
        findings=findings,
        misses=(*foretold, *_told_once((*linted, *changed), missed)),
        seconds=clock.seconds,
        device=device,
        zones=zones,
        despite=hopeless[0].message if hopeless else "",
    )


def _render(picture: "Image", recipe: Recipe, tools: Tools, clock: "_StageClock") -> Frames:
    """Frames of the recipe: stage by stage, or in one call where an engine knows of no stages.

    A finished denoise is paid for: until its clip is sealed its latents are kept, and an attempt that
    finds those of the one before begins with them. What cannot be decoded twice is denoised anew.
    """
    engine, kept = tools.engine, tools.kept
    if isinstance(engine, WholeEngine):
        return engine.render(picture, recipe, clock)
    found = kept.get(Kind.LATENTS, recipe.hash)
    if found:
        latents = found["latents"]
        clock.add(text=float(found["text"]), denoise=float(found["denoise"]))
    else:
        clock.stage("text")
        text = engine.encode_text(recipe.prompt, recipe.negative)
        clock.stage("denoise")
        latents = engine.denoise(picture, text, recipe, clock.step)
        clock.stop()
        _keep(latents, recipe, kept, clock.seconds)
    clock.stage("decode")
    try:
        return engine.decode(latents)
    except RenderFault as fault:
        if found and fault.cause is Cause.MACHINE:
            kept.forget(Kind.LATENTS, recipe.hash)
        raise


def _keep(
    latents: Latents, recipe: Recipe, kept: KeptTensors, seconds: Mapping[str, float]
) -> None:
    """With the seconds that they cost, which are the take's whoever ends it."""
    spent = {stage: seconds[stage] for stage in ("text", "denoise")}
    kept.put(Kind.LATENTS, recipe.hash, latents=latents, **spent)


def verdict(match: Match, findings: tuple[Finding, ...], zones: Zones) -> Verdict:
    """The gate: a broken clip never passes, nor one that nobody could score.

    A low match says nothing yet of what follows: the ladder, or in the zone between a person.
    """
    if any(finding.severity is Severity.ERROR for finding in findings):
        return Verdict.BAD_CLIP
    if match.score is None:
        return Verdict.UNSCORED
    return Verdict.ACCEPTED if match.score >= zones.accept else Verdict.LOW_MATCH


def _subject(frames: Frames, tools: Tools) -> tuple[tuple[Miss, ...], tuple[Finding, ...]]:
    """What has become of the subject; a remark where that could not be looked at."""
    if tools.eye is None:
        return (), ()
    try:
        return lint_subject(frames, tools.profile.clip, tools.eye), ()
    except Exception as error:  # whatever an eye dies of, the paid-for take lives on
        message = f"whether the subject stays itself was not seen: {type(error).__name__}: {error}"
        return (), (Finding("clip.subject_unseen", Severity.INFO, message),)


def _told_once(linted: tuple[Miss, ...], scored: tuple[Miss, ...]) -> tuple[Miss, ...]:
    """The clip's misses; of the subject the measured one, where the scorer says so too."""
    subject = {MissKind.SUBJECT_REPLACED, MissKind.SUBJECT_DRIFT}
    told = any(miss.kind in subject for miss in linted)
    return (*linted, *(miss for miss in scored if not (told and miss.kind in subject)))


def _seal(frames: Frames, order: TakeOrder, tools: Tools) -> Clip:
    metadata = encode.metadata(order)
    return encode.seal(
        frames, tools.media, order.clip, order.recipe.fps, metadata, ffmpeg=tools.ffmpeg
    )


class _StageClock:
    """Wall seconds by stage; tells the watcher which stage begins, and the steps."""

    def __init__(self, watcher: Watcher) -> None:
        self.seconds: dict[str, float] = {}
        self._watcher = watcher
        self._stage, self._since = "", 0.0

    def stage(self, name: str) -> None:
        """The stage before ends, this one begins."""
        self.stop()
        self._watcher.stage(name)
        self._stage, self._since = name, time.perf_counter()

    def step(self, step: int, steps: int) -> None:
        self._watcher.step(step, steps)

    def add(self, **seconds: float) -> None:
        """Seconds that another attempt spent on these stages of the same take."""
        for stage, spent in seconds.items():
            self.seconds[stage] = self.seconds.get(stage, 0.0) + spent

    def stop(self) -> None:
        """The stage that runs ends, and none begins."""
        if self._stage:
            self.add(**{self._stage: time.perf_counter() - self._since})
            self._stage = ""
