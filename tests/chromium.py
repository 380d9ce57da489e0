"""The Chromium that the tests of the desk drive: where it is, and `python -m tests.chromium` to have one.

It is the system's own, found by path; Playwright fetches none.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome")
DEBIAN = Path("/usr/bin/chromium")
INSTALL = (
    ("apt-get", "update", "-qq"),
    ("apt-get", "install", "-qq", "-y", "--no-install-recommends", "chromium", "fonts-noto-cjk"),
)
REMEDY = (
    "The tests of the desk need Chromium, and none was found: install it (Debian: apt-get install "
    "chromium) or say where it is in FARM_CHROMIUM"
)


def found(environment: Mapping[str, str] = os.environ) -> Path | None:
    """The browser of this machine; None where there is none.

    Raises `FileNotFoundError` with a sentence where FARM_CHROMIUM names nothing that can be run.
    """
    if named := environment.get("FARM_CHROMIUM"):
        if place := shutil.which(named, path=environment.get("PATH")):
            return Path(place)
        raise FileNotFoundError(f"FARM_CHROMIUM: {named} cannot be run: name a Chromium that can")
    places = (shutil.which(name, path=environment.get("PATH")) for name in NAMES)
    first = next((Path(place) for place in places if place), None)
    return first or (DEBIAN if os.access(DEBIAN, os.X_OK) else None)


def needed() -> Path:
    """As `found`. Raises `FileNotFoundError` with the remedy where there is none."""
    if place := found():
        return place
    raise FileNotFoundError(REMEDY)


def install(run: Callable[..., object] = subprocess.run) -> None:
    """Installs Debian's, where that is allowed: as root, with apt-get. Else nothing is done."""
    if not shutil.which("apt-get") or os.geteuid():
        return
    sys.stdout.write("Installing Debian's Chromium for the tests of the desk …\n")
    sys.stdout.flush()
    for command in INSTALL:
        run(command, env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"}, check=False)


def main() -> None:
    """Ends with status 1 and a sentence where there is none and none can be installed."""
    try:
        if not found():
            install()
        needed()
    except FileNotFoundError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
