"""How many workers a run has on a Ray cluster, and what each of them holds."""

import pytest

from farm.cluster.ray.plan import Plan, Share, plan, summed
from pipeline.profiles.match_section import MatchSection
from pipeline.profiles.sections import WorkerSection

WAN = WorkerSection(cpus=4, gpus=1)
TOY = WorkerSection(cpus=1, gpus=0)


def test_there_is_one_worker_per_gpu() -> None:
    found = plan(WAN, {"CPU": 64, "GPU": 8}, None, embedded=False)
    assert found == Plan(workers=8, cpus=4, gpus=1)


def test_the_workers_of_one_machine_share_its_cpus() -> None:
    found = plan(WAN, {"CPU": 16, "GPU": 8}, None, embedded=True)
    assert found == Plan(workers=8, cpus=2, gpus=1)


def test_on_a_shared_cluster_a_gpu_profile_waits_for_the_first_gpu() -> None:
    found = plan(WAN, {"CPU": 16.0}, None, embedded=False)
    assert found == Plan(workers=1, cpus=4, gpus=1)


def test_without_gpus_a_few_workers_run_on_cpus() -> None:
    found = plan(WAN, {"CPU": 64}, None, embedded=True)
    assert found == Plan(workers=4, cpus=4, gpus=0)


def test_a_profile_that_wants_no_gpu_gets_none() -> None:
    found = plan(TOY, {"CPU": 3, "GPU": 8}, None, embedded=False)
    assert found == Plan(workers=3, cpus=1, gpus=0)


def test_a_demo_on_two_cores_has_two_workers() -> None:
    found = plan(WAN, {"CPU": 2}, None, embedded=True)
    assert found == Plan(workers=2, cpus=1, gpus=0)


def test_as_many_workers_as_asked_for_fit_on_one_machine() -> None:
    found = plan(TOY, {"CPU": 2}, 3, embedded=True)
    assert found == Plan(workers=3, cpus=0.66, gpus=0)


def judged(**changes: object) -> MatchSection:
    """A judge of its own."""
    own = {"kind": "vqa", "weights": "a judge", "threshold": 0.5, "sampled_frames": 8}
    return MatchSection.model_validate({**own, "where": "own", **changes})


def test_every_worker_leaves_its_judge_room_on_its_card() -> None:
    found = plan(WAN, {"CPU": 64, "GPU": 8}, None, embedded=False, match=judged(gpus=0.25))
    assert found == Plan(workers=8, cpus=4, gpus=0.75, judge=Share(1, 0.25))
    assert str(found.judge) == "1 CPU and 0.25 GPU"


@pytest.mark.parametrize("gpus", [1.0, 0.5, 0.25])
@pytest.mark.parametrize("judge", [0.1, 0.2, 0.25, 0.45])
def test_workers_that_share_a_card_leave_room_on_it_and_none_for_one_more(
    gpus: float, judge: float
) -> None:
    wants = WorkerSection(cpus=1, gpus=gpus)
    found = plan(wants, {"CPU": 64, "GPU": 1}, None, embedded=True, match=judged(gpus=judge))
    assert found.workers == round(1 / gpus)
    assert 1 - 0.001 < found.workers * found.gpus + judge <= 1


def test_a_judge_of_workers_with_several_cards_gets_one_of_them() -> None:
    found = plan(
        WorkerSection(cpus=4, gpus=2), {"CPU": 64, "GPU": 8}, None, embedded=False, match=judged()
    )
    assert (found.workers, found.gpus, found.judge) == (3, 2, Share(1, 0.2))


def test_a_judge_on_cpus_leaves_the_cards_to_the_workers() -> None:
    has, match = {"CPU": 16.0, "GPU": 2.0}, judged(device="cpu")
    shared = plan(WAN, has, None, embedded=False, match=match)
    assert shared == Plan(workers=2, cpus=4, gpus=1, judge=Share(4, 0))
    embedded = plan(WAN, has, None, embedded=True, match=match)
    assert embedded.judge == Share(0, 0), "all CPUs of this machine are dealt out"


def test_without_gpus_a_judge_holds_none() -> None:
    assert plan(TOY, {"CPU": 4}, None, embedded=True, match=judged()).judge == Share(0, 0)
    assert plan(WAN, {"CPU": 4}, None, embedded=True, match=judged()).judge == Share(0, 0)


def test_a_scorer_in_the_workers_is_nobodys_judge() -> None:
    found = plan(WAN, {"CPU": 64, "GPU": 8}, None, embedded=False, match=judged(where="worker"))
    assert found == plan(WAN, {"CPU": 64, "GPU": 8}, None, embedded=False)


RANKED = WAN.model_copy(update={"ranks": 4})


def test_the_ranks_of_a_worker_are_counted_on_one_machine() -> None:
    machines = [{"CPU": 64.0, "GPU": 8.0}, {"CPU": 64.0, "GPU": 6.0}, {"CPU": 8.0, "GPU": 3.0}]
    has = summed(machines, RANKED)
    assert has == {"CPU": 136, "GPU": 12}
    assert plan(RANKED, has, None, embedded=False) == Plan(workers=3, cpus=4, gpus=1)
    assert summed(machines, WAN)["GPU"] == summed(machines)["GPU"] == 17


def test_ranks_on_cpus_share_what_their_worker_may_have() -> None:
    two = TOY.model_copy(update={"ranks": 2})
    assert plan(two, {"CPU": 2}, None, embedded=True) == Plan(workers=1, cpus=1, gpus=0)
    assert plan(two, {"CPU": 1}, None, embedded=True) == Plan(workers=1, cpus=0.5, gpus=0)
    assert plan(two, {"CPU": 8}, None, embedded=False) == Plan(workers=4, cpus=1, gpus=0)
