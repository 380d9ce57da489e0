"""A decision that is taken back tells what it was and how the shot stands again."""

import pytest

from farm.domain.lifecycle import ReviewStatus
from farm.errors import Refused
from farm.operations import hold, priority, review
from farm.operations.undo import Undone, undo
from farm.store import Store
from tests.integration.farm.store.conftest import claim, make, submit


def test_an_undo_tells_what_is_again(farm: Store) -> None:
    submit(farm, "sh010", "sh020", "sh030")
    make(farm, claim(farm))

    review.approve(farm, "demo", ["sh010"], take=1, who="anna")
    priority.set_priority(farm, "demo", ["sh020"], 9, who="anna")
    hold.omit(farm, "demo", ["sh030"], who="anna")

    approved, put_first, omitted = (
        undo(farm, "demo", code, who="anna") for code in ("sh010", "sh020", "sh030")
    )
    assert approved == Undone(
        shot="sh010", decided="approved", review=ReviewStatus.ACCEPTED, priority=None, ordered=None
    )
    assert put_first == Undone(
        shot="sh020", decided="given priority 9", review=None, priority=0, ordered=None
    )
    assert omitted == Undone(
        shot="sh030", decided="omitted", review=ReviewStatus.PENDING, priority=None, ordered=2
    )


def test_after_a_minute_a_decision_stands(farm: Store) -> None:
    submit(farm, "sh010")
    hold.hold(farm, "demo", ["sh010"], who="anna")

    with pytest.raises(Refused, match="a decision can be undone for 0 s"):
        undo(farm, "demo", "sh010", who="anna", within=0)
