"""What a production cost is told by profile and by what came of it; a draft is no accepted clip."""

import pytest

from farm.domain.lifecycle import ReviewStatus
from farm.domain.spending import Agreement, Use
from farm.store import Store
from farm.store.queries import production_report
from farm.store.queries.production_report import Rung
from farm.store.queries.spending import Spent
from farm.store.queue import settle
from farm.store.shots import finals, review
from pipeline.recipe import Recipe
from pipeline.result import Verdict
from tests.conftest import a_recipe, a_refusal
from tests.integration.farm.store.conftest import (
    accept,
    claim,
    fail,
    make,
    miss,
    say,
    submit,
)

DRAFT = a_recipe(profile="toy-draft", steps=4)


def drafted(store: Store, *codes: str) -> None:
    submit(store, *codes, recipe=DRAFT, draft_for="toy")
    for _ in codes:
        make(store, claim(store, profile="toy-draft"), device="cuda")


def ordered(store: Store, code: str) -> None:
    def plan(_: Recipe, name: str) -> Recipe:
        return a_recipe(profile=name)

    review.review(store, "demo", code, ReviewStatus.APPROVED, "anna")
    finals.order(store, "demo", code, plan, "anna")


def lasting(store: Store, seconds: int) -> None:
    """As if each attempt had had its worker for so long, one after the other."""
    clock = "1970-01-01 00:00:00"
    if store.dialect == "postgresql":
        begin = f"timestamptz '{clock}+00' + id * interval '{seconds} s'"
        end = f"timestamptz '{clock}+00' + (id + 1) * interval '{seconds} s'"
    else:
        begin = f"strftime('%Y-%m-%d %H:%M:%f000', '{clock}', (id * {seconds}) || ' seconds')"
        end = f"strftime('%Y-%m-%d %H:%M:%f000', '{clock}', ((id + 1) * {seconds}) || ' seconds')"
    say(store, f"UPDATE attempts SET started_at = {begin}, ended_at = {end}")


def test_seconds_by_profile_and_by_what_came_of_them(store: Store) -> None:
    drafted(store, "sh010", "sh020", "sh030")
    ordered(store, "sh010")
    make(store, claim(store), device="cuda")
    ordered(store, "sh020")
    miss(store, claim(store))
    make(store, claim(store), device="cuda")
    submit(store, "sh040", "sh050")
    settle.declined(store, claim(store), a_refusal(), accept)
    fail(store)
    lasting(store, 10)

    told = production_report.tally(store, "demo")

    nothing = dict.fromkeys(Use, 0.0)
    assert told.spent == (
        Spent(
            profile="toy", devices=("cpu", "cuda"), seconds=50.0,
            uses={**nothing, Use.STANDS: 20, Use.RETAKEN: 10, Use.DECLINED: 10, Use.LOST: 10},
            clips=2, seconds_per_clip=25.0,
        ),
        Spent(
            profile="toy-draft", devices=("cuda",), seconds=30.0,
            uses={**nothing, Use.DRAFTED: 30}, clips=0, seconds_per_clip=None,
        ),
    )  # fmt: skip
    assert (told.worker_seconds, told.attempts) == (80.0, 8)
    assert told.drafts == Agreement(drafts=3, finals=2, accepted=1)


def test_drafts_are_no_accepted_clips(store: Store) -> None:
    drafted(store, "sh010", "sh020")
    told = production_report.tally(store, "demo")
    assert (told.passed, told.renders, told.seconds_per_clip, told.rungs) == (0, 0, None, ())
    assert sum(told.verdicts.values()) == 0
    assert told.drafts == Agreement(drafts=2, finals=0, accepted=0)

    ordered(store, "sh010")
    make(store, claim(store))
    lasting(store, 10)
    told = production_report.tally(store, "demo")
    assert (told.passed, told.renders, told.seconds_per_clip) == (1, 1, 30.0)
    assert told.rungs == (Rung(rung=0, made=1, accepted=1, partly=0, delivered=1),)


def test_a_final_agrees_by_its_first_judged_take(store: Store) -> None:
    drafted(store, "sh010")
    ordered(store, "sh010")
    make(store, claim(store), verdict=Verdict.UNSCORED, score=None)
    assert production_report.tally(store, "demo").drafts == Agreement(
        drafts=1, finals=1, accepted=1
    )  # the gate of this test accepts it


def test_what_a_worker_had_at_once_counts_once_whatever_production_it_was_of(store: Store) -> None:
    submit(store, "sh010")
    submit(store, "sh010", production="film")
    make(store, claim(store))
    make(store, claim(store))
    when = "strftime('%Y-%m-%d %H:%M:%f000', '1970-01-01', '{} seconds')"
    if store.dialect == "postgresql":
        when = "timestamptz '1970-01-01 00:00:00+00' + interval '{} s'"
    for attempt, began, ended in ((1, 0, 110), (2, 100, 200)):
        say(
            store,
            f"UPDATE attempts SET started_at = {when.format(began)}, ended_at = {when.format(ended)}"
            " WHERE id = :attempt",
            attempt=attempt,
        )

    seconds = [production_report.tally(store, name).worker_seconds for name in ("demo", "film")]
    assert seconds == [pytest.approx(105), pytest.approx(95)]
