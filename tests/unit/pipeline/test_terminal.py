"""What is started by the farm never has the terminal that the farm was typed into."""

import os
import pty
import signal
import subprocess
import sys
import textwrap
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from farm.cli.commands.run import stopped_by_signals
from pipeline import terminal

WHAT_CHILDREN_READ = """
import subprocess, sys
def child():
    look = "import os, sys; sys.stdout.write(str(os.isatty(0)))"
    return subprocess.check_output([sys.executable, "-c", look], text=True)
"""


def in_a_terminal(script: str, **environment: str) -> str:
    """What a Python says that leads no session and has a terminal as its standard input."""
    keys, screen = pty.openpty()
    own = "import fcntl, subprocess, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); "
    own += "sys.exit(subprocess.call([sys.executable, '-c', sys.argv[1]]))"
    try:
        return subprocess.run(
            [sys.executable, "-c", own, textwrap.dedent(script)],
            stdin=screen,
            stdout=subprocess.PIPE,
            start_new_session=True,
            env=os.environ | environment,
            text=True,
            check=True,
            timeout=240,
        ).stdout
    finally:
        os.close(screen)
        os.close(keys)


def test_children_have_no_terminal_meanwhile_and_have_it_again_afterwards() -> None:
    told = in_a_terminal(
        WHAT_CHILDREN_READ
        + """
from pipeline.terminal import kept_from_children
said = [child()]
with kept_from_children():
    said += [child(), str(sys.stdin.isatty())]
    with kept_from_children():
        said += [child()]
    said += [child()]
print(*said, child(), sys.stdin.isatty())
"""
    )
    assert told.split() == ["True", "False", "True", "False", "False", "True", "True"]


def test_the_last_of_several_threads_gives_the_input_back() -> None:
    reader, writer = os.pipe()
    before = os.dup(0)
    os.dup2(reader, 0)
    try:
        both, first_left = threading.Barrier(2), threading.Event()

        def early() -> None:
            with terminal.kept_from_children():
                both.wait(120)
            first_left.set()

        thread = threading.Thread(target=early)
        thread.start()
        with terminal.kept_from_children():
            both.wait(120)
            assert first_left.wait(120)
            assert os.path.samestat(os.fstat(0), os.stat(os.devnull))
        thread.join()
        assert os.path.samestat(os.fstat(0), os.fstat(reader))
    finally:
        os.dup2(before, 0)
        for handle in (before, reader, writer):
            os.close(handle)


def test_a_process_without_standard_input_keeps_none_from_its_children_all_the_same() -> None:
    script = """
import os, subprocess, sys
from pipeline.terminal import kept_from_children
os.close(0)
with kept_from_children():
    assert subprocess.call([sys.executable, "-c", "import os; os.fstat(0)"]) == 0
"""
    subprocess.run([sys.executable, "-c", script], check=True, timeout=240)


def test_a_worker_of_ray_has_no_terminal_at_all_whoever_started_its_cluster() -> None:
    told = in_a_terminal(
        WHAT_CHILDREN_READ
        + """
import os
from farm.cluster.ray import actor as ray_actor
ray_actor._device = lambda: "cpu"
ray_actor.Renderer(None, None, 1)
heavy = {"torch", "diffusers", "transformers", "scenedetect"} & sys.modules.keys()
assert not heavy, heavy
try:
    os.open("/dev/tty", os.O_RDWR)
    print("a terminal")
except OSError:
    print("none", child(), os.isatty(0))
"""
    )
    assert told.split() == ["none", "False", "False"]


def test_the_detector_of_cuts_starts_nothing_that_reads_the_terminal(tmp_path: Path) -> None:
    ffmpeg = tmp_path / "ffmpeg"
    ffmpeg.write_text(f"#!/bin/sh\ntest -t 0 && echo terminal >>'{tmp_path}/seen'\nexit 0\n")
    ffmpeg.chmod(0o755)
    script = """
import numpy as np
from pipeline.clips.lint import cuts
cuts.content_changes(np.zeros((3, 64, 64, 3), np.uint8))
"""
    in_a_terminal(script, PATH=f"{tmp_path}:{os.environ['PATH']}")
    assert not (tmp_path / "seen").exists()


@pytest.fixture
def hangups() -> Iterator[None]:
    """As without nohup, whether or not the tests run under it."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)


@pytest.mark.usefixtures("hangups")
@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGTERM, signal.SIGINT])
def test_a_run_is_told_to_end_by_a_signal_and_forgets_it_afterwards(number: int) -> None:
    before = signal.getsignal(number)
    stop = threading.Event()
    with stopped_by_signals(stop):
        os.kill(os.getpid(), number)
        assert stop.wait(120)
    assert signal.getsignal(number) == before


@pytest.mark.usefixtures("hangups")
def test_a_second_hangup_does_not_end_a_run_at_once() -> None:
    """A dropped session sends two: the shell's, and the system's once the shell is gone."""
    stop = threading.Event()
    with stopped_by_signals(stop):
        os.kill(os.getpid(), signal.SIGHUP)
        os.kill(os.getpid(), signal.SIGHUP)
        assert stop.wait(120)


def test_under_nohup_a_hangup_ends_nothing() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        stop = threading.Event()
        with stopped_by_signals(stop):
            os.kill(os.getpid(), signal.SIGHUP)
            assert not stop.wait(0.05)
    finally:
        signal.signal(signal.SIGHUP, before)
