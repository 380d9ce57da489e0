"""What people and machines read while a run lasts and after it."""

import re
import signal
from pathlib import Path
from typing import Any
from urllib.request import urlopen


def test_the_command_line_tells_the_same_as_a_table_and_as_json(light_farm: Any) -> None:
    light_farm.submit(2, profile="quick")
    assert (
        light_farm.run("run", "--cluster", "inline", "--profile", "quick", "--until-idle").status
        == 0
    )
    table = light_farm.run("shots", "ads").out
    for shot in light_farm.shots():
        assert shot["code"] in table
        assert f"{shot['match']:.2f}" in table
    status = light_farm.run("status", "ads", "--json").json
    assert status["productions"][0]["states"]["accepted"] == 2
    printed = light_farm.run("metrics").out
    assert (
        'farm_takes_total{production="ads",profile="quick",rung="0",verdict="accepted"} 2.0'
        in printed
    )
    told = light_farm.run("show", "ads", "sh000").out
    assert "take 1 (attempt 1) made in" in told


def test_a_run_tells_its_step_and_serves_its_metrics(light_farm: Any, gate: Path) -> None:
    light_farm.submit(4, profile="slow")
    run = light_farm.start(
        *("run", "--cluster", "inline", "--profile", "slow", "--metrics-port", "0"),
        FARM_BEAT_SECONDS="0.2",
        CHAOS_GATE=str(gate),
    )
    served = re.search(r"http://127\.0\.0\.1:\d+/metrics", run.stderr.readline())
    assert served
    light_farm.wait_for(lambda: light_farm.story("sh000")["takes"][0]["step"] == 20)

    def scrape() -> str:
        return urlopen(served[0]).read().decode()

    light_farm.wait_for(lambda: 'farm_shots{production="ads",state="rendering"} 1.0' in scrape())
    assert "farm_queue_oldest_wait_seconds" in scrape()
    run.send_signal(signal.SIGINT)
    assert light_farm.end_of(run).status == 0
