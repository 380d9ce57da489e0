"""Holds `deploy/` against the tools it is made for: `make deploy-check`.

Tools that are not here are unpacked from their packages, into the virtual environment alone: nothing is
installed and nothing is started. What could not be checked is said; without promtool the check fails.
"""

import argparse
import importlib
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[1]
DEPLOY = ROOT / "deploy"
TOOLS = Path(sys.prefix) / "deploy-tools"
KUBERNETES = ("1.28.0", "1.32.0", "1.37.0")


class NotHere(Exception):
    """A tool that is not here; its sentence says what was tried."""


@dataclass(frozen=True, slots=True)
class Check:
    """One question to one tool."""

    what: str
    ask: Callable[[], str]
    """What the tool said; raises `AssertionError` with what is wrong, `NotHere` where it is not here."""
    needed: bool = False
    """Whether the whole check fails without the tool."""


def main() -> int:
    """Asks everything and prints a line for each; 1 where something is wrong or promtool is missing."""
    parser = argparse.ArgumentParser(prog="python -m tests.deploy_check", description=__doc__)
    parser.add_argument(
        "--crd", type=Path, help="KubeRay's ray.io_rayclusters.yaml, to check against."
    )
    crd = parser.parse_args().crd
    wrong = 0
    for check in checks(crd):
        try:
            said = check.ask()
            _print("ok", f"{check.what}: {said}")
        except NotHere as reason:
            wrong += check.needed
            _print("NOT CHECKED", f"{check.what}: {reason}")
        except AssertionError as reason:
            wrong += 1
            _print("WRONG", f"{check.what}:\n{reason}")
    return 1 if wrong else 0


def checks(crd: Path | None) -> list[Check]:
    """All that is asked, in order."""
    prom, alert = ("promtool", "prometheus"), ("amtool", "prometheus-alertmanager")
    return [
        Check("prometheus.yml", _prometheus, True),
        Check("alerts.yml", lambda: _said(prom, "check", "rules", "alerts.yml"), True),
        Check(
            "what the alerts do",
            lambda: _said(prom, "test", "rules", "alerts_test.yml"),
            True,
        ),
        Check("the farm's metrics", _metrics, True),
        Check("expressions of grafana.json", _expressions, True),
        Check("alertmanager.yml", lambda: _said(alert, "check-config", "alertmanager.yml")),
        Check("kuberay.yaml, Kubernetes' own objects", _kubernetes),
        Check("kuberay.yaml, the RayCluster", lambda: _ray_cluster(crd)),
        Check("compose.yaml", _compose),
        Check("Dockerfile", _dockerfile),
        Check("dashboards in Grafana", _grafana),
    ]


def tool(name: str, package: str) -> Path:
    """A program that is here, or unpacked from the Debian package that has it. Raises `NotHere`."""
    found = shutil.which(name) or TOOLS / "usr" / "bin" / name
    if Path(found).is_file():
        return Path(found)
    if not (shutil.which("apt-get") and shutil.which("dpkg-deb")):
        raise NotHere(f"{name} is not on the path, and this is no Debian to fetch {package} from")
    with tempfile.TemporaryDirectory() as folder:
        fetched = _run(["apt-get", "download", "--quiet", package], Path(folder))
        files = list(Path(folder).glob("*.deb"))
        if not files:
            raise NotHere(
                f"{name} is not on the path and {package} was not to be had: {fetched[1]}"
            )
        _run(["dpkg-deb", "--extract", str(files[0]), str(TOOLS)], Path(folder))
    return Path(found)


def _said(which: tuple[str, str], *arguments: str) -> str:
    program = tool(*which)
    status, said = _run([str(program), *arguments], DEPLOY)
    assert status == 0, said
    return f"{program.name} {' '.join(arguments[:2])}"


def _run(words: list[str], folder: Path, told: str | None = None) -> tuple[int, str]:
    done = subprocess.run(
        words,
        cwd=folder,
        input=told,
        stdin=subprocess.DEVNULL if told is None else None,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, (done.stdout + done.stderr).strip()


def _prometheus() -> str:
    from tests.unit.deploy.test_deploy import prometheus_in

    with tempfile.TemporaryDirectory() as folder:
        place = prometheus_in(Path(folder))
        return _said(("promtool", "prometheus"), "check", "config", str(place))


def _metrics() -> str:
    """promtool reads what the farm tells, once one event of each kind was heard."""
    from tests.unit.deploy.test_deploy import heard

    program = tool("promtool", "prometheus")
    status, said = _run([str(program), "check", "metrics"], DEPLOY, heard().text())
    assert status == 0, said
    return "promtool check metrics"


def _expressions() -> str:
    """promtool reads each expression, as the rule of a file that is made for it."""
    from tests.unit.deploy.test_deploy import board_expressions

    program = tool("promtool", "prometheus")
    found = [each for each in board_expressions() if not each.startswith("label_values")]
    plain = [each.replace("$production", ".*") for each in found]
    rules = [{"record": f"panel:{n}", "expr": expression} for n, expression in enumerate(plain)]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "rules.yml"
        file.write_text(json.dumps({"groups": [{"name": "panels", "rules": rules}]}))
        status, said = _run([str(program), "check", "rules", str(file)], Path(folder))
    assert status == 0, said
    return f"promtool reads all {len(rules)}"


def _kubernetes() -> str:
    validate = _validator()
    documents = list(yaml.safe_load_all((DEPLOY / "kuberay.yaml").read_text()))
    for version in KUBERNETES:
        for document in _plain_objects(documents):
            validate(document, version)
    return f"Kubernetes {', '.join(KUBERNETES)}, strictly, the pods of the RayCluster too"


def _plain_objects(documents: list[Any]) -> list[Any]:
    """Kubernetes' own objects, and a pod of each group of the RayCluster."""
    found: list[Any] = []
    for document in documents:
        if document["kind"] != "RayCluster":
            found.append(document)
            continue
        groups = [document["spec"]["headGroupSpec"], *document["spec"]["workerGroupSpecs"]]
        found += [
            {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "ray"}}
            | {"spec": group["template"]["spec"]}
            for group in groups
        ]
    return found


def _validator() -> Callable[[Any, str], None]:
    """Of kubernetes-validate, which carries the schemas of many versions."""
    sys.path.append(str(TOOLS / "python"))
    try:
        import kubernetes_validate  # pyright: ignore[reportMissingImports]
    except ImportError:
        words = [sys.executable, "-m", "pip", "install", "--quiet"]
        target = ["--target", str(TOOLS / "python"), "kubernetes-validate"]
        status, said = _run([*words, *target], ROOT)
        if status:
            raise NotHere(f"kubernetes-validate was not to be had: {said[-200:]}") from None
        importlib.invalidate_caches()
        import kubernetes_validate  # pyright: ignore[reportMissingImports]

    def validate(document: Any, version: str) -> None:
        try:
            kubernetes_validate.validate(document, version.rpartition(".")[0], strict=True)
        except kubernetes_validate.ValidationError as error:
            raise AssertionError(f"{document['kind']} for {version}: {error}") from error

    return validate


def _ray_cluster(crd: Path | None) -> str:
    if crd is None:
        raise NotHere(
            "give --crd ray-operator/config/crd/bases/ray.io_rayclusters.yaml of KubeRay's repository"
        )
    _validator()
    import jsonschema

    versions = yaml.safe_load(crd.read_text())["spec"]["versions"]
    [schema] = [each["schema"]["openAPIV3Schema"] for each in versions if each["name"] == "v1"]
    _as_json_schema(schema)
    documents = yaml.safe_load_all((DEPLOY / "kuberay.yaml").read_text())
    [cluster] = [each for each in documents if each["kind"] == "RayCluster"]
    errors = list(jsonschema.Draft202012Validator(schema).iter_errors(cluster))
    assert not errors, "\n".join(f"{error.json_path}: {error.message}" for error in errors)
    return f"{crd.name}, strictly"


def _as_json_schema(schema: Any) -> None:
    """Kubernetes' words for JSON Schema's, and nothing allowed that is not named."""
    if isinstance(schema, list):
        for each in schema:
            _as_json_schema(each)
    elif isinstance(schema, dict):
        if schema.get("x-kubernetes-int-or-string"):
            schema.pop("anyOf", None)
        named = isinstance(schema.get("properties"), dict) and "type" in schema
        if named and not schema.get("x-kubernetes-preserve-unknown-fields"):
            whole = (
                "apiVersion" in schema["properties"]
            )  # the object, whose metadata are Kubernetes'
            schema.setdefault("additionalProperties", whole)
        for each in schema.values():
            _as_json_schema(each)


def _compose() -> str:
    if not shutil.which("docker"):
        raise NotHere("docker is not here; test_deploy.py holds its structure")
    words = ["docker", "compose", "--profile", "alerting", "-f", "compose.yaml", "config", "-q"]
    status, said = _run(["env", "DATABASE_PASSWORD=checked", *words], DEPLOY)
    if "unknown command" in said or "unknown flag" in said or "unknown shorthand" in said:
        raise NotHere("docker is here without Compose; test_deploy.py holds its structure")
    assert status == 0, said
    return "docker compose config"


def _dockerfile() -> str:
    if not shutil.which("docker"):
        raise NotHere("docker is not here; no image was built")
    status, said = _run(["docker", "build", "--check", "-f", "deploy/Dockerfile", "."], ROOT)
    if status and ("Cannot connect" in said or "unknown flag" in said):
        raise NotHere(f"docker cannot build here: {said.splitlines()[-1][:120]}")
    assert status == 0, said
    return "docker build --check; no image was built"


def _grafana() -> str:
    raise NotHere("there is no Grafana here; test_dashboards.py holds their structure")


def _print(mark: str, sentence: str) -> None:
    sys.stdout.write(f"{mark:<12} {sentence}\n")


if __name__ == "__main__":
    sys.exit(main())
