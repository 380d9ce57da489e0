"""`farm dashboards`: what Grafana is given, with Ray's own dashboards as this version of Ray draws them."""

import json
from pathlib import Path

import yaml

from farm.cluster.ray import dashboards as ray_dashboards
from tests.integration.farm.cli.conftest import Farm

OVERVIEW = {24, 41}
"""Panels that Ray's overview page draws, by id."""


def test_rays_panels_are_kept_below_the_farms(farm: Farm, tmp_path: Path) -> None:
    folder = tmp_path / "for grafana"

    told = farm("dashboards", str(folder), "--prometheus", "http://prometheus:9090", "--json").json

    assert told["folder"] == str(folder)
    assert all(Path(each).is_file() for each in told["files"])
    merged = json.loads((folder / "dashboards" / "ray_core.json").read_text())
    ray = ray_dashboards.drawn()["core"]
    assert merged["uid"] == ray["uid"] == "rayDefaultDashboard"
    ids = [panel["id"] for panel in merged["panels"]]
    assert ids[0] == 2001
    assert ids[-len(ray["panels"]) :] == [panel["id"] for panel in ray["panels"]]
    inner = [each["id"] for panel in merged["panels"] for each in panel.get("panels", [])]
    assert len({*ids, *inner}) == len(ids) + len(inner)
    assert {*ids, *inner} >= OVERVIEW
    assert max(each for each in [*ids, *inner] if each < 2001) < 2001
    theirs = [panel.get("targets") for panel in ray["panels"]]
    assert [panel.get("targets") for panel in merged["panels"][-len(theirs) :]] == theirs
    [source] = yaml.safe_load(
        (folder / "provisioning" / "datasources" / "shotfarm.yaml").read_text()
    )["datasources"]
    assert source["url"] == "http://prometheus:9090"


def test_a_folder_that_cannot_be_written_is_a_sentence(farm: Farm, tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    refused = farm("dashboards", str(tmp_path / "file" / "below"))

    assert refused.status == 1
    assert "cannot be written" in refused.err
    assert "choose another folder" in refused.err
