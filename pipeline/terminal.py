"""Keeps the terminal from what is started here: the standard input of programs is the null device.

A program that finds a terminal on its standard input sets it up, as ffmpeg does. Where it is not in that
terminal's foreground, as nothing that a Ray worker starts ever is, the system stops it for that (SIGTTOU),
and whoever waits for it waits for ever.
"""

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TextIO

_STDIN = 0


def leave() -> None:
    """This process has no terminal any more, nor has what it starts. For workers: nobody types there."""
    _null_input()
    if os.getsid(0) == os.getpid():  # the one that leads a session would hang up on all the others
        return
    with suppress(ImportError, OSError):
        import fcntl
        import termios

        terminal = os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY)
        try:
            fcntl.ioctl(terminal, termios.TIOCNOTTY)
        finally:
            os.close(terminal)


@contextmanager
def kept_from_children() -> Iterator[None]:
    """What is started meanwhile, by any thread, reads the null device.

    Python's own `sys.stdin` reads on where it did, so that a debugger can be talked to.
    """
    _kept.begin()
    try:
        yield
    finally:
        _kept.end()


class _Kept:
    """The standard input of this process, put aside from the first `begin` to the last `end`."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._depth = 0
        self._before: int | None = None
        self._reader: TextIO | None = None

    def begin(self) -> None:
        with self._lock:
            self._depth += 1
            if self._depth > 1:
                return
            self._reader = sys.stdin
            with suppress(OSError):  # a process may have no standard input at all
                self._before = os.dup(_STDIN)
                sys.stdin = open(self._before, closefd=False)  # noqa: SIM115
            _null_input()

    def end(self) -> None:
        with self._lock:
            self._depth -= 1
            if self._depth or self._before is None:
                return
            os.dup2(self._before, _STDIN)
            os.close(self._before)
            self._before, sys.stdin = None, self._reader


_kept = _Kept()


def _null_input() -> None:
    null = os.open(os.devnull, os.O_RDONLY)
    if null == _STDIN:
        os.set_inheritable(null, True)
        return
    os.dup2(null, _STDIN)
    os.close(null)
