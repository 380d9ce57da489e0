"""What a job on a cluster is told: all that its run needs, and no secret."""

from pathlib import Path
from typing import Any

import pytest

from farm import config
from farm.cluster.ray import jobs as ray_jobs
from farm.errors import Refused
from farm.operations import jobs


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> dict[str, Any]:
    """What the cluster was told of the last job."""
    kept: dict[str, Any] = {}

    def start(address: str, **options: Any) -> str:
        kept.update(options, address=address)
        return "farm-ads"

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(ray_jobs, "start", start)
    return kept


def test_a_job_is_told_database_media_and_what_it_serves(told: dict[str, Any]) -> None:
    url = "postgresql://farm@nowhere.invalid/farm"
    heard: list[str] = []
    settings = config.load(database=url, media=Path("media"), workers=3, user="anna")

    assert jobs.start(settings, ["ads"], until_idle=True, say=heard.append) == "farm-ads"
    assert told["env"] == {"FARM_DATABASE": url, "FARM_MEDIA": str(Path("media").absolute())}
    assert told["arguments"] == [
        "--profile", "toy", "--profile", "toy-draft", "--log", "--production", "ads",
        "--workers", "3", "--until-idle",
    ]  # fmt: skip
    assert told["metadata"] == {"job_name": "farm ads", "production": "ads", "user": "anna"}
    assert heard[0].startswith("whether there are such productions the job will see: ")


def test_a_job_serves_the_profiles_that_are_named(told: dict[str, Any]) -> None:
    settings = config.load(database="postgresql://farm@nowhere.invalid/farm")
    jobs.start(settings, profiles=["toy-draft"])
    assert told["arguments"] == ["--profile", "toy-draft", "--log"]


def test_no_password_is_handed_on(told: dict[str, Any]) -> None:
    jobs.start(config.load(database="postgresql://farm:Tr0ub4dor@db/farm"))

    assert "Tr0ub4dor" not in str(told)


def test_a_job_cannot_use_a_file_of_this_machine(told: dict[str, Any]) -> None:
    with pytest.raises(Refused, match="cannot use SQLite"):
        jobs.start(config.load(database="sqlite:///farm.db"))
    assert told == {}
