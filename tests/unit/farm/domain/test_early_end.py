"""What looks at unfinished takes came to."""

from farm.domain.decision import History
from farm.domain.early_end import Done, tallied
from farm.domain.gate import decide
from farm.domain.lifecycle import ReviewStatus
from pipeline.early_look import EarlyLook
from pipeline.ladder import TakeFacts
from pipeline.profiles import profile
from pipeline.profiles.remedies import RetakeSection
from pipeline.result import Verdict
from tests.conftest import a_recipe

SECONDS = {"denoise": 8.0, "decode": 1.0, "score": 0.5, "encode": 0.5, "prepare": 9.0}


def done(
    score: float | None = 0.1,
    verdict: Verdict | None = Verdict.LOW_MATCH,
    *,
    threshold: float | None = 0.3,
    audit: bool = False,
    ended: bool = False,
) -> Done:
    look = EarlyLook(
        step=5, steps=8, score=score, threshold=threshold, audit=audit, ended=ended
    )  # fmt: skip
    seconds = {"denoise": 5.0, "prepare": 9.0} if ended else SECONDS
    return Done(look=look, verdict=verdict, seconds=seconds)


def test_what_is_spared_is_what_the_steps_that_were_rendered_cost() -> None:
    assert done(None, ended=True).would_spare == 3.0
    assert done(threshold=None).would_spare == 3.0 + 1.5


def test_takes_that_a_threshold_let_through_say_nothing_of_those_below() -> None:
    assert done(threshold=None).representative
    assert done(audit=True).representative
    assert not done(0.9, Verdict.ACCEPTED).representative
    assert not done(verdict=None, ended=True).representative


def test_the_tally_counts_what_was_ended_and_whether_it_was_right_to() -> None:
    found = tallied(
        [
            done(verdict=None, ended=True),
            done(verdict=None, ended=True),
            done(audit=True),
            done(audit=True, verdict=Verdict.PARTLY),
            done(0.9, Verdict.ACCEPTED, audit=True),
            done(0.9, Verdict.ACCEPTED),
            done(None),
        ]
    )
    assert (found.looked, found.ended, found.audits, found.audits_good) == (6, 2, 2, 1)
    assert (found.steps_spared, found.seconds_spared) == (6, 6.0)


def test_where_nothing_is_left_to_try_a_person_gets_a_shot_whose_takes_were_ended() -> None:
    once = profile.load("toy").model_copy(update={"retakes": RetakeSection(renders=1)})
    take = TakeFacts(
        number=1, rung=0, recipe=a_recipe(), verdict=None, score=None, ended="ended at step 5 of 8"
    )
    decision = decide(
        History(takes=(take,), prompts=(a_recipe().prompt,), must_keep=(), alternates=()), once
    )
    assert (decision.review, decision.selected) == (ReviewStatus.NEEDS_REVIEW, None)
