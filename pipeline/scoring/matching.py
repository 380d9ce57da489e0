"""How well still, prompt and frames agree, and what a low answer misses.

The profile names a scorer (`pipeline.scoring`). It asks its own questions; the lowest answer counts,
and all of them are kept: they tell people what is wrong.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.misses import Answer, Miss, MissKind
from pipeline.profiles.match_section import MatchSection
from pipeline.result import Match
from pipeline.scoring import two_tower, vqa
from pipeline.scoring.protocol import CannotJudge, Scorer

if TYPE_CHECKING:
    from PIL.Image import Image

    from pipeline.storage.files import Frames

_OF_THE_STILL = (MissKind.SUBJECT_REPLACED, MissKind.SUBJECT_DRIFT)
"""What an answer about the clip means that is about the picture, not the prompt."""
_NOT_THERE = (MissKind.SUBJECT_MISSING, MissKind.ATTRIBUTE_CONTRADICTED)
SENTENCES = {
    MissKind.SUBJECT_MISSING: "“{0}” is not what the still shows",
    MissKind.ATTRIBUTE_CONTRADICTED: "the picture shows it otherwise than “{0}”",
    MissKind.ACTION_IMPOSSIBLE: "“{0}” cannot begin in this picture",
    MissKind.ACTION_ABSENT: "the clip does not show “{0}”",
    MissKind.WRONG_ORDER: "“{0}” does not happen in this order",
    MissKind.SUBJECT_REPLACED: "the clip does not keep what the picture shows",
    MissKind.SUBJECT_DRIFT: "the subject does not quite stay itself",
}


def load(section: MatchSection, folder: Path, device: str) -> Scorer:
    """The scorer of the profile's kind, whose weights lie in `folder`. Raises `RenderFault`."""
    return (vqa if section.kind == "vqa" else two_tower).load(section, folder, device)


def judge_still(scorer: Scorer, picture: "Image", prompt: str) -> Match:
    """The match before rendering. Never raises: a scorer that cannot judge leaves a note."""
    answers, note = _asked(lambda: scorer.ask_still(picture, prompt))
    fit = None if note else _lowest(answers)
    return Match(scorer=scorer.name, still_prompt=fit, answers=answers, note=note)


def judge_clip(
    scorer: Scorer, frames: "Frames", picture: "Image", prompt: str, before: Match
) -> Match:
    """The match after rendering, on top of the one before. Never raises."""
    answers, note = _asked(lambda: scorer.ask_clip(frames, picture, prompt))
    both = (*before.answers, *answers)
    if note:
        return replace(before, answers=both, note=note)
    return replace(
        before,
        clip_prompt=_lowest([each for each in answers if each.kind not in _OF_THE_STILL]),
        clip_still=_lowest([each for each in answers if each.kind in _OF_THE_STILL]),
        answers=both,
    )


def misses_before(
    match: Match, section: MatchSection, *, below: float | None = None
) -> tuple[Miss, ...]:
    """What can be told of the still and the prompt, before anything is rendered: the answers under
    the threshold, or under another number."""
    threshold = section.threshold if below is None else below
    return _misses([each for each in match.answers if each.kind.before], threshold)


def misses_after(match: Match, section: MatchSection, *, below: float = 0.0) -> tuple[Miss, ...]:
    """What the clip misses, beside what could be told before: the answers under the threshold, or under
    `below`, where that is higher."""
    told = _misses(match.answers, max(section.threshold, below))
    return tuple(each for each in told if not each.kind.before)


def _misses(answers: Sequence[Answer], threshold: float) -> tuple[Miss, ...]:
    """What the answers below the threshold miss, the lowest of each kind and clause.

    Who is not there has no colour, and nothing happens to what is not there: neither is told as well.
    """
    low = [each for each in answers if each.value is not None and each.value < threshold]
    absent = [each for each in low if each.kind is MissKind.SUBJECT_MISSING]
    unlike = [each for each in low if each.kind in _NOT_THERE]
    told: dict[tuple[MissKind, str], Answer] = {}
    for answer in sorted(low, key=_value):
        because = absent if answer.kind is MissKind.ATTRIBUTE_CONTRADICTED else unlike
        by_itself = answer.kind in (MissKind.SUBJECT_MISSING, *_OF_THE_STILL)
        if by_itself or not any(_overlap(answer, each) for each in because):
            told.setdefault((answer.kind, answer.clause), answer)
    return tuple(_miss(answer, threshold) for answer in told.values())


def _miss(answer: Answer, threshold: float) -> Miss:
    value = _value(answer)
    what = SENTENCES[answer.kind].format(answer.clause)
    message = f"{what}: {value:.2f}, below {threshold:.2f}"
    return Miss(kind=answer.kind, value=value, threshold=threshold, message=message)


def _asked(question: Callable[[], tuple[Answer, ...]]) -> tuple[tuple[Answer, ...], str]:
    """The answers, and why they do not count where they do not. NaN is no answer: it would slip
    through a gate."""
    try:
        answers = question()
    except CannotJudge as refusal:
        return refusal.answers, refusal.note
    except Exception as error:  # whatever a scorer dies of, the paid-for take lives on unscored
        return (), f"the scorer failed: {type(error).__name__}: {error}"
    given = [each.value for each in answers if each.value is not None]
    if all(0 <= value <= 1 for value in given):
        return answers, ""
    wrong = ", ".join(f"{value:g}" for value in given)
    return (), f"the scorer gave {wrong}, which is not within 0 … 1"


def _lowest(answers: Sequence[Answer]) -> float | None:
    return min((each.value for each in answers if each.value is not None), default=None)


def _value(answer: Answer) -> float:
    assert answer.value is not None
    return answer.value


def _overlap(one: Answer, other: Answer) -> bool:
    """Whether two answers are about the same words; one without a place is about all of them."""
    if one.span is None or other.span is None:
        return True
    return one.span[0] < other.span[1] and other.span[0] < one.span[1]
