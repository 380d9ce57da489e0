"""What a forecast rests on, as the database has it."""

from farm.store import Store
from farm.store.queries import outlook
from tests.integration.farm.store.conftest import claim, make, submit


def test_a_past_take_tells_how_much_of_it_was_its_tail(store: Store) -> None:
    submit(store, "sh010", "sh020", "sh030")
    make(store, claim(store), seconds={"denoise": 8.0, "check": 0.5, "score": 1.0, "encode": 0.75})
    make(store, claim(store), seconds={"denoise": 8.0, "encode": 0.25})

    seen = outlook.outlook(store)

    assert [take.tail for take in seen.past] == [0.25, 2.25]
    assert [take.render for take in seen.past] == [8.0, 8.0]
