"""A farm of before: its database, media folder, list and delivery, made by an earlier version, go on here.

`tests/data/older_farm.tar.gz` was made by the version before the tree was laid out anew: seven shots
submitted and rendered, one held, one omitted, one approved, four delivered; then two more submitted, one of
them finished while the database was away: it lies in `media/spool`.
"""

import contextlib
import hashlib
import json
import tarfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result

from farm.cli import farm
from farm.delivery.verifying import verify
from pipeline.clips.encode import read
from pipeline.models import weights
from pipeline.profiles import profile
from pipeline.profiles.sections import SpeedSection
from pipeline.recipe import Recipe
from pipeline.scoring.protocol import scorer_name

OLDER = Path(__file__).parents[1] / "data" / "older_farm.tar.gz"


class Folder:
    """The farm's folder, driven by commands in this process."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __call__(self, *arguments: str, status: int = 0) -> Result:
        with contextlib.chdir(self.path):
            told = CliRunner().invoke(farm, list(arguments), env={"FARM_USER": "anna"})
        assert told.exit_code == status, told.output
        return told

    def shots(self) -> dict[str, dict[str, Any]]:
        shots = json.loads(self("shots", "ads", "--json").stdout)["shots"]
        return {shot["code"]: shot for shot in shots}

    def files(self, below: str) -> dict[str, str]:
        """Each file's checksum, by its path in the folder `below`."""
        top = self.path / below
        return {
            str(file.relative_to(top)): hashlib.sha256(file.read_bytes()).hexdigest()
            for file in sorted(top.rglob("*"))
            if file.is_file()
        }


@pytest.fixture
def older(tmp_path: Path) -> Folder:
    with tarfile.open(OLDER) as archive:
        # Python 3.11.2, which Debian 12 has, knows no filters yet; 3.14 wants them named before.
        safely: Any = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}
        archive.extractall(tmp_path, **safely)
    folder = Folder(tmp_path)
    assert "farm db upgrade" in str(folder("shots", "ads", status=1).exception)
    folder("db", "upgrade")
    return folder


def test_what_its_takes_show_of_the_wish_nobody_knows(older: Folder) -> None:
    (take,) = json.loads(older("show", "ads", "sh010", "--json").stdout)["takes"]
    assert (take["verdict"], take["coverage"], take["early"]) == ("accepted", None, None)
    assert "coverage unknown" in older("show", "ads", "sh010").output


def test_it_is_read_as_it_was(older: Folder) -> None:
    states = {code: shot["state"] for code, shot in older.shots().items()}

    assert states == {
        "sh010": "accepted",
        "sh020": "needs_review",
        "sh030": "approved",
        "sh040": "on_hold",
        "sh050": "waiting",
        "sh060": "rendering",
        "sh070": "omitted",
        "sh080": "accepted",
        "sh090": "accepted",
    }


def test_its_lists_handed_in_again_change_nothing(older: Folder) -> None:
    media, before = older.files("media"), older.shots()

    for name, status in (("shots.csv", 1), ("more.csv", 0)):
        # 1, since the first list has a shot that was omitted
        told = json.loads(older("submit", name, "-p", "ads", "--json", status=status).stdout)
        assert (told["added"], told["changes"], told["problems"]) == ([], [], []), told

    assert older.files("media") == media, "the same pictures are the same stills"
    assert older.shots() == before


def test_its_work_goes_on(older: Folder) -> None:
    delivered = {file.name: read(file) for file in (older.path / "delivery").glob("*.mp4")}
    older("release", "ads", "sh040")

    older("run", "--until-idle", "--log")

    shots = older.shots()
    assert {each["state"] for each in shots.values()} <= {
        "accepted", "approved", "needs_review", "omitted",
    }  # fmt: skip
    finished = {code for code, shot in shots.items() if shot["state"] in ("accepted", "approved")}
    assert finished == {"sh010", "sh030", "sh040", "sh050", "sh060", "sh080", "sh090"}
    assert shots["sh060"]["takes"] == 1, "what lay in the spool was settled, and not rendered again"
    assert older("sweep").output == ""
    older("deliver", "ads", "--to", "delivery")
    now = older.files("delivery")
    assert {name for name in now if name.endswith(".mp4")} == {
        f"{code}_t{shots[code]['selected']:02d}.mp4" for code in finished
    }
    for name, frames in delivered.items():
        film = older.path / "delivery" / name
        assert np.array_equal(read(film), frames)
        assert verify(film).label, "labelled now, where its delivery of before was not"


def test_recipes_profiles_and_scorers_keep_their_names(older: Folder) -> None:
    story = json.loads(older("show", "ads", "sh010", "--json").stdout)
    (take,) = story["takes"]
    ordered = next(event for event in story["events"] if event["kind"] == "take_ordered")

    assert Recipe.from_dict(take["recipe"]).hash == ordered["data"]["recipe_hash"]
    assert take["recipe"]["revision"] == profile.load("toy").revision
    exact = profile.load("wan2.2-i2v-a14b")
    as_it_was = exact.model_copy(update={"speed": SpeedSection()})
    assert as_it_was.revision == "97f5fd8692d4", "only what [speed] says now makes it another"
    match = profile.load("toy").match
    scorer = scorer_name(match, weights.folder(match.weights, None))
    assert take["result"]["match"]["scorer"] == "builtin:toy-clip#6458dc83"
    assert scorer == "builtin:toy-clip#88cf05d4", (
        "both its towers were trained anew, and it is asked about passages"
    )
