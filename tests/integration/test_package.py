"""The wheel is whole, and light: installed without extras into a fresh environment, it takes in a list."""

import json
import os
import sqlite3
import stat
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from farm.extras import EXTRAS

pytestmark = pytest.mark.long
ROOT = Path(__file__).resolve().parents[2]
WEIGHTS = ROOT / "pipeline" / "toy" / "weights"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    build = ["-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run([sys.executable, *build], cwd=ROOT, check=True, capture_output=True)
    [built] = folder.glob("shotfarm-*.whl")
    return built


@pytest.fixture(scope="module")
def light(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of a fresh environment with the wheel and what it asks for without extras."""
    folder = tmp_path_factory.mktemp("light")
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    python = folder / "bin" / "python"
    constraints = str(ROOT / "constraints.txt")
    install = ["-m", "pip", "install", "--quiet", "--no-compile", "--constraint", constraints]
    subprocess.run([python, *install, str(wheel)], check=True, timeout=240)
    return python


def own(python: Path | str, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs a command of the farm that `python` has, in `folder`; nothing of the checkout is on its way."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return subprocess.run(
        [str(python), "-m", "farm", *arguments],
        cwd=folder,
        env=environment | {"FARM_PROFILE": "toy", "FARM_USER": "anna"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def laptop(light: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder into whose farm the light install took the demo's list."""
    return take_in(light, tmp_path_factory.mktemp("laptop"))


def take_in(python: Path, folder: Path) -> Path:
    done = own(python, folder, "submit", str(ROOT / "farm/demo/shots.csv"), "-p", "demo")
    assert done.returncode == 0, done.stderr
    return folder


def test_the_wheel_holds_all_that_it_needs_and_no_more(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        packed = {entry.filename: entry.external_attr >> 16 for entry in archive.infolist()}
    for file in (path for path in WEIGHTS.rglob("*") if path.is_file()):
        mode = packed[str(file.relative_to(ROOT))]
        assert stat.S_IMODE(mode) == 0o644, f"{file}: {mode:o}"
    tops = {name.partition("/")[0] for name in packed}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"farm", "pipeline"}
    assert {"farm/py.typed", "pipeline/py.typed"} <= packed.keys(), (
        "annotations reach other checkers"
    )


def test_a_light_install_has_none_of_what_weighs(light: Path) -> None:
    asked = "import importlib.util as i, sys; print([n for n in sys.argv[1:] if i.find_spec(n)])"
    heavy = [name for packages in EXTRAS.values() for name in packages]
    done = subprocess.run([light, "-c", asked, *heavy], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_a_light_install_works_outside_the_checkout(light: Path, tmp_path: Path) -> None:
    for command in ("db upgrade", "db check", "status"):
        done = own(light, tmp_path, *command.split())
        assert done.returncode == 0, f"{command}: {done.stderr}"
    checked = json.loads(own(light, tmp_path, "check", "--json").stdout)["checks"]
    sentences = {each["name"]: each["message"] for each in checked if not each["ok"]}
    assert sentences.keys() == {"device", "ray"}
    assert 'pip install "shotfarm[render]"' in sentences["device"]
    assert 'pip install "shotfarm[ray]"' in sentences["ray"]


@pytest.mark.parametrize(
    ("command", "extra"),
    [
        ("run --until-idle --cluster inline", "render"),
        ("run --until-idle", "ray"),
        ("--database postgresql://anna@localhost/farm status", "postgres"),
    ],
)
def test_a_command_that_needs_an_extra_says_which_in_one_sentence(
    light: Path, laptop: Path, command: str, extra: str
) -> None:
    done = own(light, laptop, *command.split())

    assert done.returncode == 1
    last = done.stderr.splitlines()[-1]
    assert last.startswith("farm: ")
    assert f'pip install "shotfarm[{extra}]"' in last
    assert "Traceback" not in done.stderr


def test_a_list_gives_the_same_stills_and_recipes_from_a_laptop_as_from_the_head(
    laptop: Path, tmp_path: Path
) -> None:
    """The head has all extras: it is the environment that runs this test."""
    taken_in = []
    for folder in (laptop, take_in(Path(sys.executable), tmp_path)):
        with sqlite3.connect(folder / "farm.db") as database:
            recipes = database.execute("SELECT number, recipe FROM takes ORDER BY id").fetchall()
            wishes = database.execute(
                "SELECT code, prompt, alternates FROM shots ORDER BY id"
            ).fetchall()
        database.close()
        stills = sorted(path.name for path in (folder / "media" / "stills").rglob("*.png"))
        taken_in.append((recipes, wishes, stills))
    assert len(taken_in[0][0]) == 17
    assert taken_in[0] == taken_in[1]
