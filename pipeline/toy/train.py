"""Makes the toy's models from nothing: `python -m pipeline.toy.train [WORK] [--to FOLDER]`.

Whoever breaks it off and gives the same command again goes on where it stopped. The package's own
models are what `--to pipeline/toy/weights` wrote.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from pipeline.models import device
from pipeline.toy.training import lanes, parts, ship
from pipeline.toy.training.lanes import Failed
from pipeline.toy.training.workshop import Stopped, Workshop


def main(arguments: Sequence[str] | None = None) -> None:
    """Trains what the work folder lacks, then writes both models and says where they lie."""
    options = _options(arguments)
    work: Path = options.work / "quick" if options.quick else options.work
    work.mkdir(parents=True, exist_ok=True)
    wanted = [parts.named(options.only)] if options.only else parts.PARTS
    try:
        lanes.make(wanted, work, options.device, quick=options.quick)
    except Stopped:
        sys.exit(f"stopped; the same command goes on with what lies in {work}")
    except Failed as failure:
        sys.exit(str(failure))
    if options.only:
        sys.stdout.write(f"{options.only} lies in {work}\n")
        return
    to: Path = options.to or work / "weights"
    ship.ship(Workshop(work), to)
    sys.stdout.write(f"toy-i2v and toy-clip lie in {to}\n")


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m pipeline.toy.train", description=(__doc__ or "").split("\n\n")[0]
    )
    parser.add_argument(
        "work", nargs="?", type=Path, default=Path("build/toy"), help="where the parts are kept"
    )
    parser.add_argument("--to", type=Path, help="where the models go (WORK/weights)")
    parser.add_argument(
        "--only", choices=[part.name for part in parts.PARTS], metavar="PART", help="make one part"
    )
    parser.add_argument("--device", choices=device.NAMES, default=device.CPU)
    parser.add_argument(
        "--quick", action="store_true", help="two steps of each part: a trial of the whole way"
    )
    return parser.parse_args(arguments)


if __name__ == "__main__":
    main()
