"""What an install goes without is said in one sentence, with what to install."""

import re
import tomllib
from pathlib import Path

import pytest

from farm.errors import MissingExtra
from farm.extras import EXTRAS, FOR, missing, needed

PROJECT = tomllib.loads((Path(__file__).parents[3] / "pyproject.toml").read_text())["project"]


def packages(requirements: list[str]) -> set[str]:
    """As they are imported."""
    names = {re.split(r"[\[><=]", each)[0].replace("-", "_") for each in requirements}
    return {name.removesuffix("_headless").removesuffix("_python") for name in names}


@pytest.mark.parametrize("extra", EXTRAS)
def test_an_extra_brings_what_it_is_said_to_bring(extra: str) -> None:
    assert packages(PROJECT["optional-dependencies"][extra]) == set(EXTRAS[extra])
    assert extra in FOR


def test_all_is_all() -> None:
    (everything,) = PROJECT["optional-dependencies"]["all"]
    assert everything == f"shotfarm[{','.join(EXTRAS)}]"


def test_a_light_install_has_nothing_heavy() -> None:
    heavy = {each for packages in EXTRAS.values() for each in packages}
    assert not packages(PROJECT["dependencies"]) & heavy


def test_a_missing_package_of_an_extra_is_named_with_the_remedy() -> None:
    error = ModuleNotFoundError("No module named 'torch.nn'", name="torch.nn")
    assert missing(error) == (
        "models that render and score need what this install leaves out (torch.nn): "
        'pip install "shotfarm[render]"'
    )


def test_what_led_to_an_error_counts() -> None:
    error = RuntimeError("no driver")
    error.__cause__ = ModuleNotFoundError("No module named 'psycopg'", name="psycopg")
    assert "shotfarm[postgres]" in (missing(error) or "")


def test_other_missing_packages_are_defects() -> None:
    assert missing(ModuleNotFoundError("No module named 'numpy'", name="numpy")) is None
    assert missing(ValueError("no torch")) is None


def test_scripts_get_an_error_of_the_farm_where_an_extra_is_missing() -> None:
    with pytest.raises(MissingExtra, match=r"shotfarm\[ray\]"), needed():
        raise ModuleNotFoundError("No module named 'ray'", name="ray")
    with pytest.raises(ModuleNotFoundError, match="numpy"), needed():
        raise ModuleNotFoundError("No module named 'numpy'", name="numpy")
