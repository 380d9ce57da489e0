"""What was read of a label in the frames of a clip tells whether it stayed, changed or was lost."""

import pytest

from pipeline.clips import readings
from pipeline.clips.readings import Label, Reading, Shown
from pipeline.misses import Miss

SAME, UNREAD, OUTSIDE = Shown.SAME, Shown.UNREAD, Shown.OUTSIDE


def a_label(*shown: Shown | str, text: str = "NORDLYS", kept: str = "") -> Label:
    """A word stands for what is read instead; frames are ten apart."""
    read = [
        Reading(10 * number, Shown.OTHER, each)
        if isinstance(each, str)
        else Reading(10 * number, each)
        for number, each in enumerate(shown)
    ]
    return Label(text, kept, tuple(read))


def changed(label: Label) -> list[Miss]:
    return [*readings.changed(label, 81, 0.05)]


def lost(label: Label) -> list[Miss]:
    return [*readings.lost(label, 81, 0.2)]


def test_a_word_that_several_frames_read_otherwise_in_the_same_way_has_changed() -> None:
    [miss] = changed(a_label(*[SAME] * 4, "NORDLXS", "NORDLXS", "NORDLXS", "NORDLXS"))
    assert miss.kind == "label_changed"
    assert (miss.value, miss.threshold) == (pytest.approx(1 / 7), 0.05)
    assert "‘NORDLYS’ reads ‘NORDLXS’" in miss.message
    assert "frames 41, 51, 61, 71 of 81" in miss.message


@pytest.mark.parametrize(
    "label",
    [
        a_label(*[SAME] * 8),
        a_label(SAME, SAME, "NORDLXS", *[SAME] * 5),
        a_label(SAME, "NORDLXS", SAME, "QQQ", *[SAME] * 4),
        a_label(SAME, UNREAD, UNREAD, UNREAD, *[SAME] * 4),
        a_label(*[SAME] * 7, UNREAD),
        a_label(*[SAME] * 7, "NORDLXS"),
        a_label(*[SAME] * 5, OUTSIDE, OUTSIDE, OUTSIDE),
        a_label(SAME, "青泉", "青泉", "青泉", *[SAME] * 4, text="清泉"),
    ],
)
def test_what_nearly_is_a_fault_is_none(label: Label) -> None:
    assert changed(label) == []
    assert lost(label) == []


def test_an_end_of_a_word_that_reads_otherwise_to_the_end_is_not_covered_but_changed() -> None:
    assert changed(a_label(SAME, SAME, *["青泉"] * 6, text="清泉"))


def test_letters_that_melt_read_otherwise_each_time() -> None:
    [miss] = changed(a_label(*[SAME] * 5, "NORDLXS", "MORVLXZ", "QQRTLX"))
    assert miss.kind == "label_changed"
    assert miss.value > 0.5


def test_a_word_that_never_comes_back_is_lost_from_the_frame_on_where_it_went() -> None:
    [miss] = lost(a_label(*[SAME] * 6, UNREAD, UNREAD, kept="Nordlys"))
    assert (miss.kind, miss.value, miss.threshold) == ("label_lost", 0.25, 0.2)
    assert "the must-keep word ‘Nordlys’" in miss.message
    assert "from frame 61 of 81 on" in miss.message


def test_a_word_that_was_never_read_is_lost_from_the_first_frame_on() -> None:
    [miss] = lost(a_label(*[UNREAD] * 8))
    assert miss.value == 1.0


@pytest.mark.parametrize(
    ("label", "told"),
    [
        (a_label(*[SAME] * 8), "‘NORDLYS’ stays readable in all 8 frames looked at"),
        (
            a_label(SAME, SAME, "NORDLXS", UNREAD, *[SAME] * 4, kept="Nordlys"),
            "the must-keep word ‘Nordlys’ is readable in 6 of the 8 frames looked at, not in frames 21, 31 "
            "of 81, counted from 1",
        ),
        (
            a_label(*[SAME] * 7, OUTSIDE),
            "‘NORDLYS’ is readable in 7 of the 8 frames looked at, not in frame 71 of 81, counted from 1",
        ),
    ],
)
def test_of_a_label_with_which_nothing_is_wrong_it_is_told_where_it_was_read(
    label: Label, told: str
) -> None:
    [finding] = readings.followed(label, 81)
    assert (finding.code, finding.severity) == ("clip.label_followed", "info")
    assert finding.message == told


@pytest.mark.parametrize(
    ("label", "severity"),
    [
        (a_label(*[SAME] * 4, *[UNREAD] * 3, SAME), "info"),
        (a_label(SAME, *[UNREAD] * 6, SAME), "warning"),
        (a_label(SAME, SAME, SAME, *[OUTSIDE] * 5), "info"),
    ],
)
def test_a_label_that_few_of_the_frames_that_hold_it_show_is_a_warning(
    label: Label, severity: str
) -> None:
    [finding] = readings.followed(label, 81)
    assert finding.severity == severity


def test_a_label_that_no_frame_shows_was_not_followed() -> None:
    assert [*readings.followed(a_label(*[UNREAD] * 8), 81)] == []


@pytest.mark.parametrize(
    ("read", "shown"),
    [
        ("NORDLYS", SAME),
        ("nordlys", SAME),
        ("NORDLYS 50 ml", SAME),
        ("NORDL", SAME),
        ("NOR", UNREAD),
        ("", UNREAD),
        ("··", UNREAD),
        ("NORDLXS", Shown.OTHER),
    ],
)
def test_a_reading_is_the_label_a_part_of_it_or_another_word(read: str, shown: Shown) -> None:
    assert readings.judged(read, "NORDLYS") is shown


def test_words_that_several_frames_show_have_appeared() -> None:
    new = [Reading(40, Shown.OTHER, "BUY NOW"), Reading(80, Shown.OTHER, "BUY N0W!")]
    [miss] = readings.appeared(new, 81, 1)
    assert (miss.kind, miss.value, miss.threshold) == ("text_appeared", 2.0, 1.0)
    assert "frames 41, 81 of 81" in miss.message
    assert not [*readings.appeared(new[:1], 81, 1)]
    other = Reading(80, Shown.OTHER, "quite another")
    assert not [*readings.appeared([new[0], other], 81, 1)]
