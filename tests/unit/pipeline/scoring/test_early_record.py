"""Below which match takes may be ended: few good ones are lost, by a bound that holds."""

from dataclasses import replace

import pytest

from pipeline.errors import Cause, RenderFault
from pipeline.scoring import early_record
from pipeline.scoring.calibration import NotEnough, upper_bound
from pipeline.scoring.early_record import Kind, Seen
from tests.memory_media import MemoryMedia

KIND = Kind(profile="toy", revision="a" * 12, scorer="builtin:toy-clip#1", step=2, decoder="b" * 12)


def seen(score: float, *, good: bool) -> Seen:
    return Seen(score=score, good=good, step=5, steps=8, seconds=2.0)


def takes(good: int, bad: int) -> list[Seen]:
    """Good ones from 0.5 to 1, bad ones below 0.4."""
    return [
        *(seen(0.5 + 0.5 * number / good, good=True) for number in range(good)),
        *(seen(0.4 * number / max(bad, 1), good=False) for number in range(bad)),
    ]


def test_with_the_fewest_labels_no_good_one_lies_below() -> None:
    record = early_record.find(KIND, takes(59, 30))
    assert (record.threshold, record.good_ended, record.ended) == (0.5, 0, 30)
    assert record.bound <= 0.05
    assert (record.steps_spared, record.steps) == (90, 89 * 8)
    assert record.seconds_spared == 60.0
    assert record.share_spared == 90 / (89 * 8)


def test_one_good_take_less_shows_too_little() -> None:
    with pytest.raises(NotEnough, match=r"58 good takes among 88 .* at least 59"):
        early_record.find(KIND, takes(58, 30))


def test_more_labels_allow_a_higher_line_and_no_higher_one_holds() -> None:
    many = takes(400, 100)
    record = early_record.find(KIND, many)
    lost = sum(each.good and each.score < record.threshold for each in many)
    assert lost == record.good_ended > 0
    assert record.bound == float(upper_bound(lost, 400)) <= 0.05 < float(upper_bound(lost + 1, 400))


def test_a_line_that_spares_nothing_is_none() -> None:
    with pytest.raises(NotEnough, match="nothing would be spared"):
        early_record.find(KIND, takes(59, 0))


def test_scores_that_tie_are_not_ended() -> None:
    tied = [*(seen(0.0, good=True) for _ in range(80)), *(seen(0.0, good=False) for _ in range(80))]
    with pytest.raises(NotEnough, match="nothing would be spared"):
        early_record.find(KIND, tied)


def test_a_record_is_found_by_its_kind_alone() -> None:
    media = MemoryMedia()
    record = early_record.find(KIND, takes(59, 30))
    early_record.keep(media, record)
    assert early_record.read(media, KIND) == record
    for other in (
        replace(KIND, revision="c" * 12),
        replace(KIND, scorer="another"),
        replace(KIND, step=1),
        replace(KIND, decoder="d" * 12),
    ):
        assert early_record.read(media, other) is None


@pytest.mark.parametrize("written", [b"{}", b"no JSON", "of another kind"])
def test_what_is_no_record_is_refused(written: bytes | str) -> None:
    media = MemoryMedia()
    if isinstance(written, str):
        other = early_record.find(replace(KIND, step=1), takes(59, 30))
        early_record.keep(media, other)
        written = media.files[early_record.name_of(other.kind)]
    media.put(early_record.name_of(KIND), written)
    with pytest.raises(RenderFault, match=r"delete it.*farm calibrate --early") as caught:
        early_record.read(media, KIND)
    assert caught.value.cause is Cause.FATAL
