"""Whose takes go to whom: productions by weight, failed takes elsewhere."""

import pytest

from farm.domain.events import EventKind
from farm.domain.fair_share import FairShare
from farm.domain.lease import Lease
from farm.domain.lifecycle import FailureClass
from farm.domain.placement import Seat
from farm.domain.retry import RetryPolicy
from farm.errors import UnknownName
from farm.store import Store
from farm.store.queries import names, queued, shot_story
from farm.store.queue import claimable, claims, faults
from farm.store.shots import priorities
from pipeline.recipe_changes import in_segments
from tests.conftest import a_recipe
from tests.integration.farm.store.conftest import (
    claim,
    end_back_offs,
    log,
    make,
    miss,
    nothing_to_claim,
    say,
    submit,
    value,
)

AT_ONCE = RetryPolicy(backoff=0.0)
ONE, TWO, FAR = Seat("w1", "node7"), Seat("w2", "node7"), Seat("w3", "node8")


def claim_for(
    store: Store, *free: Seat, everyone: tuple[Seat, ...] = (), share: FairShare | None = None
) -> list[Lease]:
    given, _ = claims.claim(store, "farm-a", "toy", free, 60.0, everyone=everyone, share=share)
    return given


def fail(store: Store, lease: Lease, failure: FailureClass = FailureClass.MACHINE) -> None:
    faults.fault(store, lease, failure, "CUDA error", AT_ONCE)
    end_back_offs(store)


def test_an_attempt_knows_its_worker_and_its_machine(store: Store) -> None:
    submit(store, "sh010")

    (lease,) = claim_for(store, ONE)

    assert lease.seat == ONE
    [attempt] = shot_story.tell(store, "demo", "sh010").takes[0].attempts
    assert (attempt["worker"], attempt["node"]) == ("w1", "node7")
    assert log(store)[-1].data["node"] == "node7"


@pytest.mark.parametrize("failure", [FailureClass.MACHINE, FailureClass.CAPACITY])
def test_a_take_that_failed_moves_to_another_machine(store: Store, failure: FailureClass) -> None:
    submit(store, "sh010")
    fail(store, claim_for(store, ONE)[0], failure)

    (lease,) = claim_for(store, ONE, TWO, FAR)

    assert lease.seat == FAR


def test_a_take_waits_for_a_worker_that_is_busy_and_others_go_past_it(store: Store) -> None:
    submit(store, "sh010", "sh020")
    fail(store, claim_for(store, ONE)[0])

    (lease,) = claim_for(store, ONE, everyone=(ONE, FAR))

    assert lease.shot.code == "sh020"
    assert claim_for(store, ONE, everyone=(ONE, FAR)) == []
    assert [each.shot.code for each in claim_for(store, FAR, everyone=(ONE, FAR))] == ["sh010"]


def test_a_lost_machine_is_no_reason_to_stay_away_from_it(store: Store) -> None:
    from farm.store.queue import leases

    submit(store, "sh010")
    leases.lose(store, claim_for(store, ONE)[0], "its node was taken away")

    assert claim_for(store, ONE, everyone=(ONE, FAR))[0].token == 2


def test_a_lost_take_is_returned_at_once_and_at_no_cost(store: Store) -> None:
    from farm.store.queue import leases

    submit(store, "sh010")
    lease = claim(store)

    (event,) = leases.lose(store, lease, "its node was taken away")

    assert event == log(store)[-1]
    assert (event.kind, event.data["reason"]) == (
        EventKind.LEASE_TAKEN_BACK,
        "its node was taken away",
    )
    assert value(store, "SELECT faults FROM takes") == 0
    assert leases.lose(store, lease, "again") == []


def test_faults_on_three_workers_are_the_shots_own(store: Store) -> None:
    submit(store, "sh010")
    for seat in (ONE, TWO, FAR):
        fail(store, claim_for(store, seat)[0])

    told = shot_story.tell(store, "demo", "sh010")
    assert (told.state, told.takes[0].failure_class) == ("failed", FailureClass.SHOT)


def test_the_same_name_on_another_machine_is_another_worker(store: Store) -> None:
    submit(store, "sh010")
    for node in ("a", "b", "c"):
        fail(store, claim_for(store, Seat("renderer-01", node))[0])

    assert shot_story.tell(store, "demo", "sh010").takes[0].failure_class is FailureClass.SHOT


def test_productions_take_turns_whatever_the_length_of_their_queues(store: Store) -> None:
    submit(store, *(f"sh{number:03d}" for number in range(30)), production="batch")
    submit(store, "rush1", "rush2", production="rush")
    share = FairShare()

    order = [claim_for(store, ONE, share=share)[0].shot.production for _ in range(6)]

    assert order == ["batch", "rush", "batch", "rush", "batch", "batch"]


def test_workers_that_known_productions_leave_free_get_what_has_come_since(store: Store) -> None:
    submit(store, "sh010", "sh020", "sh030", production="batch")
    share = FairShare()
    claim_for(store, ONE, share=share)
    assert share.anybody_wants
    submit(store, "rush1", production="rush")

    given = claim_for(store, ONE, TWO, FAR, share=share)

    assert [lease.title for lease in given] == [
        "batch/sh020 take 1", "batch/sh030 take 1", "rush/rush1 take 1"
    ]  # fmt: skip


def test_a_back_off_that_ended_counts_before_a_worker_stays_idle(store: Store) -> None:
    submit(store, "sh010", "sh020", "sh030")
    share = FairShare()
    (lease,) = claim_for(store, ONE, share=share)
    faults.fault(store, lease, FailureClass.MACHINE, "CUDA error", AT_ONCE)
    assert share.anybody_wants

    given = claim_for(store, TWO, FAR, Seat("w4", "node9"), share=share)

    assert [lease.shot.code for lease in given] == ["sh020", "sh030", "sh010"]


def test_productions_that_have_no_more_are_forgotten(store: Store) -> None:
    submit(store, "sh010")
    share = FairShare()

    claim_for(store, ONE, TWO, share=share)

    assert not share.anybody_wants


def test_weights_divide_the_workers_of_one_claim(store: Store) -> None:
    for production in ("big", "small"):
        submit(store, *(f"sh{number:03d}" for number in range(10)), production=production)
    priorities.set_weight(store, "big", 3.0, "anna")

    given = claim_for(store, *(Seat(f"w{number}") for number in range(8)))

    names = [lease.shot.production for lease in given]
    assert (names.count("big"), names.count("small")) == (6, 2)


def test_no_worker_stays_idle_because_of_somebodys_share(store: Store) -> None:
    submit(store, "sh010", production="small")
    submit(store, *(f"sh{number:03d}" for number in range(10)), production="big")

    given = claim_for(store, *(Seat(f"w{number}") for number in range(8)))

    assert len(given) == 8


def test_a_priority_that_is_set_later_counts_for_what_waits(store: Store) -> None:
    submit(store, "sh010", "sh020", "sh030")

    (event,) = priorities.set_priority(store, "demo", "sh030", 9, "anna", "the client waits")

    assert event == log(store)[-1]
    assert (event.kind, event.who) == (EventKind.PRIORITY_SET, "anna")
    assert event.data == {"before": 0, "after": 9, "why": "the client waits"}
    assert [lease.shot.code for lease in claim_for(store, ONE, TWO)] == ["sh030", "sh010"]
    assert priorities.set_priority(store, "demo", "sh030", 9, "anna") == []


def test_a_weight_that_is_set_is_told_once(store: Store) -> None:
    submit(store, "sh010")

    (event,) = priorities.set_weight(store, "demo", 2.5, "anna", "the client pays more")

    assert event == log(store)[-1]
    assert (event.shot, event.data["after"]) == ("", 2.5)
    assert priorities.set_weight(store, "demo", 2.5, "anna") == []


def test_a_claim_ends_though_nobody_may_sit_anywhere(store: Store) -> None:
    submit(store, *(f"sh{number:03d}" for number in range(40)))
    say(store, "UPDATE takes SET token = 1")
    say(
        store,
        "INSERT INTO attempts (take_id, token, owner, worker, node, outcome, failure_class)"
        " SELECT id, 1, 'farm-a', 'w1', 'node7', 'returned', 'machine' FROM takes",
    )

    assert claim_for(store, ONE, everyone=(ONE, FAR)) == []
    assert len(claim_for(store, FAR, everyone=(ONE, FAR))) == 1


def test_a_back_off_that_no_right_clock_can_have_given_is_ended(store: Store) -> None:
    submit(store, "sh010", "sh020")
    for backoff in (600.0, 3600.0):
        policy = RetryPolicy(backoff=backoff, longest_backoff=backoff)
        faults.fault(store, claim(store), FailureClass.CAPACITY, "no room", policy)

    assert claimable.shorten_back_offs(store) == 1
    assert claimable.shorten_back_offs(store) == 0
    assert claim(store).shot.code == "sh020"
    assert nothing_to_claim(store)


def test_a_claim_takes_from_the_productions_among_which_it_may_choose_and_no_other(
    store: Store,
) -> None:
    for name in ("nike", "aurum", "film"):
        submit(store, "sh010", "sh020", production=name)
    keys = list(names.production_keys(store, ["aurum", "film"]).values())
    share = FairShare()
    free = [Seat(f"w{number}") for number in range(6)]

    given, _ = claims.claim(store, "farm-a", "toy", free, 60.0, share=share, among=keys)

    assert sorted(lease.shot.production for lease in given) == ["aurum", "aurum", "film", "film"]
    assert claims.claim(store, "farm-a", "toy", free, 60.0, share=share, among=keys) == ([], [])
    assert [each.shot.production for each in claim_for(store, *free)] == ["nike", "nike"]


def test_what_backs_off_in_another_production_is_due_in_time_and_still_not_taken(
    store: Store,
) -> None:
    submit(store, "sh010", production="nike")
    submit(store, "sh010", production="aurum")
    (nike,) = _among(store, "nike")
    faults.fault(store, nike, FailureClass.MACHINE, "CUDA error", AT_ONCE)
    end_back_offs(store)

    assert [each.shot.production for each in _among(store, "aurum")] == ["aurum"]
    assert _among(store, "aurum") == []
    assert [each.shot.production for each in _among(store, "nike")] == ["nike"]


def test_a_retake_belongs_to_its_production(store: Store) -> None:
    submit(store, "sh010", production="nike")
    submit(store, "sh010", production="aurum")
    (lease,) = _among(store, "nike")
    miss(store, lease)

    assert [(each.shot.production, each.number) for each in _among(store, "nike")] == [("nike", 2)]


def test_unfinished_and_the_queue_count_the_chosen_productions_alone(store: Store) -> None:
    submit(store, "sh010", production="nike")
    submit(store, "sh010", "sh020", production="aurum")
    submit(store, "sh030", production="aurum", recipe=a_recipe(profile="wan2.2-i2v-a14b"))
    nike, aurum = names.production_keys(store, ["nike", "aurum"]).values()

    assert queued.queue(store, [nike]).waiting == {"toy": 1}
    assert queued.queue(store, [aurum]).waiting == {"toy": 2, "wan2.2-i2v-a14b": 1}
    (lease,) = _among(store, "nike")
    assert queued.unfinished(store, "toy", [nike]), "it runs"
    faults.fault(store, lease, FailureClass.MACHINE, "CUDA error", RetryPolicy(backoff=600.0))
    assert queued.unfinished(store, "toy", [nike]), "it backs off"
    assert make(store, _after_back_off(store))
    assert not queued.unfinished(store, "toy", [nike])
    assert queued.unfinished(store, "toy", [nike, aurum])
    assert not queued.unfinished(store, "other", [aurum])


def _after_back_off(store: Store) -> Lease:
    end_back_offs(store)
    (lease,) = _among(store, "nike")
    return lease


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ("nike_ss72", "there is no production 'nike_ss72'; did you mean nike_ss27?"),
        ("NIKE", "there is no production 'NIKE'; did you mean nike_ss27?"),
        ("film", "there is no production 'film'; there are: aurum, nike_ss27"),
    ],
)
def test_an_unknown_production_is_answered_with_names_that_come_near(
    store: Store, wanted: str, said: str
) -> None:
    submit(store, "sh010", production="nike_ss27")
    submit(store, "sh010", production="aurum")

    with pytest.raises(UnknownName) as refusal:
        names.production_keys(store, ["aurum", wanted])

    assert str(refusal.value) == said


def _among(store: Store, production: str) -> list[Lease]:
    keys = list(names.production_keys(store, [production]).values())
    free = [Seat("w1", "node7"), Seat("w9", "node9")]
    given, _ = claims.claim(store, "farm-a", "toy", free, 60.0, among=keys)
    return given


def test_the_texts_of_all_segments_are_told(store: Store) -> None:
    recipe = in_segments(
        a_recipe(prompt="The man waves, then he turns around.", negative=""), (17, 17)
    )
    submit(store, "sh1", production="nike", recipe=recipe)
    assert queued.texts(store, "toy", 10) == ("The man waves.", "The man turns around.")
    assert claims.claim(store, "farm-a", "toy", [Seat("w1", "n1")], 60.0)[0][0].recipe == recipe


def test_the_texts_of_takes_that_wait_are_told_once_each_in_the_order_of_the_queue(
    store: Store,
) -> None:
    for number, prompt in enumerate(["A", "B", "A", "C"]):
        recipe = a_recipe(prompt=prompt, negative="fog")
        submit(store, f"sh{number}", production="nike", recipe=recipe, priority=-number)
    submit(store, "sh9", production="aurum", recipe=a_recipe(prompt="D", negative=""))
    submit(store, "wan", production="aurum", recipe=a_recipe(prompt="E", profile="another"))
    nike, aurum = names.production_keys(store, ["nike", "aurum"]).values()

    assert queued.texts(store, "toy", 10, [nike]) == ("A", "fog", "B", "C")
    assert queued.texts(store, "toy", 2, [nike]) == ("A", "fog", "B")
    assert queued.texts(store, "toy", 10, [aurum]) == ("D",)
    assert set(queued.texts(store, "toy", 10)) == {"A", "B", "C", "D", "fog"}
    (lease,) = _among(store, "aurum")
    assert lease.recipe.prompt == "D"
    assert queued.texts(store, "toy", 10, [aurum]) == ()


def test_a_claim_tells_the_worker_which_words_its_shot_must_keep(store: Store) -> None:
    submit(store, "sh010", must_keep=("red", "自行车"))
    assert claim(store).order().must_keep == ("red", "自行车")
