"""A run that ended is told to a URL, whatever it ended of; a server on loopback hears it."""

import io
import json
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from farm import config
from farm.errors import FarmError, SettingsError
from farm.listeners import notifications
from farm.listeners.notifications import Messenger
from farm.operations.run_summary import Summary

ROOT = Path(__file__).resolve().parents[4]


@dataclass
class Desk:
    """What was posted, and what is answered."""

    url: str = ""
    answers: list[int] = field(default_factory=list[int])
    """Status codes, the first first; 200 where there are no more."""
    posted: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    headers: list[dict[str, str]] = field(default_factory=list[dict[str, str]])
    heard: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))

    def wait(self) -> dict[str, Any]:
        assert self.heard.acquire(timeout=60)
        return self.posted[-1]


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    found = Desk()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            found.posted.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            found.headers.append(dict(self.headers))
            status = found.answers.pop(0) if found.answers else 200
            self.send_response(status)
            if status == 302:
                self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()
            found.heard.release()

        def log_message(self, format: str, *args: object) -> None: ...

    for name in ("http_proxy", "HTTP_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        found.url = f"http://127.0.0.1:{server.server_address[1]}/hook"
        yield found
        server.shutdown()
        thread.join()


def telling(desk: Desk, summary: Summary) -> Any:
    messenger = Messenger(desk.url, run="vm:1:abc", user="anna", profile="toy")
    return messenger.telling(summary)


@pytest.mark.parametrize(
    ("changes", "outcome", "reason"),
    [
        ({}, "done", ""),
        ({"failed": ["ads/sh010: no"]}, "failed", "1 takes failed for good; ads/sh010: no"),
        ({"stopped": True}, "stopped", "it was told to end"),
    ],
)
def test_how_a_run_ended_is_posted(
    desk: Desk, changes: dict[str, Any], outcome: str, reason: str
) -> None:
    summary = Summary(productions=["ads"])
    with telling(desk, summary):
        summary.made, summary.accepted, summary.partly = 5, 4, 1
        for name, value in changes.items():
            setattr(summary, name, value)
    told = desk.wait()
    assert (told["event"], told["outcome"], told["productions"]) == ("run_ended", outcome, ["ads"])
    assert told["reason"].startswith(reason)
    assert told["takes"] == {
        "made": 5, "accepted": 4, "partly": 1, "drafts": 0, "retakes": 0,
        "failed": len(summary.failed), "declined": 0, "ended_early": 0,
    }  # fmt: skip
    assert (told["run"], told["user"], told["profile"]) == ("vm:1:abc", "anna", "toy")
    assert told["started_at"] <= told["ended_at"]
    assert told["text"].startswith(f"farm run of ads {outcome}: 5 takes made, 4 accepted")
    assert len(desk.posted) == 1


def test_a_run_that_dies_of_an_exception_tells_why_without_secrets(desk: Desk) -> None:
    def end() -> None:
        with telling(desk, Summary()):
            raise FarmError("postgresql://farm:Tr0ub4dor@db/farm: no route to host")

    with pytest.raises(FarmError):
        end()
    told = desk.wait()
    assert told["outcome"] == "died"
    assert told["reason"] == "FarmError: postgresql://farm:***@db/farm: no route to host"


RUN = """
import os, signal, sys
from farm.operations.run_summary import Summary
from farm.listeners.notifications import Messenger

summary = Summary(productions=["ads"])
messenger = Messenger(sys.argv[1], run="vm:1:abc", user="anna", profile="toy")
with messenger.telling(summary):
    summary.made = 3
    messenger.note()
    os.kill(os.getpid(), getattr(signal, sys.argv[2]))
"""


@pytest.mark.parametrize("number", ["SIGKILL", "SIGSEGV"])
def test_a_run_that_is_killed_tells_too(desk: Desk, number: str) -> None:
    done = subprocess.run([sys.executable, "-c", RUN, desk.url, number], cwd=ROOT, check=False)
    assert done.returncode == -getattr(signal, number)
    told = desk.wait()
    assert (told["outcome"], told["productions"]) == ("died", ["ads"])
    assert told["reason"] == notifications.KILLED
    assert told["takes"]["made"] == 3


def test_a_server_that_is_away_for_a_moment_is_tried_again(desk: Desk) -> None:
    desk.answers = [503, 429]
    assert notifications.post(desk.url, {"a": 1}, pause=0.0) is None
    assert len(desk.posted) == 3


@pytest.mark.parametrize("status", [400, 404, 302])
def test_a_server_that_says_no_is_not_tried_again_and_no_detour_is_taken(
    desk: Desk, status: int
) -> None:
    desk.answers = [status]
    why = notifications.post(desk.url, {"a": 1}, pause=0.0)
    assert why is not None
    assert why.startswith(f"it answers {status}")
    assert len(desk.posted) == 1


def test_where_nobody_listens_it_is_said_after_some_tries() -> None:
    assert "refused" in str(notifications.post("http://127.0.0.1:1/", {}, tries=2, pause=0.0))


def test_a_name_and_a_password_in_the_address_go_into_the_header(desk: Desk) -> None:
    url = desk.url.replace("http://", "http://anna:p%40ss@") + "?room=färm"
    assert notifications.post(url, {"text": "镜头"}, pause=0.0) is None
    assert desk.posted == [{"text": "镜头"}]
    assert desk.headers[0]["Authorization"] == "Basic YW5uYTpwQHNz"


@pytest.mark.parametrize(
    "url",
    ["ftp://host/x", "file:///etc/passwd", "hooks.slack.com/x", "http://", "http://host:99999/",
     "http://ho st/", "https://[::1/"],
)  # fmt: skip
def test_an_address_that_cannot_be_posted_to_is_refused_at_the_start(url: str) -> None:
    with pytest.raises(SettingsError, match=r"^--notify: .*give https://host/path"):
        config.load(notify=url)


def test_an_address_that_can_be_posted_to_is_taken() -> None:
    for url in ("http://127.0.0.1:8080", "https://hooks.example/a?b=c", "http://[::1]:80/x", ""):
        assert config.load(notify=url).notify == url


def test_the_process_beside_a_run_ignores_what_ends_the_run_and_passes_over_a_line_that_was_cut(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    ignored: dict[int, object] = {}
    monkeypatch.setattr(signal, "signal", ignored.__setitem__)
    end = {"outcome": "done", "reason": ""}
    lines = [{"url": desk.url}, {"outcome": "died"}, end]
    text = "\n".join(map(json.dumps, lines)) + '\n{"outcome": "di'
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))

    notifications.main()

    assert desk.posted == [end]
    assert ignored == dict.fromkeys((signal.SIGINT, signal.SIGTERM, signal.SIGHUP), signal.SIG_IGN)
