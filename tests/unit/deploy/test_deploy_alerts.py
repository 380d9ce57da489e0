"""Every alert under `deploy/` is told when to speak and when not to, and promtool holds it to that."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.unit.deploy.test_deploy import DEPLOY, alerts, exported, prometheus_in, text_of

PROMTOOL = shutil.which("promtool")
WITH = (
    "with promtool" if PROMTOOL else "without promtool: that each test is there, not what it shows"
)


def stories() -> list[dict[str, Any]]:
    return yaml.safe_load(text_of("alerts_test.yml"))["tests"]


def looks(story: dict[str, Any]) -> list[set[str]]:
    """The alerts that a story expects to be on, moment by moment."""
    told = [
        " ".join(each["labels"] for each in look["exp_samples"])
        for look in story["promql_expr_test"]
    ]
    return [set(re.findall(r'alertname="(\w+)"', labels)) for labels in told]


def fired(story: dict[str, Any]) -> set[str]:
    return set[str]().union(*looks(story))


@pytest.mark.parametrize("alert", sorted(alerts()))
def test_every_alert_is_off_and_then_on_in_some_story(alert: str) -> None:
    on = [[alert in look for look in looks(story)] for story in stories()]

    assert any(not first and True in rest for first, *rest in on)


@pytest.mark.parametrize(
    "about",
    ["night batch", "takes of forty minutes", "loads its model", "empty farm", "exporter starts"],
)
def test_a_healthy_farm_is_silent_in_some_story(about: str) -> None:
    [story] = [each for each in stories() if about in each["name"]]

    assert story["name"].startswith("silent")
    assert fired(story) == set()
    assert len(story["promql_expr_test"]) >= 4


def test_stories_are_told_in_series_that_the_farm_has() -> None:
    series = exported()

    for story in stories():
        for each in story["input_series"]:
            name, labels = re.fullmatch(r"(\w+)(?:\{(.*)\})?", each["series"]).groups()  # pyright: ignore[reportOptionalMemberAccess]
            if name != "up":
                assert set(re.findall(r"(\w+)=", labels or "")) <= series[name], each["series"]


@pytest.mark.parametrize("how", [WITH])
def test_the_alerts_do_what_their_stories_say(how: str) -> None:
    """Without promtool only that all stories are about rules that there are: `make deploy-check` has it."""
    if PROMTOOL is None:
        assert {name for story in stories() for name in fired(story)} == set(alerts()), how
        return
    words = [PROMTOOL, "test", "rules", "alerts_test.yml"]
    done = subprocess.run(words, cwd=DEPLOY, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("how", [WITH])
def test_prometheus_takes_its_configuration(how: str, tmp_path: Path) -> None:
    settings = yaml.safe_load(text_of("prometheus.yml"))
    [ray] = [each for each in settings["scrape_configs"] if each["job_name"] == "ray"]

    assert [each["refresh_interval"] for each in ray["file_sd_configs"]] == ["30s"], how
    if PROMTOOL is not None:
        words = [PROMTOOL, "check", "config", str(prometheus_in(tmp_path))]
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def test_alerts_speak_to_people_and_say_how_urgent_it_is() -> None:
    for name, rule in alerts().items():
        assert rule["labels"]["severity"] in {"info", "warning", "critical"}, name
        assert rule["annotations"]["summary"].endswith((".", "start.")), name
        assert rule["annotations"]["description"].strip().endswith("."), name
