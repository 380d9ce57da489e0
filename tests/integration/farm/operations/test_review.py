"""Shots are cancelled, approved and rejected; each answer tells of which."""

import errno
import os
from typing import Any

import pytest

from farm.config import Settings
from farm.domain.lifecycle import ReviewStatus, ShotState
from farm.operations import hold, review
from farm.operations.per_shot import PerShot
from farm.operations.review import Cancelled
from farm.operations.workspace import media_at_hand, media_of
from farm.store import Store
from farm.store.queries import media_inventory
from farm.store.shots import in_review
from pipeline.storage.protocol import Media
from tests.integration.farm.store.conftest import claim, make, miss, submit


def test_takes_that_wait_or_render_are_cancelled(farm: Store) -> None:
    submit(farm, "sh010", "sh020")
    claim(farm)

    assert review.cancel(farm, "demo", ["sh010", "sh020"], who="anna").done == (
        Cancelled("sh010", 1),
        Cancelled("sh020", 1),
    )
    assert review.cancel(farm, "demo", ["sh010"], who="anna").refused == (
        "demo/sh010 has no take to cancel: it is cancelled",
    )


def test_shots_are_passed_and_turned_down(farm: Store) -> None:
    submit(farm, "sh010", "sh020")
    make(farm, claim(farm))

    assert review.reject(farm, "demo", ["sh010"], who="anna") == PerShot(
        done=("sh010",), refused=()
    )
    passed = review.approve(farm, "demo", ["sh010", "sh020"], take=1, who="anna")
    assert passed.done == ("sh010",)
    assert passed.refused == ("demo/sh020 take 1 has no clip; takes with one: none",)


@pytest.mark.parametrize("decide", [review.approve, review.reject, hold.hold, hold.omit])
def test_a_shot_that_is_not_as_the_person_saw_it_is_refused_beside_the_others(
    farm: Store, decide: Any
) -> None:
    submit(farm, "sh010", "sh020")
    miss(farm, claim(farm))

    newer = decide(farm, "demo", ["sh010", "sh020"], newest=1, who="anna")
    moved = decide(farm, "demo", ["sh010"], known=ReviewStatus.ACCEPTED, who="anna").refused

    assert "demo/sh010 has a newer take than 1: take 2 was ordered by the farm" in newer.refused[0]
    assert newer.stale == ("sh010",)
    assert moved == ("demo/sh010 is pending and not accepted; look at it again first",)


def films(media: Media, store: Store) -> list[str]:
    """Writes the files of all published clips; their names."""
    names = [each.path for each in media_inventory.published(store)]
    for name in names:
        media.put(name, b"film")
    return names


def test_a_shot_whose_film_is_lost_is_left_out_of_what_is_passed(
    settings: Settings, farm: Store
) -> None:
    media = media_of(settings)
    submit(farm, "sh010", "sh020", "sh030")
    for _ in range(3):
        make(farm, claim(farm))
    names = films(media, farm)
    media.remove(names[1])

    passed = review.approve(farm, "demo", ["sh010", "sh020", "sh030"], media=media, who="anna")

    assert passed.done == ("sh010", "sh030")
    assert passed.refused == (
        "demo/sh020 take 1 has a clip whose file is gone; `farm retake demo sh020` makes a new one",
    )
    states = [shot.state for shot in in_review.find(farm, "demo")]
    assert states == [ShotState.APPROVED, ShotState.ACCEPTED, ShotState.APPROVED]


def test_another_take_whose_film_is_there_may_be_passed(settings: Settings, farm: Store) -> None:
    media = media_of(settings)
    submit(farm, "sh010")
    miss(farm, claim(farm))
    make(farm, claim(farm))
    first, second = films(media, farm)
    media.remove(second)

    lost = review.approve(farm, "demo", ["sh010"], media=media, who="anna")
    assert lost.refused == (
        "demo/sh010 take 2 has a clip whose file is gone; takes whose file is there: 1",
    )
    assert review.approve(farm, "demo", ["sh010"], take=1, media=media, who="anna").done
    media.remove(first)
    assert review.approve(farm, "demo", ["sh010"], take=1, media=media, who="anna").refused


def test_of_a_media_root_that_is_not_mounted_no_film_is_lost(
    settings: Settings, farm: Store
) -> None:
    submit(farm, "sh010")
    make(farm, claim(farm))
    at_hand = media_at_hand(settings)
    assert not at_hand.sees("clips")
    assert review.approve(farm, "demo", ["sh010"], media=at_hand, who="anna").done == ("sh010",)


def test_of_another_farms_media_root_nobody_is_told_to_make_films_again(
    settings: Settings, farm: Store
) -> None:
    media = media_of(settings)
    submit(farm, "sh010", "sh020")
    make(farm, claim(farm))
    make(farm, claim(farm))
    media.put("clips/other/a.mp4", b"film")
    told = review.approve(farm, "demo", ["sh010", "sh020"], media=media, who="anna").refused
    assert told[0] == (
        "demo/sh010 take 1 has a clip whose file is gone; of 2 clips of this farm that were looked for "
        f"none is in {media.root}: if that is another farm's media root, name this farm's with --media; "
        "else `farm retake demo sh010` makes a new one"
    )


def test_of_a_media_root_that_cannot_be_read_no_film_is_lost(
    settings: Settings, farm: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    media = media_of(settings)
    submit(farm, "sh010", "sh020")
    make(farm, claim(farm))
    make(farm, claim(farm))
    films(media, farm)

    def stale(self: Media, name: str) -> bool:
        raise OSError(errno.ESTALE, os.strerror(errno.ESTALE))

    monkeypatch.setattr(type(media), "exists", stale)
    assert review.approve(farm, "demo", ["sh010"], media=media, who="anna").done == ("sh010",)
    monkeypatch.setattr(type(media), "sees", stale)
    assert review.approve(farm, "demo", ["sh020"], media=media, who="anna").done == ("sh020",)


def test_what_forbids_it_is_told_before_the_loss_of_a_film(settings: Settings, farm: Store) -> None:
    media = media_of(settings)
    submit(farm, "sh010")
    make(farm, claim(farm))
    (name,) = films(media, farm)
    media.remove(name)
    moved = review.approve(
        farm, "demo", ["sh010"], known=ReviewStatus.REJECTED, media=media, who="anna"
    )
    assert moved.stale == ("sh010",)
    hold.omit(farm, "demo", ["sh010"], who="anna")
    held = review.approve(farm, "demo", ["sh010"], media=media, who="anna").refused
    assert "`farm release demo sh010` first" in held[0]


def test_what_there_is_not_is_refused_as_ever(settings: Settings, farm: Store) -> None:
    media = media_of(settings)
    submit(farm, "sh010", "sh020")
    make(farm, claim(farm))
    films(media, farm)
    told = review.approve(farm, "demo", ["none", "sh020"], media=media, who="anna").refused
    assert told[0].startswith("demo has no shot none")
    assert told[1].startswith("demo/sh020 has no take with a clip to approve")
    take = review.approve(farm, "demo", ["sh010"], take=9, media=media, who="anna").refused
    assert take == ("demo/sh010 take 9 has no clip; takes with one: 1",)
