"""What the toy world shows: its table, and the four claims that the farm is built on.

`toy_world/protocol.md` says how each figure comes about. `python -m tests.benchmarks.toy --part 0.05` is a
quick look; whole, it takes about a quarter of an hour on two cores.
"""

import argparse
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.benchmarks.toy_world import claims, studio, table

SHOWS_PROGRESS = True
AIMS = {
    "motion follows a fitting short prompt": "0.95",
    "subject keeps colour and shape to the last frame": "0.95",
    "first frame against the still, PSNR in dB": "26",
    "clip on one CPU core, seconds": "at most 1.5",
    "scorer, still, wrong colour, AUC": "0.98",
    "scorer, still, wrong shape, AUC": "0.98",
    "scorer, clip, wrong motion, AUC": "0.95",
    "scorer's verdict against the truth, AUC": "0.90",
    "held-out pairs, motion follows": "0.85",
}
MARKDOWN = Path("build/toy-benchmark.md")


def run(part: float = 1.0, films: Path | None = None) -> dict[str, Any]:
    """Every figure with its interval, and all of it as Markdown in `build/`."""
    with studio.opened(films) as opened:
        rows = table.film(opened, part)
        found: dict[str, Any] = {
            "table": {**table.of_clips(rows), **table.of_the_scorer(opened, part)},
            "1 match decides": claims.match_decides(rows),
            "2 simplifying rescues": claims.simplifying_rescues(rows),
            "3 guidance": claims.guidance_helps(opened, part),
            "4 the ladder and its rivals": claims.ladder_wins(opened, part),
        }
    MARKDOWN.parent.mkdir(exist_ok=True)
    MARKDOWN.write_text("\n".join(_markdown(found)) + "\n")
    return _plain(found)


def _plain(found: Any) -> Any:
    if isinstance(found, Mapping):
        return {key: _plain(value) for key, value in found.items()}
    return str(found)


def _markdown(found: Mapping[str, Any]) -> Iterator[str]:
    today, command = f"{datetime.now(UTC):%Y-%m-%d}", "python -m tests.benchmarks --only toy"
    yield f"Measured {today} by `{command}`; 95 % intervals in brackets.\n"
    yield "| | at least | measured |\n|---|---|---|"
    for name, figure in found["table"].items():
        yield f"| {name} | {AIMS.get(name, '')} | {figure} |"
    for claim in [*found][1:]:
        rows = found[claim]
        columns = [*next(iter(rows.values()))]
        yield f"\n### {claim[2:].capitalize()}\n"
        yield f"| | {' | '.join(columns)} |\n|{'---|' * (len(columns) + 1)}"
        for row, cells in rows.items():
            yield f"| {row} | {' | '.join(str(cells[column]) for column in columns)} |"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.toy", description=__doc__)
    parser.add_argument("--part", type=float, default=1.0, help="of the protocol's numbers")
    parser.add_argument(
        "--films",
        type=Path,
        metavar="FOLDER",
        help="keep the clips, and film none again that lies there",
    )
    options = parser.parse_args()
    run(options.part, options.films)
    sys.stdout.write(MARKDOWN.read_text())
