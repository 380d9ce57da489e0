"""A retake orders what is wished, tells which take it replaces, and orders nothing in a dry run."""

import pytest

from farm.config import Settings
from farm.domain.lifecycle import ReviewStatus, ShotState
from farm.errors import Refused
from farm.operations.retake import Foretold, Retaken, Wishes, own_negative, retake
from farm.store import Store
from farm.store.shots import in_review
from pipeline.profiles import profile
from tests.integration.farm.store.conftest import claim, kinds, log, make, submit


def test_a_waiting_take_is_replaced_and_a_made_one_followed(
    settings: Settings, farm: Store
) -> None:
    submit(farm, "sh010", "sh020")
    make(farm, claim(farm))

    answer = retake(settings, farm, "demo", [], Wishes(seed=9), state=ShotState.WAITING, who="ben")
    assert answer.done == (Retaken(shot="sh020", take=2, instead_of=1, why="by hand: seed 7 → 9"),)
    answer = retake(settings, farm, "demo", ["sh010"], Wishes(seed=9), who="ben", why="dull")
    [retaken] = answer.done
    assert isinstance(retaken, Retaken)
    assert (retaken.take, retaken.instead_of) == (2, None)
    assert [shot.recipe.seed for shot in in_review.find(farm, "demo")] == [9, 9]
    assert log(farm)[-1].who == "ben"


def test_a_dry_run_orders_nothing(settings: Settings, farm: Store) -> None:
    submit(farm, "sh010")
    before = kinds(farm)

    wished = retake(settings, farm, "demo", ["sh010"], Wishes(cfg=7.0), who="ben", dry_run=True)
    plain = retake(settings, farm, "demo", ["sh010"], Wishes(), who="ben", dry_run=True)

    assert isinstance(wished.done[0], Retaken)
    assert plain.done == (
        Foretold("sh010", "there is no take yet that the ladder could judge; it is waiting"),
    )
    assert kinds(farm) == before


def test_what_cannot_be_is_refused_for_its_shot_alone(settings: Settings, farm: Store) -> None:
    submit(farm, "sh010", "sh020")
    claim(farm)

    answer = retake(settings, farm, "demo", ["sh010", "sh020"], Wishes(seed=9), who="ben")

    assert [each.shot for each in answer.done] == ["sh020"]
    assert answer.refused[0].startswith("demo/sh010 take 1 is rendering")


def test_a_shot_with_a_take_that_the_person_did_not_know_is_not_made_again(
    settings: Settings, farm: Store
) -> None:
    submit(farm, "sh010")
    retake(settings, farm, "demo", ["sh010"], Wishes(seed=9), who="ben")

    answer = retake(settings, farm, "demo", ["sh010"], Wishes(seed=8), newest=1, who="anna")
    moved = retake(
        settings, farm, "demo", ["sh010"], Wishes(seed=8), known=ReviewStatus.ACCEPTED, who="anna"
    )

    assert "newer take than 1: take 2 was ordered by ben on" in answer.refused[0]
    assert "is pending and not accepted" in moved.refused[0]
    assert answer.stale == moved.stale == ("sh010",)


def test_no_shot_in_that_state_is_refused(settings: Settings, farm: Store) -> None:
    submit(farm, "sh010")
    with pytest.raises(Refused, match="demo has no such shots in state failed"):
        retake(settings, farm, "demo", [], Wishes(), state=ShotState.FAILED, who="ben")


def test_a_prompt_that_is_still_to_be_written_is_no_wish() -> None:
    with pytest.raises(Refused, match=r"^prompt: "):
        Wishes(prompt="TBD")
    assert Wishes().none
    assert not Wishes(negative="").none


def test_what_a_shot_must_not_show_is_told_without_what_its_profile_says(
    settings: Settings,
) -> None:
    of_profile = profile.load("toy").sampler.negative
    assert of_profile

    def own(negative: str) -> str:
        return own_negative(settings, {"profile": "toy", "negative": negative})

    assert own(of_profile) == ""
    assert own(f"{of_profile}, people") == "people"
    assert own(f"{of_profile}ness, people") == f"{of_profile}ness, people", "another word"
    assert own("people") == "people"
