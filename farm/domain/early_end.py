"""What looks at unfinished takes came to: which takes were good after all, what an end spares. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.early_look import EarlyLook
from pipeline.result import Verdict

GOOD = frozenset({Verdict.ACCEPTED, Verdict.PARTLY})
"""Verdicts with which a take is taken, or may be by a person."""
AFTER = ("decode", "check", "encode")
"""Stages that a take goes through once its steps are done, but for its score: that takes about as long as
that of the look."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """A take that was looked at, and how it ended."""

    look: EarlyLook
    verdict: Verdict | None
    """None for one that was ended early."""
    seconds: Mapping[str, float]
    """By stage."""

    @property
    def representative(self) -> bool:
        """Whether it was rendered to its end whatever was seen: in shadow, or as an audit. Takes that a
        threshold let through say nothing of those below it."""
        return self.verdict is not None and (self.look.threshold is None or self.look.audit)

    @property
    def would_spare(self) -> float:
        """Seconds that an end at the look would have spared it, or did: of the steps by their part, and all
        that comes after them where that was told."""
        look = self.look
        rendered = look.step if look.ended else look.steps
        each = self.seconds.get("denoise", 0.0) / rendered if rendered else 0.0
        after = 0.0 if look.ended else sum(self.seconds.get(stage, 0.0) for stage in AFTER)
        return each * (look.steps - look.step) + after


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlyTally:
    """What looks at unfinished takes came to."""

    looked: int
    """Takes with a match of before they were done."""
    ended: int
    audits: int
    """Takes that were rendered on although they would have been ended."""
    audits_good: int
    """Of these the ones that were good after all."""
    good_audits: int
    """Audits that were good, wherever they lay."""
    steps_spared: int
    seconds_spared: float
    """Of workers, of the steps alone, by what those of the same take cost that were rendered."""


def tallied(takes: Sequence[Done]) -> EarlyTally:
    """What all of them came to."""
    ended = [take for take in takes if take.look.ended]
    audits = [take for take in takes if take.look.audit and _low(take.look)]
    return EarlyTally(
        looked=sum(take.look.score is not None for take in takes),
        ended=len(ended),
        audits=len(audits),
        audits_good=sum(take.verdict in GOOD for take in audits),
        good_audits=sum(take.look.audit and take.verdict in GOOD for take in takes),
        steps_spared=sum(take.look.spared for take in ended),
        seconds_spared=sum(take.would_spare for take in ended),
    )


def _low(look: EarlyLook) -> bool:
    return look.score is not None and look.threshold is not None and look.score < look.threshold
