"""Kills a ComfyUI server, the worker that asks it and the run, in every order, each in a take's middle.

    python -m tests.chaos.every_order [--order server,worker,run] [--together] [--keep]

Each trial is a farm of its own: one played server, one worker, a few shots. `kill -9` strikes once the farm
has begun an attempt since the blow before; with `--together` as soon as any take is out. What died is
started anew, as a supervisor would. Exits with 1 if a shot is lost or doubled, a clip damaged, anything
unaccounted for, or if a take was rendered to its end twice.
"""

import argparse
import itertools
import json
import secrets
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from tests.chaos import processes, runs
from tests.chaos.checker import Findings, check
from tests.chaos.databases import Database, database
from tests.chaos.network import LOOPBACK
from tests.chaos.nodes import START_SECONDS, Nodes
from tests.chaos.runs import Run
from tests.chaos.studio import environment, folder_of
from tests.comfyui import holding
from tests.comfyui.running import Process, answers, write_profile
from tests.comfyui.takes import asked

VICTIMS = ("server", "worker", "run")
ORDERS = tuple(itertools.permutations(VICTIMS))
SHOTS = 5
STEP_SECONDS = 0.4
"""Eight to a take, so that a worker that is made anew in seconds may still find it running. As many takes
come to their end as blows have struck: the next one stays in its middle until it is hit, too."""
PATIENCE = 200.0
WORKER = 2
"""Takes that a blow can cost: a render, and the tail of the one before."""


@dataclass(frozen=True)
class Trial:
    """One order of blows, and what came of it."""

    order: Sequence[str]
    findings: Findings
    finished: Counter[str]
    """How often each recipe was rendered to its end, by its hash."""
    seconds: float
    """From the first shot to the last clip."""
    endings: Sequence[str]
    """What did not end as it should."""

    @property
    def wrong(self) -> list[str]:
        twice = [f"{each} was rendered {n} times" for each, n in self.finished.items() if n > 1]
        return [*self.findings.wrong(), *twice, *self.endings]

    def as_dict(self) -> dict[str, Any]:
        found = self.findings
        return {
            "order": list(self.order),
            "seconds": round(self.seconds, 1),
            "shots": found.shots,
            "takes_made": found.takes,
            "attempts": found.attempts,
            "rendered": sum(self.finished.values()),
            "rendered_twice": sum(n > 1 for n in self.finished.values()),
            "lost": len(found.lost),
            "doubled": len(found.doubled),
            "wrong": self.wrong,
        }


class Scene:
    """A farm, and whom the blows hit."""

    def __init__(self, folder: Path, books: Database, nodes: Nodes, env: dict[str, str]) -> None:
        self.folder = folder
        self.books = books
        self._nodes = nodes
        self._env = env
        self.server = Process(folder / "server", "--step-seconds", str(STEP_SECONDS))
        options = ("--address", nodes.address, "--workers", "1")
        self.run = Run("run", folder, env, *options, profile="comfy")
        self.codes = [f"sh{number:03d}" for number in range(SHOTS)]

    def hand_in(self) -> None:
        """A few shots, for a run that is there by then."""
        write_profile(self.folder / "profiles", self.server.address)
        self._tell("db", "upgrade")
        rows = [f"{code},still.png,The circle moves left" for code in self.codes]
        (self.folder / "shots.csv").write_text("\n".join(["shot,image,prompt", *rows]) + "\n")
        self._tell("submit", "shots.csv", "-p", "orders", "--profile", "comfy")

    def _tell(self, *arguments: str) -> None:
        done = processes.spawn([*runs.FARM, *arguments], self.folder, self._env, "desk")
        if done.wait(240) != 0:
            raise RuntimeError((self.folder / "desk.log").read_text())

    def wait(self, what: str, true: Any) -> None:
        """Raises `TimeoutError`; meanwhile what died is started anew."""

        def minded() -> bool:
            self.run.mind(time.monotonic())
            return true()

        runs.wait(what, minded, PATIENCE)

    def begun(self) -> int:
        """Attempts begun so far."""
        rows = self.books.ask("SELECT count(*) FROM attempts")
        return int(str(rows[0][0])) if rows else 0

    def renders(self) -> bool:
        """Whether a take is out, and its prompt runs on the server."""
        out = self.books.ask("SELECT count(*) FROM attempts WHERE ended_at IS NULL")
        running = answers(self.server.address) and asked(self.server.address)["queue_running"]
        return bool(out and int(str(out[0][0])) and running)

    def can_hit(self, victim: str) -> bool:
        """Whether it is there, and at work: a run's workers die with it."""
        there = {"worker": bool(self._nodes.head.workers()), "run": self.run.lives}
        return there.get(victim, True) and self.renders()

    def done(self) -> bool:
        question = "SELECT count(*) FROM takes WHERE status IN ('waiting', 'running')"
        rows = self.books.ask(question)
        return rows is not None and not int(str(rows[0][0]))

    def strike(self, victim: str) -> None:
        """`kill -9`; a server is there again at once."""
        match victim:
            case "server":
                self.server.kill()
                self.server.start()
            case "worker":
                for worker in self._nodes.head.workers():
                    processes.send(worker, signal.SIGKILL)
            case _:
                self.run.signal(signal.SIGKILL)

    def finished(self) -> Counter[str]:
        return Counter(holding.finished(self.server.folder))


def trial(
    order: Sequence[str], folder: Path, nodes: Nodes, token: str, *, together: bool = False
) -> Trial:
    """Raises `TimeoutError` where the farm does not come to rest."""
    folder.mkdir()
    (folder / "profiles").mkdir()
    with ExitStack() as stack:
        stack.callback(processes.end_all, folder)
        books = stack.enter_context(database("sqlite", folder))
        env = played(folder, books.url, token)
        scene = Scene(folder, books, nodes, env)
        stack.callback(scene.server.kill)
        runs.draw_stills(folder)
        scene.hand_in()
        started, begun = time.monotonic(), 0
        for number, victim in enumerate(order):
            holding.hold(scene.server.folder, number)
            before = 0 if together and number else begun
            scene.wait(
                f"a take, and its {victim},",
                lambda before=before, victim=victim: (
                    scene.begun() > before and scene.can_hit(victim)
                ),
            )
            begun = scene.begun()
            scene.strike(victim)
        holding.hold(scene.server.folder, len(scene.codes))
        scene.wait("the end of all takes", scene.done)
        seconds = time.monotonic() - started
        status = scene.run.stop(120)
        endings = [] if status == 0 else [f"the run was asked to end and ended with {status}"]
        named = runs.sweep(folder, env)
        renders = WORKER * len(order)
        findings = check(
            books.engine, folder / "media", acknowledged=scene.codes, named=named, renders=renders
        )
        endings += runs.defects(folder)
        if not nodes.head.lives:
            endings.append("the Ray head is gone, which nobody killed")
        hit = findings.attempts - findings.takes
        if hit < (1 if together else len(order)):
            endings.append(f"the blows hit {hit} attempts: that proves nothing")
        return Trial(order, findings, scene.finished(), seconds, endings)


def played(folder: Path, url: str, token: str) -> dict[str, str]:
    """The environment of one farm: no take is looked at before it is whole, and Ray stays on loopback."""
    env = environment(folder, url, "light")
    del env["CHAOS_LOOKS"]
    return env | {"RAY_AUTH_TOKEN": token, "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0"}


@contextmanager
def head(folder: Path, token: str) -> Iterator[Nodes]:
    """One Ray head for all trials, on which their workers are."""
    with ExitStack() as stack:
        stack.callback(processes.end_all, folder)
        nodes = Nodes(folder, LOOPBACK, played(folder, "", token))
        stack.callback(nodes.close)
        stack.callback(processes.end_all, folder)
        nodes.head.start()
        runs.wait("the head", lambda: nodes.answers, START_SECONDS)
        yield nodes


def show(trials: Sequence[Trial]) -> None:
    """A table for people, what is wrong, and one line of JSON."""
    console = Console(width=120)
    table = Table(title="Killed in this order, each in the middle of a take")
    told = [each.as_dict() for each in trials]
    for name in told[0]:
        table.add_column(name.replace("_", " "), justify="left" if name == "order" else "right")
    for each in told:
        values = each | {"order": ", ".join(each["order"]), "wrong": len(each["wrong"])}
        table.add_row(*(str(value) for value in values.values()))
    console.print(table)
    for each in trials:
        for sentence in each.wrong:
            console.print(f"{', '.join(each.order)}: {sentence}", style="red", highlight=False)
    console.print(
        "Real: run, Ray, worker, engine, files, database. Played: the server, the scores."
    )
    console.print(json.dumps(told), soft_wrap=True, highlight=False, markup=False)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos.every_order")
    parser.add_argument("--order", help="one alone, as server,worker,run")
    parser.add_argument(
        "--together", action="store_true", help="without waiting for another attempt"
    )
    parser.add_argument("--folder", type=Path, help="where to work; default: the temporary folder")
    parser.add_argument("--keep", action="store_true", help="keep the folder and its logs")
    given = parser.parse_args()
    orders = [tuple(given.order.split(","))] if given.order else ORDERS
    if any(sorted(order) != sorted(VICTIMS) for order in orders):
        parser.error(f"--order names {', '.join(VICTIMS)}, each once")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    folder, trials, unfinished = folder_of(given.folder), list[Trial](), list[str]()
    token = secrets.token_hex(8)
    with head(folder, token) as nodes:
        for order in orders:
            sys.stderr.write(f"{', '.join(order)}, in {folder}\n")
            place = folder / "_".join(order)
            try:
                trials.append(trial(order, place, nodes, token, together=given.together))
            except (TimeoutError, subprocess.TimeoutExpired) as error:
                unfinished.append(f"{', '.join(order)}: {error}")
    if trials:
        show(trials)
    for each in unfinished:
        sys.stderr.write(f"did not come to its end: {each}\n")
    wrong = bool(unfinished) or any(each.wrong for each in trials)
    if not wrong and not given.keep:
        shutil.rmtree(folder)
    sys.exit(wrong)


if __name__ == "__main__":
    main()
