"""Runs the ffmpeg at hand on delivered clips: it tells of a full disk, and can be ended."""

import errno
import os
import re
import subprocess
import threading
from collections.abc import Sequence
from pathlib import Path

import imageio_ffmpeg

from farm.errors import Refused
from pipeline import terminal

# Folder troubles that ffmpeg only reports in words.
_FOLDER_ERRORS = (
    errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES, errno.EIO, errno.ESTALE,
)  # fmt: skip
_VERSION = re.compile(r"ffmpeg version (\S+)")
EXACT: tuple[str, ...] = ("-fflags", "+bitexact", "-flags:v", "+bitexact")
"""Options of an output without which a file says when and by which build it was made: two runs of one
command would differ."""


class Ffmpeg:
    """One ffmpeg program, for any number of threads."""

    def __init__(self, program: str | None = None) -> None:
        """`program`, or the one that comes with imageio-ffmpeg. Raises `Refused` where there is none."""
        self._program = program or _own()
        self._lock = threading.Lock()
        self._running: set[subprocess.Popen[bytes]] = set()
        self._stopped = False
        said = self._ask("-version")
        found = _VERSION.search(said)
        self.name = f"ffmpeg {found[1] if found else 'of an unknown version'}"
        """The program with its version, as manifests say it."""

    def encoders(self) -> frozenset[str]:
        """The names of the encoders that it has."""
        lines = (line.split() for line in self._ask("-encoders").splitlines())
        return frozenset(words[1] for words in lines if len(words) > 1)

    def run(self, arguments: Sequence[str]) -> None:
        """Runs it with these arguments, quiet and with no input of its own.

        Raises `Refused` with what it said last, `OSError` for what a disk refuses, and `Stopped` after
        `stop`.
        """
        process = self._start(["-hide_banner", "-loglevel", "error", "-nostdin", *arguments])
        try:
            said = process.communicate()[1].decode(errors="replace").strip()
        finally:
            self._end(process)
        if self._stopped:
            raise Stopped
        if process.returncode:
            self._raise(process.returncode, said)

    def stop(self) -> None:
        """Ends all that runs and starts nothing more."""
        with self._lock:
            self._stopped = True
            running = list(self._running)
        for process in running:
            process.kill()

    def _start(self, arguments: Sequence[str]) -> "subprocess.Popen[bytes]":
        with self._lock:
            if self._stopped:
                raise Stopped
            try:
                # A session of its own: a Ctrl-C is for us, and we end what runs.
                process = subprocess.Popen(  # noqa: S603
                    [self._program, *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                    stderr=subprocess.PIPE, start_new_session=True,
                )  # fmt: skip
            except OSError as error:
                raise self._unusable(error.strerror or str(error)) from error
            self._running.add(process)
        return process

    def _end(self, process: "subprocess.Popen[bytes]") -> None:
        if process.poll() is None:
            process.kill()
            process.wait()
        with self._lock:
            self._running.discard(process)

    def _ask(self, question: str) -> str:
        try:
            answer = subprocess.run(  # noqa: S603
                [self._program, question], stdin=subprocess.DEVNULL, capture_output=True, check=True
            )  # fmt: skip
        except (OSError, subprocess.CalledProcessError) as error:
            raise self._unusable(str(error)) from error
        return answer.stdout.decode(errors="replace")

    def _raise(self, status: int, said: str) -> None:
        for code in _FOLDER_ERRORS:
            if os.strerror(code) in said:
                raise OSError(code, os.strerror(code))
        last = said.splitlines()[-1] if said else f"exit status {status}"
        raise Refused(f"{self.name} could not make it: {last}")

    def _unusable(self, why: str) -> Refused:
        return Refused(
            f"{self._program} is no ffmpeg that can be used ({why}): reinstall imageio-ffmpeg or name an "
            "ffmpeg in the settings"
        )


def argument(file: Path) -> str:
    """A file as an argument: its whole path, since what stands before a colon would be a protocol, and
    what begins with a dash an option."""
    return f"file:{file.absolute()}"


class Stopped(Exception):
    """What was to run was ended by `Ffmpeg.stop`."""


def _own() -> str:
    try:
        with terminal.kept_from_children():  # it tries which ffmpeg starts
            return imageio_ffmpeg.get_ffmpeg_exe()
    except RuntimeError as error:
        raise Refused(f"there is no ffmpeg ({error}): reinstall imageio-ffmpeg") from error
