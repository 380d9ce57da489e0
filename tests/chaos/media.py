"""The media folder under test: a small file system of its own where the machine allows one, to fill."""

import os
import subprocess
from contextlib import suppress
from pathlib import Path

SIZE = "64m"
CHUNK = bytes(2**20)


class MediaFolder:
    """A folder that can be filled to its last byte, if it is a file system of its own."""

    def __init__(self, place: Path) -> None:
        place.mkdir()
        self.place = place
        self._filler = place / ".filler"
        self.can_be_filled = os.geteuid() == 0 and _mounted(place)

    def fill(self) -> None:
        """Leaves no room."""
        with self._filler.open("ab", buffering=0) as file, suppress(OSError):
            while True:
                file.write(CHUNK)
        with self._filler.open("ab", buffering=0) as file, suppress(OSError):
            while True:
                file.write(b"\0" * 512)

    def free(self) -> None:
        self._filler.unlink(missing_ok=True)

    def close(self) -> None:
        if self.can_be_filled:
            subprocess.run(["umount", "--lazy", str(self.place)], check=False)


def _mounted(place: Path) -> bool:
    command = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "farm-chaos", str(place)]
    try:
        return subprocess.run(command, capture_output=True).returncode == 0
    except OSError:
        return False
