"""Holds stills and clips against the prompts of other shots: what a scorer says of what does not fit."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.clips import encode
from pipeline.result import Match
from pipeline.scoring import matching
from pipeline.scoring.calibration import Label
from pipeline.scoring.matching import Scorer
from pipeline.stills import prepare
from pipeline.storage.files import Frames
from pipeline.storage.protocol import Media

OTHERS = 4
"""Prompts of other shots that each is held against."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A shot as a scorer may look at it."""

    shot: str
    prompt: str
    still: str
    """SHA-256 of the prepared still."""
    clip: str | None
    """Relative to the media root; None where there is none yet."""


def pairs(prompts: Sequence[str], seed: int = 0) -> list[tuple[str, ...]]:
    """For each prompt up to `OTHERS` different ones of the others, by chance."""
    rng = random.Random(seed)  # noqa: S311 - spreads the choice, guards nothing
    distinct = sorted(set(prompts))
    found: list[tuple[str, ...]] = []
    for prompt in prompts:
        others = [other for other in distinct if other != prompt]
        found.append(tuple(rng.sample(others, min(OTHERS, len(others)))))
    return found


def held(
    subjects: Sequence[Subject], scorer: Scorer, media: Media, seed: int = 0
) -> Iterator[tuple[list[Label], list[Label]]]:
    """Per subject the labels of its still and of its clip, each good with its own prompt and bad with
    another shot's. What the scorer cannot judge is left out.

    Raises `ShotRejected` for a still that is gone, `OSError` or `ValueError` for such a clip.
    """
    swapped = pairs([subject.prompt for subject in subjects], seed)
    for subject, others in zip(subjects, swapped, strict=True):
        picture = prepare.load(media, subject.still)
        frames = None if subject.clip is None else _frames(media, subject.clip)
        stills: list[Label] = []
        clips: list[Label] = []
        for prompt in (subject.prompt, *others):
            good = prompt == subject.prompt
            fit = matching.judge_still(scorer, picture, prompt).still_prompt
            if fit is not None:
                stills.append(Label(fit, good, subject.shot))
            if frames is None:
                continue
            match = matching.judge_clip(scorer, frames, picture, prompt, Match(scorer=scorer.name))
            if match.score is not None:
                clips.append(Label(match.score, good, subject.shot))
        yield stills, clips


def _frames(media: Media, clip: str) -> Frames:
    with media.get(clip) as place:
        return encode.read(place)
