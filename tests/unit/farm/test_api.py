"""The public Python face: what it names is there and explained, and it drags nothing along."""

import inspect
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from farm import api, demo
from farm.api import Asked, Farm, FarmError, Refused, ShotState, UnknownName, Wishes
from farm.operations.retake import Retaken

METHODS = [name for name in vars(Farm) if not name.startswith("_")]
SHOTS = """\
shot,image,prompt
sh010,stills/red_circle.png,The red circle moves left.
sh020,stills/nothing.png,The blue square slides to the right.
"""


@pytest.fixture
def farm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Farm]:
    """A fresh farm with one shot, whose other row was bad."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(demo.folder() / "stills", "stills")
    Path("shots.csv").write_text(SHOTS, encoding="utf-8")
    with Farm.open(profile="toy", user="anna") as opened:
        yield opened


def test_every_name_is_there_and_says_what_it_is() -> None:
    assert sorted(api.__all__) == api.__all__
    classes = [value for name in api.__all__ if inspect.isclass(value := getattr(api, name))]
    assert len(classes) == len(api.__all__) - 1, "all but the alias Listener"
    assert [each.__name__ for each in classes if not inspect.getdoc(each)] == []


@pytest.mark.parametrize("name", METHODS)
def test_every_method_shows_how_it_is_used(name: str) -> None:
    assert f".{name}(" in (inspect.getdoc(getattr(Farm, name)) or "").partition("Example: ")[2]


def test_neither_the_command_line_nor_a_model_is_imported() -> None:
    look = "import sys, farm.api; print(*{each.partition('.')[0] for each in sys.modules})"
    heavy = {"click", "diffusers", "ray", "rich", "torch", "transformers"}
    loaded = subprocess.check_output([sys.executable, "-c", look], text=True).split()
    assert heavy & set(loaded) == set()


def test_good_rows_go_in_and_bad_ones_are_told(farm: Farm) -> None:
    submitted = farm.submit("shots.csv", "ads")

    assert submitted.intake.added == ("sh010",)
    assert [problem.row for problem in submitted.problems] == [3]
    [shot] = farm.shots("ads").shots
    assert (shot.code, shot.state) == ("sh010", ShotState.WAITING)
    assert farm.status("ads").queue.waiting == {"toy": 1}


def test_a_dry_run_writes_nothing(farm: Farm) -> None:
    assert farm.submit("shots.csv", "ads", dry_run=True).intake.added == ("sh010",)
    with pytest.raises(UnknownName):
        farm.status("ads")


def test_people_decide_and_are_named(farm: Farm) -> None:
    farm.submit("shots.csv", "ads")
    ordered = farm.retake("ads", "sh010", wishes=Wishes(prompt="The red circle shrinks."))
    again = farm.submit("shots.csv", "ads", asked=Asked(update=True))

    assert [each.take for each in ordered.done if isinstance(each, Retaken)] == [2]
    assert not again.intake.added
    assert farm.reject("ads", "sh010").done == ("sh010",)
    assert "no take with a clip to approve" in farm.approve("ads", "sh010").refused[0]
    assert "anna" in {event.who for event in farm.story("ads", "sh010").events}
    assert farm.report("ads").tally.shots == 1
    assert farm.deliver("ads", "delivery").clips == []
    with farm._store.read() as connection:
        told = "SELECT who FROM events WHERE kind = 'production_delivered'"
        assert connection.exec_driver_sql(told).scalars().all() == ["anna"]


def test_a_list_is_handed_in_as_drafts(farm: Farm) -> None:
    farm.submit("shots.csv", "ads", draft=True)

    assert farm.status("ads").queue.waiting == {"toy-draft": 1}
    [take] = farm.story("ads", "sh010").takes
    assert (take.draft_for, take.finals) == ("toy", ())
    assert "its newest, take 1, is waiting" in farm.finals("ads", "sh010").refused[0]
    with pytest.raises(Refused, match="has no approved draft"):
        farm.finals("ads")


def test_the_whole_production_is_not_made_again_by_a_slip(farm: Farm) -> None:
    with pytest.raises(Refused, match="name shots or a state"):
        farm.retake("ads")


def test_a_setting_that_there_is_not_is_named() -> None:
    with pytest.raises(
        FarmError, match=r"^databse: there is no such setting; did you mean database\?$"
    ):
        Farm.open(databse="sqlite:///farm.db")
