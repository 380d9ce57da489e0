"""Measures what only a card can say: `make gpu`, or `python -m tests.gpu.measure --out FOLDER`.

The large model's own architecture with weights made by chance on the card: nothing is read, and nothing is
fetched. `gpu.json` in the folder is written anew after every stage, and tables of it, `gpu.md`, at the end.
"""

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
STAGES = (
    *(
        "attention",
        "expert",
        "torch_480p",
        "torch_720p",
        "exact_480p",
        "compiled_480p",
        "compiled_720p",
    ),
    *("vae_480p", "vae_720p", "float8", "draft", "step_cache", "int8", "exchange", "take_in_24_gb"),
    "take_in_80_gb",
)
"""Their names, without what they import."""
AT_ANOTHER_TIME = {"date", "commit"}
MOST_SECONDS = 700
"""With what it takes to start, 12 minutes."""
NO_CARD = (
    "There is no accelerator here that torch can use, so there is nothing to measure: run `make gpu` on a "
    "machine with one. `python -m tests.gpu.measure --tiny --out build/gpu-rehearsal` rehearses it on any."
)

Told = Callable[[str], None]


def main() -> int:
    """0 where nothing failed; 1 without a card, or where a stage failed."""
    os.environ["HF_HUB_OFFLINE"] = "1"  # before a library reads it
    from pipeline.models.device import CPU, best_device, has_accelerator

    parser = argparse.ArgumentParser(prog="python -m tests.gpu.measure", description=__doc__)
    parser.add_argument("--out", type=Path, required=True, metavar="FOLDER")
    parser.add_argument("--seconds", type=float, default=MOST_SECONDS, metavar="NUMBER")
    parser.add_argument(
        "--only",
        nargs="+",
        metavar="STAGE",
        help="These stages alone; of others stays what FOLDER has of an earlier measurement with the same "
        "card and packages. What a stage goes on with has to be named, too: expert for passes, exact_480p "
        "for errors.",
    )
    parser.add_argument(
        "--tiny", action="store_true", help="Rehearse with a small model, on a CPU."
    )
    asked = parser.parse_args()
    if unknown := {*(asked.only or ())} - {*STAGES}:
        parser.error(
            f"there is no stage {', '.join(sorted(unknown))}: choose from {', '.join(STAGES)}"
        )
    if not asked.tiny and not has_accelerator():
        sys.stderr.write(f"{NO_CARD}\n")
        return 1
    device = CPU if asked.tiny else best_device()
    whole = measure(
        asked.out, device, tiny=asked.tiny, seconds=asked.seconds, only=asked.only, told=_say
    )
    _say(f"{asked.out / 'gpu.json'} and {asked.out / 'gpu.md'}")
    return 0 if whole else 1


def measure(
    out: Path,
    device: str,
    *,
    tiny: bool,
    seconds: float,
    told: Told,
    only: Collection[str] | None = None,
) -> bool:
    """Runs all stages, or `only` some, within the seconds; whether none failed.

    `told` hears a line of each.
    """
    from pipeline.models.device_memory import forget_peak
    from pipeline.models.folders import quiet_libraries
    from tests.gpu import model
    from tests.gpu.bench import Bench
    from tests.gpu.measured import costs
    from tests.gpu.record import FILE, Record, time_is_up_after
    from tests.gpu.stages import stages
    from tests.gpu.table import table

    quiet_libraries()
    architecture = model.TINY if tiny else model.LARGE
    known = facts(device, tiny=tiny)
    before = earlier(out / FILE, known) if only else {}
    record = Record(out, known, seconds, ending=time_is_up_after, before=before)
    with tempfile.TemporaryDirectory() as folder:
        model.write_configuration(architecture, Path(folder))
        bench = Bench(architecture, Path(folder), device)
        wanted = [each for each in stages(bench) if only is None or each.name in only]
        whole = record.run(wanted, told, lambda: forget_peak(device))
    record.end(takes=costs(record.found))
    (out / "gpu.md").write_text(table(record.found))
    return whole


def earlier(file: Path, known: Mapping[str, object]) -> dict[str, Any]:
    """The stages that a file holds of an earlier measurement on the same machine; of another one none."""
    with suppress(OSError, ValueError):
        found = json.loads(file.read_text())
        if all(found.get(fact) == known[fact] for fact in known.keys() - AT_ANOTHER_TIME):
            return found["stages"]
    return {}


def facts(device: str, *, tiny: bool) -> dict[str, object]:
    """What was measured on."""
    import torch

    from pipeline.engines.acceleration import compiler_for
    from pipeline.engines.wan_needs import GIB
    from pipeline.models.device import card_of
    from pipeline.models.device_memory import host_memory

    card = card_of(device)
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "commit": _line_of("git", "-C", str(ROOT), "rev-parse", "--short", "HEAD"),
        "tiny": tiny,
        "card": card.name if card else None,
        "memory_gib": round(card.memory / GIB, 1) if card else None,
        "capability": list(card.capability) if card else None,
        "driver": _line_of("nvidia-smi", "--query-gpu=driver_version", "--format=csv,noheader"),
        "cuda": torch.version.cuda,
        "cudnn": torch.backends.cudnn.version(),
        "torch": torch.__version__,
        **{name: _version(name) for name in ("diffusers", "cache-dit", "transformers")},
        "python": platform.python_version(),
        "cpus": os.cpu_count(),
        "host_memory_gib": round(host_memory() / GIB, 1),
        "compiler": compiler_for(device),
    }


def _version(name: str) -> str | None:
    with suppress(PackageNotFoundError):
        return version(name)
    return None


def _line_of(program: str, *arguments: str) -> str | None:
    """The first line that a program prints; None where there is no such program, or it fails."""
    if not shutil.which(program):
        return None
    with suppress(OSError, subprocess.SubprocessError):
        done = subprocess.run(
            [program, *arguments], capture_output=True, text=True, timeout=20, check=True
        )
        return done.stdout.partition("\n")[0].strip() or None
    return None


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
