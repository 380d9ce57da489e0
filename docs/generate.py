"""Fills the reference from the code: `python -m docs.generate NAME` prints one part.

A page of `docs/reference` says where a part comes with a line of its own: `<!-- from the code: NAME -->`.
"""

import re
import sys
from collections.abc import Callable, Mapping

from docs.from_code import catalogues, commands, fields, modules

PARTS: Mapping[str, Callable[[], str]] = {
    "commands": commands.page,
    "settings": fields.settings,
    "columns": fields.columns,
    "profile": fields.profile,
    "findings": catalogues.findings,
    "misses": catalogues.misses,
    "events": catalogues.events,
    "metrics": catalogues.metrics,
    "modules": modules.tree,
    "python": modules.face,
}
MARK = re.compile(r"^<!-- from the code: (\w+) -->$", re.MULTILINE)


def filled(page: str) -> str:
    """A page with its parts in place. Raises `KeyError` for a part that nobody writes."""
    return MARK.sub(lambda mark: PARTS[mark[1]](), page)


if __name__ == "__main__":
    if sys.argv[1:] and set(sys.argv[1:]) <= set(PARTS):
        sys.stdout.write("\n\n".join(PARTS[name]() for name in sys.argv[1:]) + "\n")
    else:
        sys.exit(f"name the parts: {', '.join(PARTS)}")
