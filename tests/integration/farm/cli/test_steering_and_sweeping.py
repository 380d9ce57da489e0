"""`farm priority`, `drain` and `sweep`, and what `farm status` and `show` make of it all."""

import math
import re
from pathlib import Path

import pytest
import sqlalchemy as sa

from farm.domain.fleet_size import Headcount
from farm.domain.lifecycle import FailureClass
from farm.domain.placement import Seat
from farm.domain.retry import RetryPolicy
from farm.errors import Refused
from farm.operations.priority import set_weight
from farm.store import Store, workers
from farm.store.queries import shot_story
from farm.store.queue import faults, leases
from tests.conftest import a_recipe
from tests.integration.farm.cli.conftest import Farm
from tests.integration.farm.store.conftest import (
    OVER,
    claim,
    end_back_offs,
    fail,
    make,
    miss,
    submit,
)


def test_priorities_and_weights_are_set_and_told(store: Store, farm: Farm) -> None:
    submit(store, "sh010", "sh020")

    assert farm("priority", "demo", "sh020", "--to", "9").out == "sh020: priority 9\n"
    assert claim(store).shot.code == "sh020"
    assert farm("priority", "demo", "--weight", "2.5").out == "demo: weight 2.5\n"
    assert farm("status", "--json").json["productions"][0]["weight"] == 2.5
    assert farm("priority", "demo").status == 2
    assert farm("priority", "demo", "sh010", "--weight", "2").status == 2
    for weight in ("0", "nan", "inf", "-inf"):
        assert farm("priority", "demo", "--weight", weight).status == 2
    for none in (0.0, -1.0, math.nan, math.inf):
        with pytest.raises(Refused, match="is no share of the workers"):
            set_weight(store, "demo", none, who="anna")
    assert "there is no production 'other'" in farm("priority", "other", "--weight", "2").err
    longer = farm("priority", "demo", "sh010", "--to", "3", "--why", "x" * 501)
    assert longer.status == 2
    assert "501 characters; at most 500 are kept" in " ".join(longer.err.split())
    assert farm("priority", "demo", "sh010", "--to", "3", "--why", "x" * 500).status == 0


def test_a_machine_is_drained_and_brought_back(store: Store, farm: Farm) -> None:
    workers.report(store, "farm-a", {"w1": "node7", "w2": "node7", "w3": "node8"}, 60.0)

    assert farm("drain", "node7", "--why", "new disks").out == "node7: drained\n"
    status = farm("status", "--json").json
    assert (status["drained"][0]["node"], len(status["workers"])) == ("node7", 3)
    assert farm("drain", "node7", "--end").out == "node7: gets takes again\n"
    answer = farm("drain", "node9")
    assert (answer.status, answer.err) == (
        1,
        "farm: no worker is on a machine 'node9'; there are: node7, node8\n",
    )


def test_the_status_shows_where_workers_are_and_what_keeps_them_from_work(
    store: Store, farm: Farm
) -> None:
    submit(store, "sh010")
    there = {"w1": "node7", "w2": "node8"}
    workers.report(store, "farm-a", there, 60.0, Headcount(2, 3, released=1))
    workers.fall_sick(store, "farm-a", Seat("w1", "node7"), "w1 failed 3 takes", 60.0)
    workers.drain(store, "node8", "anna", "new disks")

    told = " ".join(farm("status").out.split())

    assert "1 workers: 1 on node8" in told
    assert "workers: 5 wanted, 3 wait for a place; 1 let go, as nothing waited" in told
    assert farm("status", "--json").json["fleet"] == {
        "workers": 2, "wanted": 5, "pending": 3, "released": 1
    }  # fmt: skip
    assert re.search(r"sick since .*: w1 failed 3 takes", told)
    assert re.search(r"drained since .*: node8 by anna: new disks", told)


def test_a_sweep_of_a_healthy_farm_says_nothing(store: Store, farm: Farm) -> None:
    submit(store, "sh010")

    answer = farm("sweep")

    assert (answer.status, answer.out, answer.err) == (0, "", "")
    assert farm("sweep", "--json").json == {"found": []}


def test_a_sweep_names_what_it_finds_and_repairs_it_when_asked(
    store: Store, farm: Farm, tmp_path: Path
) -> None:
    submit(store, "sh010")
    make(store, claim(store))
    (tmp_path / "media" / "clips").mkdir(parents=True)

    found = farm("sweep")
    assert found.status == 1
    assert found.out.startswith("found  missing     clips/demo/sh010/")
    [find] = farm("sweep", "--json").json["found"]
    assert (find["code"], find["fixable"], find["fixed"]) == ("missing", True, False)

    fixed = farm("sweep", "--fix")

    assert (fixed.status, fixed.out[:5]) == (0, "fixed")
    assert farm("shots", "demo", "--state", "needs_review", "--json").json["shots"]


def test_the_history_tells_everything_in_order_with_who_when_and_why(
    store: Store, farm: Farm
) -> None:
    submit(store, "sh010")
    farm("priority", "demo", "sh010", "--to", "5", "--why", "the client waits")
    faults.fault(
        store, claim(store), FailureClass.MACHINE, "CUDA error", RetryPolicy(backoff=100.0)
    )
    end_back_offs(store)
    lost = claim(store, lease_seconds=OVER)
    leases.take_back(store)
    miss(store, claim(store))
    make(store, lost)
    make(store, claim(store))
    farm("reject", "demo", "sh010", "--why", "wrong shoe")
    farm("retake", "demo", "sh010", "--seed", "9", "--why", "try again")
    farm("cancel", "demo", "sh010", "--why", "no time")
    farm("approve", "demo", "sh010", "--take", "1", "--why", "good enough")

    lines = farm("show", "demo", "sh010").out.partition("History\n")[2].splitlines()

    events = shot_story.tell(store, "demo", "sh010").events
    assert len(lines) == len(events)
    for line, event in zip(lines, events, strict=True):
        assert event.at.astimezone().strftime("%d %b %H:%M:%S") in line
        assert event.who in line
    told = [line[18:].strip() for line in lines]
    for words in (
        "anna           submitted: sh010.png, profile toy",
        "anna           take 1 ordered: submitted",
        "anna           priority 0 → 5: the client waits",
        "farm-a/w1      take 1 (attempt 1) started on farm-a/w1 for farm-a",
        "farm-a/w1      take 1 (attempt 1) returned (machine): CUDA error; again in",
        "farm           take 1 (attempt 2) taken back from farm-a/w1: its lease ran out",
        "farm-a/w1      take 1 (attempt 3) made in",
        "farm           take 2 ordered on rung 1: match 0.20 is below 0.50",
        "farm-a/w1      take 1 (attempt 2) reported after its lease was lost; kept aside",
        "farm           review pending → accepted, take 2 selected: it matches",
        "anna           review accepted → rejected, take 2 selected: rejected by anna: wrong shoe",
        "anna           review rejected → pending, take 2 selected: retake asked for by anna: try again",
        "anna           take 3 cancelled by anna: no time",
        "anna           review needs review → approved, take 1 selected: approved by anna: good enough",
    ):
        place = next((number for number, line in enumerate(told) if line.startswith(words)), None)
        assert place is not None, f"{words!r} is not in {told}"
        told = told[place + 1 :]


def test_a_retake_records_what_the_rules_cut_to_make_its_prompt(store: Store, farm: Farm) -> None:
    written = "Pure magic, a bicycle turns, no wheels fall off"
    submit(store, "sh010", recipe=a_recipe(prompt=written))
    make(store, claim(store))

    farm("retake", "demo", "sh010", "--simplify", "L2")
    fail(store)
    farm("retake", "demo", "sh010")
    farm("retake", "demo", "sh010", "--prompt", "a goose lands")

    first, simpler, again, other = shot_story.tell(store, "demo", "sh010").takes
    assert simpler.recipe["prompt"] == again.recipe["prompt"] == "a bicycle turns"
    assert [each["rule"] for each in simpler.removed] == ["abstract_clause", "limit"]
    assert again.why == "the same again after a failure"
    assert again.removed == simpler.removed
    assert first.removed == other.removed == ()


def test_a_sweep_takes_a_media_root_that_is_not_mounted_for_no_loss(
    store: Store, farm: Farm, tmp_path: Path
) -> None:
    submit(store, "sh010")
    make(store, claim(store))
    farm("approve", "demo", "sh010")

    answer = farm("--media", "elsewhere", "sweep", "--fix")

    assert (answer.status, answer.out) == (1, "")
    assert (
        f"farm: {tmp_path / 'elsewhere'} has no folder `clips`, and clips were published"
        in answer.err
    )
    assert farm("shots", "demo", "--state", "approved", "--json").json["shots"]
    assert not (tmp_path / "elsewhere").exists()


def test_another_farms_media_root_is_neither_swept_nor_taken_for_the_loss_of_what_is_delivered(
    store: Store, farm: Farm, tmp_path: Path
) -> None:
    submit(store, "sh010")
    make(store, claim(store))
    farm("approve", "demo", "sh010")
    other = tmp_path / "other" / "clips/film/sh010/sh010_t01_a1.1_abcdef.mp4"
    other.parent.mkdir(parents=True)
    other.touch()

    answer = farm("--media", "other", "sweep", "--fix")
    assert (answer.status, answer.out) == (1, "")
    assert f"farm: {tmp_path / 'other'} looks like another farm's media root" in answer.err
    assert farm("shots", "demo", "--state", "approved", "--json").json["shots"]
    delivered = farm("--media", "other", "deliver", "demo", "--to", "out")
    assert (
        f"the one clip that this farm published is not in {tmp_path / 'other'}: if that is another farm's "
        "media root, name this farm's with --media"
    ) in delivered.err

    lost = farm("--media", "other", "sweep", "--fix", "--clips-lost")
    assert "fixed  missing" in lost.out
    assert not farm("shots", "demo", "--state", "approved", "--json").json["shots"]


def test_a_shot_whose_film_is_lost_cannot_be_approved(
    store: Store, farm: Farm, tmp_path: Path
) -> None:
    submit(store, "sh010", "sh020")
    make(store, claim(store))
    make(store, claim(store))
    clip = farm("show", "demo", "sh020", "--json").json["takes"][0]["clip"]
    (tmp_path / "media" / clip).parent.mkdir(parents=True)
    (tmp_path / "media" / clip).touch()

    answer = farm("approve", "demo", "sh010", "sh020")

    assert (answer.status, answer.out) == (1, "sh020: approved\n")
    assert "farm: demo/sh010 take 1 has a clip whose file is gone" in answer.err


def test_a_priority_that_no_list_may_have_is_refused(store: Store, farm: Farm) -> None:
    submit(store, "sh010")

    answer = farm("priority", "demo", "sh010", "--to", "99999999999")

    assert (answer.status, answer.out) == (1, "")
    assert "priority: 99999999999 is out of range; use -100 (last) to 100 (first)" in answer.err
    assert farm("priority", "demo", "sh010", "--to", "-100").status == 0


def test_tables_that_differ_are_told_in_sentences(store: Store, farm: Farm, tmp_path: Path) -> None:
    assert farm("db", "check").status == 0
    with store.engine.begin() as connection:
        connection.execute(sa.text("DROP TABLE drains"))
        connection.execute(sa.text("DROP INDEX ix_sent_forms_at"))
        connection.execute(sa.text("CREATE TABLE notes (id INTEGER)"))
        connection.execute(sa.text("ALTER TABLE shots ADD COLUMN colour TEXT"))

    answer = farm("db", "check")

    assert answer.status == 1
    assert set(answer.err.splitlines()) == {
        "farm: the database differs:",
        "farm: table drains is missing",
        "farm: index sent_forms.ix_sent_forms_at is missing",
        "farm: table notes is not of the farm",
        "farm: column shots.colour is not of the farm",
    }

    (tmp_path / "empty.db").touch()
    empty = farm("--database", f"sqlite:///{tmp_path / 'empty.db'}", "db", "check")
    assert empty.status == 1
    assert "at schema revision none, this farm needs" in empty.err
    assert "run `farm db upgrade`" in empty.err


@pytest.mark.parametrize("seconds", ["nan", "inf", "-5", "soon"])
def test_no_file_is_old_by_what_is_no_number(farm: Farm, seconds: str) -> None:
    answer = farm("sweep", "--fix", "--older-than", seconds)
    assert answer.status == 2
    assert "--older-than" in answer.err
