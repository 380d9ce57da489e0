"""What people and machines read while a run lasts and after it."""

import re
import signal
from typing import Any
from urllib.request import urlopen


def test_the_command_line_tells_the_same_as_a_table_and_as_json(farm_folder: Any) -> None:
    farm_folder.submit(2, profile="quick")
    assert (
        farm_folder.run("run", "--cluster", "inline", "--profile", "quick", "--until-idle").status
        == 0
    )
    table = farm_folder.run("shots", "ads").out
    for shot in farm_folder.shots():
        assert shot["code"] in table
        assert f"{shot['match']:.2f}" in table
    status = farm_folder.run("status", "ads", "--json").json
    assert status["productions"][0]["states"]["accepted"] == 2
    printed = farm_folder.run("metrics").out
    assert (
        'farm_takes_total{production="ads",profile="quick",rung="0",verdict="accepted"} 2.0'
        in printed
    )
    told = farm_folder.run("show", "ads", "sh000").out
    assert "take 1 (attempt 1) made in" in told


def test_a_run_tells_its_step_and_serves_its_metrics(farm_folder: Any) -> None:
    farm_folder.submit(4, profile="slow")
    run = farm_folder.start(
        *("run", "--cluster", "inline", "--profile", "slow", "--metrics-port", "0"),
        FARM_BEAT_SECONDS="0.2",
    )
    served = re.search(r"http://127\.0\.0\.1:\d+/metrics", run.stderr.readline())
    assert served
    beaten = farm_folder.wait_for(lambda: farm_folder.story("sh000")["takes"][0]["step"])
    assert 0 < beaten <= 200

    def scrape() -> str:
        return urlopen(served[0]).read().decode()

    farm_folder.wait_for(lambda: 'farm_shots{production="ads",state="rendering"} 1.0' in scrape())
    assert "farm_queue_oldest_wait_seconds" in scrape()
    run.send_signal(signal.SIGINT)
    run.communicate(timeout=30)
    assert run.returncode == 0
