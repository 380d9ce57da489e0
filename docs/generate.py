"""Fills pages: with parts that come from the code, and with files from elsewhere in the project.

A page says where with a line of its own: `<!-- from the code: NAME -->` or `<!-- the file: PATH -->`.
`python -m docs.generate NAME` prints a part.
"""

import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from docs.from_code import catalogues, commands, fields, modules
from docs.links import ROOT, led

PARTS: Mapping[str, Callable[[], str]] = {
    "commands": commands.page,
    "settings": fields.settings,
    "columns": fields.columns,
    "profile": fields.profile,
    "extras": fields.extras,
    "findings": catalogues.findings,
    "misses": catalogues.misses,
    "events": catalogues.events,
    "metrics": catalogues.metrics,
    "modules": modules.tree,
    "python": modules.face,
}
PART = re.compile(r"^<!-- from the code: (\w+) -->$", re.MULTILINE)
FILE = re.compile(r"^<!-- the file: (\S+) -->$", re.MULTILINE)


def filled(text: str, page: Path) -> str:
    """The text of `page` with its parts and files in place, and its links led.

    Raises `KeyError` for a part that nobody writes, `OSError` for a file that is not there.
    """
    whole = PART.sub(lambda mark: PARTS[mark[1]](), led(text, page, page))
    return FILE.sub(lambda mark: led((ROOT / mark[1]).read_text(), ROOT / mark[1], page), whole)


if __name__ == "__main__":
    if sys.argv[1:] and set(sys.argv[1:]) <= set(PARTS):
        sys.stdout.write("\n\n".join(PARTS[name]() for name in sys.argv[1:]) + "\n")
    else:
        sys.exit(f"name the parts: {', '.join(PARTS)}")
