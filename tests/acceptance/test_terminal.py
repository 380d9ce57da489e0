"""Commands are typed into a terminal by people: they end there, and leave it as they found it."""

import shlex
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.terminal import Terminal


def command(farm_folder: Any) -> str:
    """How a shell runs the farm of this folder."""
    return shlex.join([sys.executable, "-m", farm_folder.module])


@pytest.fixture
def terminal(farm_folder: Any) -> Iterator[Terminal]:
    shell = Terminal(farm_folder.path, farm_folder.settings)
    yield shell
    shell.close()


def states(farm_folder: Any) -> list[str]:
    return [shot["state"] for shot in farm_folder.shots()]


def outcomes(farm_folder: Any) -> list[str]:
    """How the attempts at the first take ended."""
    return [each["outcome"] for each in farm_folder.story("sh000")["takes"][0]["attempts"]]


def test_the_demo_typed_by_hand_ends_with_every_shot_settled(
    farm_folder: Any, terminal: Terminal
) -> None:
    before = terminal.modes()
    assert terminal.run(f"{command(farm_folder)} demo --folder 'my demo'") == 0
    assert "17/17" in terminal.said
    assert "takes rendered in" in terminal.said
    assert terminal.modes() == before
    farm_folder.wait_for(lambda: len(terminal.processes()) == 1)  # the shell alone
    assert (farm_folder.path / "my demo" / "contact_sheet.png").is_file()


def test_ctrl_c_in_the_middle_of_a_typed_run_ends_it_and_the_next_goes_on(
    light_farm: Any, terminal: Terminal, gate: Path
) -> None:
    farm = command(light_farm)
    light_farm.submit(1, profile="slow")
    held = f"CHAOS_GATE={shlex.quote(str(gate))} {farm}"
    terminal.type(f"{held} run --until-idle --profile slow; echo status=$?")
    terminal.expect(r"denoise .*20/40")
    terminal.press_ctrl_c()
    assert terminal.expect(r"status=(\d+)")[1] == "0"
    assert "the takes in flight wait for the next run" in terminal.said
    assert "Traceback" not in terminal.said
    assert states(light_farm) == ["waiting"]

    assert terminal.run(f"{farm} run --until-idle --profile slow") == 0
    assert states(light_farm) == ["accepted"]
    assert outcomes(light_farm) == ["returned", "succeeded"]


def test_an_inline_run_in_the_background_of_a_shell_is_not_stopped_by_its_terminal(
    light_farm: Any, terminal: Terminal
) -> None:
    farm = command(light_farm)
    before = terminal.modes()
    light_farm.submit(2, profile="quick")
    run = f"{farm} run --until-idle --cluster inline --profile quick"
    terminal.type(f"{run} & wait $!; echo status=$?")
    assert terminal.expect(r"status=(\d+)")[1] == "0"
    assert states(light_farm) == ["accepted", "accepted"]
    assert terminal.modes() == before


def test_a_dropped_terminal_ends_a_run_as_ctrl_c_does(
    light_farm: Any, terminal: Terminal, gate: Path
) -> None:
    farm = command(light_farm)
    light_farm.submit(1, profile="slow")
    held = f"CHAOS_GATE={shlex.quote(str(gate))} {farm}"
    terminal.type(f"{held} run --until-idle --profile slow")
    terminal.expect(r"denoise .*20/40")
    terminal.hang_up()
    light_farm.wait_for(lambda: not terminal.processes())
    assert states(light_farm) == ["waiting"]
    assert outcomes(light_farm) == ["returned"]
