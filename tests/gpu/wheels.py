"""Collects what a machine without a hub lacks: `python -m tests.gpu.wheels FOLDER [--python 3.12]`.

Such a machine has a Python with torch. What the measurement imports besides is fetched here, in the
versions of `constraints.txt`, to be carried there: `make gpu WHEELS=FOLDER` installs it from the folder and
from nowhere else.
"""

import argparse
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MOST = 64
"""MiB that may be carried."""
CARRIED = (
    "accelerate", "annotated-types", "anyio", "cache-dit", "certifi", "charset-normalizer", "click",
    "diffusers", "h11", "httpcore2", "httpx2", "huggingface-hub", "idna", "importlib-metadata", "packaging",
    "pillow", "psutil", "pydantic", "pydantic-core", "pyyaml", "regex", "requests", "safetensors",
    "tokenizers", "tqdm", "transformers", "truststore", "typing-extensions", "typing-inspection", "urllib3",
    "zipp",
)  # fmt: skip
"""What the measurement imports beside torch and numpy and what those need."""
PLATFORMS = (
    *(f"manylinux_2_{glibc}_x86_64" for glibc in (34, 31, 28, 27, 24, 17)),
    "manylinux2014_x86_64",
)


class NotPinned(Exception):
    """A package of which `constraints.txt` says no version."""


def main() -> int:
    """Fetches into the folder; 1 where something is not to be had, or where it is too much to carry."""
    parser = argparse.ArgumentParser(prog="python -m tests.gpu.wheels", description=__doc__)
    parser.add_argument("folder", type=Path, metavar="FOLDER")
    parser.add_argument(
        "--python",
        default=f"{sys.version_info.major}.{sys.version_info.minor}",
        metavar="VERSION",
        help="Of the machine that they are for; by itself this one's.",
    )
    asked = parser.parse_args()
    try:
        wanted = pinned((ROOT / "constraints.txt").read_text(), CARRIED)
    except NotPinned as error:
        sys.stderr.write(f"{error}\n")
        return 1
    asked.folder.mkdir(parents=True, exist_ok=True)
    if code := subprocess.call(command(asked.folder, wanted, asked.python)):
        return code
    told, right = judged(asked.folder)
    sys.stdout.write(f"{told}\n")
    return 0 if right else 1


def pinned(constraints: str, names: Sequence[str]) -> dict[str, str]:
    """The version of each name. Raises `NotPinned` with a sentence."""
    versions = {
        _plain(name): version
        for name, version in re.findall(r"^([\w.-]+)==(\S+)", constraints, re.MULTILINE)
    }
    if missing := [name for name in names if _plain(name) not in versions]:
        raise NotPinned(
            f"constraints.txt says no version of {', '.join(missing)}: add one, or take the name out of "
            "tests/gpu/wheels.py"
        )
    return {name: versions[_plain(name)] for name in names}


def command(folder: Path, wanted: Mapping[str, str], python: str) -> list[str]:
    """What pip is asked to fetch, for a 64-bit Linux on x86 with this version of Python."""
    return [
        *(sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"),
        *("--no-deps", "--only-binary", ":all:", "--dest", str(folder)),
        *("--implementation", "cp", "--python-version", python),
        *(word for each in PLATFORMS for word in ("--platform", each)),
        *(f"{name}=={version}" for name, version in wanted.items()),
    ]


def judged(folder: Path) -> tuple[str, bool]:
    """A sentence on the wheels in a folder, and whether they may be carried."""
    wheels = sorted(folder.glob("*.whl"), key=lambda file: -file.stat().st_size)
    size = sum(file.stat().st_size for file in wheels) / 2**20
    told = f"{len(wheels)} wheels in {folder}, {size:.1f} MiB"
    if size <= MOST:
        return f"{told} of at most {MOST}", True
    largest = ", ".join(file.name for file in wheels[:3])
    return f"{told}: no more than {MOST} can be carried; the largest are {largest}", False


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


if __name__ == "__main__":
    sys.exit(main())
