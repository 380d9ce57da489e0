"""How many workers a run has on a Ray cluster, and what each of them holds."""

from farm.cluster.ray.plan import Plan, plan
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
