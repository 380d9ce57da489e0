"""An interactive shell on a terminal of its own, in which a test types as a person does."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import threading
import time
from collections.abc import Mapping
from pathlib import Path

LINES, COLUMNS = 40, 140
# A terminal becomes a session's own only from within that session; and what is ignored there, since
# the tests were started in the background or under nohup, a shell could not hear either.
OWN_TERMINAL = """
import fcntl, os, signal, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
for number in (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT):
    signal.signal(number, signal.SIG_DFL)
os.execvp(sys.argv[1], sys.argv[1:])
"""
PROMPT = "farmer> "
PATIENCE = 200.0
"""Seconds to wait for what comes: a machine may be slow, and no wait lasts longer than it must."""
_STEERING = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]|\r")


class Terminal:
    """Bash with job control. What it and its commands print is read all the time, as a screen would."""

    def __init__(self, folder: Path, settings: Mapping[str, str]) -> None:
        self._keys, screen = pty.openpty()
        fcntl.ioctl(screen, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
        self._shell = subprocess.Popen(
            [sys.executable, "-c", OWN_TERMINAL, "bash", "--norc", "--noprofile", "-i"],
            cwd=folder,
            env=os.environ | settings | {"PS1": PROMPT, "TERM": "xterm"},
            stdin=screen,
            stdout=screen,
            stderr=screen,
            start_new_session=True,
        )
        os.close(screen)
        self._said = ""
        self._asked = 0
        self._pulled = threading.Event()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self.expect(PROMPT)

    @property
    def said(self) -> str:
        """All that stood on the screen since the last line was typed, without colours and cursor moves."""
        return _STEERING.sub("", self._said[self._asked :])

    def type(self, line: str) -> None:
        """Types the line and presses Enter."""
        self._asked = len(self._said)
        os.write(self._keys, line.encode() + b"\n")

    def press_ctrl_c(self) -> None:
        os.write(self._keys, b"\x03")

    def expect(self, pattern: str) -> re.Match[str]:
        """The first match of `pattern` in what is said after the last typed line, once it comes."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if found := re.search(pattern, self.said):
                return found
            time.sleep(0.1)
        raise AssertionError(f"no {pattern!r} after {PATIENCE:.0f} s in the terminal:\n{self.said}")

    def run(self, command: str) -> int:
        """Types the command and waits for its end: its exit status."""
        self.type(f"{command}; echo status=$?")
        return int(self.expect(r"status=(\d+)")[1])

    def modes(self) -> list[object]:
        """How the terminal is set: echo, line by line and so on."""
        return termios.tcgetattr(self._keys)

    def hang_up(self) -> None:
        """The cable is pulled: the terminal is gone, and the system tells the shell."""
        self._pulled.set()
        self._reader.join()
        self._shell.wait(PATIENCE)

    def close(self) -> None:
        """Ends whatever still runs in the terminal."""
        self.hang_up()
        for process in self.processes():
            os.kill(process, signal.SIGKILL)

    def processes(self) -> list[int]:
        """The ids of those who live in the shell's session, whatever their parents are by now."""
        import psutil

        return [each for each in psutil.pids() if _session(each) == self._shell.pid]

    def _read(self) -> None:
        """Until the cable is pulled: a terminal that is still being read cannot be closed."""
        while not self._pulled.is_set():
            if select.select([self._keys], [], [], 0.1)[0]:
                self._said += os.read(self._keys, 65_536).decode(errors="replace")
        os.close(self._keys)


def _session(process: int) -> int:
    try:
        return os.getsid(process)
    except ProcessLookupError:
        return 0
