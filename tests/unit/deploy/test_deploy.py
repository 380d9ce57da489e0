"""What lies in `deploy/` fits the farm: its settings, its metrics, its commands."""

import json
import re
import runpy
import shlex
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import urlsplit

import click
import pytest
import yaml
from packaging.specifiers import SpecifierSet

from farm import config
from farm.cli import farm
from farm.config import Settings
from farm.domain.events import Event, EventKind
from farm.domain.lifecycle import FailureClass
from farm.listeners.metrics import FarmMetrics, Now, Seen, serve
from farm.listeners.metrics.serving import HEALTH
from pipeline.profiles import profile
from pipeline.storage.folder import MediaFolder

ROOT = Path(__file__).parents[3]
DEPLOY = ROOT / "deploy"
STEPS = (ROOT / "docs" / "how-to" / "cluster.md").read_text(encoding="utf-8")
"""What a person does with these files, step by step."""
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
PROJECT = PYPROJECT["project"]


def text_of(name: str) -> str:
    return (DEPLOY / name).read_text(encoding="utf-8")


def prometheus_in(folder: Path) -> Path:
    """Prometheus' files for promtool, which would look for the targets that a Ray of this machine lists."""
    for name in ("prometheus.yml", "alerts.yml"):
        (folder / name).write_text(text_of(name).replace("/tmp/ray/", f"{folder}/"))
    return folder / "prometheus.yml"


def compose() -> dict[str, Any]:
    return yaml.safe_load(text_of("compose.yaml"))


def kubernetes(kind: str, name: str = "shotfarm") -> dict[str, Any]:
    """One object of `kuberay.yaml`."""
    documents = yaml.safe_load_all(text_of("kuberay.yaml"))
    [found] = [
        each for each in documents if each["kind"] == kind and each["metadata"]["name"] == name
    ]
    return found


def pods() -> dict[str, dict[str, Any]]:
    """The pod specifications of `kuberay.yaml`, by what they are for."""
    cluster = kubernetes("RayCluster")["spec"]
    [workers] = cluster["workerGroupSpecs"]
    metrics = kubernetes("Deployment", "shotfarm-metrics")["spec"]
    return {
        "head": cluster["headGroupSpec"]["template"]["spec"],
        "worker": workers["template"]["spec"],
        "metrics": metrics["template"]["spec"],
    }


def heard() -> FarmMetrics:
    """The farm's series, once one event of each kind was heard."""
    pair = {("heist", "toy"): 2}
    seen = Seen(
        shots={("heist", "waiting"): 2},
        drafts={"heist": 1},
        waiting=pair,
        held=pair,
        running=pair,
        waits={"toy": 4.0},
        workers={"live": 1},
    )
    metrics = FarmMetrics(Now(lambda: seen, media=MediaFolder(ROOT), least_room=5))
    data = {"wait": 1.0, "seconds": 2.0, "verdict": "accepted", "rung": 0, "device": "cpu"}
    data |= {
        "stages": {"denoise": 1.5},
        "failure_class": "machine",
        "before": "toy",
        "after": "wan",
    }
    for kind in EventKind:
        at = datetime(2027, 1, 1, tzinfo=UTC)
        metrics(Event(kind=kind, at=at, production="heist", shot="sh010", profile="toy", data=data))
    return metrics


def exported() -> dict[str, set[str]]:
    """The labels of every series, by name."""
    labels: dict[str, set[str]] = {}
    for family in heard().registry.collect():
        for sample in family.samples:
            labels.setdefault(sample.name, set()).update(sample.labels)
    return labels


def alerts() -> dict[str, dict[str, Any]]:
    """The rules of `alerts.yml`, by the names of their alerts."""
    groups = yaml.safe_load(text_of("alerts.yml"))["groups"]
    return {rule["alert"]: rule for group in groups for rule in group["rules"]}


def board_expressions() -> Iterator[str]:
    """Every expression of the farm's dashboard."""
    board = json.loads(text_of("grafana.json"))
    yield from (target["expr"] for panel in board["panels"] for target in panel["targets"])
    yield from (each["query"] for each in board["templating"]["list"] if each["type"] == "query")


def expressions() -> Iterator[str]:
    yield from (rule["expr"] for rule in alerts().values())
    yield from board_expressions()


def commands() -> Iterator[list[str]]:
    """What stands behind `farm` in every command line under `deploy/`, and in its steps."""
    blocks = "\n".join(re.findall(r"```sh\n(.*?)```", STEPS, re.DOTALL))
    lines = [*blocks.replace("\\\n", " ").splitlines(), *re.findall(r"`(farm [^`]+)`", STEPS)]
    lines += re.findall(r"`(farm [^`]+)`", text_of("alerts.yml"))
    split = (shlex.split(line, comments=True) for line in lines)
    yield from (words_after_farm(words) for words in split if "farm" in words)
    started = [each.get("command", []) for each in compose()["services"].values()]
    started += [each["args"] for each in pods()["metrics"]["containers"]]
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


@pytest.mark.parametrize("name", sorted(path.name for path in DEPLOY.glob("*.y*ml")))
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
    for values in (head, kubernetes("ConfigMap")["data"]):
        for name, value in values.items():
            monkeypatch.setenv(name, value)

        settings = config.load()

        assert settings.address == "auto"
        assert settings.profile in profile.names()


def test_every_metric_in_alerts_and_dashboard_is_exported_with_its_labels() -> None:
    series = exported()
    for expression in expressions():
        uses = re.findall(r"\b(farm_\w+)(?:\{([^}]*)\})?", expression)
        assert uses or expression.startswith("up{"), expression
        for name, selector in uses:
            assert name in series, expression
            assert set(re.findall(r"(\w+)\s*[=!]", selector)) <= series[name], expression
        for by, name in re.findall(r"by \(([^)]*)\) \((?:increase\()?(farm_\w+)", expression):
            assert {label.strip() for label in by.split(",")} <= series[name], expression


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
    everything = "\n".join((text_of("compose.yaml"), text_of("kuberay.yaml"), STEPS))
    pins = (ROOT / "constraints.txt").read_text().splitlines()

    assert set(re.findall(r"shotfarm:([\d.]+)", everything)) == {
        PYPROJECT["tool"]["hatch"]["version"]["fallback-version"]
    }
    assert f"ray=={kubernetes('RayCluster')['spec']['rayVersion']}" in pins


def test_compose_publishes_nothing_beyond_this_machine() -> None:
    services = compose()["services"].values()

    ports = [port for service in services for port in service.get("ports", [])]

    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_all_ray_nodes_ask_for_the_token() -> None:
    services = compose()["services"]
    modes = [services[name]["environment"]["RAY_AUTH_MODE"] for name in ("head", "worker")]
    for name in ("head", "worker"):
        [container] = pods()[name]["containers"]
        modes += [each["value"] for each in container["env"] if each["name"] == "RAY_AUTH_MODE"]

    assert modes == ["token"] * 4


def test_workers_know_nothing_of_the_database() -> None:
    assert "FARM_DATABASE" not in compose()["services"]["worker"]["environment"]
    assert "database" not in json.dumps(pods()["worker"])


def test_the_steps_put_weights_where_the_profile_looks_for_them() -> None:
    wan = profile.load(compose()["services"]["head"]["environment"]["FARM_PROFILE"])

    for name in (wan.model.weights, wan.match.weights, wan.clip.features):
        assert f"data/weights/{name}/" in STEPS
        assert f"--local-dir /weights/{name}\n" in STEPS


def test_everything_on_kubernetes_is_in_the_farms_own_namespace() -> None:
    for document in yaml.safe_load_all(text_of("kuberay.yaml")):
        if document["kind"] != "Namespace":
            assert document["metadata"]["namespace"] == "shotfarm", document["metadata"]["name"]

    labels = kubernetes("Namespace")["metadata"]["labels"]
    assert labels["pod-security.kubernetes.io/enforce"] == "restricted"


@pytest.mark.parametrize("name", ["head", "worker", "metrics"])
def test_pods_are_what_pod_security_calls_restricted(name: str) -> None:
    pod = pods()[name]

    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["runAsUser"] > 0
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert not {"hostNetwork", "hostPID", "hostIPC"} & set(pod)
    assert {kind for volume in pod["volumes"] for kind in volume} <= {
        *("name", "configMap", "csi", "downwardAPI", "emptyDir", "ephemeral"),
        *("persistentVolumeClaim", "projected", "secret"),
    }
    for container in pod["containers"]:
        confined = container["securityContext"]
        assert confined == {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}
        assert all("hostPort" not in port for port in container.get("ports", []))
    assert pod["automountServiceAccountToken"] is False


def test_gpu_pods_go_to_gpu_pools_and_ask_for_a_gpu() -> None:
    worker = pods()["worker"]

    [container] = worker["containers"]
    assert container["resources"]["limits"]["nvidia.com/gpu"] == "1"
    assert "nvidia.com/gpu" in {each["key"] for each in worker["tolerations"]}
    assert worker["nodeSelector"]


def test_the_metrics_pod_is_asked_whether_it_is_there_and_not_what_it_knows() -> None:
    [container] = pods()["metrics"]["containers"]

    for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
        assert container[probe]["httpGet"] == {"path": HEALTH, "port": "metrics"}


def test_who_may_reach_which_port_on_kubernetes() -> None:
    def let_in(name: str) -> dict[int | None, list[Any]]:
        rules = kubernetes("NetworkPolicy", name)["spec"]["ingress"]
        ports = {port: rule["from"] for rule in rules for port in _ports(rule)}
        assert all(ports.values())  # an empty list lets everybody in
        return ports

    monitoring = {"matchLabels": {"kubernetes.io/metadata.name": "monitoring"}}
    metrics = kubernetes("NetworkPolicy", "shotfarm-metrics")["spec"]
    assert metrics["podSelector"]["matchLabels"] == {"app": "shotfarm-metrics"}
    assert metrics["policyTypes"] == ["Ingress"]
    assert let_in("shotfarm-metrics") == {9108: [{"namespaceSelector": monitoring}]}
    nodes = let_in("shotfarm")
    assert set(nodes) == {None, 8265, 8080, 44217, 44227}
    assert nodes[None] == [{"podSelector": {"matchLabels": {"ray.io/cluster": "shotfarm"}}}]
    assert all(set(each) & {"podSelector"} for each in nodes[8265])


def _ports(rule: dict[str, Any]) -> list[int | None]:
    return [each["port"] for each in rule["ports"]] if "ports" in rule else [None]


def test_kuberay_itself_knows_the_token() -> None:
    assert kubernetes("RayCluster")["spec"]["authOptions"] == {
        "mode": "token",
        "secretName": "shotfarm-token",
    }
    for name in ("head", "worker"):
        [container] = pods()[name]["containers"]
        [token] = [each for each in container["env"] if each["name"] == "RAY_AUTH_TOKEN"]
        key = token["valueFrom"]["secretKeyRef"]
        assert key == {"name": "shotfarm-token", "key": "auth_token"}
    assert "--from-file=auth_token=" in STEPS


def goes_in(path: str) -> bool:
    """Whether Docker would send a file to the build: of the patterns that fit, the last one decides."""
    taken = True
    for line in text_of("Dockerfile.dockerignore").splitlines():
        pattern = line.strip()
        if not pattern or pattern.startswith("#"):
            continue
        parents = [path, *map(str, PurePosixPath(path).parents)][:-1]
        wanted = pattern.removeprefix("!")
        anywhere = wanted.removeprefix("**/")
        if any(
            fnmatch(PurePosixPath(each).name if anywhere != wanted else each, anywhere)
            and (wanted != "*" or "/" not in each)
            for each in parents
        ):
            taken = pattern.startswith("!")
    return taken


@pytest.mark.parametrize(
    "path",
    [
        *("deploy/secrets/ray_token", "deploy/.env", "deploy/data/media/clips/x.mp4", ".env"),
        *(".git/config", ".venv/bin/python", "media/clips/x.mp4", "farm.db", "farm.toml"),
        *("tests/conftest.py", "farm/__pycache__/events.cpython-311.pyc", "farm/farm.db"),
        *("farm/.env", "shots.csv", "deploy/compose.yaml"),
    ],
)
def test_nothing_of_a_checkout_goes_into_the_image_that_is_not_named(path: str) -> None:
    assert not goes_in(path)


def test_what_the_image_is_built_of_goes_in() -> None:
    lines = re.findall(r"^COPY (?!--from)(.+) \S+$", text_of("Dockerfile"), re.MULTILINE)

    for source in (ROOT / each for line in lines for each in line.split()):
        some = source if source.is_file() else next(source.rglob("*.py"))
        assert goes_in(str(some.relative_to(ROOT))), some
    assert goes_in("pipeline/toy/weights/toy-i2v/model_index.json")


def test_images_are_of_one_version_each() -> None:
    bases = re.findall(r"^FROM (\S+)", text_of("Dockerfile"), re.MULTILINE)
    used = [each["image"] for each in compose()["services"].values()]

    for image in {*bases, *used} - {"shotfarm:0.1.0"}:
        assert re.fullmatch(r"[\w./-]+:v?\d+\.\d+(\.\d+)?(-[\w.-]+)?", image), image
    assert re.search(r"'tini=\d", text_of("Dockerfile"))


def test_the_image_and_every_service_of_the_farm_that_stays_are_asked_how_they_are() -> None:
    services = compose()["services"]
    test = ["CMD", "python", "-I", "/usr/local/lib/farm-health.py"]

    assert f"CMD {json.dumps(test[1:])}" in text_of("Dockerfile")
    assert "COPY deploy/health.py /usr/local/lib/farm-health.py" in text_of("Dockerfile")
    for name in ("head", "worker", "metrics"):
        assert services[name]["healthcheck"]["test"] == test
    for name in ("migrate", "dashboards"):
        assert services[name]["restart"] == "no"


def health() -> dict[str, Any]:
    return runpy.run_path(str(DEPLOY / "health.py"))


def test_health_asks_for_what_the_container_was_started_as() -> None:
    asked = health()["pages"]
    services = compose()["services"]

    def of(name: str) -> list[str]:
        return [urlsplit(page).path for page in asked(["tini", "--", *services[name]["command"]])]

    assert of("head") == ["/api/gcs_healthz", "/api/local_raylet_healthz"]
    assert of("worker") == ["/api/local_raylet_healthz"]
    assert of("metrics") == [HEALTH]
    assert of("migrate") == []


def test_health_tells_a_service_that_answers_from_one_that_does_not(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    port, close = serve(FarmMetrics(), "127.0.0.1", 0)
    told = tmp_path / "cmdline"
    told.write_text("\0".join(["tini", "--", "/usr/bin/farm", "metrics", "--serve", str(port), ""]))

    assert health()["main"](told) == 0
    close()
    assert health()["main"](told) == 1
    assert HEALTH in capsys.readouterr().out


def test_rays_metrics_tab_finds_prometheus_and_grafana() -> None:
    services = compose()["services"]
    head, grafana = services["head"]["environment"], services["grafana"]

    assert head["RAY_PROMETHEUS_HOST"] == "http://prometheus:9090"
    assert head["RAY_GRAFANA_HOST"] == "http://grafana:3000"
    assert f"{urlsplit(head['RAY_GRAFANA_IFRAME_HOST']).netloc}:3000" in grafana["ports"][0]
    assert grafana["environment"]["GF_SECURITY_ALLOW_EMBEDDING"] == "true"
    assert grafana["environment"]["GF_AUTH_ANONYMOUS_ORG_ROLE"] == "Viewer"
    folder = services["dashboards"]["command"][2]
    assert grafana["environment"]["GF_PATHS_PROVISIONING"] == f"{folder}/provisioning"
    assert grafana["volumes"] == [f"dashboards:{folder}:ro"]
    assert services["dashboards"]["command"][-1] == head["RAY_PROMETHEUS_HOST"]


def test_alerts_are_handed_to_an_alertmanager_where_one_is_wanted() -> None:
    [manager] = yaml.safe_load(text_of("prometheus.yml"))["alerting"]["alertmanagers"]
    [target] = manager["static_configs"][0]["targets"]
    settings = yaml.safe_load(text_of("alertmanager.yml"))

    assert compose()["services"][target.split(":")[0]]["profiles"] == ["alerting"]
    assert settings["route"]["receiver"] in {each["name"] for each in settings["receivers"]}
