"""Machines and people get in the way in the middle of a render; nothing is lost, nothing doubled."""

import os
import signal
import subprocess
from pathlib import Path
from typing import Any

import psutil

from tests.acceptance.conftest import PATIENCE

WORKER = "ray::Renderer"
"""A busy actor's process: Ray renames it at every call, and a run asks for progress all the time."""


def ray_processes(run: subprocess.Popen[str], title: str) -> list[psutil.Process]:
    """The processes below a run whose command line starts with `title` or names it as program."""
    found: list[psutil.Process] = []
    for process in psutil.Process(run.pid).children(recursive=True):
        try:
            line = process.cmdline()
        except psutil.NoSuchProcess:
            continue
        if line and (line[0].startswith(title) or Path(line[0]).name == title):
            found.append(process)
    return found


def rendering(farm_folder: Any) -> list[str]:
    return [shot["code"] for shot in farm_folder.shots() if shot["state"] == "rendering"]


def held(farm_folder: Any, gate: Path, *options: str) -> subprocess.Popen[str]:
    """A run of `slow` whose takes stay in their middle until the gate is there."""
    return farm_folder.start("run", "--profile", "slow", *options, CHAOS_GATE=str(gate))


def owners(farm_folder: Any) -> set[str]:
    """The runs that have begun a take."""
    return {
        event["data"]["owner"]
        for shot in farm_folder.shots()
        for event in farm_folder.story(shot["code"])["events"]
        if event["kind"] == "take_started"
    }


def assert_all_made_once(farm_folder: Any, shots: int) -> None:
    """Every shot has exactly one take with exactly one published, decodable clip."""
    found = farm_folder.shots()
    assert [shot["state"] for shot in found] == ["accepted"] * shots
    assert [shot["takes"] for shot in found] == [1] * shots
    delivered = farm_folder.run("deliver", "ads", "--to", "delivery", "--json")
    assert delivered.status == 0, delivered.err
    assert delivered.json["clips"] == shots


def test_ctrl_c_returns_the_takes_in_flight_and_ends_cleanly(light_farm: Any, gate: Path) -> None:
    light_farm.submit(3, profile="slow")
    run = held(light_farm, gate, "--cluster", "inline")
    light_farm.wait_for(lambda: rendering(light_farm))
    run.send_signal(signal.SIGINT)
    ended = light_farm.end_of(run)
    assert ended.status == 0, ended.err
    assert "wait for the next run" in ended.err
    assert "Traceback" not in ended.err
    assert not rendering(light_farm)
    again = light_farm.run("run", "--cluster", "inline", "--profile", "slow", "--until-idle")
    assert again.status == 0, again.err
    assert_all_made_once(light_farm, 3)


def test_a_killed_run_is_taken_over_by_the_next(light_farm: Any, gate: Path) -> None:
    light_farm.submit(2, profile="slow")
    run = held(light_farm, gate, "--cluster", "inline")
    light_farm.wait_for(lambda: rendering(light_farm))
    run.kill()
    run.communicate()
    assert rendering(light_farm), "a killed run cannot have returned its takes"
    again = light_farm.run("run", "--cluster", "inline", "--profile", "slow", "--until-idle")
    assert again.status == 0, again.err
    # By the run's sweep where the lease is over before it starts, or else by its beat.
    assert "its lease is over" in again.err or "lease_taken_back" in again.err
    assert_all_made_once(light_farm, 2)


def test_two_runs_beside_each_other_render_nothing_twice(light_farm: Any, gate: Path) -> None:
    light_farm.settings["FARM_LEASE_SECONDS"] = "60"  # a busy machine is no part of this
    light_farm.submit(12, profile="slow")
    runs = [held(light_farm, gate, "--cluster", "inline", "--until-idle") for _ in range(2)]
    light_farm.wait_for(lambda: len(owners(light_farm)) == 2)  # neither can do everything
    gate.touch()
    for run in runs:
        ended = light_farm.end_of(run)
        assert ended.status == 0, ended.err
    assert_all_made_once(light_farm, 12)
    for shot in light_farm.shots():
        attempts = light_farm.story(shot["code"])["takes"][0]["attempts"]
        assert len(attempts) == 1


def test_a_killed_ray_worker_costs_an_attempt_and_no_take(light_farm: Any, gate: Path) -> None:
    light_farm.submit(4, profile="slow")
    run = held(light_farm, gate, "--workers", "2", "--until-idle")
    light_farm.wait_for(lambda: len(rendering(light_farm)) == 2)
    light_farm.wait_for(lambda: ray_processes(run, WORKER))[0].kill()
    gate.touch()
    ended = light_farm.end_of(run)
    assert ended.status == 0, ended.err
    assert "failure_class=machine" in ended.err
    assert_all_made_once(light_farm, 4)


def test_a_killed_raylet_ends_the_run_in_a_sentence_and_the_next_finishes(
    light_farm: Any, gate: Path
) -> None:
    light_farm.submit(3, profile="slow")
    run = held(light_farm, gate, "--workers", "2", "--until-idle")
    light_farm.wait_for(lambda: rendering(light_farm))
    raylet = light_farm.wait_for(lambda: ray_processes(run, "raylet"))[0]
    raylet.kill()
    ended = light_farm.end_of(run)
    assert ended.status != 0
    assert ended.out == ""
    again = light_farm.run("run", "--cluster", "inline", "--profile", "slow", "--until-idle")
    assert again.status == 0, again.err
    assert_all_made_once(light_farm, 3)


def test_a_killed_ray_run_takes_its_workers_along_and_the_next_finishes(
    light_farm: Any, gate: Path
) -> None:
    light_farm.submit(3, profile="slow")
    run = held(light_farm, gate, "--workers", "2", "--until-idle")
    light_farm.wait_for(lambda: rendering(light_farm))
    workers = light_farm.wait_for(lambda: ray_processes(run, WORKER))
    run.kill()
    run.communicate()
    _, alive = psutil.wait_procs(workers, timeout=PATIENCE)
    assert not alive, "a worker renders on for nobody"
    again = light_farm.run("run", "--cluster", "inline", "--profile", "slow", "--until-idle")
    assert again.status == 0, again.err
    assert_all_made_once(light_farm, 3)


def test_a_disk_that_stays_full_gives_the_take_to_a_person_in_a_sentence_and_loses_nothing(
    light_farm: Any,
) -> None:
    light_farm.submit(1, profile="quick")
    full = light_farm.path / "ffmpeg-on-a-full-disk"
    full.write_text(
        "#!/bin/sh\ncat > /dev/null\necho 'av_interleaved_write_frame(): No space left on device' >&2\n"
        "exit 228\n"
    )
    full.chmod(0o755)
    run = ("run", "--cluster", "inline", "--profile", "quick", "--until-idle")
    answer = light_farm.run(*run, FARM_FFMPEG=str(full), FARM_MAX_WAITS="3")
    assert answer.status == 1
    assert "has no room left" in answer.err
    assert "there was no room 3 times" in answer.err
    assert not list((light_farm.path / "media" / "clips").rglob("*.mp4*"))
    [shot] = light_farm.shots()
    assert (shot["state"], shot["takes"]) == ("failed", 1)
    assert len(light_farm.story("sh000")["takes"][0]["attempts"]) == 3
    assert light_farm.run("retake", "ads", "--state", "failed").status == 0
    assert light_farm.run(*run).status == 0
    assert light_farm.shots()[0]["state"] == "accepted"


def test_a_media_folder_that_cannot_be_written_stops_the_run_before_it_starts(
    light_farm: Any,
) -> None:
    light_farm.submit(1, profile="quick")
    answer = light_farm.run("run", "--profile", "quick", "--until-idle", FARM_MEDIA="/proc/media")
    assert answer.status == 1
    assert "the media folder cannot be written" in answer.err
    assert light_farm.shots()[0]["state"] == "waiting"


def test_a_picky_profile_climbs_every_rung_and_hands_the_best_take_to_a_person(
    farm_folder: Any,
) -> None:
    farm_folder.picture("still.png")
    farm_folder.picture("other.png", colour="tomato")
    farm_folder.write_list(
        "shot,image,prompt,alternates\n"
        'sh010,still.png,"Full of energy and timeless charm. '
        'The man waves, then he turns around.",other.png\n'
    )
    assert farm_folder.run("submit", "shots.csv", "-p", "ads", "--profile", "picky").status == 0
    answer = farm_folder.run("run", "--cluster", "inline", "--profile", "picky", "--until-idle")
    assert answer.status == 0, answer.err
    story = farm_folder.story("sh010")
    assert story["state"] == "needs_review"
    assert [take["rung"] for take in story["takes"]] == [0, 1, 2, 3]
    assert [take["recipe"]["cfg_high"] for take in story["takes"]] == [3.0, 5.0, 7.0, 9.0]
    assert {take["recipe"]["cfg_low"] for take in story["takes"]} == {3.0}
    assert "timeless" not in story["takes"][1]["recipe"]["prompt"]
    assert "still" in story["takes"][3]["changes"]
    sound = [take for take in story["takes"] if take["verdict"] == "low_match"] or story["takes"]
    best = max(sound, key=lambda take: (take["match"], take["number"]))
    assert story["selected"] == best["number"]
    assert all(
        os.path.getsize(farm_folder.path / "media" / take["clip"]) for take in story["takes"]
    )


def test_a_media_root_that_outlived_its_database_is_no_obstacle(light_farm: Any) -> None:
    run = ("run", "--cluster", "inline", "--profile", "quick", "--until-idle")
    for _ in range(2):
        light_farm.submit(2, profile="quick")
        answer = light_farm.run(*run)
        assert answer.status == 0, answer.err
        assert "take_returned" not in answer.err
        assert_all_made_once(light_farm, 2)
        for file in light_farm.path.glob("farm.db*"):
            file.unlink()
