"""Leads links of a page to where they end in the built documents, out of `docs/` too."""

import os
import re
from pathlib import Path

DOCS = Path(__file__).resolve().parent
ROOT = DOCS.parent
SHOWN = {
    "ARCHITECTURE.md": "project/architecture.md",
    "CHANGELOG.md": "project/changelog.md",
    "CONTRIBUTING.md": "project/contributing.md",
    "README.md": "index.md",
    "pipeline/toy/README.md": "proofs/toy.md",
}
"""Files elsewhere in the project, and the pages that show them."""
_LINK = re.compile(r"(!?)\[([^]]*)\]\(([^)#\s]+)(#[^)\s]*)?\)")


def led(text: str, written: Path, page: Path) -> str:
    """`text` of the file `written`, as it stands on `page`.

    A link to what is no page becomes the name of the file. One that leads nowhere is left as it is: the
    build complains of it.
    """

    def there(link: re.Match[str]) -> str:
        picture, label, target, anchor = link.groups(default="")
        file = (written.parent / target).resolve()
        if "://" in target or not file.exists():
            return link[0]
        name = file.relative_to(ROOT).as_posix()
        if name in SHOWN:
            file = DOCS / SHOWN[name]
        if picture or (file.suffix == ".md" and file.is_relative_to(DOCS)):
            return f"{picture}[{label}]({os.path.relpath(file, page.parent)}{anchor})"
        return f"{label} (`{name}`)"

    return _LINK.sub(there, text)
