"""How Sphinx builds the documents: Markdown as it lies here, the reference filled from the code."""

import sys
from pathlib import Path

from sphinx.application import Sphinx

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

project = "shotfarm"
project_copyright = "the authors of shotfarm"
extensions = ["myst_parser"]
exclude_patterns = ["from_code/**"]
html_theme = "furo"
html_static_path = ["_static"]
html_css_files = ["tables.css"]
html_title = "shotfarm"
html_copy_source = False
html_show_sphinx = False
myst_heading_anchors = 4
highlight_language = "text"


def fill(_: Sphinx, name: str, source: list[str]) -> None:
    """Puts what comes from elsewhere into a page before it is read."""
    from docs.generate import filled

    source[0] = filled(source[0], ROOT / "docs" / f"{name}.md")


def setup(app: Sphinx) -> None:
    """Has every page filled."""
    app.connect("source-read", fill)
