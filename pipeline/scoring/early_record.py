"""Where takes may be ended early: the match below which few good ones lie, and what ending them spares.

A record is of one profile's revision, one scorer, one step and one tiny decoder; scores of others say
nothing about it. It is kept in the media root, where every worker reads it when it starts.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import TypeAdapter, ValidationError

from pipeline.errors import Cause, RenderFault
from pipeline.scoring.calibration import NotEnough, approvals_needed, upper_bound
from pipeline.scoring.calibration_file import FOLDER
from pipeline.storage.protocol import Media

LIMIT = 0.05
"""The share of the good takes that may be ended, by the upper bound."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A take that was looked at and rendered to its end all the same."""

    score: float
    """The match of the unfinished clip, 0..1."""
    good: bool
    """Whether the gate or a person took it."""
    step: int
    """After which it was looked at."""
    steps: int
    """All it has."""
    seconds: float = 0.0
    """That an end would have spared, as far as they were told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What scores of unfinished clips can be compared by."""

    profile: str
    revision: str
    scorer: str
    step: int
    """Steps below the boundary."""
    decoder: str
    """The fingerprint of the tiny decoder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlyRecord:
    """Where takes of one kind may be ended, and what that rests on."""

    kind: Kind
    threshold: float
    """Below this match a take may be ended."""
    limit: float
    bound: float
    """At most so large a share of good takes is ended, with 95 % confidence."""
    takes: int
    """That were looked at and rendered to their end."""
    good: int
    """Of these."""
    good_ended: int
    """Of the good ones those below the threshold."""
    ended: int
    """Takes below the threshold."""
    steps: int
    """Of all of them."""
    steps_spared: int
    """That would not have been rendered."""
    seconds_spared: float

    @property
    def share_spared(self) -> float:
        """Of the steps."""
        return self.steps_spared / self.steps if self.steps else 0.0


def find(kind: Kind, seen: Sequence[Seen], limit: float = LIMIT) -> EarlyRecord:
    """The highest threshold below which at most `limit` of the good takes lie, by the upper bound of
    Clopper and Pearson: exact also though it is chosen, since it is the score of a good take by its rank.

    Raises `NotEnough`, also where nothing would be spared.
    """
    scores = sorted(each.score for each in seen if each.good)
    needed = approvals_needed(limit)
    if len(scores) < needed:
        raise NotEnough(
            f"there are {len(scores)} good takes among {len(seen)} that were looked at; it takes at least "
            f"{needed} (fewer cannot show that at most {limit:.0%} of them are ended)"
        )
    lost = max(
        k for k in range(len(scores)) if float(upper_bound(k, len(scores))) <= limit
    )  # 0 is always one
    threshold = scores[lost]
    ended = [each for each in seen if each.score < threshold]
    if not ended:
        raise NotEnough(
            f"none of the {len(seen)} takes that were looked at has a match below {threshold:.3f}, which "
            "is as high as the good ones allow: nothing would be spared"
        )
    good_ended = sum(each.good for each in ended)
    return EarlyRecord(
        kind=kind,
        threshold=threshold,
        limit=limit,
        bound=float(upper_bound(good_ended, len(scores))),
        takes=len(seen),
        good=len(scores),
        good_ended=good_ended,
        ended=len(ended),
        steps=sum(each.steps for each in seen),
        steps_spared=sum(each.steps - each.step for each in ended),
        seconds_spared=sum(each.seconds for each in ended),
    )


_AS_JSON = TypeAdapter(EarlyRecord)


def name_of(kind: Kind) -> str:
    """Where the record of a kind lies in the media root, there or not."""
    scorer = re.sub(r"[^A-Za-z0-9._-]+", "_", kind.scorer)
    what = f"{kind.profile}-{kind.revision}_{scorer}_{kind.step}-{kind.decoder}"
    return f"{FOLDER}/early/{what}.json"


def keep(media: Media, record: EarlyRecord) -> str:
    """Writes a record whole or not at all, in place of the one before, and says where it lies.

    Raises `OSError`.
    """
    name = name_of(record.kind)
    media.put(name, _AS_JSON.dump_json(record, indent=2) + b"\n")
    return media.where(name)


def read(media: Media, kind: Kind) -> EarlyRecord | None:
    """The record of a kind; None where there is none. Raises `RenderFault`, fatal, for what is none."""
    name = name_of(kind)
    try:
        with media.open(name) as file:
            found = _AS_JSON.validate_json(file.read())
    except FileNotFoundError:
        return None
    except (OSError, ValidationError) as error:
        raise _refused(media.where(name), "cannot be read") from error
    if found.kind != kind:
        raise _refused(media.where(name), "is of other takes")
    return found


def _refused(file: str, what: str) -> RenderFault:
    return RenderFault(
        Cause.FATAL,
        f'{file} {what}: delete it, set early.mode of the profile to "shadow", and make it anew with '
        "`farm calibrate --early`",
    )
