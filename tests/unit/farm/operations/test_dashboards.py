"""The farm's panels on top of Ray's: ids, uid and expressions hold, and nothing of Ray's is lost."""

import json
from pathlib import Path
from typing import Any

import yaml

from farm.operations import dashboards
from tests.unit.deploy.test_deploy import board_expressions

RAY: dict[str, Any] = {
    "uid": "rayDefaultDashboard",
    "title": "Default Dashboard",
    "rayMeta": ["supportsFullGrafanaView"],
    "tags": ["rayVersion:2.60.0"],
    "templating": {"list": [{"name": "datasource", "type": "datasource", "query": "prometheus"}]},
    "panels": [
        {"id": 1001, "type": "row", "gridPos": {"x": 0, "y": 0, "w": 24, "h": 1}},
        {
            "id": 24,
            "type": "graph",
            "gridPos": {"x": 0, "y": 1, "w": 12, "h": 8},
            "targets": [{"expr": "sum(ray_tasks)"}],
        },
        {
            "id": 1002,
            "type": "row",
            "collapsed": True,
            "gridPos": {"x": 0, "y": 9, "w": 24, "h": 1},
            "panels": [{"id": 41, "type": "graph", "gridPos": {"x": 0, "y": 10, "w": 12, "h": 8}}],
        },
    ],
}


def expressions(board: Any) -> list[str]:
    return [each["expr"] for panel in board["panels"] for each in panel.get("targets", [])]


def test_the_farms_panels_stand_on_top_of_rays_and_have_ids_of_their_own() -> None:
    farm = dashboards.own()

    merged = dashboards.on_top(farm, RAY)

    count = len(farm["panels"])
    ids = [panel["id"] for panel in merged["panels"]]
    assert ids == [*range(2001, 2001 + count), 1001, 24, 1002]
    bottom = max(each["gridPos"]["y"] + each["gridPos"]["h"] for each in farm["panels"])
    row, graph, folded = merged["panels"][count:]
    assert (row["gridPos"]["y"], graph["gridPos"]["y"]) == (bottom, bottom + 1)
    assert (folded["gridPos"]["y"], folded["panels"][0]["gridPos"]["y"]) == (
        bottom + 9,
        bottom + 10,
    )
    assert [each["title"] for each in merged["panels"][:count]] == [
        each["title"] for each in farm["panels"]
    ]


def test_it_stays_rays_dashboard_or_its_tab_would_not_find_it() -> None:
    merged = dashboards.on_top(dashboards.own(), RAY)

    for name in ("uid", "title", "rayMeta"):
        assert merged[name] == RAY[name]
    assert expressions(merged)[-1] == "sum(ray_tasks)"
    assert set(expressions(merged)) == {
        "sum(ray_tasks)",
        *(each for each in board_expressions() if not each.startswith("label_values")),
    }


def test_variables_of_both_are_there_once() -> None:
    merged = dashboards.on_top(dashboards.own(), RAY)

    assert [each["name"] for each in merged["templating"]["list"]] == ["datasource", "production"]


def test_neither_dashboard_is_changed_by_it() -> None:
    farm, before = dashboards.own(), json.dumps([dashboards.own(), RAY])

    dashboards.on_top(farm, RAY)

    assert json.dumps([farm, RAY]) == before


def test_panels_of_the_farms_own_dashboard_do_not_overlap_and_know_the_production() -> None:
    board = dashboards.own()
    taken: set[tuple[int, int]] = set()
    for panel in board["panels"]:
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not taken & cells, panel["title"]
        taken |= cells
    whole_farm = {"Database and media folder", "Workers", "Free in the media folder"}
    for panel in board["panels"]:
        told = " ".join(each["expr"] for each in panel["targets"])
        assert ("$production" in told) != (panel["title"] in whole_farm), panel["title"]


def test_grafana_is_told_where_dashboards_and_prometheus_are() -> None:
    ray = {"core": RAY, "data": {**RAY, "uid": "rayDataDashboard"}}

    written = dashboards.files(
        dashboards.own(), ray, Path("/srv/grafana"), "http://prometheus:9090", "Prometheus"
    )

    boards = {
        name: json.loads(text)["uid"]
        for name, text in written.items()
        if name.startswith("dashboards/")
    }
    assert sorted(boards.values()) == ["rayDataDashboard", "rayDefaultDashboard", "shotfarm"]
    [source] = yaml.safe_load(written["provisioning/datasources/shotfarm.yaml"])["datasources"]
    assert (source["name"], source["url"]) == ("Prometheus", "http://prometheus:9090")
    assert source["isDefault"] is True
    [provider] = yaml.safe_load(written["provisioning/dashboards/shotfarm.yaml"])["providers"]
    assert provider["options"]["path"] == "/srv/grafana/dashboards"
