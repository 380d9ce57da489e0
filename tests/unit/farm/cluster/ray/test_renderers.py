"""Which server the worker of a place asks: one each; that of a place that was given up goes to the next."""

from typing import Any

from farm.cluster.loading import WorkerSettings
from farm.cluster.ray.machines import Machines
from farm.cluster.ray.plan import Plan
from farm.cluster.ray.renderers import Renderers
from pipeline.profiles.profile import load
from tests.comfyui.running import asking

ONE, TWO = "http://one:8188", "http://two:8188"


def renderers_of(profile: Any) -> Renderers:
    settings = WorkerSettings(profile=profile, media="/media")
    worker: Any = None
    return Renderers(Plan(2, 1, 0), settings, worker, Machines(), "test")


def test_a_place_that_was_given_up_leaves_its_server_to_the_next() -> None:
    renderers = renderers_of(asking(ONE, TWO))
    first, second = renderers.slot("renderer-01"), renderers.slot("renderer-02")
    assert (first.server, second.server) == (ONE, TWO)
    second.retire()  # a sick worker keeps its server: another one would be as sick
    first.leave()
    assert renderers.slot("renderer-03").server == ONE


def test_where_no_servers_render_no_worker_asks_one() -> None:
    assert renderers_of(load("toy")).slot("renderer-01").server == ""
