"""What the desk asks the database, the same of both kinds."""

import pytest

from farm.domain.board_view import BoardView
from farm.domain.lifecycle import ReviewStatus, ShotState
from farm.errors import UnknownName
from farm.store import Store
from farm.store.queries import board, events
from farm.store.queue import leases, settle
from farm.store.shots import review
from pipeline.misses import Miss, MissKind
from pipeline.result import Verdict
from tests.conftest import a_refusal
from tests.integration.farm.store.conftest import (
    a_step,
    accept,
    claim,
    fail,
    make,
    miss,
    say,
    submit,
)

FROZEN = Miss(kind=MissKind.FROZEN, value=0.01, threshold=0.1, message='it says "flicker"')
FLICKER = Miss(kind=MissKind.FLICKER, value=0.9, threshold=0.5, message="it flickers")


@pytest.fixture
def played(store: Store) -> Store:
    """`ads`: sh010 accepted at 0.8; sh020 with two takes, 0.2 and 0.6, the second with misses; sh030
    failed; sh040 renders; sh050 waits. `film`: sh010 waits."""
    submit(store, "sh010", production="ads")
    make(store, claim(store))
    submit(store, "sh020", production="ads")
    miss(store, claim(store))
    make(store, claim(store), score=0.6, misses=(FROZEN, FLICKER))
    submit(store, "sh030", production="ads")
    fail(store)
    submit(store, "sh040", production="ads")
    leases.beat(store, {claim(store): 3}, 60.0)
    submit(store, "sh050", production="ads")
    submit(store, "sh010", production="film")
    return store


def keys(store: Store, production: str = "ads") -> dict[str, int]:
    return {line.code: line.id for line in board.lines(store, production)}


def test_lines_are_all_shots_as_they_were_handed_in(played: Store) -> None:
    lines = board.lines(played, "ads")
    assert [(each.code, each.state, each.takes, each.selected, each.match) for each in lines] == [
        ("sh010", ShotState.ACCEPTED, 1, 1, 0.8),
        ("sh020", ShotState.ACCEPTED, 2, 2, 0.6),
        ("sh030", ShotState.FAILED, 1, None, None),
        ("sh040", ShotState.RENDERING, 1, None, None),
        ("sh050", ShotState.WAITING, 1, None, None),
    ]
    assert sorted(lines, key=lambda line: line.latest) == lines
    with pytest.raises(UnknownName, match="no production"):
        board.lines(played, "none")


def test_of_a_production_the_shots_with_the_newest_takes_are_found(played: Store) -> None:
    by_key = {key: code for code, key in keys(played).items()}
    assert [by_key[key] for key in board.newest(played, "ads", 3)] == ["sh050", "sh040", "sh030"]
    make(played, claim(played))
    review.retake(played, "ads", "sh010", lambda _: a_step(seed=9), "bert")
    assert [by_key[key] for key in board.newest(played, "ads", 9)] == [
        "sh010", "sh050", "sh040", "sh030", "sh020",
    ]  # fmt: skip
    with pytest.raises(UnknownName, match="no production"):
        board.newest(played, "none", 3)


def test_some_lines_are_as_they_are_among_all(played: Store) -> None:
    lines = board.lines(played, "ads")
    wanted = [lines[1].id, lines[3].id, *keys(played, "film").values()]
    assert board.lines_of(played, "ads", wanted) == [lines[1], lines[3]]
    assert board.lines_of(played, "ads", []) == board.lines_of(played, "none", wanted) == []


@pytest.mark.parametrize(
    ("view", "codes"),
    [
        (BoardView(), None),
        (BoardView(miss="frozen"), {"sh020"}),
        (BoardView(miss="flicker"), {"sh020"}),
        (BoardView(miss="fade"), set()),
        (BoardView(miss="fr%"), set()),
        (BoardView(miss="froze_"), set()),
        (BoardView(person="anna"), {"sh010", "sh020", "sh030", "sh040", "sh050"}),
        (BoardView(person="bert"), {"sh010"}),
        (BoardView(person="an%"), set()),
        (BoardView(person="bert", miss="frozen"), set()),
    ],
)
def test_among_are_those_with_the_miss_and_the_person(
    played: Store, view: BoardView, codes: set[str] | None
) -> None:
    review.review(played, "ads", "sh010", ReviewStatus.REJECTED, "bert")
    review.review(played, "ads", "sh020", ReviewStatus.APPROVED, "carl", 2)
    by_key = {key: code for code, key in keys(played).items()}
    found = board.among(played, "ads", view)
    assert (None if found is None else {by_key[key] for key in found}) == codes


def test_a_miss_is_that_of_the_take_which_stands_for_the_shot(played: Store) -> None:
    review.review(played, "ads", "sh020", ReviewStatus.APPROVED, "bert", 1)
    assert board.among(played, "ads", BoardView(miss="frozen")) == frozenset()


def test_words_of_a_miss_are_no_kind_of_it(store: Store) -> None:
    submit(store, "sh010", production="ads")
    make(store, claim(store), misses=(FROZEN,))
    assert board.among(store, "ads", BoardView(miss="flicker")) == frozenset()


def test_people_are_those_who_did_something_to_its_shots(played: Store) -> None:
    review.review(played, "ads", "sh010", ReviewStatus.REJECTED, "bert")
    assert "bert" in board.people(played, "ads")
    assert "bert" not in board.people(played, "film")
    assert board.people(played, "none") == []


def test_tiles_come_in_the_order_that_is_asked_for(played: Store) -> None:
    by_code = keys(played)
    order = [by_code[code] for code in ("sh040", "sh010", "sh020")]
    tiles = board.tiles(played, [*order, 10**6])
    assert [tile.code for tile in tiles] == ["sh040", "sh010", "sh020"]
    rendering, accepted, missed = tiles
    assert (rendering.film, rendering.step, rendering.steps) == (None, 3, 8)
    assert rendering.state is ShotState.RENDERING
    assert accepted.film is not None
    assert (accepted.film.take, accepted.film.frames, accepted.film.fps) == (1, 17, 8)
    assert (accepted.film.width, accepted.film.purged) == (64, False)
    assert accepted.verdict is Verdict.ACCEPTED
    assert (missed.takes, missed.match) == (2, 0.6)
    assert [each["kind"] for each in missed.misses] == ["frozen", "flicker"]
    assert board.tiles(played, []) == []


def test_a_tile_shows_the_take_that_stands_else_the_newest_with_a_film(played: Store) -> None:
    key = keys(played)["sh020"]
    review.review(played, "ads", "sh020", ReviewStatus.APPROVED, "bert", 1)
    (standing,) = board.tiles(played, [key])
    assert standing.film is not None
    assert (standing.film.take, standing.match, standing.misses) == (1, 0.2, ())
    (newest,) = board.tiles(played, [key], lambda code, take: take == 2)
    assert newest.film is not None
    assert (newest.film.take, newest.match) == (2, 0.6)


def test_a_tile_tells_nothing_of_takes_that_are_not_shown(played: Store) -> None:
    key = keys(played)["sh020"]
    say(played, "DELETE FROM clips WHERE take_id = (SELECT id FROM takes WHERE shot_id = :key AND number"
        " = 1)", key=key)  # fmt: skip
    (tile,) = board.tiles(played, [key], lambda code, take: take == 1)
    assert (tile.film, tile.takes, tile.match, tile.misses) == (None, 1, 0.2, ())


def test_films_and_stills_by_their_takes(played: Store) -> None:
    films = board.films(played, "ads", "sh020")
    assert [*films] == [1, 2]
    assert films[1].path != films[2].path
    assert board.stills(played, "ads", "sh020") == {1: "5" * 64, 2: "5" * 64}
    assert board.films(played, "ads", "sh050") == {}
    assert board.films(played, "film", "sh020") == board.stills(played, "none", "sh020") == {}


def test_what_events_are_about_is_told_once_by_place(played: Store) -> None:
    seen = events.recent_events(played)
    submit(played, "sh900", production="film")
    review.review(played, "ads", "sh010", ReviewStatus.REJECTED, "bert")
    review.review(played, "ads", "sh010", ReviewStatus.APPROVED, "bert", 1)
    news = events.recent_events(played) - seen
    assert events.places_of(played, news) == [("film", "sh900"), ("ads", "sh010")]
    assert events.places_of(played, []) == []


def test_of_many_events_the_newest_are_recent(
    played: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    everything = events.recent_events(played)
    monkeypatch.setattr(events, "RECENT", 2)
    assert events.recent_events(played) == frozenset(sorted(everything)[-2:])


def test_an_empty_log_has_no_recent_events(store: Store) -> None:
    assert events.recent_events(store) == frozenset()


def test_a_declined_take_has_no_film_and_its_miss(store: Store) -> None:
    submit(store, "sh010", production="ads")
    settle.declined(store, claim(store), a_refusal(), accept)
    (tile,) = board.tiles(store, [*keys(store).values()])
    assert tile.film is None
    assert tile.reason == "the still does not show a red bicycle"
