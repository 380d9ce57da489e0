"""Names that no editing system cuts or escapes, URLs of another machine, and orders of shots."""

import re
from fractions import Fraction
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farm.domain.hand_off import Event, checked_media_root, file_url, ordered, reels, stem, timeline
from farm.errors import Refused

codes = st.text(min_size=1, max_size=20).filter(lambda code: code.strip() and code.isprintable())


@given(st.sets(st.tuples(codes, st.integers(1, 120)), max_size=30))
def test_reels_are_short_plain_and_each_its_own(takes: set[tuple[str, int]]) -> None:
    found = reels(takes)
    assert found.keys() == takes
    assert len(set(found.values())) == len(takes)
    assert all(re.fullmatch("[A-Z0-9]{1,8}", reel) for reel in found.values())
    assert reels(sorted(takes, reverse=True)) == found


def test_a_short_code_is_its_reel_and_none_is_cut() -> None:
    found = reels(
        [("sh010", 1), ("nike_ss27_sh040", 1), ("nike_ss27_sh050", 1), ("s-1", 1), ("s1", 1)]
    )
    assert found["sh010", 1] == "SH010T01"
    assert len(set(found.values())) == 5
    assert "S1T01" not in found.values()


@given(st.sets(codes, max_size=30))
def test_file_names_are_plain_and_each_its_own(found: set[str]) -> None:
    names = {stem(code, 1) for code in found}
    assert all(re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]*_t01", name) for name in names)
    assert len(names) == len(found)


def test_a_plain_code_keeps_its_name() -> None:
    assert stem("nike_ss27_sh040", 2) == "nike_ss27_sh040_t02"
    assert stem("镜头02", 11) == "02-637675_t11"
    assert stem("镜头", 1).startswith("shot-")


@pytest.mark.parametrize(
    ("root", "plain", "finder"),
    [
        ("E:\\ads\\nike", "file:///E:/ads/nike/a.mp4", "file://localhost/E%3A/ads/nike/a.mp4"),
        ("E:/ads/", "file:///E:/ads/a.mp4", "file://localhost/E%3A/ads/a.mp4"),
        ("/Volumes/ads #1", "file:///Volumes/ads%20%231/a.mp4", "file://localhost/Volumes/ads%20%231/a.mp4"),
        ("\\\\server\\ads", "file://server/ads/a.mp4", "file://server/ads/a.mp4"),
        ("/", "file:///a.mp4", "file://localhost/a.mp4"),
        ("E:\\", "file:///E:/a.mp4", "file://localhost/E%3A/a.mp4"),
    ],
)  # fmt: skip
def test_a_file_lies_where_the_editor_has_it(root: str, plain: str, finder: str) -> None:
    checked = checked_media_root(root)
    assert file_url(checked, "a.mp4") == plain
    assert file_url(checked, "a.mp4", localhost=True) == finder


def test_a_root_in_chinese_is_escaped() -> None:
    url = file_url(checked_media_root("D:\\广告"), "a.mp4", localhost=True)
    assert url.isascii()
    assert unquote(url) == "file://localhost/D:/广告/a.mp4"


@pytest.mark.parametrize(
    "root",
    ["", "ads", "..", "/ads/../etc", "E:ads", "./ads", "/a\nb", "/a\0b", "C:\\a\\..\\b", "~/ads"],
)
def test_a_root_that_is_no_whole_path_is_refused(root: str) -> None:
    with pytest.raises(Refused, match="no whole path on the editor's machine"):
        checked_media_root(root)


def test_an_order_puts_shots_first_and_leaves_none_out() -> None:
    assert ordered(["a", "b", "c", "d"], ["c", "", "a"], "shots.txt") == ["c", "a", "b", "d"]


def test_an_order_of_other_shots_is_refused_line_by_line() -> None:
    with pytest.raises(Refused) as refusal:
        ordered(["a", "b"], ["b", "x", "", "b"], "shots.txt")
    assert str(refusal.value) == (
        "shots.txt: line 2: there is no shot 'x'; line 4: b stands on line 1 already: one code a line, "
        "each once"
    )


def test_events_follow_each_other_less_their_handles() -> None:
    def event(shot: str, frames: int, file: str | None) -> Event:
        return Event(
            shot=shot, file=file, reel="R", frames=frames, handle=0, record=0, fps=Fraction(25)
        )

    first, gap, last = timeline(
        [event("a", 50, "a.mp4"), event("b", 50, None), event("c", 30, "c.mp4")], 5, Fraction(25)
    )
    assert (first.source_in, first.source_out, first.record, first.length) == (5, 45, 0, 40)
    assert (gap.record, gap.length) == (40, 40)
    assert (last.record, last.source_in, last.length) == (80, 5, 20)
