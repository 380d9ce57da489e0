"""A product's label is followed through a film: each fault is named where it is, not where it nearly is."""

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from pipeline.clips import lettering
from pipeline.findings import Finding
from pipeline.misses import Miss
from pipeline.models import text_reader
from pipeline.profiles import profile
from pipeline.stills.subject import Salient
from pipeline.storage.files import Frames
from tests.benchmarks.real_clips import lettered
from tests.benchmarks.real_clips.lettered import Product
from tests.pictures import lettered as written

WAN = profile.load("wan2.2-i2v-a14b")
LATIN = Product("VELVET", "VELWET", "coffee", ("#14532d", "#f7f3e3"), "drift", (416, 240), 17)
CHINESE = Product("云山茶", "云仙茶", "astronaut", ("#7a1020", "#ffe9c4"), "still", (416, 240), 17)


def look(
    frames: Frames, still: Frames, prompt: str = "", must_keep: tuple[str, ...] = ()
) -> list[Miss]:
    return [*told(frames, still, prompt, must_keep)[0]]


def told(
    frames: Frames, still: Frames, prompt: str = "", must_keep: tuple[str, ...] = ()
) -> tuple[tuple[Miss, ...], tuple[Finding, ...]]:
    return lettering.follow(
        frames,
        Image.fromarray(still),
        prompt,
        WAN.lettering,
        text_reader.load(),
        must_keep=must_keep,
        finder=Salient(WAN.still.sure),
    )


@pytest.mark.parametrize(
    ("what", "product"),
    [(what, (LATIN, CHINESE)[number % 2]) for number, what in enumerate(lettered.FAULTS)],
)
def test_a_fault_is_named(what: str, product: Product) -> None:
    film, kinds = lettered.FAULTS[what]
    frames = film(product)
    found = {miss.kind.value for miss in look(frames, lettered.filmed(product, lettered.right)[0])}
    assert found & set(kinds)
    assert found <= {*kinds}


@pytest.mark.parametrize(
    ("what", "product"),
    [(what, (CHINESE, LATIN)[number % 2]) for number, what in enumerate(lettered.NEARLY)],
)
def test_what_nearly_is_one_is_not_accused(what: str, product: Product) -> None:
    film, prompt = lettered.NEARLY[what]
    frames = film(product)
    assert look(frames, frames[0], prompt) == []


def test_the_words_and_the_frame_where_they_went_wrong_are_told() -> None:
    frames = lettered.filmed(LATIN, lettered.swapped)
    [miss] = look(frames, frames[0])
    assert "‘VELVET’ reads ‘VELWET’" in miss.message
    wrong = int(miss.message.partition("frames ")[2].partition(",")[0].partition("-")[0])
    assert wrong == pytest.approx(1 + lettered.LATE * 16, abs=2)
    assert miss.value == pytest.approx(1 / 6)


def test_a_label_that_stays_is_said_to_be_followed_and_one_that_does_not_is_not() -> None:
    stays, swapped = (lettered.filmed(LATIN, how) for how in (lettered.right, lettered.swapped))
    misses, [followed] = told(stays, stays[0], must_keep=("Velvet",))
    assert misses == ()
    assert (
        followed.message == "the must-keep word ‘Velvet’ stays readable in all 8 frames looked at"
    )
    misses, nothing = told(swapped, swapped[0])
    assert misses
    assert nothing == ()


def beside(word: str) -> tuple[Frames, Frames]:
    """A film whose product stays, and a sign beside it that is gone in the second half; and its still."""
    frames = lettered.filmed(replace(LATIN, move="still"), lettered.right)
    signed = np.stack(
        [np.asarray(written(Image.fromarray(frame), word, (0.04, 0.04), 26)) for frame in frames]
    )
    return np.concatenate([signed[:8], frames[8:]]), signed[0]


def test_a_must_keep_word_is_followed_by_its_name_wherever_it_stands() -> None:
    frames, still = beside("HARBOUR")
    [miss] = look(frames, still, must_keep=("Harbour",))
    assert miss.kind == "label_lost"
    assert "the must-keep word ‘Harbour’" in miss.message
    assert "from frame 9 of 17 on" in miss.message or "from frame 10 of 17 on" in miss.message
    assert look(frames, still, must_keep=("elsewhere",)) == []


def test_of_a_must_keep_word_that_is_nowhere_it_is_said_that_nobody_followed_it() -> None:
    frames = lettered.filmed(LATIN, lettered.right)
    words = ("Velvet", "the box", "AURORA")
    misses, [followed, unread] = told(frames, frames[0], "The box slides to the left", words)
    assert misses == ()
    assert followed.message.startswith("the must-keep word ‘Velvet’ stays readable")
    assert (unread.code, unread.message) == (
        "clip.lettering_unread",
        "the must-keep word ‘AURORA’ is neither in the prompt nor to be read in the still: "
        "nobody followed it",
    )


def signed(*words: str) -> Frames:
    """Nine frames of a product that stays, with a sign of so many lines beside it."""
    frames = lettered.filmed(replace(LATIN, move="still"), lettered.right)
    still = Image.fromarray(frames[0])
    for row, word in enumerate(words):
        still = written(still, word, (0.04, 0.04 + 0.14 * row), 26)
    return np.stack([np.asarray(still)] * 9)


def test_a_must_keep_word_may_stand_in_several_lines() -> None:
    frames = signed("SUPER", "SUMMER", "SALE")
    for words, unread in (("Super Summer Sale",), 0), (("Sale Summer Super",), 1):
        _, remarks = told(frames, frames[0], "The box stays", words)
        assert [each.code for each in remarks].count("clip.lettering_unread") == unread, words


def test_each_line_of_a_must_keep_word_is_followed_wherever_it_stands() -> None:
    stays, gone = signed("SUPER", "SUMMER", "SALE"), signed("SUPER", "", "SALE")
    whole = "of the must-keep word ‘Super Summer Sale’"
    misses, remarks = told(stays, stays[0], "The box stays", ("Super Summer Sale",))
    assert misses == ()
    assert {each.message for each in remarks if whole in each.message} == {
        f"‘{line}’ {whole} stays readable in all 8 frames looked at"
        for line in ("SUPER", "SUMMER", "SALE")
    }

    frames = np.concatenate([stays[:4], gone[4:]])
    [miss] = look(frames, stays[0], "The box stays", ("Super Summer Sale",))
    assert (miss.kind, miss.message.partition(" is not to be read")[0]) == (
        "label_lost",
        f"‘SUMMER’ {whole}",
    )


def test_of_a_must_keep_word_for_which_no_place_is_left_it_is_said_that_nobody_followed_it() -> (
    None
):
    frames = signed("SUPER", "SUMMER", "SALE", "PARIS", "MILANO")
    words = ("Super", "Summer", "Sale", "Paris", "Milano")
    _, remarks = told(frames, frames[0], "The box stays", words)
    unread = [each.message for each in remarks if each.code == "clip.lettering_unread"]
    assert len(unread) == 1
    assert unread[0].endswith(
        "stands in the still, but at most 4 lines are followed: nobody followed it"
    )


def test_of_a_must_keep_word_in_more_lines_than_are_followed_the_others_are_told() -> None:
    frames = signed("SUPER", "SUMMER", "SALE", "PARIS", "MILANO")
    _, remarks = told(frames, frames[0], "The box stays", ("Super Summer Sale Paris Milano",))
    unread = [each.message for each in remarks if each.code == "clip.lettering_unread"]
    assert len(unread) == 1
    assert unread[0].endswith(
        "stands in 5 lines of the still, but at most 4 lines are followed: nobody followed 1 of them"
    )


def test_a_must_keep_word_that_comes_into_view_was_asked_for() -> None:
    frames = lettered.captioned(LATIN, "SUMMER SALE", 0.3, (0.05, 0.86), 36)
    assert [miss.kind.value for miss in look(frames, frames[0])] == ["text_appeared"]
    assert look(frames, frames[0], must_keep=("Summer Sale",)) == []


def test_a_label_that_is_to_turn_away_may_be_lost_but_not_changed() -> None:
    gone, swapped = (
        lettered.filmed(LATIN, lettered.faded),
        lettered.filmed(LATIN, lettered.swapped),
    )
    assert look(gone, gone[0], "The box slowly turns") == []
    assert look(gone, gone[0])
    assert [miss.kind.value for miss in look(swapped, swapped[0], "The box slowly turns")] == [
        "label_changed"
    ]


def test_clips_of_one_frame_and_without_any_words_are_looked_at() -> None:
    frames = lettered.filmed(LATIN, lettered.right)
    assert look(frames[:1], frames[0]) == []
    bare = lettered.filmed(replace(LATIN, word=" "), lettered.right)
    assert look(bare, bare[0]) == []
