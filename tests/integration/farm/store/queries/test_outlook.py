"""What a forecast rests on, as the database has it."""

from dataclasses import replace

from farm.domain.lifecycle import ReviewStatus
from farm.store import Store
from farm.store.queries import outlook
from farm.store.shots import finals, review
from tests.conftest import a_recipe
from tests.integration.farm.store.conftest import claim, make, submit


def test_a_past_take_tells_how_much_of_it_was_its_tail(store: Store) -> None:
    submit(store, "sh010", "sh020", "sh030")
    make(store, claim(store), seconds={"denoise": 8.0, "check": 0.5, "score": 1.0, "encode": 0.75})
    make(store, claim(store), seconds={"denoise": 8.0, "encode": 0.25})

    seen = outlook.outlook(store)

    assert [take.tail for take in seen.past] == [0.25, 2.25]
    assert [take.render for take in seen.past] == [8.0, 8.0]


def test_takes_of_a_shot_count_from_the_last_that_began_its_ladder(store: Store) -> None:
    """A final after a draft does: the draft is no take that was needed."""
    submit(store, "sh010", recipe=a_recipe(profile="toy-draft", steps=4), draft_for="toy")
    make(store, claim(store, profile="toy-draft"))
    review.review(store, "demo", "sh010", ReviewStatus.APPROVED, "anna")
    finals.order(store, "demo", "sh010", lambda draft, name: replace(draft, profile=name), "anna")
    submit(store, "sh020")

    open_takes = outlook.outlook(store).open_productions[0].takes
    assert {take.number for take in open_takes} == {1}

    make(store, claim(store))
    assert [take.takes_of_shot for take in outlook.outlook(store).past] == [1, None]
