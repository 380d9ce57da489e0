"""What lies in `deploy/` fits the farm: its settings, its metrics, its commands."""

import json
import re
import shlex
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import pytest
import yaml
from packaging.specifiers import SpecifierSet

from farm import config
from farm.cli import farm
from farm.config import Settings
from farm.events import Event, EventKind
from farm.lifecycle import FailureClass
from farm.metrics import FarmMetrics, Now
from pipeline import profile

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def text_of(name: str) -> str:
    return (DEPLOY / name).read_text(encoding="utf-8")


def compose() -> dict[str, Any]:
    return yaml.safe_load(text_of("compose.yaml"))


def kubernetes() -> dict[str, Any]:
    """The objects of `kuberay.yaml`, by kind."""
    return {each["kind"]: each for each in yaml.safe_load_all(text_of("kuberay.yaml"))}


def exported() -> dict[str, set[str]]:
    """The labels of every series, by name, once one event of each kind was heard."""
    metrics = FarmMetrics(Now(lambda: {("heist", "waiting"): 2}, lambda: ({"toy": 2}, 4.0)))
    data = {"wait": 1.0, "seconds": 2.0, "verdict": "accepted", "rung": 0}
    data |= {"stages": {"denoise": 1.5}, "failure_class": "machine"}
    for kind in EventKind:
        at = datetime(2027, 1, 1, tzinfo=UTC)
        metrics(Event(kind=kind, at=at, production="heist", shot="sh010", data=data))
    labels: dict[str, set[str]] = {}
    for sample in (sample for family in metrics.registry.collect() for sample in family.samples):
        labels.setdefault(sample.name, set()).update(sample.labels)
    return labels


def expressions() -> Iterator[str]:
    for group in yaml.safe_load(text_of("alerts.yml"))["groups"]:
        yield from (rule["expr"] for rule in group["rules"])
    board = json.loads(text_of("grafana.json"))
    yield from (target["expr"] for panel in board["panels"] for target in panel["targets"])
    yield from (each["query"] for each in board["templating"]["list"] if each["type"] == "query")


def commands() -> Iterator[list[str]]:
    """What stands behind `farm` in every command line under `deploy/`."""
    readme = text_of("README.md")
    blocks = "\n".join(re.findall(r"```sh\n(.*?)```", readme, re.DOTALL))
    lines = [*blocks.replace("\\\n", " ").splitlines(), *re.findall(r"`(farm [^`]+)`", readme)]
    lines += re.findall(r"`(farm [^`]+)`", text_of("alerts.yml"))
    yield from (words_after_farm(shlex.split(line)) for line in lines if " farm " in f" {line} ")
    started = [each.get("command", []) for each in compose()["services"].values()]
    started += [
        each["args"]
        for each in kubernetes()["Deployment"]["spec"]["template"]["spec"]["containers"]
    ]
    yield from (words[1:] for words in started if words[:1] == ["farm"])


def words_after_farm(words: list[str]) -> list[str]:
    return words[words.index("farm") + 1 :]


def parse(words: list[str]) -> str:
    """The command's name, if click takes its arguments; raises `click.UsageError` otherwise."""
    names, command = [], farm
    while isinstance(command, click.Group):
        context = click.Context(command)
        _, words, _ = command.make_parser(context).parse_args(words)
        name, command, words = command.resolve_command(context, words)
        names.append(name)
    assert command is not None
    command.make_context(names[-1], words)
    return " ".join(names)


@pytest.mark.parametrize("name", ["compose.yaml", "kuberay.yaml", "prometheus.yml", "alerts.yml"])
def test_yaml_under_deploy_parses(name: str) -> None:
    assert all(isinstance(each, dict) for each in yaml.safe_load_all(text_of(name)))


def test_every_farm_variable_under_deploy_is_a_setting() -> None:
    text = "\n".join(path.read_text() for path in DEPLOY.iterdir() if path.is_file())

    named = set(re.findall(r"\bFARM_[A-Z_]+", text))

    assert "FARM_DATABASE" in named
    assert {name.removeprefix("FARM_").lower() for name in named} <= set(Settings.model_fields)


def test_the_settings_of_both_clusters_are_valid(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    head = compose()["services"]["head"]["environment"]
    for values in (head, kubernetes()["ConfigMap"]["data"]):
        for name, value in values.items():
            monkeypatch.setenv(name, value)

        settings = config.load()

        assert settings.address == "auto"
        assert settings.profile in profile.names()


def test_every_metric_in_alerts_and_dashboard_is_exported_with_its_labels() -> None:
    series = exported()
    for expression in expressions():
        uses = re.findall(r"\b(farm_\w+)(?:\{([^}]*)\})?", expression)
        assert uses, expression
        for name, selector in uses:
            assert name in series, expression
            assert set(re.findall(r"(\w+)\s*[=!]", selector)) <= series[name], expression
        grouped = re.findall(r"by \(([^)]*)\)", expression)
        for label in (label.strip() for labels in grouped for label in labels.split(",")):
            assert all(label in series[name] for name, _ in uses), expression


def test_alerts_name_failure_classes_that_there_are() -> None:
    named = re.findall(r'failure_class="(\w+)"', "\n".join(expressions()))

    assert named
    assert set(named) <= set(FailureClass)


def test_every_farm_command_line_under_deploy_is_one_that_click_takes() -> None:
    names = {parse(words) for words in commands()}

    assert {"db upgrade", "check", "submit", "start", "stop", "metrics"} <= names


def test_an_option_that_is_not_there_would_be_found() -> None:
    with pytest.raises(click.NoSuchOption):
        parse(["start", "--no-such-option"])


def test_the_image_has_a_python_that_the_project_allows() -> None:
    pythons = re.findall(r"^FROM python:([\d.]+)", text_of("Dockerfile"), re.MULTILINE)

    assert len(set(pythons)) == 1
    assert SpecifierSet(PROJECT["requires-python"]).contains(pythons[0])


def test_the_image_is_built_of_files_that_there_are() -> None:
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", text_of("Dockerfile"), re.MULTILINE)

    sources = [source for line in copied for source in line.split()]

    assert {"farm", "pipeline", "migrations", "pyproject.toml"} <= set(sources)
    assert [source for source in sources if not (ROOT / source).exists()] == []


def test_image_tag_and_ray_version_are_those_of_the_project() -> None:
    everything = "\n".join(text_of(name) for name in ("compose.yaml", "kuberay.yaml", "README.md"))
    pins = (ROOT / "constraints.txt").read_text().splitlines()

    assert set(re.findall(r"shotfarm:([\d.]+)", everything)) == {PROJECT["version"]}
    assert f"ray=={kubernetes()['RayCluster']['spec']['rayVersion']}" in pins


def test_compose_publishes_nothing_beyond_this_machine() -> None:
    services = compose()["services"].values()

    ports = [port for service in services for port in service.get("ports", [])]

    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_all_ray_nodes_ask_for_the_token() -> None:
    services = compose()["services"]
    cluster = kubernetes()["RayCluster"]["spec"]
    groups = [cluster["headGroupSpec"], *cluster["workerGroupSpecs"]]

    modes = [services[name]["environment"]["RAY_AUTH_MODE"] for name in ("head", "worker")]
    for group in groups:
        [container] = group["template"]["spec"]["containers"]
        modes += [each["value"] for each in container["env"] if each["name"] == "RAY_AUTH_MODE"]

    assert modes == ["token"] * 4


def test_workers_know_nothing_of_the_database() -> None:
    [workers] = kubernetes()["RayCluster"]["spec"]["workerGroupSpecs"]

    assert "FARM_DATABASE" not in compose()["services"]["worker"]["environment"]
    assert "database" not in json.dumps(workers)


def test_the_readme_puts_weights_where_the_profile_looks_for_them() -> None:
    wan = profile.load(compose()["services"]["head"]["environment"]["FARM_PROFILE"])

    assert f"data/weights/{wan.model.weights}/" in text_of("README.md")
    assert f"data/weights/{wan.match.weights}/" in text_of("README.md")
