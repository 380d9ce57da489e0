"""The whole way of one take, top to bottom."""

import logging
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from pipeline import segments
from pipeline.clips import encode, lettering, previews
from pipeline.clips import lint as clip_lint
from pipeline.clips.likeness import lint_subject
from pipeline.clips.made_with import MadeWith
from pipeline.clips.seams import Seam
from pipeline.coverage import Coverage
from pipeline.early_end import EarlyRule, Watch, WillMiss, watch_of
from pipeline.early_look import EarlyLook
from pipeline.engines.protocol import Engine, Watcher
from pipeline.engines.turns import Turns
from pipeline.findings import Finding, Severity
from pipeline.misses import Miss, MissKind
from pipeline.models.image_features import Eye
from pipeline.models.text_reader import TextReader
from pipeline.profiles.profile import Profile
from pipeline.recipe import Recipe, TakeOrder
from pipeline.result import Clip, EndedEarly, Match, Refusal, TakeResult, Verdict, Zones
from pipeline.scoring import matching, precheck, wish
from pipeline.scoring.protocol import Scorer, TurnToAsk
from pipeline.stage_clock import StageClock
from pipeline.stills import prepare
from pipeline.storage.files import Frames
from pipeline.storage.protocol import Media
from pipeline.storage.tensors import NOTHING_KEPT, KeptTensors

if TYPE_CHECKING:
    from PIL.Image import Image

_log = logging.getLogger(__name__)


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
    reader: TextReader | None = None
    """Who reads what is written on it; without one a take says that nobody did."""
    early: EarlyRule | None = None
    """When unfinished takes are looked at; None: never."""
    kept: KeptTensors = NOTHING_KEPT
    """Where latents outlast a worker that dies before their clip is sealed."""
    judging: TurnToAsk = field(default_factory=threading.Lock, repr=False, compare=False)
    """Whose turn it is to ask the scorer and the eye: one take is looked at while another is scored."""
    turns: Turns = field(default_factory=Turns, repr=False, compare=False)
    """Whose turn it is to ask the engine."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """A take whose frames are made, and what its tail goes on from; it stays in its process."""

    order: TakeOrder
    picture: "Image"
    """The prepared still."""
    frames: Frames
    before: Match
    """What the scorer says of the still."""
    foretold: tuple[Miss, ...]
    """What the take misses by that."""
    despite: str
    """What speaks against a take that was to be rendered whatever does; empty where nothing does."""
    seconds: Mapping[str, float]
    """Wall seconds by stage so far."""
    early: EarlyLook | None = None
    """What was seen of it before it was done."""


def make(order: TakeOrder, tools: Tools, watcher: Watcher) -> TakeResult | Refusal | EndedEarly:
    """Makes one take: prepared still in, sealed and scored clip out; or declines to, before it renders, or
    ends it before it is done.

    Raises `ShotRejected`, `RenderFault` or `RenderStopped` (`pipeline.errors`).
    """
    rendered = render(order, tools, watcher)
    return finish(rendered, tools, watcher) if isinstance(rendered, Rendered) else rendered


def render(order: TakeOrder, tools: Tools, watcher: Watcher) -> Rendered | Refusal | EndedEarly:
    """The first part, all that asks the engine: frames in the host's memory. Raises as `make`.

    Threads that render at once take turns at the engine.
    """
    recipe, profile = order.recipe, tools.profile
    clock = StageClock(watcher)

    clock.stage("prepare")
    picture = prepare.load(tools.media, recipe.still)
    with clock.turn(tools.judging):
        clock.stage("precheck")
        before = matching.judge_still(tools.scorer, picture, recipe.prompt)
        foretold = matching.misses_before(before, profile.match)
        hopeless = precheck.hopeless(order, picture, tools.scorer, profile)
        clock.stop()
    if hopeless and not order.no_decline:
        device = tools.engine.abilities.device
        return Refusal(match=before, misses=hopeless, seconds=clock.seconds, device=device)

    seen = watch_of(
        tools.early, order, picture, before, tools.engine, tools.scorer, profile.match, tools.judging, clock
    )  # fmt: skip
    watch = seen if isinstance(seen, Watch) else None
    means = segments.Means(tools.engine, tools.turns, tools.kept, watch)
    try:
        frames = segments.render(picture, order, means, clock)
    except WillMiss as end:
        clock.stop()
        return EndedEarly(
            match=end.match,
            misses=end.misses,
            look=end.look,
            seconds=clock.seconds,
            device=tools.engine.abilities.device,
        )
    despite = hopeless[0].message if hopeless else ""
    told = seen.told if isinstance(seen, Watch) else seen
    return Rendered(order, picture, frames, before, foretold, despite, clock.seconds, told)


def finish(rendered: Rendered, tools: Tools, watcher: Watcher) -> TakeResult:
    """The tail, which never asks the engine: another take may be rendered beside it. Raises as `make`."""
    order, frames, picture = rendered.order, rendered.frames, rendered.picture
    recipe, profile = order.recipe, tools.profile
    zones = tools.zones or Zones.at(profile.match.threshold)
    clock = StageClock(watcher, rendered.seconds)

    clock.stage("check")
    linted = clip_lint.lint(frames, profile.clip, recipe.prompt, picture, _seams(recipe))
    with clock.turn(tools.judging):
        clock.stage("score")
        match = matching.judge_clip(tools.scorer, frames, picture, recipe.prompt, rendered.before)
        missed = matching.misses_after(match, profile.match, below=zones.retake)
        match, coverage = _coverage(match, rendered, tools, zones)
        changed, unseen = _subject(frames, tools)
        written, unread = lettering.read_in(frames, picture, order, profile, tools.reader)
        clock.stop()
    clock.stage("encode")
    clip = _seal(frames, order, tools)
    clock.stop()
    if order.previews:
        _preview(frames, clip, tools.media)
    # Last: a take that hangs before is decoded again, and not rendered.
    segments.forget(recipe, tools.kept)
    told = (*linted, *changed, *written)
    findings = (*clip_lint.findings(told, profile.lettering.errors), *unseen, *unread)
    return TakeResult(
        verdict=verdict(match, findings, zones, coverage),
        match=match,
        clip=clip,
        findings=findings,
        coverage=coverage,
        misses=(*rendered.foretold, *_told_once(told, missed)),
        seconds=clock.seconds,
        device=tools.engine.abilities.device,
        zones=zones,
        despite=rendered.despite,
        early=rendered.early,
    )


def _seams(recipe: Recipe) -> tuple[Seam, ...]:
    """Where its segments meet; what both are asked for should go on over it."""
    asked = pairwise(recipe.prompts)
    return tuple(
        Seam(frame, goes_on=one == other)
        for frame, (one, other) in zip(recipe.seams, asked, strict=True)
    )


def verdict(
    match: Match, findings: tuple[Finding, ...], zones: Zones, coverage: Coverage | None
) -> Verdict:
    """The gate: a broken clip never passes, nor one that nobody could score.

    A low match says nothing yet of what follows: the ladder, or in the zone between a person. The match is
    by the take's own prompt; what passes by it is accepted where it shows all that its shot asks for.
    """
    if any(finding.severity is Severity.ERROR for finding in findings):
        return Verdict.BAD_CLIP
    if match.score is None:
        return Verdict.UNSCORED
    if match.score < zones.accept:
        return Verdict.LOW_MATCH
    if coverage is None:
        return Verdict.UNSCORED
    return Verdict.ACCEPTED if coverage.whole else Verdict.PARTLY


def _coverage(
    match: Match, rendered: Rendered, tools: Tools, zones: Zones
) -> tuple[Match, Coverage | None]:
    """What the clip shows of the shot's own prompt; where nobody can say, the match notes why."""
    if match.score is None:
        return match, None
    order, section = rendered.order, tools.profile.match
    prompt = order.recipe.prompt
    found, why = wish.covered(
        tools.scorer, rendered.frames, order.wish or prompt, prompt, match, section, zones.accept
    )
    return (replace(match, note=why) if why else match), found


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
    made_with = MadeWith.of(frames, tools.engine.abilities.device, tools.ffmpeg)
    metadata = encode.metadata(order, made_with)
    return encode.seal(
        frames, tools.media, order.clip, order.recipe.fps, metadata, ffmpeg=tools.ffmpeg
    )


def _preview(frames: Frames, clip: Clip, media: Media) -> None:
    """A thumbnail and a filmstrip, in no stage's time: the take is neither judged nor paid by them."""
    try:
        previews.keep(previews.of_frames(frames), media, clip.path)
    except Exception as error:  # they can be made at any time; the paid-for take lives on
        _log.warning("%s has no previews: %s: %s", clip.path, type(error).__name__, error)
