"""The whole farm under test in one folder: database, media, two Ray nodes, two runs, a desk."""

import os
import secrets
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.chaos import processes, runs
from tests.chaos.databases import Database, database
from tests.chaos.media import MediaFolder
from tests.chaos.network import Network, make_network
from tests.chaos.nodes import START_SECONDS, Nodes
from tests.chaos.runs import Desk, Run

LEASE_SECONDS = 4.0
RUNS = 2
"""With `chaos`; a third one has a worker for drafts."""
WORKERS = 2
"""Of each run."""
QUEUE = 120
"""With fewer takes than this waiting, another list is handed in."""
ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Site:
    """What faults happen to; `mind` starts again what died, as a supervisor would."""

    folder: Path
    kind: str
    database: Database
    media: MediaFolder
    network: Network
    nodes: Nodes
    runs: list[Run]
    desk: Desk
    environment: dict[str, str]
    subjects: set[str] = field(default_factory=set[str])
    """What a fault lies on that lasts: nothing else is done to it meanwhile."""
    orders: bool = True
    """Whether the desk goes on handing in lists."""
    _look: float = 0.0

    def start(self) -> None:
        """Brings everything up. Raises `TimeoutError`."""
        self._run("db", "upgrade")
        self.desk.hand_in()
        self.nodes.head.start()
        runs.wait("the head", lambda: self.nodes.answers, START_SECONDS)
        self.nodes.second.start()
        runs.wait("a take", self._made_one, 240)

    def mind(self) -> None:
        """Starts what is dead, hands in what is due."""
        now = time.monotonic()
        if not self.nodes.head.lives:
            self.nodes.head.start()
        answers = self.nodes.answers
        if answers and not self.nodes.second.lives and "second" not in self.subjects:
            self.nodes.second.start()
        for run in self.runs:
            if answers or run.lives:
                run.mind(now)
        self.desk.mind(now)
        if self.orders and now >= self._look:
            self._look = now + 2
            waiting = self.database.ask("SELECT count(*) FROM takes WHERE status = 'waiting'")
            if waiting is not None and int(str(waiting[0][0])) < QUEUE:
                self.desk.hand_in()

    def unfinished(self) -> int | None:
        """Takes that wait or run; None while the database does not answer."""
        question = "SELECT count(*) FROM takes WHERE status IN ('waiting', 'running')"
        rows = self.database.ask(question)
        return None if rows is None else int(str(rows[0][0]))

    def approvable_draft(self) -> tuple[str, int] | None:
        """The code and the draft of a shot that waits for somebody to say something of it, if any does."""
        rows = self.database.ask(
            "SELECT shots.code, takes.number FROM takes JOIN shots ON shots.id = takes.shot_id "
            "WHERE takes.draft_for IS NOT NULL AND takes.status = 'succeeded' "
            "AND shots.takes_made = takes.number AND shots.selected_take = takes.number "
            "AND shots.review IN ('accepted', 'needs_review') ORDER BY takes.id DESC LIMIT 1"
        )
        return (str(rows[0][0]), int(str(rows[0][1]))) if rows else None

    @property
    def people_busy(self) -> bool:
        """Whether somebody still says something of a draft."""
        return any(any(processes.marked(self.folder, who)) for who in runs.PEOPLE)

    def begun(self) -> int:
        """Renders begun so far, as far as the database says."""
        rows = self.database.ask("SELECT count(*) FROM attempts")
        return int(str(rows[0][0])) if rows else 0

    def made(self) -> int:
        """Takes made so far, as far as the database says."""
        rows = self.database.ask("SELECT count(*) FROM clips")
        return int(str(rows[0][0])) if rows else 0

    def _made_one(self) -> bool:
        self.mind()
        return self.made() > 0

    def _run(self, *arguments: str) -> None:
        done = processes.spawn([*runs.FARM, *arguments], self.folder, self.environment, "desk")
        if done.wait(240) != 0:
            raise RuntimeError((self.folder / "desk.log").read_text())


@contextmanager
def site(kind: str, folder: Path, model: str = "light") -> Iterator[Site]:
    """A farm that is not started yet; at the end nothing of it is left but its logs and database."""
    with ExitStack() as stack:
        stack.callback(processes.end_all, folder)
        network = make_network()
        stack.callback(network.close)
        media = MediaFolder(folder / "media")
        stack.callback(media.close)
        books = stack.enter_context(database(kind, folder))
        env = environment(folder, books.url, model)
        nodes = Nodes(folder, network, env)
        stack.callback(nodes.close)
        options = ("--address", nodes.address, "--workers", str(WORKERS))
        made = [Run(f"run{number}", folder, env, *options) for number in range(1, RUNS + 1)]
        drafting = ("--address", nodes.address, "--workers", "1")
        made.append(Run("run-drafts", folder, env, *drafting, profile="chaos-draft"))
        desk = Desk(folder, env)
        stack.callback(processes.end_all, folder)
        yield Site(folder, kind, books, media, network, nodes, made, desk, env)


def environment(folder: Path, url: str, model: str) -> dict[str, str]:
    """Little patience everywhere, so that minutes of chaos hold hundreds of recoveries."""
    (folder / "looks").mkdir()
    path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    return {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "HOME": os.environ.get("HOME", str(folder)),
        "PYTHONPATH": path.rstrip(os.pathsep),
        "OMP_NUM_THREADS": "1",
        "CHAOS_MODEL": model,
        "CHAOS_LOOKS": str(folder / "looks"),
        "RAY_AUTH_MODE": "token",
        "RAY_AUTH_TOKEN": secrets.token_hex(8),
        "FARM_DATABASE": url,
        "FARM_MEDIA": str(folder / "media"),
        "FARM_PROFILES": str(folder / "profiles"),
        "FARM_LEASE_SECONDS": str(LEASE_SECONDS),
        "FARM_BEAT_SECONDS": "1",
        "FARM_BACKOFF_SECONDS": "0.2",
        "FARM_STUCK_SECONDS": "6",
        "FARM_SICK_SECONDS": "5",
        "FARM_IDLE_RELEASE_S": "1",
        # A take that is hit again and again is still to be made in the end.
        "FARM_MAX_FAULTS": "1000",
        "FARM_POISON_WORKERS": "1000",
        "FARM_MAX_WAITS": "1000",
        "FARM_MIN_FREE_MB": "0",
        "FARM_USER": "chaos",
    }


def folder_of(path: Path | None) -> Path:
    """A fresh folder for one chaos, below `path` where given; other users may enter it."""
    import tempfile

    made = Path(tempfile.mkdtemp(prefix="farm-chaos-", dir=path))
    with suppress(OSError):
        made.chmod(0o755)
    return made
