"""The documents are held against the code: commands, files, links, modules."""

import re
from pathlib import Path

import click
import pytest

from farm.cli import COMMANDS, farm

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = [
    "README.md",
    "ARCHITECTURE.md",
    "CHANGELOG.md",
    "deploy/README.md",
    "pipeline/toy/README.md",
]


def commands() -> dict[str, click.Command]:
    context = click.Context(farm)
    found: dict[str, click.Command] = {}
    for name in COMMANDS:
        command = farm.get_command(context, name)
        assert command is not None
        found[name] = command
        if isinstance(command, click.Group):
            found |= {f"{name} {sub}": each for sub, each in command.commands.items()}
    return found


@pytest.mark.parametrize("name", sorted(commands()))
def test_every_command_has_help_with_an_example(name: str) -> None:
    help_text = commands()[name].help or ""
    assert re.search(r"Examples?:\s+farm ", help_text), f"farm {name} shows no example"


@pytest.mark.parametrize(
    "name",
    [
        "status",
        "shots",
        "show",
        "logs",
        "jobs",
        "report",
        "calibrate",
        "metrics",
        "check",
        "db current",
    ],
)
def test_every_reading_command_prints_json(name: str) -> None:
    assert "--json" in {option for each in commands()[name].params for option in each.opts}


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_in_the_readme(name: str) -> None:
    assert (
        f"farm {name}" in (ROOT / "README.md").read_text()
        or f"make {name}" in (ROOT / "README.md").read_text()
    )


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_link_leads_somewhere(document: str) -> None:
    place = ROOT / document
    for target in re.findall(r"\]\(([^)#]+)\)", place.read_text()):
        assert target.startswith("http") or (place.parent / target).exists(), target


@pytest.mark.parametrize("document", ["README.md", "ARCHITECTURE.md", "pipeline/toy/README.md"])
def test_every_test_named_in_a_document_exists(document: str) -> None:
    names = {path.name for path in (ROOT / "tests").rglob("test_*.py")}
    assert set(re.findall(r"\btest_\w+\.py", (ROOT / document).read_text())) <= names
