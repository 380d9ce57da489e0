"""`python -m tests.comfy_graphs FOLDER`: reads every graph in a folder, and counts how they fared."""

import sys
from collections import Counter
from pathlib import Path

from pipeline.comfy import files, reading
from pipeline.comfy.graph import UnreadableGraph
from pipeline.findings import Severity


def outcome(place: Path) -> str:
    """How one file fared: `honoured`, or the codes of what is not, or `no graph`. A defect raises."""
    try:
        opened = files.opened(place.read_bytes())
    except UnreadableGraph:
        return "no graph"
    found = reading.read(opened.graph, opened.doubts)
    wrong = {each.code for each in found.findings if each.severity is Severity.ERROR}
    return ", ".join(sorted(wrong)) or "honoured"


def main(folder: Path) -> None:
    counts: Counter[str] = Counter()
    for place in sorted(folder.rglob("*.json")):
        fared = outcome(place)
        counts[fared] += 1
        sys.stdout.write(f"{place.relative_to(folder)}: {fared}\n")
    for fared, count in counts.most_common():
        sys.stdout.write(f"{count:4} {fared}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
