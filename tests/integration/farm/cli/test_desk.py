"""`farm desk` says where it is, serves until it is ended, and refuses what would be open to everybody."""

import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from farm.desk.serve import is_there
from farm.store import Store
from tests.integration.farm.cli.conftest import Farm
from tests.integration.farm.store.conftest import submit


@contextmanager
def desk(*options: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A desk as a process of its own, with its address."""
    started = subprocess.Popen(
        [sys.executable, "-m", "farm", "desk", "--port", "0", *options],
        stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=os.environ | {"NO_COLOR": "1"},
    )  # fmt: skip
    try:
        assert started.stderr is not None
        said = started.stderr.readline()
        found = re.search(r"Desk: (http://\S+) \(Ctrl-C ends it\)", said)
        assert found, said + started.stderr.read()
        yield started, found[1]
    finally:
        started.kill()
        started.communicate()


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_until_it_is_ended_streams_or_not(store: Store, ending: signal.Signals) -> None:
    submit(store, "sh010", production="ads")
    with desk() as (running, address):
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+/", address)
        with urllib.request.urlopen(address) as page:
            assert "/p/ads" in page.read().decode()
        with urllib.request.urlopen(f"{address}live") as stream:
            assert stream.readline() == b"retry: 2000\n"
            running.send_signal(ending)
            assert stream.read() == b"\n", "a page that listens holds nobody up"
            assert running.wait(240) == 0
        assert running.communicate() == ("", "")


def test_a_port_that_is_taken_is_refused_with_the_remedy(farm: Farm) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
        answer = farm("desk", "--port", str(port))
    assert answer.status == 1
    assert f"127.0.0.1:{port}: the desk cannot listen there" in answer.err
    assert "give another --port" in " ".join(answer.err.split())


@pytest.mark.parametrize("host", ["no.such.host.invalid", "256.0.0.1", "a..b"])
def test_a_host_where_nothing_can_listen_is_refused(farm: Farm, host: str) -> None:
    farm("user", "add", "anna", "--role", "operator")
    answer = farm("desk", "--host", host, "--port", "0")
    assert answer.status == 1
    assert "the desk cannot listen there" in answer.err


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7", ""])
def test_another_host_than_loopback_wants_people_first(farm: Farm, host: str) -> None:
    answer = farm("desk", "--host", host)
    assert answer.status == 1
    assert "nobody could come to a desk" in answer.err
    assert "`farm user add NAME --role operator`" in answer.err


@pytest.mark.parametrize(
    "options", [["--port", "65536"], ["--port", "-1"], ["--port", "x"], ["more"]]
)
def test_wrong_usage_is_told_as_such(farm: Farm, options: list[str]) -> None:
    assert farm("desk", *options).status == 2


def test_a_media_root_that_cannot_be_written_is_told(
    farm: Farm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("FARM_MEDIA", str(tmp_path / "file" / "media"))
    answer = farm("desk", "--port", "0")
    assert answer.status == 1
    assert "the media folder cannot be written" in answer.err


def test_watch_opens_the_desk_that_is_there_at_its_workers(store: Store) -> None:
    assert store
    with desk() as (_, address):
        port = address.rstrip("/").rpartition(":")[2]
        watched = subprocess.run(
            [sys.executable, "-m", "farm", "watch", "--port", port],
            capture_output=True, text=True, check=False, env=os.environ | {"BROWSER": "echo opened %s"},
        )  # fmt: skip
        assert watched.returncode == 0, watched.stderr
        assert f"Desk: {address}workers" in watched.stderr


def test_what_is_no_desk_is_not_taken_for_one() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
    assert not is_there(f"http://127.0.0.1:{port}/")
