"""`farm hold`, `release` and `omit`: what people type, and what they read afterwards."""

import pytest

from farm.domain.lifecycle import ReviewStatus
from farm.store import Store
from farm.store.queries import shot_story
from farm.store.shots import holds
from tests.integration.farm.cli.conftest import Farm
from tests.integration.farm.store.conftest import claim, make, nothing_to_claim, submit


def test_a_production_is_held_as_a_whole_and_lets_go_again(store: Store, farm: Farm) -> None:
    submit(store, "sh010", "sh020", "sh030")
    make(store, claim(store))

    held = farm("hold", "demo", "--why", "the client thinks")

    assert (held.status, held.out) == (0, "sh020: on hold\nsh030: on hold\n")
    assert nothing_to_claim(store)
    status = farm("status", "--json").json
    assert status["productions"][0]["states"]["on_hold"] == 2
    assert (status["queue"]["waiting"], status["queue"]["held"]) == ({}, 2)
    assert "2 takes are on hold" in farm("status").out

    assert farm("release", "demo").out == "sh020: released\nsh030: released\n"
    assert claim(store).shot.code == "sh020"


def test_the_history_tells_who_held_a_shot_and_why(store: Store, farm: Farm) -> None:
    submit(store, "sh010")

    farm("hold", "demo", "sh010", "--why", "the client thinks")
    farm("release", "demo", "sh010", "--why", "she likes it")
    farm("omit", "demo", "sh010", "--why", "cut from the film")

    told = farm("show", "demo", "sh010").out
    assert "held by anna: the client thinks" in told
    assert "released by anna: she likes it" in told
    assert "omitted by anna: cut from the film" in told


def test_what_cannot_be_done_is_said_for_each_shot_and_the_others_go_on(
    store: Store, farm: Farm
) -> None:
    submit(store, "sh010", "sh020")
    make(store, claim(store))

    answer = farm("hold", "demo", "sh010", "sh020")

    assert answer.status == 1
    assert answer.out == "sh020: on hold\n"
    assert answer.err == "farm: demo/sh010 is accepted; there is nothing to hold\n"


@pytest.mark.parametrize(
    ("command", "sentence"),
    [
        (("hold", "demo"), "demo has no shot that waits or renders: nothing to hold"),
        (("release", "demo"), "demo has no shot on hold: nothing to release"),
        (("release", "demo", "sh010"), "demo/sh010 is accepted; there is nothing to release"),
        (("hold", "demo", "sh999"), "demo has no shot sh999; `farm shots demo` lists them"),
    ],
)
def test_an_empty_wish_is_refused_in_a_sentence(
    store: Store, farm: Farm, command: tuple[str, ...], sentence: str
) -> None:
    submit(store, "sh010")
    make(store, claim(store))

    answer = farm(*command)

    assert (answer.status, answer.err) == (1, f"farm: {sentence}\n")


def test_an_omission_names_its_shots(store: Store, farm: Farm) -> None:
    submit(store, "sh010")

    assert farm("omit", "demo").status == 2


def test_a_release_of_the_whole_production_leaves_what_was_omitted(
    store: Store, farm: Farm
) -> None:
    submit(store, "sh010", "sh020")
    farm("omit", "demo", "sh010")
    farm("hold", "demo", "sh020")

    farm("release", "demo")

    assert farm("shots", "demo", "--state", "omitted", "--json").json["shots"][0]["code"] == "sh010"


def test_the_real_gate_speaks_at_a_release(store: Store, farm: Farm) -> None:
    submit(store, "sh010")
    lease = claim(store)
    holds.hold(store, "demo", "sh010", "anna")
    make(store, lease)

    farm("release", "demo", "sh010")

    told = shot_story.tell(store, "demo", "sh010")
    assert (told.review, told.selected) == (ReviewStatus.ACCEPTED, 1)
    assert told.events[-1].data["why"] == "take 1 matches 0.80"
