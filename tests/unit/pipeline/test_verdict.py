"""The gate: which verdict a take gets by its match, its findings and where the lines are drawn."""

import pytest

from pipeline.coverage import Coverage, Shown, Stage
from pipeline.findings import Finding, Severity
from pipeline.result import Match, Verdict, Zones
from pipeline.take import verdict

LINES = Zones(accept=0.6, retake=0.4)
WHOLE = Coverage(stages=())
BLACK = Finding("clip.black", Severity.ERROR, "it is black")
DIM = Finding("clip.dim", Severity.WARNING, "it is dim")


def a_match(score: float | None) -> Match:
    return Match(scorer="clip#1", clip_prompt=score, clip_still=0.9)


@pytest.mark.parametrize(
    ("score", "findings", "expected"),
    [
        (0.6, (), Verdict.ACCEPTED),
        (0.6, (DIM,), Verdict.ACCEPTED),
        (0.599, (), Verdict.LOW_MATCH),
        (0.4, (), Verdict.LOW_MATCH),
        (0.1, (), Verdict.LOW_MATCH),
        (0.9, (BLACK,), Verdict.BAD_CLIP),
        (None, (), Verdict.UNSCORED),
        (None, (BLACK,), Verdict.BAD_CLIP),
    ],
)
def test_only_a_sound_take_at_or_above_the_upper_line_is_accepted(
    score: float | None, findings: tuple[Finding, ...], expected: Verdict
) -> None:
    assert verdict(a_match(score), findings, LINES, WHOLE) is expected


def test_what_nobody_could_hold_against_the_wish_is_unscored_and_what_lacks_of_it_is_partly() -> (
    None
):
    part = Coverage(stages=(Stage(text="it grows", shown=Shown.CUT),))
    assert verdict(a_match(0.9), (), LINES, None) is Verdict.UNSCORED
    assert verdict(a_match(0.9), (), LINES, part) is Verdict.PARTLY
    assert verdict(a_match(0.5), (), LINES, part) is Verdict.LOW_MATCH
    assert verdict(a_match(0.9), (BLACK,), LINES, part) is Verdict.BAD_CLIP


@pytest.mark.parametrize(
    ("score", "unsure"), [(0.399, False), (0.4, True), (0.599, True), (0.6, False)]
)
def test_between_the_lines_begins_at_the_lower_and_ends_below_the_upper(
    score: float, unsure: bool
) -> None:
    assert LINES.unsure(score) is unsure
