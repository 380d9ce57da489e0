"""Which server the worker of a place asks: one each; that of a place that was given up goes to the next."""

from collections.abc import Callable
from typing import Any

from farm.cluster.loading import WorkerSettings
from farm.cluster.ray.machines import Machines
from farm.cluster.ray.plan import Plan
from farm.cluster.ray.renderers import Renderers
from farm.cluster.ray.slot import Slot
from pipeline.profiles.profile import load
from tests.comfyui.running import asking

ONE, TWO = "http://one:8188", "http://two:8188"


def slots_of(profile: Any) -> Callable[[str], Slot]:
    settings = WorkerSettings(profile=profile, media="/media")
    worker: Any = None
    renderers = Renderers(Plan(2, 1, 0), 1, worker, Machines(), "test")
    return lambda name: renderers.slot(name, settings)


def test_a_place_that_was_given_up_leaves_its_server_to_the_next() -> None:
    slot = slots_of(asking(ONE, TWO))
    first, second = slot("renderer-01"), slot("renderer-02")
    assert (first.server, second.server) == (ONE, TWO)
    second.retire()  # a sick worker keeps its server: another one would be as sick
    first.leave()
    assert slot("renderer-03").server == ONE


def test_where_no_servers_render_no_worker_asks_one() -> None:
    assert slots_of(load("toy"))("renderer-01").server == ""
