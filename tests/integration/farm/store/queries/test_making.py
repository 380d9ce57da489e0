"""What workers make and what they will make next, the same of both databases."""

from farm.store import Store
from farm.store.queries import making
from farm.store.queue import leases
from tests.integration.farm.store.conftest import claim, submit


def test_what_is_made_and_what_is_next(store: Store) -> None:
    submit(store, "sh040", production="ads")
    leases.beat(store, {claim(store): 3}, 60.0)
    submit(store, "sh050", production="ads")
    submit(store, "sh010", production="film")

    [made] = making.making(store)

    assert (made.production, made.shot, made.take) == ("ads", "sh040", 1)
    assert (made.step, made.steps) == (3, 8)
    assert (made.worker, made.owner, made.profile) == ("farm-a/w1", "farm-a", "toy")
    assert [(each.production, each.shot) for each in making.up_next(store)] == [
        ("ads", "sh050"),
        ("film", "sh010"),
    ]
    assert len(making.up_next(store, 1)) == 1
