"""The farm's own processes under test: two runs, and people who hand in shot lists all the time."""

import json
import re
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from importlib import resources
from pathlib import Path

from PIL import Image

from tests.chaos import processes

FARM = [sys.executable, "-m", "tests.chaos.run"]
PRODUCTION = "chaos"
PEOPLE = ("people0", "people1")
"""Parts of the farm: who has drafts made again, and who approves them."""
LIST_LENGTH = 30
RESTART_SECONDS = 1.0
DRAFTED = 8
"""Of so many lists one begins with drafts, the second: one worker makes them."""


class Run:
    """One `farm run`, started again whenever it ends."""

    def __init__(
        self,
        name: str,
        folder: Path,
        environment: Mapping[str, str],
        *options: str,
        profile: str = "chaos",
    ) -> None:
        self.name = name
        self._folder = folder
        self._env = environment
        self._command = [*FARM, "run", "--profile", profile, "--log", *options]
        self._process: subprocess.Popen[bytes] | None = None
        self._due = 0.0
        self.ahead = 0.0
        """Seconds that the clock of the next process goes ahead."""
        self.frozen = False

    @property
    def lives(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def mind(self, now: float) -> None:
        """Starts it where it is not running and the time has come."""
        if self.lives:
            self._due = now + RESTART_SECONDS
        elif now >= self._due:
            self.start()
            self._due = now + RESTART_SECONDS

    def start(self) -> None:
        clock = {"CHAOS_AHEAD": str(self.ahead)} if self.ahead else {}
        env = {**self._env, **clock}
        self._process = processes.spawn(self._command, self._folder, env, self.name)

    def signal(self, number: signal.Signals) -> None:
        if self._process is not None and self.lives:
            self._process.send_signal(number)

    def stop(self, seconds: float) -> int | None:
        """Asks it to end; its exit status, None where it does not end in time."""
        self.signal(signal.SIGTERM)
        if self._process is None:
            return 0
        try:
            return self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None


class Desk:
    """Hands in shot lists, again and again until each was taken in."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self.acknowledged: list[str] = []
        """Shots that the farm said it has, in their order."""
        self._folder = folder
        self._env = environment
        self._lists = 0
        self._codes: list[str] = []
        self._process: subprocess.Popen[bytes] | None = None
        self._retry = 0.0
        draw_stills(folder)
        write_profiles(folder / "profiles")

    def hand_in(self) -> None:
        """Begins with the next list, unless one is on its way."""
        if self._codes:
            return
        self._lists += 1
        self._codes = [f"l{self._lists:03d}s{number:02d}" for number in range(LIST_LENGTH)]
        rows = [_row(code, number) for number, code in enumerate(self._codes)]
        (self._folder / "shots.csv").write_text(
            "\n".join(["shot,image,prompt,seconds", *rows]) + "\n"
        )

    def mind(self, now: float) -> None:
        """Hands the list in that is due, until the farm says yes."""
        if self._process is not None and self._process.poll() is not None:
            if self._process.returncode == 0:
                self.acknowledged += self._codes
                self._codes = []
            self._process, self._retry = None, now + 0.5
        if self._codes and self._process is None and now >= self._retry:
            command = [*FARM, "submit", "shots.csv", "-p", PRODUCTION, "--profile", "chaos"]
            command += ["--draft"] if self._lists % DRAFTED == 2 else []
            self._process = processes.spawn(command, self._folder, self._env, "desk")

    @property
    def busy(self) -> bool:
        return bool(self._codes)

    def kill(self) -> bool:
        """Whoever hands in is killed in the middle of it; False where nobody does."""
        if self._process is None or self._process.poll() is not None:
            return False
        self._process.kill()
        return True


def draw_stills(folder: Path) -> None:
    """`still.png` and `other.png`."""
    Image.radial_gradient("L").resize((96, 96)).convert("RGB").save(folder / "still.png")
    picture = Image.linear_gradient("L").resize((96, 96)).rotate(90)
    picture.convert("RGB").save(folder / "other.png")


def write_profiles(folder: Path) -> None:
    """`chaos`: the toy with five frames, long enough to be hit in the middle; `chaos-draft` has fewer
    steps."""
    folder.mkdir()
    text = (resources.files("pipeline") / "profiles" / "toy.toml").read_text()
    for before, after in (
        ('name = "toy"', 'name = "chaos"'),
        ("steps = 8", "steps = 6"),
        ("\nmax_frames = 17", "\nmax_frames = 5"),
        ("longest_frames = 33", "longest_frames = 9"),
        ("default_frames = 17", "default_frames = 5"),
        # The bar that is played begins anew with each segment, wherever the seed says.
        ("seam_change = 3.4", "seam_change = 99.0"),
        ("seam_speed = 1.6", "seam_speed = 99.0"),
        ("seam_shift = 6.0", "seam_shift = 99.0"),
        ("tone_jump = 12.0", "tone_jump = 99.0\nstray_frame = 1.0"),
        ("decline_without_room = true", "decline = false"),
    ):
        assert text.count(before) == 1, before
        text = text.replace(before, after)
    (folder / "chaos.toml").write_text(text)
    draft = text.replace('name = "chaos"', 'name = "chaos-draft"').replace("steps = 6", "steps = 3")
    (folder / "chaos-draft.toml").write_text(draft)


def remake_and_approve(
    folder: Path, environment: Mapping[str, str], code: str, draft: int, late: float
) -> None:
    """People at once, none of whom waits for the other: one has a draft made again, after `late` seconds,
    one approves it and orders its final. Whatever comes first, the other is done or refused."""
    shot = [PRODUCTION, code]
    people = (
        [["retake", *shot, "--seed", str(draft + 7), "--why", "it stands"]],
        [["approve", *shot, "--take", str(draft)], ["finals", *shot]],
    )
    for number, commands in enumerate(people):
        said = " ; ".join(shlex.join([*FARM, *each]) for each in commands)
        said = said if number else f"sleep {late:.1f} ; {said}"
        processes.spawn(["sh", "-c", said], folder, environment, PEOPLE[number])


def _row(code: str, number: int) -> str:
    """Every fifth shot misses at first, and the ladder has to mend it; every third has two segments, so
    that workers die between them, too."""
    praise = "Full of timeless charm. " if number % 5 == 0 else ""
    seconds = "" if number % 3 else str(9 / 8)
    image = "other.png" if number % 2 else "still.png"
    return f'{code},{image},"{praise}The circle moves left",{seconds}'


def sweep(folder: Path, environment: Mapping[str, str]) -> set[str]:
    """What `farm sweep` names of the media folder, whatever its age."""
    command = [*FARM, "sweep", "--json", "--older-than", "0"]
    done = subprocess.run(
        command, cwd=folder, env=dict(environment), capture_output=True, text=True, timeout=120
    )
    if not done.stdout:
        raise RuntimeError(f"farm sweep said nothing but {done.stderr}")
    return {find["where"] for find in json.loads(done.stdout)["found"]}


def defects(folder: Path) -> list[str]:
    """The last line of every traceback that a process of the farm left in its log."""
    found: list[str] = []
    for log in sorted(
        [
            *folder.glob("run*.log"),
            *folder.glob("desk.log"),
            *folder.glob("people*.log"),
        ]
    ):
        text = log.read_text(errors="replace")
        for told in re.finditer(
            r"Traceback \(most recent call last\):\n(?:[ \t].*\n|\n)*(.*)", text
        ):
            found.append(f"{log.name}: {told[1]}")
    return found


def wait(what: str, true: object, seconds: float) -> None:
    """Waits until `true()` is; raises `TimeoutError` after `seconds`."""
    assert callable(true)
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            raise TimeoutError(f"{what} is not there after {seconds:.0f} s")
        time.sleep(0.1)
