"""When it will be done: nothing before some takes are known, then a range that can be reckoned by hand."""

import pytest

from farm.domain.forecast import (
    LEAST_TAKES,
    OpenProduction,
    OpenTake,
    PastTake,
    Range,
    Size,
    forecast,
    in_words,
    spoken,
)

SMALL = Size("toy", 64 * 64, 17, 8)
LARGE = Size("toy", 128 * 64, 17, 8)
OTHER = Size("wan", 64 * 64, 17, 8)
MOST = {"toy": 4, "wan": 4}


def past(
    count: int = LEAST_TAKES,
    size: Size = SMALL,
    *,
    seconds: float = 10.0,
    takes: int | None = 1,
    production: str = "old",
    tail: float = 0.0,
) -> list[PastTake]:
    return [PastTake(production, shot, size, seconds, takes, tail) for shot in range(count)]


def waiting(count: float, size: Size = SMALL, number: int = 1) -> OpenTake:
    return OpenTake(size, number, count=count)


def production(*takes: OpenTake, name: str = "ads", weight: float = 1.0) -> OpenProduction:
    return OpenProduction(name, weight, takes)


def test_nothing_is_said_before_some_takes_are_known() -> None:
    assert forecast([production(waiting(5))], past(LEAST_TAKES - 1), 2, MOST) == {}
    assert forecast([production(waiting(5, OTHER))], past(9), 2, MOST) == {}
    assert forecast([production(waiting(5))], past(LEAST_TAKES), 2, MOST).keys() == {"ads"}


def test_nothing_is_said_where_nothing_is_open() -> None:
    assert forecast([production()], past(9), 2, MOST) == {}


def test_the_range_is_from_all_accepted_at_once_to_all_climbing() -> None:
    found = forecast([production(waiting(8))], past(9), 2, MOST)["ads"]
    assert found == Range(low_seconds=40, high_seconds=160, workers=2, takes_known=9)


def test_a_tail_keeps_its_take_from_being_done_and_its_worker_from_nothing() -> None:
    many = forecast([production(waiting(8))], past(9, tail=2.5), 2, MOST)["ads"]
    assert (many.low_seconds, many.high_seconds) == (30, 120)
    one = forecast([production(waiting(1))], past(9, tail=2.5), 2, MOST)["ads"]
    assert (one.low_seconds, one.high_seconds) == (10, 40)


def test_a_tail_that_is_longer_than_its_render_keeps_the_worker_itself() -> None:
    found = forecast([production(waiting(8))], past(9, tail=7.5), 2, MOST)["ads"]
    assert found.low_seconds == 30


def test_a_take_that_runs_may_be_done_at_once_and_a_late_rung_has_less_before_it() -> None:
    running = OpenTake(SMALL, 4, running=True)
    found = forecast([production(running)], past(9), 2, MOST)["ads"]
    assert (found.low_seconds, found.high_seconds) == (0, 10)


def test_takes_of_one_shot_cannot_go_side_by_side() -> None:
    found = forecast([production(waiting(1))], past(9), 100, MOST)["ads"]
    assert (found.low_seconds, found.high_seconds) == (10, 40)


def test_another_size_is_scaled_within_its_profile() -> None:
    found = forecast([production(waiting(1, LARGE))], past(9), 1, MOST)["ads"]
    assert found.low_seconds == pytest.approx(20)
    known = past(9) + past(LEAST_TAKES, LARGE, seconds=50)
    found = forecast([production(waiting(1, LARGE))], known, 1, MOST)["ads"]
    assert found.low_seconds == 50


def test_productions_share_the_workers_by_weight() -> None:
    both = [production(waiting(10)), production(waiting(10), name="rush", weight=3)]
    found = forecast(both, past(9), 1, MOST)
    # 1:3 until the rush is done, then the batch alone: 200 s of work in all.
    assert found["rush"].low_seconds == pytest.approx(100 / 0.75)
    assert found["ads"].low_seconds == pytest.approx(200)


def test_without_a_worker_it_is_told_in_one_workers_time() -> None:
    found = forecast([production(waiting(6))], past(9), 0, MOST)["ads"]
    assert (found.workers, found.low_seconds) == (0, 60)
    assert in_words(found) == "60 s to 4 min of one worker's time"


def test_a_model_that_nobody_runs_gets_none_of_the_workers() -> None:
    mine = production(waiting(3), OpenTake(SMALL, 1, running=True))
    theirs = production(waiting(2, OTHER), name="film")
    known = past(9) + past(9, OTHER, seconds=100)
    found = forecast([mine, theirs], known, 2, MOST)
    assert found["ads"].workers == 2
    assert (found["film"].workers, found["film"].low_seconds) == (0, 200)
    assert forecast([mine, theirs], past(9), 2, MOST).keys() == {"ads"}


def test_of_enough_productions_the_takes_are_drawn_again() -> None:
    easy = [take for n in range(8) for take in past(6, production=f"p{n}")]
    found = forecast([production(waiting(20))], easy, 2, MOST)["ads"]
    assert found.chance == pytest.approx(0.8)
    assert (found.low_seconds, found.high_seconds) == (100, 100)
    mixed = [take for n in range(8) for take in past(6, production=f"p{n}", takes=1 + n % 4)]
    found = forecast([production(waiting(20))], mixed, 2, MOST)["ads"]
    assert (found.low_seconds, found.high_seconds) == (100, 400)
    assert found == forecast([production(waiting(20))], mixed, 2, MOST)["ads"], "each time the same"
    few = [take for take in mixed if take.production != "p0"]
    assert forecast([production(waiting(20))], few, 2, MOST)["ads"].chance is None


def test_a_shot_that_is_not_done_says_nothing_of_takes_per_shot() -> None:
    open_ones = [take for n in range(9) for take in past(6, production=f"p{n}", takes=None)]
    assert forecast([production(waiting(20))], open_ones, 2, MOST)["ads"].chance is None


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, "0 s"), (99, "99 s"), (100, "2 min"), (5900, "98 min"), (6000, "1.7 h"),
     (40_000, "11 h"), (200_000, "2 days")],
)  # fmt: skip
def test_seconds_are_said_as_people_say_them(seconds: float, said: str) -> None:
    assert spoken(seconds) == said


def test_a_range_in_words() -> None:
    def a_range(low: float, high: float, chance: float | None = None) -> str:
        return in_words(
            Range(low_seconds=low, high_seconds=high, workers=2, takes_known=9, chance=chance)
        )

    assert a_range(240, 900) == "done in 4 to 15 min"
    assert a_range(40, 900) == "done in 40 s to 15 min"
    assert a_range(240, 245) == "done in about 4 min"
    assert a_range(240, 900, 0.8) == "done in 4 to 15 min (80% of the time)"
