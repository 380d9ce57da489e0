"""What became of a take's lettering is told from its stored result, the gravest first."""

import pytest

from farm.domain.lettering import Lettering, Told, for_delivery, in_short, lettering

LOST = {"kind": "label_lost", "value": 0.6, "threshold": 0.2, "message": "‘TEA’ is lost"}
FROZEN = {"kind": "frozen", "value": 0.0, "threshold": 0.1, "message": "it stands still"}
STAYS, OTHER = (
    {"code": "clip.label_followed", "severity": "info", "message": f"‘{word}’ stays"}
    for word in ("NOVA", "MINT")
)
SELDOM = {**STAYS, "severity": "warning", "message": "‘NOVA’ is readable in 2 of 8"}
UNREAD = {"code": "clip.lettering_unread", "severity": "info", "message": "nobody read"}


def test_what_is_wrong_comes_first_and_what_is_no_lettering_is_left_out() -> None:
    told = lettering(
        {"misses": [FROZEN, LOST], "findings": [STAYS, {**UNREAD, "code": "clip.frozen"}]}
    )
    assert told == (
        Lettering(Told.WRONG, "‘TEA’ is lost"),
        Lettering(Told.FOLLOWED, "‘NOVA’ stays"),
    )


@pytest.mark.parametrize("result", [None, {}, {"misses": [], "findings": []}])
def test_of_takes_without_lettering_and_of_old_ones_nothing_is_told(result: object) -> None:
    assert lettering(result) == ()  # pyright: ignore[reportArgumentType]
    assert in_short(()) is None


def test_in_short_what_is_wrong_leaves_no_room_for_what_is_not() -> None:
    told = lettering({"misses": [LOST], "findings": [STAYS, OTHER, UNREAD]})
    assert in_short(told) == Lettering(Told.WRONG, "‘TEA’ is lost")
    assert in_short(lettering({"findings": [STAYS, SELDOM]})) == Lettering(
        Told.SELDOM, "‘NOVA’ is readable in 2 of 8"
    )
    assert in_short(told[1:]) == Lettering(Told.FOLLOWED, "‘NOVA’ stays; ‘MINT’ stays")
    assert in_short(told[3:]) == Lettering(Told.UNREAD, "nobody read")


def test_a_delivery_is_told_what_was_read_and_not_that_nobody_did() -> None:
    assert for_delivery({"findings": [UNREAD]}) == ()
    assert for_delivery({"misses": [LOST], "findings": [UNREAD]}) == (
        Lettering(Told.WRONG, "‘TEA’ is lost"),
    )


def test_it_goes_through_json_and_nothing_else_is_believed() -> None:
    kept = Lettering(Told.FOLLOWED, "‘NOVA’ stays")
    assert Lettering.from_dict(kept.as_dict()) == kept
    for values in ({"told": "read", "sentence": "x"}, {"told": "wrong", "sentence": 3}):
        with pytest.raises(ValueError, match=r"read|no sentence"):
            Lettering.from_dict(values)
