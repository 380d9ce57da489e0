"""How a farm stands is one value: productions, the queue, workers, and when all will be done."""

from farm.config import Settings
from farm.domain.lifecycle import ShotState
from farm.operations import archive, nodes, priority
from farm.operations.status import farm_status, shots_status
from farm.store import Store, workers
from tests.integration.farm.store.conftest import claim, make, submit


def test_archived_productions_are_left_out_where_nobody_asks_for_them(
    settings: Settings, farm: Store
) -> None:
    submit(farm, "sh010")
    submit(farm, "sh010", production="film")
    assert archive.archive(farm, "demo", who="anna") == 1

    found = farm_status(settings, farm)
    assert [each.name for each in found.productions] == ["film"]
    assert (found.archived, found.left_out) == (["demo"], ["demo"])
    found = farm_status(settings, farm, archived=True)
    assert (found.archived, found.left_out) == (["demo"], [])
    assert farm_status(settings, farm, "demo").left_out == []
    archive.restore(farm, "demo", who="anna")
    assert farm_status(settings, farm).archived == []


def test_workers_and_drained_machines_are_told(settings: Settings, farm: Store) -> None:
    workers.report(farm, "farm-a", {"w1": "node7", "w2": "node8"}, 60.0)
    nodes.drain(farm, "node7", who="anna", why="new disks")

    found = farm_status(settings, farm)
    assert [each.node for each in found.workers] == ["node7", "node8"]
    assert [(each.node, each.why) for each in found.drained] == [("node7", "new disks")]
    nodes.undrain(farm, "node7", who="anna")
    assert farm_status(settings, farm).drained == []


def test_priority_and_weight_decide_what_goes_first(settings: Settings, farm: Store) -> None:
    submit(farm, "sh010", "sh020")
    assert priority.set_priority(farm, "demo", ["sh020"], 9, who="anna").done == ("sh020",)
    priority.set_weight(farm, "demo", 2.5, who="anna")

    assert farm_status(settings, farm).productions[0].weight == 2.5
    make(farm, claim(farm))
    [shot] = shots_status(settings, farm, "demo", ShotState.ACCEPTED).shots
    assert shot.code == "sh020"
    assert shots_status(settings, farm, "demo").forecast is None, "one take tells nothing"
