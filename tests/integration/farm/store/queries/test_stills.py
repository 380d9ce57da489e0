"""The start pictures of a production: each once, window by window, in whatever order codes stand."""

from farm.domain.shot import AlternateStill
from farm.store import Store
from farm.store.queries import stills
from tests.conftest import a_recipe
from tests.integration.farm.store.conftest import claim, miss, submit

CODES = ["B1", "a1", "b2", "Ä1", "镜01", "镜02", "Z9", "_x", "a-1"]


def test_every_still_comes_once_whatever_the_order_of_codes(store: Store) -> None:
    for number, code in enumerate(CODES):
        submit(store, code, recipe=a_recipe(still=f"{number:064d}"))
    found: list[str] = []
    after: str | None = ""
    while after is not None:
        shelf = stills.of_others(store, "demo", "B1", after=after, shots=2)
        found += [each.shot for each in shelf.stills]
        after = shelf.more
    assert sorted(found) == sorted(CODES[1:])


def test_a_still_tells_the_file_that_it_was_prepared_from(store: Store) -> None:
    other = AlternateStill(image="other.png", still="6" * 64, width=64, height=64, picture="a" * 64)
    submit(store, "sh010", alternates=(other,), picture="b" * 64)
    first = stills.find(store, "demo", "sh010", take=1, alternate=None)
    second = stills.find(store, "demo", "sh010", take=None, alternate=1)
    assert first
    assert second
    assert (first.image, first.still, first.picture) == ("sh010.png", "5" * 64, "b" * 64)
    assert (second.image, second.still, second.picture) == ("other.png", "6" * 64, "a" * 64)
    assert stills.find(store, "demo", "sh010", take=2, alternate=None) is None
    assert stills.find(store, "demo", "none", take=1, alternate=None) is None
    assert [each.alternate for each in stills.of_shot(store, "demo", "sh010")] == [1]


def test_a_still_that_the_ladder_took_from_an_alternate_tells_the_file_of_that(
    store: Store,
) -> None:
    other = AlternateStill(image="other.png", still="6" * 64, width=64, height=64, picture="a" * 64)
    submit(store, "sh010", alternates=(other,))
    miss(store, claim(store), still="6" * 64)
    taken = stills.find(store, "demo", "sh010", take=2, alternate=None)
    assert taken
    assert (taken.still, taken.image, taken.picture) == ("6" * 64, "other.png", "a" * 64)
