"""A studio's cluster: PostgreSQL, a Ray head with a token, the run as a job and joined by address."""

from typing import Any

from tests.conftest import Server
from tests.ray_head import ray_head

TOKEN = "a-token-for-this-test-alone"


def test_a_run_is_started_as_a_job_stopped_and_finished_by_one_that_joins(
    farm_folder: Any, postgresql: Server
) -> None:
    with (
        postgresql.database() as database,
        ray_head(TOKEN, **farm_folder.settings) as head,
    ):
        farm_folder.settings |= {
            "FARM_DATABASE": database,
            "RAY_AUTH_TOKEN": TOKEN,
            "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0",  # as the head: loopback is its address
        }
        assert farm_folder.run("status").status == 1, "an empty PostgreSQL wants `farm db upgrade`"
        assert farm_folder.run("db", "upgrade").status == 0
        submit_the_first_to_take_minutes(farm_folder, 6)
        farm_folder.submit(2, production="other", profile="quick")
        unknown = farm_folder.run("start", "--address", head.jobs, "-p", "asd")
        assert (unknown.status, unknown.err) == (
            1,
            "farm: there is no production 'asd'; did you mean ads?\n",
        )

        started = farm_folder.run(
            *("start", "--address", head.jobs, "-p", "ads", "--profile", "quick", "--workers", "1"),
            "--json",
        )
        assert started.status == 0, started.err
        farm_folder.wait_for(lambda: states(farm_folder).count("rendering") == 1)
        (listed,) = farm_folder.run("jobs", "--address", head.jobs, "--json").json["jobs"]
        assert (listed["id"], listed["name"]) == (started.json["job"], "farm ads")
        log = farm_folder.run("logs", "--job", listed["id"], "--address", head.jobs)
        assert "take_started ads/sh000 take 1" in log.out
        stopped = farm_folder.run("stop", started.json["job"], "--address", head.jobs, "--json")
        assert stopped.status == 0, stopped.err
        assert stopped.json["status"] == "STOPPED"
        assert states(farm_folder) == ["waiting"] * 6
        (returned,) = farm_folder.story("sh000")["takes"][0]["attempts"]
        assert returned["outcome"] == "returned"
        assert farm_folder.run("cancel", "ads", "sh000").status == 0

        joined = farm_folder.run(
            *("run", "--address", head.address, "--profile", "quick", "--workers", "2"),
            *("--until-idle", "-p", "ads"),
        )
        assert joined.status == 0, joined.err
        assert [shot["takes"] for shot in farm_folder.shots("other")] == [1] * 2
        assert {shot["state"] for shot in farm_folder.shots("other")} == {"waiting"}
        assert states(farm_folder) == ["cancelled"] + ["accepted"] * 5
        assert [shot["takes"] for shot in farm_folder.shots()] == [1] * 6

        refused = farm_folder.run("run", "--address", head.address, RAY_AUTH_TOKEN="somebody-elses")
        assert refused.status == 1
        # Ray's core may say a word of its own on stderr before ours.
        assert refused.err.splitlines()[-1].startswith("farm: the Ray cluster at ")
        assert "did not let this process in" in refused.err
        assert "Traceback" not in refused.err


def submit_the_first_to_take_minutes(farm_folder: Any, shots: int) -> None:
    """By any machine: it is not over, and the others wait, while commands run that take seconds each."""
    profile = farm_folder.path / "profiles" / "quick.toml"
    quick = profile.read_text()
    slow = quick.replace("steps = 8", "steps = 200").replace("64p = 4096", "64p = 36864")
    assert "steps = 200" in slow
    assert "64p = 36864" in slow
    profile.write_text(slow)
    farm_folder.submit(1, profile="quick")
    profile.write_text(quick)
    farm_folder.submit(shots, profile="quick")


def states(farm_folder: Any) -> list[str]:
    return [shot["state"] for shot in farm_folder.shots()]
