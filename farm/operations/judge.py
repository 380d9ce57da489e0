"""Any film files judged by a profile's scorer: for trying a judge on one's own clips, without a farm."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from farm.operations.workspace import media_at_hand, profile_of
from pipeline.result import Verdict

if TYPE_CHECKING:
    from farm.config import Settings
    from pipeline.misses import Miss
    from pipeline.profiles.profile import Profile
    from pipeline.result import Match, Zones
    from pipeline.scoring.protocol import Scorer

Each = Callable[[Sequence[Path]], Iterable[Path]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One film and what the scorer says of it."""

    clip: str
    verdict: Verdict | None = None
    """None where the film could not be looked at."""
    match: "Match | None" = None
    misses: tuple["Miss", ...] = ()
    problem: str = ""
    """Why it could not, with the remedy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """Films, held against one prompt."""

    prompt: str
    still: str | None
    profile: str
    scorer: str
    zones: "Zones"
    calibrated: bool
    """Whether the lines are those of a calibration; else they are the profile's threshold."""
    clips: tuple[Judged, ...]

    @property
    def passed(self) -> bool:
        """Whether all of them would be accepted."""
        return all(each.verdict is Verdict.ACCEPTED for each in self.clips)

    def as_json(self) -> dict[str, Any]:
        return {
            "prompt": self.prompt,
            "still": self.still,
            "profile": self.profile,
            "scorer": self.scorer,
            "zones": self.zones,
            "calibrated": self.calibrated,
            "clips": [
                {
                    "clip": each.clip,
                    "verdict": each.verdict,
                    "score": each.match.score if each.match else None,
                    "match": each.match.as_dict() if each.match else None,
                    "misses": each.misses,
                    "problem": each.problem,
                }
                for each in self.clips
            ],
        }


def films(
    settings: "Settings",
    clips: Sequence[Path],
    prompt: str,
    *,
    still: Path | None = None,
    profile: str | None = None,
    each: Each = iter,
) -> Judgement:
    """What the profile's scorer says of each film. `each` goes through them and may show how far it is.

    The lines are those of the scorer's calibration, where the media root has one. A film that cannot be
    read is told in its place. Raises `SettingsError`, and `RenderFault` for a scorer that cannot be loaded.
    """
    from pipeline.result import Zones
    from pipeline.scoring import calibration_file, loading

    found = profile_of(settings, profile)
    scorer = loading.load(found.match, settings.weights)
    kept = calibration_file.read(media_at_hand(settings), found.name, scorer.name)
    zones = kept.zones if kept else Zones.at(found.match.threshold)
    return Judgement(
        prompt=prompt,
        still=str(still) if still else None,
        profile=found.name,
        scorer=scorer.name,
        zones=zones,
        calibrated=kept is not None,
        clips=tuple(_judged(scorer, found, clip, prompt, still, zones) for clip in each(clips)),
    )


def _judged(
    scorer: "Scorer",
    profile: "Profile",
    clip: Path,
    prompt: str,
    still: Path | None,
    zones: "Zones",
) -> Judged:
    from pipeline import take
    from pipeline.clips.film import Unreadable
    from pipeline.coverage import Coverage
    from pipeline.errors import ShotRejected
    from pipeline.scoring import films, matching

    try:
        match = films.match_of(scorer, clip, prompt, still)
    except (ShotRejected, Unreadable) as reason:
        return Judged(clip=str(clip), problem=str(reason))
    foretold = matching.misses_before(match, profile.match)
    return Judged(
        clip=str(clip),
        verdict=take.verdict(match, (), zones, Coverage(stages=())),
        match=match,
        misses=(*foretold, *matching.misses_after(match, profile.match)),
    )
