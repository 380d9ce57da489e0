"""`farm comment`, and what `farm show` tells of it."""

import pytest

from farm.store import Store
from tests.integration.farm.cli.conftest import Farm
from tests.integration.farm.store.conftest import claim, make, submit


@pytest.fixture(autouse=True)
def rendered(store: Store) -> None:
    submit(store, "sh010")
    make(store, claim(store))


def test_what_is_said_of_a_frame_is_shown_until_and_after_it_is_seen_to(farm: Farm) -> None:
    said = farm("comment", "demo", "sh010", "too [dark]", "--take", "1", "--frame", "3")

    assert (said.status, said.out) == (0, "comment 1 on demo/sh010 take 1 frame 3\n")
    told = farm("show", "demo", "sh010").out
    assert "anna on take 1 frame 3\n      too [dark]\n" in told
    assert "take 1 comment 1 at frame 3 written: too [dark]" in told
    assert farm("comment", "demo", "--resolve", "1").out == (
        "comment 1 on demo/sh010 take 1 frame 3: resolved\n"
    )
    told = farm("show", "demo", "sh010").out
    assert "anna on take 1 frame 3  resolved by anna, " in told
    assert "take 1 comment 1 at frame 3 resolved: too [dark]" in told


def test_a_comment_on_the_shot_in_several_lines_is_shown_whole_and_shortened_in_the_history(
    farm: Farm,
) -> None:
    farm("comment", "demo", "sh010", "slow\n" + "and dark " * 20)

    told = farm("show", "demo", "sh010").out

    assert "anna on the shot\n      slow\n      and dark and dark" in told
    assert "comment 1 written: slow and dark and dark" in told
    assert "dark …" in told


def test_machines_read_the_same(farm: Farm) -> None:
    said = farm("comment", "demo", "sh010", "too dark", "--take", "1", "--json").json

    assert said.items() >= {
        "id": 1, "production": "demo", "shot": "sh010", "take": 1, "frame": None,
        "text": "too dark", "mark": None, "who": "anna", "resolved_at": None, "resolved_by": None,
    }.items()  # fmt: skip
    assert farm("show", "demo", "sh010", "--json").json["comments"] == [said]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("sh010", "?", "--take", "2"), "demo/sh010 has no take 2; takes with a clip: 1"),
        (
            ("sh010", "?", "--take", "1", "--frame", "17"),
            "demo/sh010 take 1 has no frame 17: the frames of its clip are 0 to 16",
        ),
        (
            ("--resolve", "9"),
            "demo has no comment 9; `farm show demo SHOT` tells those of a shot",
        ),
    ],
)
def test_what_is_not_there_is_refused_in_a_sentence(
    farm: Farm, words: tuple[str, ...], sentence: str
) -> None:
    answer = farm("comment", "demo", *words)

    assert (answer.status, answer.err) == (1, f"farm: {sentence}\n")


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("sh010",),
        ("sh010", "why", "--resolve", "1"),
        ("--resolve", "1", "--take", "1"),
        ("sh010", "why", "--frame", "-1"),
    ],
)
def test_half_a_comment_is_wrong_usage(farm: Farm, words: tuple[str, ...]) -> None:
    assert farm("comment", "demo", *words).status == 2
