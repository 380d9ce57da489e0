"""Comments as a page or a script writes them: checked as they come, and read in their order."""

import pytest

from farm.errors import Refused
from farm.operations import comment as commenting
from farm.store import Store
from tests.integration.farm.store.conftest import claim, make, submit


def test_a_comment_with_a_mark_is_kept_as_it_was_drawn(farm: Store) -> None:
    submit(farm, "sh010")
    make(farm, claim(farm))

    said = commenting.comment(
        farm, "demo", "sh010", " too dark ", take=1, frame=0, mark=[[[0, 0.5]]], who="anna"
    )
    seen = commenting.resolve(farm, "demo", said.id, who="ben")

    assert (said.text, said.mark, said.resolved_by) == ("too dark", (((0.0, 0.5),),), None)
    assert commenting.comments(farm, "demo", "sh010") == (seen,)
    assert seen.resolved_by == "ben"


def test_words_and_marks_that_cannot_be_kept_are_refused(farm: Store) -> None:
    submit(farm, "sh010")

    with pytest.raises(Refused, match="the comment has no words"):
        commenting.comment(farm, "demo", "sh010", " ", who="anna")
    with pytest.raises(Refused, match="the mark has 51 strokes"):
        commenting.comment(farm, "demo", "sh010", "here", mark=[[[0, 0]]] * 51, who="anna")
    assert commenting.comments(farm, "demo", "sh010") == ()
