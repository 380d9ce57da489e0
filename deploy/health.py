"""Whether this container does what it was started for: exit status 0 if so, and a sentence if not.

It looks at what the container's first process was told to be. A head answers for Ray's control store and
its own raylet, a worker for its raylet, `farm metrics --serve` for itself. Anything else is a command that
ends by itself: it is well as long as it lasts. No password is needed for any of it, and none is sent.
"""

import sys
import urllib.request
from pathlib import Path

SECONDS = 5.0
RAYLET = "http://127.0.0.1:52365/api/local_raylet_healthz"
CONTROL_STORE = "http://127.0.0.1:8265/api/gcs_healthz"


def pages(words: list[str]) -> list[str]:
    """What must answer where the first process has this command line."""
    if "ray" in words and "start" in words:
        return [CONTROL_STORE, RAYLET] if "--head" in words else [RAYLET]
    if "metrics" in words and "--serve" in words:
        port = words[words.index("--serve") + 1]
        return [f"http://127.0.0.1:{port}/healthz"]
    return []


def main(command_line: Path = Path("/proc/1/cmdline")) -> int:
    """Asks each page; 1 where one does not answer."""
    words = [Path(word).name for word in command_line.read_text().split("\0") if word]
    for page in pages(words):
        try:
            urllib.request.urlopen(page, timeout=SECONDS).close()  # noqa: S310 - our own, above
        except OSError as error:
            sys.stdout.write(f"{page}: {error}\n")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*map(Path, sys.argv[1:])))
