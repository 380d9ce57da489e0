"""What Grafana needs to show the farm's figures, in Ray's Metrics tab too: dashboards, and where they are.

The tab shows one dashboard by its uid, so the farm's panels go on top of Ray's.
"""

import copy
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from farm.errors import FarmError

FIRST = 2001
"""The id of the farm's first panel among Ray's, whose ids end at about a thousand. Ray's stay as they are:
its overview page asks for some of them by id."""

Board = Mapping[str, Any]


def write(folder: Path, prometheus: str, name: str) -> list[Path]:
    """Writes all that Grafana needs below `folder`, an absolute path; the files. `prometheus` and `name`
    are as in `files`. Raises `FarmError` where one cannot be written."""
    from farm.cluster.ray import dashboards as ray_dashboards

    found = files(own(), ray_dashboards.drawn(), folder, prometheus, name)
    for path, text in found.items():
        _put(folder / path, text)
    return [folder / path for path in found]


def _put(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise FarmError(
            f"{path}: cannot be written ({error.strerror}); choose another folder"
        ) from error


def own() -> dict[str, Any]:
    """The farm's own dashboard: inside an installed package, or in a checkout's `deploy`."""
    package = Path(__file__).resolve().parents[1]
    installed = package / "_grafana.json"
    place = installed if installed.is_file() else package.parent / "deploy" / "grafana.json"
    return json.loads(place.read_text(encoding="utf-8"))


def on_top(farm: Board, ray: Board) -> dict[str, Any]:
    """Ray's dashboard under its own uid and title, with the farm's panels above its own."""
    merged = copy.deepcopy(dict(ray))
    panels = [
        {**copy.deepcopy(panel), "id": number}
        for number, panel in enumerate(farm["panels"], start=FIRST)
    ]
    height = max(panel["gridPos"]["y"] + panel["gridPos"]["h"] for panel in panels)
    for panel in merged["panels"]:
        _move_down(panel, height)
    merged["panels"] = panels + merged["panels"]
    there = {each["name"] for each in merged["templating"]["list"]}
    wanted = [each for each in farm["templating"]["list"] if each["name"] not in there]
    merged["templating"]["list"] += copy.deepcopy(wanted)
    merged["tags"] = [*merged.get("tags", []), "shotfarm"]
    return merged


def _move_down(panel: dict[str, Any], rows: int) -> None:
    panel["gridPos"]["y"] += rows
    for inner in panel.get("panels", []):
        _move_down(inner, rows)


def files(
    farm: Board, ray: Mapping[str, Board], folder: Path, prometheus: str, name: str
) -> dict[str, str]:
    """What is to be written, by its place under `folder`: dashboards, and Grafana's provisioning.

    `prometheus` is its address as Grafana reaches it, `name` what Ray calls it (`RAY_PROMETHEUS_NAME`).
    `folder` must be at the same place for Grafana.
    """
    boards = {"shotfarm": farm, "ray_core": on_top(farm, ray["core"]), "ray_data": ray["data"]}
    written = {f"dashboards/{each}.json": _json(board) for each, board in boards.items()}
    source = {
        "name": name,
        "uid": name,
        "type": "prometheus",
        "access": "proxy",
        "url": prometheus,
        "isDefault": True,
    }
    provider = {
        "name": "shotfarm",
        "type": "file",
        "options": {"path": str(folder / "dashboards")},
    }
    # JSON is YAML too, and Grafana reads `.yaml` alone.
    written["provisioning/datasources/shotfarm.yaml"] = _json(
        {"apiVersion": 1, "datasources": [source]}
    )
    written["provisioning/dashboards/shotfarm.yaml"] = _json(
        {"apiVersion": 1, "providers": [provider]}
    )
    return written


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"
